"""Matching and screening over a real graph: interface, page, sheet, job and command say the same.

On the lists are one in force, one repaired, one past its term, and one of whom no number is known.
"""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from namesakes import FIRM_CODE, id_of
from patient import Patient
from starlette.testclient import TestClient
from typer.testing import CliRunner
from world import World

from api.acts import Act
from api.app import create_app
from api.command_line import app as commands
from api.rate_limit import LIMITS, forget_all
from api.security import Asker, Role, policy_of
from api.security.asker import scope_of
from graph.connection import Graph
from graph.errors import GraphUnavailableError
from graph.identifiers import person_key, resident_id
from graph.log import FactLog
from graph.operations import Trail
from graph.projection import project
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.time import today
from ingest.matching import NOTICE

IN_FORCE, REPAIRED, PAST, CLEAN = (
    id_of(born, serial)
    for born, serial in (
        ("19750315", "002"),
        ("19800101", "004"),
        ("19820202", "006"),
        ("19850505", "008"),
    )
)
NOBODY = id_of("19700101", "001")
FIRM = f"org:{FIRM_CODE}"
NAMES = {IN_FORCE: "许春英", REPAIRED: "李永", PAST: "王丽", CLEAN: "赵敏"}
BANK = "institution:bank"
_TRIES = 8


def asker_of(role: Role, **more: Any) -> Asker:
    acts = frozenset(policy_of(role).acts)
    return Asker(f"user:{role.value}", f"样例{role.term}", role, scope_of(role, **more), acts)


OFFICE = asker_of(Role.CREDIT_OFFICE)
OFFICER = replace(
    asker_of(Role.LOAN_OFFICER, divisions=("610322104",), institution=BANK),
    acts=frozenset({Act.LOOK, Act.ASK}),
)


@pytest.fixture(scope="module")
def town(office: Settings) -> Settings:
    key = make_secrets(office.secrets_file).identity_key
    world, day = World(FactLog(office.log_dir)), today()
    world.node("Town", "division:610322104", name="虢王镇")
    world.node("Village", "division:610322104203", name="太平村")
    world.tie("PART_OF", ("division:610322104203", "Village"), ("division:610322104", "Town"))
    for number, name in NAMES.items():
        party = (person_key(number, key), "Person")
        world.node("Person", party[0], name=name, birth_on=resident_id.birth_on(number),
                   resident_id_masked=resident_id.mask(number))  # fmt: skip
        world.tie("LOCATED_IN", party, ("division:610322104203", "Village"))
    world.node("Person", "provisional:1", name="赵敏")
    world.node(
        "Enterprise", FIRM, name="宝鸡市丰硕果业有限公司", unified_social_credit_code=FIRM_CODE
    )
    entries: dict[tuple[str, str], dict[str, Any]] = {
        (person_key(IN_FORCE, key), "Person"): {"published_until": day + timedelta(300)},
        (person_key(REPAIRED, key), "Person"): {
            "published_until": day + timedelta(300), "removed_on": day - timedelta(30),
        },
        (person_key(PAST, key), "Person"): {"published_until": day - timedelta(1)},
        ("provisional:1", "Person"): {"published_until": day + timedelta(300)},
        (FIRM, "Enterprise"): {"published_until": day + timedelta(300)},
    }  # fmt: skip
    for number, (party, said) in enumerate(entries.items()):
        entry = (f"list:{number}", "ListEntry")
        world.node("ListEntry", entry[0], list_kind="judgment_defaulter",
                   case_no=f"（2025）陕0305执{number}号", authority="凤翔区人民法院",
                   listed_on=day - timedelta(200), conduct="违反财产报告制度", **said)  # fmt: skip
        world.tie("SUBJECT_OF", party, entry)
    world.commit(datetime(2026, 3, 1, tzinfo=UTC), "judgment_defaulter")
    with Graph(office) as graph:
        project(FactLog(office.log_dir), graph)
    return office


def served(town: Settings, asker: Asker) -> TestClient:
    return Patient(create_app(town, answers_for=asker), "http://127.0.0.1")


@pytest.fixture(scope="module")
def desk(town: Settings) -> Iterator[TestClient]:
    """Where the credit office asks."""
    with served(town, OFFICE) as opened:
        yield opened


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    forget_all()
    yield
    forget_all()


