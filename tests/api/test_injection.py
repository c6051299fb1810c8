"""Whatever is typed stays text: in files, in every form, in every body, at every command.

A small office takes in files in which every free text is one of `injected.KINDS`.  What was refused is
refused with a reason; what was taken stands in the log letter for letter.  Then everything that
answers is asked, every form of every page is sent with each kind in all its fields, every body of
`/v1` likewise, and everything is asked again: nothing ran, nothing was evaluated, nothing left its
folder, no line of the log and no header was made, and what was there is still there.
"""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from breadth import at_landing, some
from injected import CANARY, EVALUATED, KINDS, Form, forms_of, formulas_of, run_in
from starlette.testclient import TestClient
from typer.main import get_command
from typer.testing import CliRunner
from walk import shape, walk

import ingest
from api.app import create_app
from api.command_line import app as commands
from api.rate_limit import forget_all
from api.security import local_asker
from graph.catch_up import catch_up
from graph.errors import XinnongError
from graph.identifiers import resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.operations import operations_problems
from graph.settings import Settings
from queries.scope import ADMINISTRATOR

pytestmark = pytest.mark.sweep

VILLAGE = "610305100201"
BANK = "C1402610305001"
#: Texts that a line of a file can hold; a control character is no text, and is asked for below.
IN_FILES = {kind: text for kind, text in KINDS.items() if "\x00" not in text}

#: One of each sort, for what is asked very often.
SORTS = {
    kind: KINDS[kind]
    for kind in ("cypher", "html", "template", "formula", "path", "header", "terminal", "nothing", "reversed")
}  # fmt: skip


def people() -> Iterator[tuple[str, str, str]]:
    """Kind, resident id and code of the person and the firm whose every text is of that kind."""
    for number, kind in enumerate(IN_FILES):
        person = resident_id.complete(
            f"6103221975{1 + number // 9:02d}{10 + number % 9}10{number % 9}"
        )
        yield kind, person, uscc.complete(f"91610305MA9{number:06d}")


def write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.fixture(scope="module")
def taken(office: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ingest.Report]:
    """The office with everybody in it; what came of each source."""
    folder = tmp_path_factory.mktemp("sent")
    regions = [("610305", "凤翔区", "县区", ""), ("610305100", "城关镇", "乡镇", "610305"),
               (VILLAGE, "样东村", "行政村", "610305100")]  # fmt: skip
    households, firms, loans, penalties = [], [], [], []
    for number, (kind, person, code) in enumerate(people()):
        text = IN_FILES[kind]
        households.append({
            "户号": f"{VILLAGE}-{number:04d}", "户主姓名": text, "与户主关系": "户主", "姓名": text,
            "公民身份号码": person, "村编码": VILLAGE, "住址": text, "职业": text, "采集日期": "2026-03-01",
        })  # fmt: skip
        firms.append({
            "统一社会信用代码": code, "企业名称": text, "登记状态": "存续", "成立日期": "2020-01-01",
            "住所": text, "村编码": VILLAGE, "法定代表人": text, "法定代表人证件号码": person,
            "任职日期": "2020-01-01",
        })  # fmt: skip
        loans.append({
            "金融机构编码": BANK, "金融机构名称": "样例农商行", "借据号": f"J{number}", "借款人名称": text,
            "借款人证件号码": person, "借款金额（万元）": "5", "发放日期": "2025-06-01",
            "到期日期": "2027-06-01", "用途": text, "贷款余额（万元）": "3", "五级分类": "正常",
            "数据日期": "2026-03-31",
        })  # fmt: skip
        penalties.append({
            "行政相对人名称": text, "行政相对人类别": "法人及非法人组织", "行政相对人代码_1（统一社会信用代码）": code,
            "自然人证件类型": "", "自然人证件号码": "", "行政处罚决定书文号": f"罚{number}号{text}",
            "违法行为类型": text, "违法事实": text, "处罚依据": text, "处罚类别": "其他", "处罚内容": text,
            "处罚决定日期": "2026-01-15", "公示截止期": "", "修复日期": "", "处罚机关": text,
            "处罚机关统一社会信用代码": "116103050160001M1M", "当前状态": "",
        })  # fmt: skip
    sent: list[tuple[str, str, list[dict[str, str]]]] = [
        ("regions", "行政区划.csv",
         [dict(zip(("行政区划代码", "名称", "级别", "上级代码"), row, strict=True)) for row in regions]),
        ("farmer_household", "农户信息.csv", households), ("enterprise", "企业登记.csv", firms),
        ("loan", "贷款.csv", loans), ("administrative_decision", "行政处罚.csv", penalties),
    ]  # fmt: skip
    reports = {
        source: ingest.ingest(
            source, [write(folder / name, rows)], settings=office, into_graph=False
        )
        for source, name, rows in sent
    }
    catch_up(office)
    return reports


