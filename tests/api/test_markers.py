"""What law has ended leaves no trace: marked records are planted, and everything that answers is asked.

Each way in which a record ends is planted against the same person and the same firm, with a mark in
everything that it says.  Then every GET and every POST that reads, every page, every question and
every command with `--json` is asked of everybody there is.  One record in force, with a mark of its
own, shows that the search looks where such things are told.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from routes import every_route
from starlette.testclient import TestClient
from typer.main import get_command
from typer.testing import CliRunner

import ingest
from api.app import create_app
from api.command_line import app as commands
from graph.catch_up import catch_up
from graph.identifiers import resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.provenance import OTHER_SOURCES
from graph.settings import Settings
from graph.time import today
from ingest.repair import act_on, open_case, records_of
from queries import library
from queries.lawful import repair_law

#: Stands in everything that a record says that has ended, and in the one that is in force.
ENDED, IN_FORCE = "暗标", "明标"
#: Sources that state adverse records: none is told as the source of what a party is.
ADVERSE = ("judgment_defaulter", "tax_dishonesty", "administrative_decision")

#: Penalties that the office repairs, freezes, annuls and shields.
ACTED = ("罚修", "罚冻", "罚销", "罚屏")

VILLAGE = "610305100201"
MAN = resident_id.complete("61032219750115101")
#: Of whom nothing came but that he stood on a list.
LISTED = resident_id.complete("61032219800808104")
FIRM, BANK = uscc.complete("91610305MA9000017"), "C1402610305001"
BODY = "116103050160001M1M"

#: What a clerk sent, tries, or takes back is his own paper, and reading it is no answer about a
#: party; the rest writes, and says what was written.
NO_ANSWER = {
    "/v1/batches", "/v1/batches/{name}", "/v1/batches/{name}/withdrawal", "/send", "/uploads/{name}",
    "/uploads/{name}/acceptance", "/deliveries", "/deliveries/{name}",
    "/deliveries/{name}/withdrawal", "/corrections/{source}/{table}", "/templates/{source}/{table}",
    "/v1/worklist", "/v1/identity/judgements", "/v1/identity/judgements/{number}/undo",
    "/identity/judgements", "/identity/judgements/{number}/undo", "/identity/candidates",
    "/v1/identity/candidates", "/v1/products/{product}/proposals", "/v1/proposals/{proposal}",
    "/v1/proposals/{proposal}/approval", "/v1/jobs/{job_id}/cancellation",
    # the office's own file of an act on a record, and the search by which one begins (test_repair)
    "/v1/repairs", "/v1/repairs/{number}", "/v1/repairs/{number}/acts", "/v1/repairs/records",
    "/v1/repairs/withdrawn", "/repairs", "/repairs/{number}", "/repairs/{number}/acts", "/repairs/records",
    # acts on codes, and rounds of which no list came here (test_code_errors)
    "/v1/code-exceptions", "/v1/code-exceptions/{number}/end", "/v1/code-rounds/{round_name}",
    "/v1/code-rounds/{round_name}/choices", "/v1/code-rounds/{round_name}/returns",
    "/code-errors/exceptions", "/code-errors/exceptions/{number}/end", "/code-errors/rounds",
    "/code-errors/rounds/{name}", "/code-errors/rounds/{name}/choices",
    "/code-errors/rounds/{name}/returns", "/code-errors/returns/{file}",
    "/code-errors/returns/{file}/workbook",
    # a proposal of a guarantee that is taken in; what is asked of it is `/v1/guarantees/check`
    "/v1/guarantees",
    # told by the decisions, jobs and shadows asked above, and of what nobody made here
    "/v1/jobs/{job_id}", "/v1/jobs/{job_id}/result", "/v1/decisions/jobs",
    "/v1/products/{product}/shadow", "/v1/products/{product}/versions/{version}",
}  # fmt: skip


def mark(*parts: object) -> str:
    return ENDED + "".join(map(str, parts))


def court(name: str, number: str, said: str, state: str = "", **days: str) -> dict[str, str]:
    return {
        "被执行人名称": name, "被执行人证件号码": number, "执行法院": f"{said}法院",
        "执行依据文号": f"{said}民初号", "案号": f"{said}执号", "履行情况": f"{said}履行",
        "失信行为具体情形": f"{said}情形", "发布日期": days.get("listed", "2025-03-01"),
        "公布截止日期": days.get("until", "2028-04-01"), "移出日期": days.get("removed", ""),
        "当前状态": state,
    }  # fmt: skip


def penalty(name: str, number: str, said: str, state: str = "", **days: str) -> dict[str, str]:
    is_firm = number == FIRM
    return {
        "行政相对人名称": name, "行政相对人类别": "法人及非法人组织" if is_firm else "自然人",
        "行政相对人代码_1（统一社会信用代码）": number if is_firm else "",
        "自然人证件类型": "" if is_firm else "身份证", "自然人证件号码": "" if is_firm else number,
        "行政处罚决定书文号": f"{said}罚号", "违法行为类型": f"{said}类型", "违法事实": f"{said}事实",
        "处罚依据": f"{said}依据", "处罚类别": days.get("kinds", "其他"), "处罚内容": f"{said}内容",
        "处罚决定日期": days.get("decided", "2026-01-15"), "公示截止期": days.get("until", ""),
        "修复日期": days.get("removed", ""), "处罚机关": "样县市场监督管理局",
        "处罚机关统一社会信用代码": BODY, "当前状态": state,
    }  # fmt: skip


def ended_records() -> tuple[list[dict[str, str]], list[dict[str, str]], list[dict[str, str]]]:
    """Rows of the court, of the penalties and of the tax office, ended in every way."""
    courts, penalties, taxes = [], [], []
    for who, (name, number) in enumerate([("样甲", MAN), ("样样果业有限公司", FIRM)]):
        courts += [
            court(name, number, mark("移", who), removed="2025-12-01"),
            court(name, number, mark("期", who), until="2026-03-01"),
            court(name, number, mark("撤", who), state="撤销"),
            court(name, number, mark("议", who), state="异议"),
        ]
        penalties += [
            penalty(name, number, mark("罚移", who), removed="2026-03-01"),
            penalty(name, number, mark("罚期", who), until="2026-06-30"),
            penalty(name, number, mark("罚撤", who), state="撤销"),
            penalty(name, number, mark("罚议", who), state="异议"),
            # by law alone: three years; warnings of market supervision are published nowhere
            penalty(name, number, mark("罚年", who), decided="2023-01-15"),
            penalty(name, number, mark("罚警", who), kinds="警告"),
            # ended by acts of the office afterwards
            *(penalty(name, number, mark(word, who)) for word in ACTED),
        ]
        taxes.append({
            "纳税人名称": name, "纳税人识别号": number, "处理处罚决定文号": f"{mark('税', who)}号",
            "案件性质": f"{mark('税', who)}性质", "主要违法事实": f"{mark('税', who)}事实",
            "处罚依据": f"{mark('税', who)}依据", "公布机关": f"{mark('税', who)}机关",
            "录入时间": "2023-01-05", "移出时间": "",
        })  # fmt: skip
    courts.append(court("样独", LISTED, mark("独"), removed="2024-06-01", listed="2024-01-05"))
    penalties.append(penalty("样样果业有限公司", FIRM, IN_FORCE))
    return courts, penalties, taxes


def write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.fixture(scope="module")
def planted(office: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("planted")
    courts, penalties, taxes = ended_records()
    regions = [("610305", "凤翔区", "县区", ""), ("610305100", "城关镇", "乡镇", "610305"),
               (VILLAGE, "样东村", "行政村", "610305100")]  # fmt: skip
    files = [
        ("regions", "行政区划.csv", [
            dict(zip(("行政区划代码", "名称", "级别", "上级代码"), row, strict=True)) for row in regions
        ]),
        ("judgment_defaulter", "失信被执行人.csv", courts),
        ("administrative_decision", "行政处罚.csv", penalties),
        ("tax_dishonesty", "重大税收违法.csv", taxes),
        ("farmer_household", "农户信息.csv", [{
            "户号": f"{VILLAGE}-0001", "户主姓名": "样甲", "与户主关系": "户主", "姓名": "样甲",
            "公民身份号码": MAN, "村编码": VILLAGE, "采集日期": "2026-03-01",
        }]),
        ("enterprise", "企业登记.csv", [{
            "统一社会信用代码": FIRM, "企业名称": "样样果业有限公司", "登记状态": "存续",
            "成立日期": "2020-01-01", "住所": "样路1号", "村编码": VILLAGE, "法定代表人": "样甲",
            "法定代表人证件号码": MAN, "任职日期": "2020-01-01",
        }]),
        ("enterprise_shareholder", "股东.csv", [{
            "统一社会信用代码": FIRM, "股东名称": "样甲", "股东证件号码": MAN, "出资比例（%）": "100",
            "认缴出资额（万元）": "120", "出资日期": "2020-01-01",
        }]),
        ("loan", "贷款.csv", [{
            "金融机构编码": BANK, "金融机构名称": "样例农商行", "借据号": "J1",
            "借款人名称": "样甲", "借款人证件号码": MAN, "借款金额（万元）": "5",
            "发放日期": "2025-06-01", "到期日期": "2027-06-01", "用途": "种植",
            "贷款余额（万元）": "3", "五级分类": "正常", "数据日期": "2026-03-31",
        }]),
    ]  # fmt: skip
    for source, name, rows in files:
        report = ingest.ingest(
            source, [write(folder / name, rows)], settings=office, into_graph=False
        )
        assert [batch.quarantined for batch in report.batches] == [0], report.batches[0].findings
    for who in (0, 1):
        act_on_records(office, who)
    catch_up(office)
    return office


def act_on_records(office: Settings, who: int) -> None:
    """A repair, an objection, an annulment and a shielding, each as far as it ends the record."""
    day = str(today())
    stated: dict[str, tuple[Any, dict[str, Any], list[tuple[str, str, dict[str, Any]]]]] = {
        "罚修": ("repair", {"conditions": dict.fromkeys(repair_law().conditions, "凭证"),
                          "credit_class": "ordinary", "classed_by": "样县市场监督管理局"},
               [("accept", "张三", {}), ("propose", "张三", {"reason": "齐备"}), ("approve", "李四", {})]),
        "罚冻": ("objection", {"reason": "不属实"}, []),
        "罚销": ("annulment", {"document_no": "复议1号", "annulled_on": day, "reason": "复议"},
               [("approve", "李四", {})]),
        "罚屏": ("shield", {"court": "样县法院", "ruling_no": "破1号", "from": day, "to": day, "reason": "重整"},
               [("approve", "李四", {})]),
    }  # fmt: skip
    for word, (kind, given, acts) in stated.items():
        [record] = records_of(office, mark(word, who, "罚号"))
        made = open_case(
            office, kind, record.kind, record.key, by="张三", stated=given, into_graph=False
        )
        for act, by, told in acts:
            act_on(office, made.case.number, act, by=by, stated=told, into_graph=False)


@pytest.fixture(scope="module")
def service(planted: Settings) -> Iterator[TestClient]:
    app = create_app(planted)
    with TestClient(app, "http://127.0.0.1", follow_redirects=True) as opened:
        services = app.state.services
        assert services.is_warm(services.reader(), within=120)
        yield opened


@pytest.fixture(scope="module")
def keys(planted: Settings) -> dict[str, str]:
    """Key by name of everybody there is; the man who was only listed under 样独."""
    log = FactLog(planted.log_dir)
    return {
        # a household is called as its householder is
        row["name"] + ("户" if kind == "Household" else ""): row["key"]
        for kind in ("Person", "Enterprise", "Household", "FinancialInstitution", "GovernmentBody",
                     "Village", "Town", "County")
        for row in log.read(kind).to_pylist()
        if row.get("name")
    }  # fmt: skip


def test_what_was_planted_lies_in_the_log(planted: Settings) -> None:
    log = FactLog(planted.log_dir)
    told = json.dumps(
        [log.read(kind).to_pylist() for kind in ("ListEntry", "Penalty")], default=str, ensure_ascii=False
    )  # fmt: skip
    assert all(
        mark(word) in told
        for word in ("移", "期", "撤", "议", "罚移", "罚年", "罚警", "税", "独", *ACTED)
    )


def bodies(keys: dict[str, str], tie: str) -> dict[str, list[dict[str, Any]]]:
    """What each way in by POST that only reads, or decides, is sent; `tie` is a fact that is there."""
    people = [keys["样甲"], keys["样样果业有限公司"], keys["样独"]]
    return {
        "/v1/parties/search": [
            {"text": text} for text in ("样甲", "样独", "样样果业", "暗标", mark("移", 0, "执号"))
        ],
        "/v1/decisions": [
            {"party": party, "product": product}
            for party in people for product in ("farmer_small_credit_loan", "startup_guaranteed_loan")
        ],
        "/v1/decisions/many": [{"product": "farmer_small_credit_loan", "parties": people}],
        "/v1/questions/{name}": [{}],
        "/v1/parties/{key}/risk/what-if": [{"without_ties": [tie]}],
        "/v1/stress/losses": [{}],
        "/v1/stress/exposures": [{"lender": keys["样例农商行"]}],
        "/v1/stress/distress": [{"failed": [keys["样甲"]]}, {}],
        "/v1/stress/clearing": [{}],
        "/v1/guarantees/check": [
            {"guarantor": keys["样样果业有限公司"], "borrower": keys["样甲"], "amount_fen": 100_000,
             "lender_code": BANK, "contract_no": "D1", "loan": f"loan:{BANK}:J1",
             "kind": "general"},
        ],
        "/": [{"text": "样甲"}, {"text": "样独"}, {"text": "暗标"}],
        "/parties/{key}/decisions": [{"product": "farmer_small_credit_loan"}],
        "/villages/{village}/prospects": [{}],
    }  # fmt: skip


def paths(template: str, keys: dict[str, str]) -> list[str]:
    """The path for everybody, every village and every question."""
    if "{key}" in template:
        return [template.replace("{key}", key) for key in keys.values()]
    if template == "/money/exposures":
        return [f"{template}?lender={keys['样例农商行']}"]
    if "{village}" in template or "{division}" in template:
        places = [key for key in keys.values() if key.startswith("division:")]
        return [
            template.replace("{village}", key).replace("{division}", key)
            for place in places for key in (place, place.removeprefix("division:"))
        ]  # fmt: skip
    return [template]


def test_nothing_that_answers_tells_of_what_has_ended(
    service: TestClient, planted: Settings, keys: dict[str, str]
) -> None:
    tie = FactLog(planted.log_dir).read("LEGAL_REPRESENTATIVE_OF")["fact_id"][0].as_py()
    sent = bodies(keys, tie)
    found, silent, told = [], [], ""
    decided: list[str] = []
    for method, template in every_route(service.app):  # type: ignore[arg-type]
        if template in NO_ANSWER or "decision_id" in template:
            continue
        answered = False
        for path in paths(template, keys):
            if template == "/v1/questions/{name}":
                continue
            for body in sent.get(template, [{}]) if method == "POST" else [None]:
                form = not template.startswith("/v1")
                answer = service.request(
                    method, path, headers={"accept": "*/*"} if body is None else {},
                    json=None if form else body, data=body if form else None,
                )  # fmt: skip
                answered |= answer.status_code < 300
                told += answer.text
                if ENDED in answer.text.replace(_asked(body), ""):
                    found.append(f"{method} {path}")
                if template == "/v1/decisions" and answer.status_code < 300:
                    decided.append(answer.json()["decision_id"])
        if not answered and template != "/v1/questions/{name}":
            silent.append(f"{method} {template}")
    for decision in decided:
        for method, path in (("GET", f"/v1/decisions/{decision}"), ("GET", f"/decisions/{decision}"),
                             ("POST", f"/v1/decisions/{decision}/replay")):  # fmt: skip
            answer = service.request(method, path)
            assert answer.status_code == 200, path
            found += [path] if ENDED in answer.text else []
    assert not found
    assert not silent, "nothing was asked of it that it answers"
    assert IN_FORCE in told


def _asked(body: dict[str, Any] | None) -> str:
    """What was typed comes back on a page of search, and is no answer."""
    return str((body or {}).get("text", "")) or "\0"


def test_no_question_tells_of_what_has_ended(service: TestClient, keys: dict[str, str]) -> None:
    told = ""
    for name, question in library().items():
        wanted = {item.name: item for item in question.parameters}
        for key in keys.values():
            given = {"key": key, "other": keys["样甲"], "text": "样甲", "division": key,
                     "hops": 3, "village": key}  # fmt: skip
            answer = service.post(
                f"/v1/questions/{name}",
                json={item: value for item, value in given.items() if item in wanted},
            )
            assert ENDED not in answer.text, (name, key)
            told += answer.text
    assert IN_FORCE in told


@pytest.mark.parametrize("name", ["样甲", "样独", "样样果业有限公司"])
def test_no_adverse_source_is_told_as_the_source_of_what_a_party_is(
    service: TestClient, keys: dict[str, str], name: str
) -> None:
    card = service.get(f"/v1/parties/{keys[name]}").json()["rows"]
    sources = {row["source"] for row in card}
    assert not sources & {*ADVERSE}
    assert not any(source in json.dumps(card, ensure_ascii=False) for source in ADVERSE)
    if name == "样独":
        assert sources == {OTHER_SOURCES}
        page = service.get(f"/parties/{keys[name]}").text
        assert OTHER_SOURCES in page and page.count("失信被执行人") == service.get(
            f"/parties/{keys['样例农商行']}"
        ).text.count("失信被执行人")
    decision = {"party": keys[name], "product": "farmer_small_credit_loan"}
    facts = service.post("/v1/decisions", json=decision).json()
    said = json.dumps({fact: facts["facts"][fact] for fact in facts.get("facts", {})
                       if fact in ("age", "name")}, ensure_ascii=False)  # fmt: skip
    assert not any(source in said for source in ADVERSE)


#: Commands that write, that keep house, or that show a department its own paper.
NO_ANSWER_COMMANDS = {
    "sample", "confirm-code", "code-errors enter-round", "code-errors choose", "code-errors round",
    "code-errors return", "ingest", "check", "engine start", "engine status", "withdraw",
    "worklist", "quarantine list", "propose", "approve", "identity candidates", "identity judge",
    "identity undo", "repair list", "repair show", "repair records", "repair open", "repair act",
    "repair withdrawn", "repair carry-out", "masking", "sources", "shadow", "structure guarantee", "freshness",
}  # fmt: skip
#: Those of which a small office says that it knows too little.
MAY_REFUSE = {"calibrate"}


def every_command(group: Any, named: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that knows `--json`, by its words."""
    for name, command in group.commands.items():
        words = f"{named} {name}".strip()
        if hasattr(command, "commands"):
            yield from every_command(command, words)
        elif any("--json" in getattr(item, "opts", ()) for item in command.params):
            yield words, command