ASKED = [
    {"ref": "1", "name": "许春英", "number": IN_FORCE},
    {"ref": "2", "name": "李永", "number": REPAIRED},
    {"ref": "3", "name": "王丽", "number": PAST},
    {"ref": "4", "name": "赵敏", "number": CLEAN},
    {"ref": "5", "number": NOBODY},
    {"ref": "6", "name": "许春英"},
    {"ref": "7", "name": "李永", "number": IN_FORCE},
    {"ref": "8", "name": "宝鸡市丰硕果业有限公司", "number": FIRM_CODE},
    {"ref": "9", "name": "查无此人", "number": CLEAN[:-1] + ("0" if CLEAN[-1] != "0" else "1")},
]
#: Repaired and past are as if nothing had been; a namesake without a number keeps one from being cleared.
STATES = ["listed", "not_found", "not_found", "unverified", "not_found", "unverified", "unverified",
          "listed", "unverified"]  # fmt: skip
BODY = {"purpose": "statutory_duty", "ground": "政府采购法 第二十二条，某项目"}


def test_on_a_list_not_found_or_not_verified(desk: TestClient) -> None:
    answer = desk.post("/v1/screen", json={**BODY, "subjects": ASKED})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [one["state"] for one in told["results"]] == STATES
    assert [one["ref"] for one in told["results"]] == [one["ref"] for one in ASKED]
    first = told["results"][0]
    assert first["entries"][0]["case_no"] == "（2025）陕0305执0号"
    assert first["entries"][0]["label"] == "失信被执行人名单" and first["link"]["is_proven"]
    resembling = told["results"][3]
    assert resembling["entries"] == [] and [one["key"] for one in resembling["resembling"]] == [
        "provisional:1"
    ]
    assert "失信被执行人名单" in told["lists"] and "尚未接入：" in told["lists"]
    # nothing of what has ended
    assert "执1号" not in answer.text and "执2号" not in answer.text
    for number in (IN_FORCE, REPAIRED, PAST, CLEAN, NOBODY):
        assert number not in answer.text


def test_purpose_and_ground_are_stated(desk: TestClient, town: Settings) -> None:
    subjects = ASKED[:1]
    none = desk.post("/v1/screen", json={**BODY, "ground": " ", "subjects": subjects})
    assert (none.status_code, none.json()["code"]) == (400, "ground_missing")
    other = desk.post(
        "/v1/screen", json={**BODY, "purpose": "credit_approval", "subjects": subjects}
    )
    assert (other.status_code, other.json()["code"]) == (400, "purpose_unknown")
    with served(town, OFFICER) as officer:
        body = {"purpose": "post_loan", "subjects": subjects}
        assert officer.post("/v1/screen", json=body).json()["purpose"] == "贷后管理"
        refused = officer.post("/v1/screen", json={**body, "purpose": "statutory_duty"})
        assert refused.json()["code"] == "purpose_unknown"


def test_an_officer_without_consent_learns_what_is_public_and_no_more(town: Settings) -> None:
    with served(town, OFFICER) as officer:
        told = officer.post(
            "/v1/screen", json={"purpose": "credit_approval", "subjects": ASKED}
        ).json()["results"]
        assert [one["state"] for one in told][:3] == ["listed", "not_found", "not_found"]
        assert told[0]["measures"] is None
        # of somebody on no list not even that they are known here
        for said in ({"number": CLEAN}, {"name": "李永"}, {"number": NOBODY}):
            found = officer.post("/v1/match", json=said).json()["matches"][0]
            assert found["candidates"] == [], said
            assert found["outcome"] == "none"


def test_who_is_this(desk: TestClient) -> None:
    told = desk.post(
        "/v1/match", json={"name": "许春英", "village": "太平村", "age": _age(IN_FORCE)}
    ).json()
    [one] = told["matches"]
    assert one["outcome"] == "likely" and one["candidates"][0]["band"] == "likely"
    assert not one["candidates"][0]["is_proven"] and told["notice"] == NOTICE
    many = desk.post("/v1/match/batch", json={"queries": ASKED}).json()["matches"]
    assert [each["outcome"] for each in many] == [
        "sure", "sure", "sure", "sure", "none", "possible", "contradicted", "sure", "none",
    ]  # fmt: skip
    wrong = desk.post("/v1/match/batch", json={"queries": [*ASKED[:2], {"name": "赵"}]})
    assert wrong.status_code == 400 and "第 3 个" in wrong.json()["title"]


def test_everybody_who_was_asked_about_stands_in_the_audit(
    desk: TestClient, town: Settings
) -> None:
    key = make_secrets(town.secrets_file).identity_key
    desk.post("/v1/screen", json={**BODY, "subjects": [{"number": NOBODY}]})
    store = desk.app.state.services.store  # type: ignore[attr-defined]
    [entry, *_] = Trail(store).search(subject=person_key(NOBODY, key), limit=1).entries
    assert entry.way == "POST /v1/screen" and entry.purpose == "履行法定职责"


