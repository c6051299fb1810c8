"""Points and grades through pages, routes and commands, over the planted sample: the same in all three."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

import ingest
from api.app import create_app
from api.command_line import app as commands
from api.security import local_asker
from graph.catch_up import catch_up
from graph.settings import Settings
from ingest.sample import write_district
from ingest.sample.public_records import District, grades, points
from ingest.sample.public_records.writing import write_table
from queries.points import NOTICE


@pytest.fixture(scope="module")
def planted(office: Settings) -> tuple[Settings, Any]:
    folder = office.data / "district"
    write_district(folder, persons=1_000)
    ingest.ingest("regions", [folder / "行政区划.csv"], settings=office, into_graph=False)
    truth: dict[str, Any] = {}
    for subject in (points, grades):
        made = subject.plant(District(folder, 20260401, subject.__name__.rpartition(".")[2]))
        truth |= dict(made.truth)
        for source, name in subject.FILES:
            write_table(folder / name, made.tables[name])
            ingest.ingest(source, [folder / name], settings=office, into_graph=False)
    catch_up(office, owned=True)
    return office, json.loads(json.dumps(truth))


@pytest.fixture(scope="module")
def client(planted: tuple[Settings, Any]) -> Iterator[TestClient]:
    with TestClient(
        create_app(planted[0], answers_for=local_asker()), "http://127.0.0.1", follow_redirects=True
    ) as opened:
        yield opened


@pytest.fixture
def told(planted: tuple[Settings, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a command prints as JSON."""
    monkeypatch.setenv("XINNONG_DATA", str(planted[0].data))

    def asked(*words: str) -> Any:
        done = CliRunner().invoke(commands, [*words, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return asked


def without_basis(answer: dict[str, Any]) -> dict[str, Any]:
    """What a command and a route both say: a route also where its list goes on, here nowhere."""
    assert answer.get("next") is None
    return {name: value for name, value in answer.items() if name not in ("basis", "next")}


def test_an_application_in_the_browser_and_what_it_brings(
    client: TestClient, planted: tuple[Settings, Any], told: Any
) -> None:
    firms = [f"org:{code}" for code in planted[1]["points"] if code.startswith("9")]
    firm, other = firms[1], firms[4]
    for path in (f"/parties/{firm}/points", f"/v1/parties/{firm}/points"):
        assert client.get(path).status_code == 404
    assert "还没有主体申请参加" in unquote(client.get("/points").text)
    form = {"subject": firm, "application": "申请书1号", "by": "样本乙"}
    refused = client.post("/points", data={**form, "application": " "})
    assert refused.status_code == 422 and "请写明申请书编号" in refused.text
    unknown = client.post("/points", data={**form, "subject": "org:nobody"})
    assert unknown.status_code == 422 and "没有这个主体" in unknown.text
    listed = unquote(client.post("/points", data=form).text)
    assert f"/parties/{firm}/points" in listed and ">20<" in listed
    assert client.get(f"/v1/parties/{other}/points").status_code == 404
    page = unquote(client.get(f"/parties/{firm}/points").text)
    assert "信用积分 20" in page and NOTICE in page
    assert page.count("同一荣誉已按最高级计") == planted[1]["same_honour"][firm[4:]]
    assert page.count("未定分值，不计分") == 1
    answer = client.get(f"/v1/parties/{firm}/points").json()
    assert answer["points"] == planted[1]["points"][firm[4:]]
    assert without_basis(told("points", "show", firm)) == without_basis(answer)
    everybody = client.get("/v1/points").json()
    assert [row["party"] for row in everybody["rows"]] == [firm]
    assert without_basis(told("points", "list")) == without_basis(everybody)
    assert told("points", "rules") == client.get("/v1/points/rules").json()
    assert "未定分值，不计分" in unquote(client.get("/points/rules").text)


def test_leaving_and_letting_somebody_see(
    client: TestClient, planted: tuple[Settings, Any], told: Any
) -> None:
    firm = f"org:{[*planted[1]['points']][3]}"
    joined = client.post(
        "/v1/points", json={"subject": firm, "application": "窗口申请", "by": "样本乙"}
    )
    assert joined.status_code == 201
    number = joined.json()["number"]
    bank = next(iter(planted[1]["points"]))
    body = {
        "institution": f"org:{bank}",
        "purpose": "评优",
        "until_on": "2031-01-01",
        "by": "样本乙",
    }
    share = client.post(f"/v1/points/{number}/shares", json=body)
    assert share.status_code == 201
    assert "评优" in unquote(client.get(f"/parties/{firm}/points").text)
    late = client.post(f"/v1/points/{number}/shares", json={**body, "until_on": "2020-01-01"})
    assert late.json()["code"] == "share_incomplete"
    ended = client.post(f"/points/shares/{share.json()['number']}/end", data={"by": "样本乙"})
    assert ended.status_code == 200
    assert client.get(f"/v1/parties/{firm}/points").json()["shares"] == []
    left = client.post(f"/points/{number}/leaving", data={"by": "样本乙", "why": "本人申请"})
    assert left.status_code == 200 and f"/parties/{firm}/points" not in left.text
    assert client.get(f"/v1/parties/{firm}/points").status_code == 404
    again = told("points", "join", firm, "--application", "再次申请", "--by", "样本乙")
    assert again["number"] != number
    told("points", "leave", str(again["number"]), "--by", "样本乙", "--why", "本人申请")
    assert client.get(f"/v1/parties/{firm}/points").status_code == 404


def test_the_plan_of_inspections_is_one(
    client: TestClient, planted: tuple[Settings, Any], told: Any
) -> None:
    wanted = planted[1]["due"]
    answer = client.get("/v1/supervision/inspections").json()
    assert [[one["party"][4:], one["due_on"]] for one in answer["rows"]] == [
        [code, day] for code, day in wanted.items()
    ]
    assert without_basis(told("supervision", "due")) == without_basis(answer)
    page = unquote(client.get("/supervision").text)
    assert re.findall(r"/parties/org:(\w+)/grades", page) == [*wanted]
    cut = unquote(client.get("/supervision", params={"state": "unstated", "sector": "market"}).text)
    [(unstated, _)] = [item for item in wanted.items() if item[1] is None]
    assert re.findall(r"/parties/org:(\w+)/grades", cut) == [unstated]
    assert client.get("/supervision", params={"state": "bad"}).status_code in (400, 422)


def test_what_is_amiss_is_one(client: TestClient, planted: tuple[Settings, Any], told: Any) -> None:
    answer = client.get("/v1/supervision/findings").json()
    assert without_basis(told("supervision", "findings")) == without_basis(answer)
    for kind, wanted in planted[1]["findings"].items():
        found = client.get("/v1/supervision/findings", params={"kind": kind}).json()
        assert sorted(
            [one["party"][4:], one["grade"]["scheme"]] for one in found["rows"]
        ) == sorted(wanted)
        page = unquote(client.get("/supervision/findings", params={"kind": kind}).text)
        shown = re.findall(r"/parties/org:(\w+)/grades", page)
        assert sorted(shown) == sorted(code for code, _ in wanted)
        assert answer["counts"][kind] == len(wanted)


def test_counts_lead_to_their_rows(
    client: TestClient, planted: tuple[Settings, Any], told: Any
) -> None:
    answer = client.get("/v1/supervision/grades").json()
    assert without_basis(told("supervision", "grades")) == without_basis(answer)
    assert {
        f"{one['scheme']} {one['grade']}": one["subjects"] for one in answer["counts"]
    } == planted[1]["in_force"]
    page = unquote(client.get("/supervision/grades").text)
    links = re.findall(r'href="(/supervision/grades/subjects[^"]+)">(\d+)<', page)
    assert len(links) == len(answer["counts"])
    for path, count in links:
        rows = unquote(client.get(path.replace("&amp;", "&")).text)
        assert len(re.findall(r"/parties/org:\w+/grades", rows)) == int(count)


def test_the_time_axis_of_a_party(
    client: TestClient, planted: tuple[Settings, Any], told: Any
) -> None:
    firm = f"org:{[*planted[1]['due']][2]}"
    answer = client.get(f"/v1/parties/{firm}/grades").json()
    assert [(one["grade"], one["state"]) for one in answer["grades"]] == [
        ("excellent", "history"), ("good", "history"), ("A", "in_force"), ("B", "in_force"),
    ]  # fmt: skip
    assert without_basis(told("supervision", "party", firm)) == without_basis(answer)
    page = unquote(client.get(f"/parties/{firm}/grades").text)
    assert page.index("优") < page.index("良") and "原版评价，留作历史" in page
    assert client.get("/v1/parties/org:nobody/grades").status_code == 404


def test_nothing_of_it_is_public(client: TestClient, planted: tuple[Settings, Any]) -> None:
    """Others' grades and points are on no public page; honours alone are."""
    kinds = {one["kind"] for one in client.get("/v1/public/records").json()["notices"]}
    assert "Honour" in kinds and kinds <= {"Permit", "Penalty", "ListEntry", "Honour"}
    for code in planted[1]["due"]:
        told = client.post("/v1/public/records/search", json={"text": code}).json()["notices"]
        assert told == []
    shown = client.get("/public").text.partition("<main")[2]
    assert not [word for word in ("信用风险", "信用积分", "分级", "综合评价") if word in shown]