@pytest.fixture(scope="module")
def service(office: Settings, taken: object) -> Iterator[TestClient]:
    app = create_app(office, answers_for=local_asker())
    with TestClient(
        app, "http://127.0.0.1", follow_redirects=True, raise_server_exceptions=False
    ) as opened:
        services = app.state.services
        assert services.is_warm(services.reader(ADMINISTRATOR), within=300)
        yield opened


def sound(answer: Any, asked: object) -> None:
    """What every answer is held to."""
    text = answer.text if "text" in answer.headers.get("content-type", "text") else ""
    assert answer.status_code != 500, (asked, text[:600])
    assert f"x-{CANARY}" not in answer.headers, asked
    assert EVALUATED not in text and "root:x:0" not in text, asked
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert not run_in(answer.text), (asked, run_in(answer.text))
    else:
        assert answer.headers.get("x-content-type-options") == "nosniff", asked
    if answer.content.startswith(b"PK"):
        assert not [*formulas_of(answer.content)], asked


def walked(service: TestClient, *, most: int) -> tuple[list[Form], str]:
    """Every page that links lead to, a few of each shape: its forms, and all that was said."""
    forms: dict[tuple[str, tuple[str, ...]], Form] = {}
    told = ""
    for path, answer in walk(service, most=most):
        forget_all()
        sound(answer, path)
        told += answer.text if answer.headers["content-type"].startswith("text/html") else ""
        for form in forms_of(answer.text) if "html" in answer.headers["content-type"] else ():
            form.action = form.action or path
            forms.setdefault((shape(form.action), tuple(form.fields)), form)
    return list(forms.values()), told


def outside(office: Settings) -> set[Path]:
    """What lies beside the data folder."""
    return {path for path in office.data.parent.iterdir() if path != office.data}


def facts(office: Settings) -> dict[str, int]:
    log = FactLog(office.log_dir)
    kinds = ("Person", "Household", "Enterprise", "Loan", "Penalty", "LEGAL_REPRESENTATIVE_OF")
    return {kind: log.read(kind).num_rows for kind in kinds}


# ------------------------------------------------------------------------------------ by a file


def test_what_a_file_says_is_refused_or_kept_letter_for_letter(
    office: Settings, taken: dict[str, ingest.Report]
) -> None:
    # of characters that nobody sees none is kept
    shown = str.maketrans(dict.fromkeys("\u200b\ufeff\u2060", ""))
    said = {re.sub(r"\s+", " ", text.translate(shown)).strip() for text in IN_FILES.values()}
    for source, report in taken.items():
        for batch in report.batches:
            assert batch.rows_in == batch.accepted + batch.unchanged + batch.quarantined, source
    log = FactLog(office.log_dir)
    names = {
        name for kind in ("Person", "Enterprise") for name in log.read(kind)["name"].to_pylist()
    }
    purposes = {text for text in log.read("Loan")["purpose"].to_pylist() if text}
    kept = {re.sub(r"\s+", " ", name) for name in names if name}
    # nothing was run, so nothing is said that was not sent; a name may be refused, not altered
    assert kept and kept <= said | {"样例农商行", "样东村"}, kept - said
    assert len(purposes) >= len(IN_FILES) // 2
    assert EVALUATED not in str(kept | purposes)


# ----------------------------------------------------------------------------- by what is shown


def test_no_page_runs_what_it_shows(service: TestClient) -> None:
    forms, told = walked(service, most=len(some([*IN_FILES])))
    assert len(forms) > 20
    # it was looked at where such things are told
    assert "&lt;script&gt;" in told and CANARY in told and "DETACH DELETE" in told


def every_get(service: TestClient) -> list[str]:
    """Every way in of `/v1` that is asked of nothing."""
    described = service.get("/v1/openapi.json").json()["paths"]
    return [path for path, told in described.items() if "get" in told and "{" not in path]


def test_no_answer_of_the_interface_is_read_as_a_page(
    service: TestClient, office: Settings
) -> None:
    keys = FactLog(office.log_dir).read("Enterprise")["key"].to_pylist()
    for path in [*every_get(service), *(f"/v1/parties/{key}/records" for key in keys)]:
        if path != "/v1/events/stream":
            forget_all()
            answer = service.get(path)
            sound(answer, path)
            assert not answer.headers["content-type"].startswith("text/html"), path


# ------------------------------------------------------------------------------- by what is sent