def test_guesses_have_an_end(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LIMITS["match_guess"], "most", 3)
    tried = [desk.post("/v1/match", json={"name": "许春英", "tail": f"000{n}"}) for n in range(4)]
    assert [one.status_code for one in tried] == [200, 200, 200, 429]
    assert desk.post("/v1/match", json={"name": "王丽", "tail": "0000"}).status_code == 200
    monkeypatch.setattr(LIMITS["match"], "most", 8)
    forget_all()
    assert desk.post("/v1/match/batch", json={"queries": ASKED}).status_code == 429


def test_a_job_says_the_same(desk: TestClient) -> None:
    at_once = desk.post("/v1/screen", json={**BODY, "subjects": ASKED}).json()["results"]
    sent = desk.post(
        "/v1/screen/jobs", json={**BODY, "subjects": ASKED}, headers={"Idempotency-Key": "eins"}
    )
    assert sent.status_code == 202
    again = desk.post(
        "/v1/screen/jobs", json={**BODY, "subjects": ASKED}, headers={"Idempotency-Key": "eins"}
    )
    assert again.json()["id"] == sent.json()["id"]
    path = sent.headers["location"]
    for _ in range(600):
        job = desk.get(path).json()
        if job["state"] not in ("waiting", "running"):
            break
        time.sleep(0.05)
    assert job["state"] == "done", job
    lines = [json.loads(line) for line in desk.get(f"{path}/result").text.splitlines()]
    assert lines == at_once
    store = desk.app.state.services.store  # type: ignore[attr-defined]
    with store.reading() as session:
        kept = session.connection().exec_driver_sql("SELECT request FROM jobs").scalars().all()
    assert kept and not any(number in text for number in NAMES for text in kept)


def sheet_of(rows: list[dict[str, str]]) -> bytes:
    into = io.BytesIO()
    book = xlsxwriter.Workbook(into, {"strings_to_formulas": False})
    page = book.add_worksheet("名单")
    for place, title in enumerate(("编号", "姓名", "身份证号码")):
        page.write_string(0, place, title)
    for line, row in enumerate(rows, start=1):
        for place, name in enumerate(("ref", "name", "number")):
            page.write_string(line, place, row.get(name, ""))
    book.close()
    return into.getvalue()


def test_a_sheet_goes_in_and_comes_out_in_its_order(desk: TestClient) -> None:
    rows = [
        *ASKED,
        {"ref": "10", "name": "=HYPERLINK(1)", "number": ""},
        {"ref": "11", "name": "赵"},
    ]
    form = {**BODY, "shown": "sheet"}
    sent = {"content": ("名单.xlsx", sheet_of(rows))}
    answer = desk.post("/screening", data=form, files=sent)
    assert answer.status_code == 200, answer.text
    assert re.search(r"-\d{8}-\d{6}-\d{6}\.xlsx", answer.headers["content-disposition"])
    told = pd.read_excel(
        io.BytesIO(answer.content), dtype=str, engine="calamine", keep_default_na=False
    )
    assert [*told["编号"]] == [str(n) for n in range(1, 12)]
    words = {"listed": "在名单", "not_found": "未查到", "unverified": "未核验"}
    assert [*told["结果"]] == [words[state] for state in STATES] + ["未核验", "未核验"]
    assert told["名称"][9] == "=HYPERLINK(1)" and "两个字" in told["说明"][10]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    cells = told.to_csv()
    assert not any(number in cells for number in NAMES)
    matched = desk.post("/screening", data={**form, "what": "match"}, files=sent)
    found = pd.read_excel(
        io.BytesIO(matched.content), dtype=str, engine="calamine", keep_default_na=False
    )
    assert [*found["编号"]] == [str(n) for n in range(1, 12)]
    assert found["结果"][0] == "已确认" and found["结果"][10] == "未查"