def told_to(words: str, keys: dict[str, str], decision: str) -> list[list[str]]:
    """What a command is asked; of a party each of three."""
    parties = [keys["样甲"], keys["样样果业有限公司"], keys["样独"]]
    by_party = {
        "risk": [[key] for key in parties],
        "adverse": [[key] for key in parties],
        "decide": [["farmer_small_credit_loan", key] for key in parties],
        "structure hints": [[key] for key in parties],
        "structure owners": [[parties[1]]],
        "search": [["样甲"], ["样独"], ["样样果业"]],
        "stress exposures": [[keys["样例农商行"]]],
        "stress distress": [[parties[0]]],
        "replay": [[decision]],
        "ask": [
            [name, *(f"{item.name}={parties[0]}" for item in question.parameters
                     if item.name in ("key", "other"))]
            for name, question in library().items()
            if {item.name for item in question.parameters if item.default is None} <= {"key", "other"}
        ],
    }  # fmt: skip
    return by_party.get(words, [[]])


def test_no_command_tells_of_what_has_ended(
    service: TestClient, planted: Settings, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(planted.data))
    product = {"party": keys["样甲"], "product": "farmer_small_credit_loan"}
    decision = service.post("/v1/decisions", json=product).json()["decision_id"]
    silent, told = [], ""
    for words, _ in every_command(get_command(commands)):
        if words in NO_ANSWER_COMMANDS:
            continue
        for arguments in told_to(words, keys, decision):
            done = CliRunner().invoke(commands, [*words.split(), *arguments, "--json"])
            assert ENDED not in done.output, (words, arguments)
            told += done.output
            if done.exit_code and words not in MAY_REFUSE:
                silent.append((words, arguments, done.output[-300:]))
    assert not silent and IN_FORCE in told
    export = planted.data.parent / "exported.graphml"
    assert CliRunner().invoke(commands, ["export", "--graphml", str(export)]).exit_code == 0
    assert ENDED not in export.read_text(encoding="utf-8")
