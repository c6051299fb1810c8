"""Integrity of public bodies by page, route, form and command, over the planted sample."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

import ingest
from api.app import create_app
from api.command_line import app as commands
from api.security import local_asker
from graph.catch_up import catch_up
from graph.identifiers import resident_id
from graph.settings import Settings
from ingest.sample import write_district
from ingest.sample.public_records import District, government
from ingest.sample.public_records.writing import write_table

AT = {"as_of": "2026-12-01"}
ON_LIST, NOT_ON_LIST = (resident_id.complete(f"61032219820{n}01901") for n in (1, 2))
#: The other lists that are meant, as their sources' own samples have them.
SAMPLES = Path(__file__).parents[1] / "samples"
LISTS = {
    "credit_list": "clean.listing.csv",
    "tax_dishonesty": "clean.tax_black_list.csv",
    "market_supervision_list": "clean.serious_violation.csv",
}
ASKED = {
    "ground": "civil_service_recruitment",
    "authority": "11610305MB9T000114",
    "purpose": "2026年公务员录用",
    "by": "样本甲",
}


@pytest.fixture(scope="module")
def planted(office: Settings) -> tuple[Settings, Any]:
    folder = office.data / "district"
    write_district(folder, persons=1_000)
    ingest.ingest("regions", [folder / "行政区划.csv"], settings=office, into_graph=False)
    made = government.plant(District(folder, 20260401, "government"))
    for source, name in government.FILES:
        write_table(folder / name, made.tables[name])
        ingest.ingest(source, [folder / name], settings=office, into_graph=False)
    court = "被执行人名称,被执行人证件号码,执行法院,执行依据文号,立案时间,案号,履行情况,失信行为具体情形,发布日期,公布截止日期,移出日期"
    (folder / "失信被执行人-个人.csv").write_text(
        f"{court}\n样本列,{ON_LIST},样本区人民法院,样民初9号,2025-11-03,（2026）样个执1号,全部未履行,"
        "有履行能力而拒不履行,2026-01-15,2029-01-14,\n",
        encoding="utf-8",
    )
    path = folder / "失信被执行人-个人.csv"
    ingest.ingest("judgment_defaulter", [path], settings=office, into_graph=False)
    for source, name in LISTS.items():
        ingest.ingest(source, [SAMPLES / source / name], settings=office, into_graph=False)
    catch_up(office, owned=True)
    return office, json.loads(json.dumps(made.truth))


@pytest.fixture(scope="module")
def client(planted: tuple[Settings, Any]) -> Iterator[TestClient]:
    with TestClient(
        create_app(planted[0], answers_for=local_asker()), "http://127.0.0.1", follow_redirects=True
    ) as opened:
        yield opened


def test_route_page_and_truth_say_the_same(
    client: TestClient, planted: tuple[Settings, Any]
) -> None:
    truth = planted[1]
    rows = client.get("/v1/government/arrears", params=AT).json()["rows"]
    found = {
        one["key"]: [one["state"], one["overdue_days"], one["ground"], one["interest_fen"],
                     one["findings"], one["lacking"]]
        for one in rows
    }  # fmt: skip
    assert found == truth["claims"]
    page = client.get("/government/arrears", params=AT).text
    for one in rows:
        assert one["contract_no"] in page
        if one["interest_fen"]:
            assert f"{one['interest_fen'] / 100:,.2f}" in page
    told = client.get("/v1/government/commitments", params=AT).json()["rows"]
    assert {one["key"]: one["outcome"] for one in told} == {
        key: wanted[0] for key, wanted in truth["commitments"].items()
    }
    told = client.get("/v1/government/disclosures", params=AT).json()["rows"]
    assert {f"{one['body']}|{one['year']}": one["state"] for one in told} == {
        key: wanted[0] for key, wanted in truth["disclosures"].items()
    }
    listed = client.get("/v1/government/debtors", params=AT).json()["debtors"]
    assert {one["case_no"]: [one["body"], one["matched_by"]] for one in listed} == truth["debtors"]


def test_figures_alarm_and_lead_to_their_rows(client: TestClient) -> None:
    told = client.get("/v1/government", params=AT).json()
    page = client.get("/government", params=AT).text
    assert told["alarm"] and "警示" in page and f"{told['debtors']} 条" in page
    for name in ("arrears", "commitments", "disclosures"):
        for one in told[name]:
            path = f"/government/{name}?state={one['code']}"
            assert (path in page) is (one["count"] > 0)
            asked = {**AT, "state": one["code"]}
            rows = client.get(f"/v1/government/{name}", params=asked)
            assert rows.json()["total"] == one["count"]
            cut = client.get(f"/government/{name}", params=asked)
            assert cut.status_code == 200 and re.search(rf"（{one['count']} ", cut.text)
    assert client.get("/v1/government/arrears?state=lost").json()["code"] == "state_unknown"
    assert client.get("/government/commitments?state=lost").status_code == 400


def test_the_evaluation_is_looked_at_and_entered(
    client: TestClient, planted: tuple[Settings, Any]
) -> None:
    body = planted[1]["bodies"][0]
    page = client.get("/government/evaluation?year=2026&as_of=2026-12-01").text
    assert "待填报" in page and "2 / 3" in page and "不打分" in page
    address = f"year=2026&body={body}&indicator=commitments_kept&as_of=2026-12-01"
    rows = client.get(f"/v1/government/evaluation/rows?{address}").json()
    assert (len(rows["counted"]), len(rows["of"])) == (2, 3)
    told = client.get(f"/government/evaluation/rows?{address}").text
    assert all(key in told for key in rows["of"])
    form = {"year": "2026", "body": body, "indicator": "litigation_lost", "numerator": "1",
            "denominator": "8", "evidence": "法院通报", "by": "样本丙"}  # fmt: skip
    assert "12.50%" in client.post("/government/evaluation/values", data=form).text
    for wrong in ({"numerator": ""}, {"numerator": "-1"}, {"by": ""}, {"indicator": "overreach"}):
        refused = client.post("/government/evaluation/values", data=form | wrong)
        assert refused.status_code == 422 and 'role="alert"' in refused.text, wrong
    entered = client.get(f"/v1/government/evaluation?year=2026&body={body}").json()["figures"]
    [one] = [each for each in entered if each["indicator"] == "litigation_lost"]
    assert (one["numerator"], one["denominator"], one["entered_by"]) == (1, 8, "样本丙")
    sent = {**form, "year": 2026, "numerator": 2, "denominator": 8}
    assert client.post("/v1/government/evaluation/values", json=sent).status_code == 201


def test_a_staff_check_is_answered_and_the_number_is_nowhere(
    client: TestClient, planted: tuple[Settings, Any]
) -> None:
    path = "/v1/government/staff-checks"
    for number, listed in ((ON_LIST, True), (NOT_ON_LIST, False)):
        told = client.post(path, json={**ASKED, "resident_id": number})
        assert told.status_code == 201
        assert (told.json()["listed"], told.json()["result"]) == (
            listed, "在列" if listed else "不在列",
        )  # fmt: skip
        page = client.post("/government/staff-checks", data={**ASKED, "resident_id": number})
        assert f"：{told.json()['result']}</b>" in page.text
        for answer in (told.text, page.text):
            assert number not in answer and "样个执" not in answer and "样本列" not in answer
    # as a query, an address or a field of another name nothing is asked
    assert client.get(path, params={"resident_id": ON_LIST}).status_code == 422
    assert client.get(f"{path}/{ON_LIST}").status_code in (404, 405)
    wrong = (
        ({"ground": "亲属政审"}, 403, "no_legal_basis"), ({"purpose": ""}, 400, "purpose_missing"),
        ({"authority": "91610305MA9T00018F"}, 400, "authority_wrong"),
        ({"resident_id": ON_LIST[:-1] + "%"}, 400, "resident_id"),
    )  # fmt: skip
    for said, status, code in wrong:
        refused = client.post(path, json={**ASKED, "resident_id": ON_LIST, **said})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert ON_LIST[:-1] not in refused.text
        form = client.post(
            "/government/staff-checks", data={**ASKED, "resident_id": ON_LIST, **said}
        )
        assert form.status_code == (403 if status == 403 else 422)
        assert ON_LIST[:-1] not in form.text
    log = client.get(path).json()
    assert log["total"] == 4 and {one["by"] for one in log["rows"]} == {"样本甲"}
    page = client.get("/government/staff-checks").text
    assert "核查〔" in page and "在列</b>" not in page
    # neither a log nor a store of the installation holds it
    held = [
        item for item in planted[0].data.rglob("*")
        if item.is_file() and "district" not in item.parts and item.suffix != ".lock"
        and ("operations" in item.name or item.suffix in (".log", ".jsonl"))
    ]  # fmt: skip
    assert held and not any(ON_LIST.encode() in item.read_bytes() for item in held)


def test_commands_say_the_same(
    client: TestClient, planted: tuple[Settings, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(planted[0].data))

    def run(*words: str, typed: str = "") -> Any:
        done = CliRunner().invoke(commands, ["government", *words], input=typed)
        assert done.exit_code == 0, done.output
        return done

    at = ["--as-of", "2026-12-01"]
    for words, path in (("figures", ""), ("arrears", "/arrears"), ("commitments", "/commitments"),
                        ("disclosures", "/disclosures"), ("debtors", "/debtors")):  # fmt: skip
        told = json.loads(run(words, *at, "--json").stdout)
        asked = client.get(f"/v1/government{path}", params=AT).json()
        told.pop("basis"), asked.pop("basis")
        assert asked.pop("next", None) is None  # read page by page, here in one
        assert told == asked
        assert run(words, *at).stdout
    assert "警示" in run("figures", *at).stdout
    assert "2026 年政务诚信评价表" in run("evaluation", "2026", *at).stdout
    options = ["--authority", ASKED["authority"], "--purpose", "录用", "--by", "样本乙"]
    done = run("staff-check", *options, typed=f"{ON_LIST}\n")
    assert "：在列（公务员法 第二十六条第四项" in done.stdout
    assert "样本乙" in run("staff-checks").stdout
    refused = CliRunner().invoke(
        commands, ["government", "staff-check", *options, "--ground", "x"], input=f"{ON_LIST}\n"
    )
    assert refused.exit_code != 0
    assert getattr(refused.exception, "cause_code", "") == "no_legal_basis"