def test_the_page_says_the_same_and_no_number_comes_back(desk: TestClient) -> None:
    text = "\n".join(f"{one.get('name', '')}，{one.get('number', '')}" for one in ASKED)
    shown = desk.post("/screening", data={**BODY, "rows": text})
    assert shown.status_code == 200, shown.text
    states = re.findall(r'<td><span class="(not|met|open)">', shown.text)
    words = {"listed": "not", "not_found": "met", "unverified": "open"}
    assert states == [words[state] for state in STATES]
    assert not any(number in shown.text for number in (*NAMES, NOBODY))
    refused = desk.post("/screening", data={**BODY, "ground": "", "rows": text})
    assert refused.status_code == 422 and "请写明查询的依据和事由" in refused.text
    assert not any(number in refused.text for number in NAMES)
    nothing = desk.post("/screening", data={**BODY, "rows": " \n"})
    assert nothing.status_code == 422 and "没有要查的行" in nothing.text
    matched = desk.post("/screening", data={**BODY, "rows": text, "what": "match"})
    assert matched.status_code == 200 and "号码相同而名称不符" in matched.text
    blank = desk.get("/screening/template")
    head = pd.read_excel(io.BytesIO(blank.content), dtype=str, engine="calamine").columns
    assert [*head][:3] == ["编号", "名称", "证件号码"]


def test_reconciliation_speaks_the_specification(desk: TestClient) -> None:
    """Examples in the form of the Reconciliation Service API 0.2, sections 3 to 6."""
    manifest = desk.get("/v1/reconcile").json()
    assert manifest["versions"] == ["0.2"] and "{{id}}" in manifest["view"]["url"]
    assert {"name", "identifierSpace", "schemaSpace"} <= manifest.keys()
    queries = {
        "q0": {"query": "宝鸡市丰硕果业有限公司", "type": "Organisation", "limit": 3},
        "q1": {"query": "许春英", "properties": [{"pid": "number", "v": [IN_FORCE]}]},
        "q2": {"query": FIRM_CODE},
        "q3": {"query": "无"},
    }
    told = desk.post("/v1/reconcile", data={"queries": json.dumps(queries)}).json()
    assert list(told) == ["q0", "q1", "q2", "q3"]
    [firm] = told["q0"]["result"]
    assert (
        firm["id"] == FIRM
        and firm["match"] is False
        and firm["type"] == [{"id": "Organisation", "name": "组织"}]
    )
    assert told["q1"]["result"][0]["match"] is True and told["q1"]["result"][0]["score"] == 100
    assert told["q2"]["result"][0]["match"] is True and told["q3"] == {"result": []}
    extend = {"ids": [FIRM, "org:nobody"], "properties": [{"id": "code"}, {"id": "lists"}]}
    rows = desk.post("/v1/reconcile", data={"extend": json.dumps(extend)}).json()
    assert [one["id"] for one in rows["meta"]] == ["code", "lists"]
    assert rows["rows"][FIRM] == {
        "code": [{"str": FIRM_CODE}], "lists": [{"str": "失信被执行人名单"}],
    }  # fmt: skip
    assert rows["rows"]["org:nobody"] == {"code": [], "lists": []}
    suggested = desk.get("/v1/reconcile/suggest/entity", params={"prefix": "丰硕"}).json()["result"]
    assert [one["id"] for one in suggested] == [FIRM]
    assert desk.get("/v1/reconcile/suggest/entity", params={"prefix": "许春英"}).json() == {
        "result": []
    }
    assert desk.get("/v1/reconcile/suggest/type").json()["result"][0]["id"] == "Person"
    assert desk.get("/v1/reconcile/properties", params={"type": "Organisation"}).json()[
        "properties"
    ]
    for wrong in ("", "[]", "{}", '{"q0": 1}', '{"q0": {"query": 1, "properties": 7, "type": {}}}'):
        answer = desk.post("/v1/reconcile", data={"queries": wrong})
        assert answer.status_code in (200, 400), wrong


def typed(words: list[str]) -> Any:
    """What came of a command; typed again where the engine plans its question for the first time."""
    for _ in range(_TRIES):
        done = CliRunner().invoke(commands, words)
        if not isinstance(done.exception, GraphUnavailableError):
            break
    return done


def test_commands_say_the_same(
    desk: TestClient, town: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(town.data))
    file, out = tmp_path / "名单.xlsx", tmp_path / "结果.xlsx"
    file.write_bytes(sheet_of(ASKED))
    done = typed(["screen", str(file), "--ground", "某项目", "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    assert [one["state"] for one in json.loads(done.stdout)["results"]] == STATES
    assert [*pd.read_excel(out, dtype=str, engine="calamine")["编号"]] == [
        one["ref"] for one in ASKED
    ]
    found = typed(["match", "许春英", "--village", "太平村", "--json"])
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["matches"][0]["candidates"][0]["name"] == "许春英"
    said = typed(["match", "--file", str(file)])
    assert said.exit_code == 0 and "号码相同而名称不符" in said.output


def _age(number: str) -> int:
    born, now = resident_id.birth_on(number), today()
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))
