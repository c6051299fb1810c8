"""Measures and linked dishonesty through pages, routes and forms, over the planted sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from patient import Patient
from starlette.testclient import TestClient

import ingest
from api.app import create_app
from api.security import local_asker
from graph.catch_up import catch_up
from graph.settings import Settings
from ingest.sample import write_district
from ingest.sample.public_records import District, linked, overreach
from ingest.sample.public_records.writing import write_table
from queries.basis import HINT_NOTICE


@pytest.fixture(scope="module")
def planted(office: Settings) -> tuple[Settings, Any]:
    folder = office.data / "district"
    write_district(folder, persons=1_000)
    ingest.ingest("regions", [folder / "行政区划.csv"], settings=office, into_graph=False)
    truth = {}
    for subject in (linked, overreach):
        made = subject.plant(District(folder, 20260401, subject.__name__.rpartition(".")[2]))
        truth |= dict(made.truth)
        for source, name in subject.FILES:
            write_table(folder / name, made.tables[name])
            ingest.ingest(source, [folder / name], settings=office, into_graph=False)
    catch_up(office, owned=True)
    return office, json.loads(json.dumps(truth))


@pytest.fixture(scope="module")
def client(planted: tuple[Settings, Any]) -> Iterator[TestClient]:
    with Patient(
        create_app(planted[0], answers_for=local_asker()), "http://127.0.0.1", follow_redirects=True
    ) as opened:
        yield opened


def test_the_page_the_route_and_the_truth_say_the_same(
    client: TestClient, planted: tuple[Settings, Any]
) -> None:
    truth = planted[1]
    told = client.get("/v1/measures/overreach").json()
    found = {one["statement"]["id"]: one["code"] for one in told["findings"]}
    assert found == {**truth["overreach"], **truth["faults"]}
    assert (told["in_force"], told["lawful"]) == (
        len(found) + len(truth["lawful"]) + len(truth["to_check"]), len(truth["lawful"]),
    )  # fmt: skip
    page = client.get("/measures").text
    for name in found:
        assert name in page
    assert not [name for name in truth["lawful"] if name in page]
    cut = client.get("/measures", params={"kind": "filing_refused"}).text
    assert cut.count("<article>") == 1
    of_area = client.get("/v1/measures/overreach", params={"area": "schooling"}).json()
    assert {one["code"] for one in of_area["findings"]} == {
        "schooling_children", "schooling_conduct",
    }  # fmt: skip


def test_every_page_of_both_opens(client: TestClient) -> None:
    for path in ("/measures", "/measures/catalogue?area=filing", "/measures/applied", "/measures/incentives",
                 "/linked", "/linked?name=rings", "/linked?name=nominee&dishonest=true",
                 "/linked?tie=HOLDS_SHARES_IN&nearest=1&since=2019-01-01"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200, path
    assert client.get("/linked?name=nobody").status_code == 422
    assert len(client.get("/v1/measures").json()["measures"]) == 73


def test_a_measure_is_applied_by_two_persons_in_the_browser(client: TestClient) -> None:
    everybody = client.get("/v1/linked-dishonesty/linked", params={"limit": 1000}).json()["rows"]
    subject = next(row["subject"] for row in everybody if row["subject"].startswith("org:"))
    own = client.get(f"/v1/parties/{subject}/linked-dishonesty").json()["own"]
    form = {
        "measure": "procurement_lists", "subject": subject, "role": "self",
        "document_no": own[0]["number"], "document_authority": own[0]["authority"],
        "authority": "凤翔区财政局", "officer": "样本甲", "begins_on": "2026-02-01",
        "told_on": "2026-01-28", "remedy": "六十日内申请复议", "by": "样本乙",
    }  # fmt: skip
    looked = client.post("/measures/applied", data={**form, "action": "look"})
    assert looked.status_code == 200 and "核对结果：成立" in looked.text
    refused = client.post("/measures/applied", data={**form, "remedy": "", "action": "keep"})
    assert refused.status_code == 422 and "没有写明救济途径" in refused.text
    kept = client.post("/measures/applied", data={**form, "action": "keep"})
    assert "待另一人批准" in kept.text
    [one] = client.get("/v1/measures/applied").json()
    name = one["kept"]["id"]
    alone = client.post(f"/v1/measures/applied/{name}/approval", json={"by": "样本乙"})
    assert alone.json()["code"] == "two_persons"
    passed = client.post(f"/measures/applied/{name}/approval", data={"by": "样本丁"})
    assert "实施中" in passed.text
    measures = client.get(f"/v1/parties/{subject}/linked-dishonesty").json()["measures"]
    assert name in {item["id"] for item in measures}
    lifted = client.post(
        f"/measures/applied/{name}/lifting", data={"by": "样本丁", "why": "已履行"}
    )
    assert "已解除" in lifted.text


def test_a_case_file_is_printed_and_taken_along(
    client: TestClient, planted: tuple[Settings, Any]
) -> None:
    case = planted[1]["cases"][0]
    key = f"org:{case['subject']}"
    page = client.get(f"/linked/{key}").text
    assert HINT_NOTICE in page and "自身记录（1）" in page and f"（{len(case['linked'])}）" in page
    near = client.get(f"/linked/org:{case['linked'][2][0]}").text
    assert "自身记录（0）" in near and "附近的失信主体（1）" in near
    printed = client.post(f"/linked/{key}", data={"purpose": "核查", "by": "样本乙"})
    assert printed.status_code == 200 and "查阅人：样本乙" in printed.text
    book = client.post(f"/linked/{key}", data={"purpose": "核查", "by": "样本乙", "form": "xlsx"})
    assert book.content[:2] == b"PK" and book.headers["cache-control"] == "no-store"
    assert "%E5%85%B3%E8%81%94" in book.headers["content-disposition"]
    nameless = client.post(f"/v1/parties/{key}/case-files", json={"purpose": "核查", "by": " "})
    assert nameless.status_code == 400
    gone = client.get(f"/linked/org:{case['not_linked'][2]}").text
    assert "自身记录（0）" in gone and "样联执" not in gone
