"""What law has ended, and what a reader's scope withholds, leaves no trace: marked records are planted,
and everything that answers is asked.

Each way in which a record ends is planted against the same person and the same firm, with a mark in
everything that it says.  Then every GET and every POST that reads, every page, every question and
every command with `--json` is asked of everybody there is.  One record in force, with a mark of its
own, shows that the search looks where such things are told.

Then it is all asked again by a reader of one town with few classes: marked are people of another town,
what is of a class that nobody opened to this reader, and what was opened to another institution.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from crawl import (
    MAY_REFUSE,
    NO_ANSWER_COMMANDS,
    crawl,
    every_command,
    every_question,
    told_to,
)
from patient import Patient
from starlette.testclient import TestClient
from typer.main import get_command
from typer.testing import CliRunner

import ingest
from api.app import create_app
from api.command_line import app as commands
from api.needs import routes_of
from api.security import local_asker
from graph.catch_up import catch_up
from graph.identifiers import resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.provenance import OTHER_SOURCES
from graph.settings import Settings
from graph.time import today
from ingest.repair import act_on, open_case, records_of
from queries.lawful import repair_law
from queries.scope import ADMINISTRATOR, Scope

#: Stands in everything that a record says that has ended, and in the one that is in force.
ENDED, IN_FORCE = "暗标", "明标"
#: Stands in what the reader of one town may not see, and in what was opened to that reader alone.
OUTSIDE, INSIDE = "外标", "内标"
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
#: Of another town; and of this one, who opened his credit to another bank, and to ours.
FAR, THEIRS, OURS = (resident_id.complete(f"6103221977060{n}10{n}") for n in (1, 2, 3))
FAR_VILLAGE, OTHER_BANK = "610305110201", "C1402610305002"


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


def household(name: str, number: str, village: str, serial: int, said: str) -> dict[str, str]:
    return {
        "户号": f"{village}-{serial:04d}", "户主姓名": name, "与户主关系": "户主", "姓名": name,
        "公民身份号码": number, "村编码": village, "住址": f"{said}路1号", "职业": f"{said}业",
        "采集日期": "2026-03-01",
    }  # fmt: skip


def plot(village: str, serial: int, said: str) -> dict[str, str]:
    return {
        "户号": f"{village}-{serial:04d}", "地块名称": f"{said}地", "地类": "旱地", "面积（亩）": "2",
        "经营方式": "承包", "采集日期": "2026-03-01",
    }  # fmt: skip


def loan(name: str, number: str, serial: str, said: str, bank: str = BANK) -> dict[str, str]:
    return {
        "金融机构编码": bank, "金融机构名称": "样例农商行" if bank == BANK else "样例村镇银行",
        "借据号": serial, "借款人名称": name, "借款人证件号码": number, "借款金额（万元）": "5",
        "发放日期": "2025-06-01", "到期日期": "2027-06-01", "用途": f"{said}种植",
        "贷款余额（万元）": "3", "五级分类": "正常", "数据日期": "2026-03-31",
    }  # fmt: skip


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
               (VILLAGE, "样东村", "行政村", "610305100"),
               ("610305110", "虢王镇", "乡镇", "610305"), (FAR_VILLAGE, "样西村", "行政村", "610305110")]  # fmt: skip
    files = [
        ("regions", "行政区划.csv", [
            dict(zip(("行政区划代码", "名称", "级别", "上级代码"), row, strict=True)) for row in regions
        ]),
        ("judgment_defaulter", "失信被执行人.csv", courts),
        ("administrative_decision", "行政处罚.csv", penalties),
        ("tax_dishonesty", "重大税收违法.csv", taxes),
        ("farmer_household", "农户信息.csv", [
            household("样甲", MAN, VILLAGE, 1, "样"), household("样丙", THEIRS, VILLAGE, 2, "样"),
            household("样丁", OURS, VILLAGE, 3, "样"), household("外标乙", FAR, FAR_VILLAGE, 1, OUTSIDE),
        ]),
        ("farmer_household", "农户地块.csv", [
            plot(VILLAGE, 1, OUTSIDE), plot(VILLAGE, 3, OUTSIDE), plot(FAR_VILLAGE, 1, OUTSIDE),
        ]),
        ("enterprise", "企业登记.csv", [{
            "统一社会信用代码": FIRM, "企业名称": "样样果业有限公司", "登记状态": "存续",
            "成立日期": "2020-01-01", "住所": "样路1号", "村编码": VILLAGE, "法定代表人": "样甲",
            "法定代表人证件号码": MAN, "任职日期": "2020-01-01",
        }]),
        ("enterprise_shareholder", "股东.csv", [{
            "统一社会信用代码": FIRM, "股东名称": "样甲", "股东证件号码": MAN, "出资比例（%）": "100",
            "认缴出资额（万元）": "120", "出资日期": "2020-01-01",
        }]),
        ("loan", "贷款.csv", [
            loan("样甲", MAN, "J1", OUTSIDE), loan("外标乙", FAR, f"{OUTSIDE}J2", OUTSIDE),
            loan("样丙", THEIRS, f"{OUTSIDE}J3", OUTSIDE, OTHER_BANK),
            loan("样丁", OURS, f"{INSIDE}J4", INSIDE),
        ]),
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
    app = create_app(planted, answers_for=local_asker())
    with Patient(app, "http://127.0.0.1", follow_redirects=True) as opened:
        services = app.state.services
        assert services.is_warm(services.reader(ADMINISTRATOR), within=120)
        yield opened


@pytest.fixture(scope="module")
def in_town(keys: dict[str, str]) -> Scope:
    """A reader of one town, for one bank: two classes are open, and one man opened his credit."""
    return Scope(
        "城关镇信贷员", ("610305100",), f"institution:{BANK}", "贷款审批",
        frozenset({"identity", "household"}), {keys["样丁"]: frozenset({"credit"})},
    )  # fmt: skip


@pytest.fixture(scope="module")
def officer(planted: Settings, in_town: Scope) -> Iterator[TestClient]:
    """The service as it answers that reader."""
    app = create_app(planted, answers_for=local_asker().seeing(in_town))
    # nothing is planned for that reader ahead: most tests ask what is refused
    with Patient(app, "http://127.0.0.1", follow_redirects=True) as opened:
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


def a_tie(planted: Settings) -> str:
    return str(FactLog(planted.log_dir).read("LEGAL_REPRESENTATIVE_OF")["fact_id"][0].as_py())


def test_nothing_that_answers_tells_of_what_has_ended(
    service: TestClient, planted: Settings, keys: dict[str, str]
) -> None:
    told = list(crawl(service, keys, a_tie(planted), BANK))
    assert [one.path for one in told if ENDED in one.text] == []
    answered = {(one.method, one.template) for one in told if one.status < 300}
    silent = {(one.method, one.template) for one in told} - answered
    assert not silent, "nothing was asked of it that it answers"
    # the search looks where such things are told, and whoever sees everything is told the rest
    assert all(any(found in one.text for one in told) for found in (IN_FORCE, OUTSIDE, INSIDE))


def test_no_question_tells_of_what_has_ended(service: TestClient, keys: dict[str, str]) -> None:
    told = list(every_question(service, keys))
    assert [one.path for one in told if ENDED in one.text] == []
    assert any(IN_FORCE in one.text for one in told)


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


@pytest.mark.sweep
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


#: Of whom and of what an officer of one town is answered nothing, or is told that it is not permitted.
WITHHELD = (403, 404)


@pytest.mark.sweep
def test_nothing_that_answers_tells_what_is_outside_of_a_scope(
    officer: TestClient, service: TestClient, planted: Settings, keys: dict[str, str]
) -> None:
    of_whom = {name: key for name, key in keys.items() if not key.startswith(("household", "org"))}
    of_whom |= {"样样果业有限公司": keys["样样果业有限公司"]}
    told = [*crawl(officer, of_whom, a_tie(planted), BANK), *every_question(officer, of_whom)]
    assert [
        (one.path, one.status) for one in told if OUTSIDE in one.text or ENDED in one.text
    ] == []
    # what he may see he is told, and what is refused is refused for no other reason
    assert any(INSIDE in one.text for one in told) and any(IN_FORCE in one.text for one in told)
    # a scenario about somebody unknown is refused as such, and a second visit under one number; everything
    # else as if it were not there
    wrong = {one.template for one in told if one.status >= 400 and one.status not in WITHHELD}
    assert wrong <= {
        "/v1/guarantees/check",
        "/v1/stress/distress",
        "/scenarios",
        "/parties/{subject}/visit",
    }
    far, near = keys["外标乙"], keys["样丁"]
    for path in ("/v1/parties/{}", "/v1/parties/{}/risk", "/v1/parties/{}/loans", "/parties/{}",
                 "/parties/{}/decisions"):  # fmt: skip
        assert officer.get(path.format(far)).status_code == 404, path
        assert officer.get(path.format(near)).status_code == 200, path


def test_what_is_done_on_everything_is_not_for_a_scope(officer: TestClient) -> None:
    done = [
        (method, path, officer.request(method, re.sub(r"{[^}]+}", "1", path)))
        for route in routes_of([officer.app])  # type: ignore[attr-defined]
        for path in [route.path_format] for method in sorted(route.methods)
        if route.endpoint.needs.act.is_on_everything
    ]  # fmt: skip
    assert len(done) > 20
    assert {answer.status_code for _, _, answer in done} == {403}
    assert all(OUTSIDE not in answer.text for _, _, answer in done)


def test_a_decision_made_for_another_institution_is_unknown_to_a_scope(
    officer: TestClient, service: TestClient, keys: dict[str, str]
) -> None:
    asked = {"party": keys["样丁"], "product": "farmer_small_credit_loan"}
    made = {
        bank: service.post("/v1/decisions", json={**asked, "institution": f"institution:{bank}"})
        for bank in (BANK, OTHER_BANK)
    }
    named = {bank: answer.json()["decision_id"] for bank, answer in made.items()}
    for path in ("/v1/decisions/{}", "/decisions/{}"):
        assert officer.get(path.format(named[BANK])).status_code == 200
        assert officer.get(path.format(named[OTHER_BANK])).status_code == 404
    listed = officer.get("/decisions").text
    assert named[BANK] in listed and named[OTHER_BANK] not in listed


@pytest.mark.sweep
def test_no_command_tells_what_is_outside_of_a_scope(
    service: TestClient, planted: Settings, keys: dict[str, str], in_town: Scope,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("XINNONG_DATA", str(planted.data))
    monkeypatch.setattr("api.who_asks.local_scope", lambda: in_town)
    asked = {"party": keys["样甲"], "product": "farmer_small_credit_loan"}
    decision = service.post("/v1/decisions", json=asked).json()["decision_id"]
    for words, _ in every_command(get_command(commands)):
        if words in NO_ANSWER_COMMANDS:
            continue
        for arguments in told_to(words, {**keys, "样甲": keys["外标乙"], "样样果业有限公司": keys["样丁"]},
                                 decision):  # fmt: skip
            done = CliRunner().invoke(commands, [*words.split(), *arguments, "--json"])
            assert OUTSIDE not in done.output, (words, arguments)
    near = CliRunner().invoke(commands, ["ask", "loans", f"key={keys['样丁']}", "--json"])
    assert INSIDE in near.output
    for words in ("identity review", "identity clusters", "freshness"):
        done = CliRunner().invoke(commands, [*words.split(), "--json"])
        assert getattr(done.exception, "cause_code", "") == "not_permitted", words
    export = planted.data.parent / "exported in a scope.graphml"
    assert CliRunner().invoke(commands, ["export", "--graphml", str(export)]).exit_code == 0
    assert OUTSIDE not in export.read_text(encoding="utf-8")