def test_every_form_takes_every_kind_as_text(
    service: TestClient, office: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    forms, _ = walked(service, most=2)
    before, beside = facts(office), outside(office)
    with caplog.at_level(logging.DEBUG, logger="xinnong"):
        for form in forms:
            # who takes a delivery back has it taken back
            if re.search(r"^/deliveries/.*/withdrawal$", form.action):
                continue
            for kind, text in some([*SORTS.items()]):
                forget_all()
                filled = form.fields | dict.fromkeys(form.typed, text)
                if form.method == "POST":
                    files = (
                        {"content": ("../../x.csv", b"a,b\n1,2\n", "text/csv")}
                        if form.has_file
                        else None
                    )
                    answer = service.post(form.action, data=filled, files=files)
                else:
                    answer = service.get(form.action.split("?")[0], params=filled)
                sound(answer, (form.action, kind))
    assert CANARY not in "".join(line for line in caplog.messages)
    # what was kept is shown as text as well
    walked(service, most=2)
    assert (facts(office), outside(office)) == (before, beside)
    assert operations_problems(office, FactLog(office.log_dir).batches()) == []


def strings(schema: dict[str, Any], every: dict[str, Any], text: str, deep: int = 0) -> Any:
    """A body as its schema has it, with a text wherever one may stand."""
    if "$ref" in schema:
        return strings(every[schema["$ref"].rsplit("/", 1)[-1]], every, text, deep + 1)
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            told = [one for one in schema[many] if one.get("type") != "null"]
            return strings(told[0], every, text, deep + 1) if told else None
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {} if deep > 6 else {
            name: strings(part, every, text, deep + 1)
            for name, part in schema.get("properties", {}).items()
        }  # fmt: skip
    if kind == "array":
        return [] if deep > 6 else [strings(schema.get("items", {}), every, text, deep + 1)]
    if kind == "integer":
        return max(1, int(schema.get("minimum", 1)))
    if kind == "number":
        return float(schema.get("minimum", 1))
    if kind == "boolean":
        return False
    if schema.get("format") == "date":
        return "2026-01-01"
    if schema.get("format") == "date-time":
        return "2026-01-01T00:00:00+08:00"
    return text


def test_every_body_and_every_place_takes_every_kind_as_text(
    service: TestClient, office: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    told = service.get("/v1/openapi.json").json()
    shapes, before, beside, answered = (
        told["components"]["schemas"],
        facts(office),
        outside(office),
        0,
    )
    with caplog.at_level(logging.DEBUG, logger="xinnong"):
        for path, methods in told["paths"].items():
            for method, operation in methods.items():
                if path in ("/v1/events/stream", "/v1/batches"):
                    continue
                content = operation.get("requestBody", {}).get("content", {})
                schema = content.get("application/json", {}).get("schema")
                if schema is None and "{" not in path:
                    continue
                for kind, text in some([*SORTS.items()]):
                    forget_all()
                    placed = re.sub(r"{(\w+)}", lambda _, text=text: quote(text, safe=""), path)
                    body = None if schema is None else strings(schema, shapes, text)
                    answer = service.request(method.upper(), placed, json=body)
                    sound(answer, (method, path, kind))
                    answered += answer.status_code < 300
    assert answered and CANARY not in "".join(caplog.messages)
    walked(service, most=2)
    assert (facts(office), outside(office)) == (before, beside)


@pytest.mark.parametrize("name", ["Purpose", "traceparent", "Accept-Language", "User-Agent", "If-None-Match",
                                  "X-Forwarded-For", "Forwarded", "Idempotency-Key", "Cookie"])  # fmt: skip
def test_every_header_is_no_more_than_what_it_says(
    service: TestClient, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Line ends and half characters cannot come in a header at all."""
    for kind, text in KINDS.items():
        sent = re.sub(r"[\x00-\x1f\x7f]", " ", text).encode("utf-8")
        answer = service.get("/v1/worklist", headers={name.encode(): sent})  # type: ignore[dict-item]
        sound(answer, (name, kind))
        assert CANARY not in answer.text and CANARY not in str(answer.headers)
    assert CANARY not in "".join(caplog.messages)


# ------------------------------------------------------------------------------------ by commands

#: Those that serve, wait, write a file, or put away what the others are asked of.
NOT_HERE = re.compile(
    r"serve|demo|engine|init|restore|backup|erase|sample|watch|supervise|reset|rebuild|cut|template|export|check$"
)
_FILES = {"file", "files", "folder", "cases"}


def every_command(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every_command(command, (*words, name))
        else:
            yield (*words, name), command


@pytest.mark.parametrize("kind", at_landing(["cypher"], ["cypher", "terminal", "path"]))
def test_every_command_takes_it_as_text(
    service: TestClient, office: Settings, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(office.data))
    before, beside, asked = facts(office), outside(office), 0
    for words, command in every_command(get_command(commands)):
        arguments = [item for item in command.params if item.param_type_name == "argument"]
        names = {item.name for item in arguments}
        if not names or names & _FILES or NOT_HERE.search(" ".join(words)):
            continue
        asked += 1
        done = CliRunner().invoke(commands, [*words, "--", *(KINDS[kind] for _ in arguments)])
        assert done.exception is None or isinstance(done.exception, SystemExit | XinnongError), (
            words
        )
        assert not re.search(r"[\x00\x07\x1b\x9b]", done.output), words
        assert EVALUATED not in done.output and "root:x:0" not in done.output, words
    assert asked > 50
    assert (facts(office), outside(office)) == (before, beside)
