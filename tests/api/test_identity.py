"""Judging over HTTP, on the page and by command, on a real engine: graph, risk and pages follow."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner
from world import World

from api.app import create_app
from api.command_line import app
from api.security import local_asker
from graph.catch_up import catch_up
from graph.log import FactLog
from graph.settings import Settings

KNOWN, MENTION, TWIN, FIRM = "person:k", "provisional:m", "provisional:n", "org:f"


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory, lend: Callable[[Path], Settings]
) -> Settings:
    made = lend(tmp_path_factory.mktemp("identity"))
    world = World(FactLog(made.log_dir))
    village = ("division:610305110201", "Village")
    for key in (KNOWN, MENTION, TWIN):
        world.node("Person", key, name="张满囤", phone_masked="138****0007")
        world.tie("LOCATED_IN", (key, "Person"), village)
    world.node("Enterprise", FIRM, name="样本果业有限公司")
    world.tie("GUARANTEES", (MENTION, "Person"), (FIRM, "Enterprise"), discriminator="D1",
              amount_fen=5_000_000)  # fmt: skip
    # the twin has a bad loan, and somebody's file says with certainty 0.99 that it is the known one
    world.node("Loan", "loan:B1:1", loan_no="1", principal_fen=5_000_000)
    world.node("LoanState", "loan:B1:1", "Loan", loan_class="loss", balance_fen=5_000_000)
    world.tie("BORROWED", (TWIN, "Person"), ("loan:B1:1", "Loan"))
    world.tie("SAME_AS", (TWIN, "Person"), (KNOWN, "Person"), certainty=0.99)
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    catch_up(made)
    return made


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings, answers_for=local_asker()), "http://127.0.0.1") as opened:
        yield opened


def given(client: TestClient, key: str) -> list[str]:
    rows = client.get(f"/v1/parties/{key}/guarantees").json()["given"]["rows"]
    return [row["contract"] for row in rows]


def test_queue_judgement_and_undo(client: TestClient) -> None:
    found = client.post("/v1/identity/candidates").json()
    assert found["candidates"] == 3
    queue = client.get("/v1/identity/queue").json()
    assert "不参与风险计算和任何判定" in queue["notice"]
    assert {(pair["one"]["key"], pair["other"]["key"]) for pair in queue["pairs"]} >= {
        (KNOWN, MENTION)
    }
    assert all(pair["reasons"] and 0 < pair["probability"] < 1 for pair in queue["pairs"])
    assert len(client.get(f"/v1/identity/hints/{KNOWN}").json()["pairs"]) == 2
    assert (given(client, KNOWN), given(client, MENTION)) == ([], ["D1"])
    body = {"one": MENTION, "other": KNOWN, "verdict": "same", "user": "王信用", "note": "电话核实"}
    made = client.post("/v1/identity/judgements", json=body).json()
    assert made["merged_into"] == {MENTION: KNOWN} and made["conflicts"] == []
    # the graph follows, the old key answers and says where it went
    assert (given(client, KNOWN), given(client, MENTION)) == (["D1"], ["D1"])
    card = client.get(f"/v1/parties/{MENTION}").json()
    assert card["basis"]["same_as"] == KNOWN and {row["key"] for row in card["rows"]} == {KNOWN}
    merged = client.post("/v1/questions/merged_keys", json={"key": KNOWN}).json()["rows"]
    assert [(row["merged_key"], row["judged_by"]) for row in merged] == [(MENTION, "王信用")]
    risks = [client.get(f"/v1/parties/{key}/risk").json()["score"] for key in (KNOWN, MENTION)]
    assert risks[0] == risks[1]
    number = made["judgement"]["number"]
    client.post(f"/v1/identity/judgements/{number}/undo", json={"user": "赵复核"})
    assert (given(client, KNOWN), given(client, MENTION)) == ([], ["D1"])
    judged = client.get("/v1/identity/clusters").json()
    assert [item["verdict"] for item in judged["judgements"]] == ["same", "open"]
    assert judged["clusters"] == judged["conflicts"] == []


def test_a_way_to_search_that_is_not_installed_is_said(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    answer = client.post("/v1/identity/candidates?by=splink")
    assert answer.json()["code"] == "splink_missing"
    assert answer.status_code == 409 and "xinnong[er]" in answer.text
    assert client.post("/v1/identity/candidates?by=guess").status_code == 422


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"user": " "}, 400, "user_missing"),
        ({"other": FIRM}, 400, "different_kinds"),
        ({"other": "person:none"}, 404, "party_unknown"),
        ({"verdict": "maybe"}, 422, "request_malformed"),
    ],
)
def test_problems(client: TestClient, change: dict[str, str], status: int, code: str) -> None:
    body = {"one": MENTION, "other": KNOWN, "verdict": "same", "user": "王信用", **change}
    answer = client.post("/v1/identity/judgements", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_hint_feeds_neither_risk_nor_decision_and_a_judgement_feeds_both(
    client: TestClient,
) -> None:
    def standing(key: str) -> tuple[float, str, int]:
        # without a consent nothing of a loan is read
        decided = {
            "product": "farmer_small_credit_loan", "party": key, "supplied": {"consent": True},
        }  # fmt: skip
        return (
            client.get(f"/v1/parties/{key}/risk").json()["score"],
            client.post("/v1/decisions", json=decided).json()["verdict"],
            len(client.get(f"/v1/parties/{key}/loans").json()["rows"]),
        )

    client.post("/v1/identity/candidates")
    score, verdict, loans = standing(KNOWN)
    assert score == 0 and (verdict, loans) == ("待补充", 0)
    body = {"one": TWIN, "other": KNOWN, "verdict": "same", "user": "王信用"}
    made = client.post("/v1/identity/judgements", json=body).json()
    score, verdict, loans = standing(KNOWN)
    assert score > 0.5 and (verdict, loans) == ("不符合", 1)
    assert standing(TWIN) == (score, verdict, loans)
    number = made["judgement"]["number"]
    client.post(f"/v1/identity/judgements/{number}/undo", json={"user": "赵复核"})
    score, verdict, loans = standing(KNOWN)
    assert score == 0 and (verdict, loans) == ("待补充", 0)


def test_the_page_works_without_javascript(client: TestClient) -> None:
    client.post("/identity/candidates")
    page = client.get("/identity").text
    # what the head of every page has beside the search is no more than a help
    assert "<script" not in page.partition("<main")[2]
    assert page.count('value="same"') == page.count('value="different"') == 3
    for words in ("张满囤", "138****0007", "姓名（名称）写法完全相同。", "核对前互不影响", "理由"):
        assert words in page
    form = {"one": KNOWN, "other": TWIN, "verdict": "different", "user": "王信用"}
    answer = client.post("/identity/judgements", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/identity")
    page = client.get("/identity").text
    number = re.findall(r"/identity/judgements/(\d+)/undo", page)[0]
    assert client.post(f"/identity/judgements/{number}/undo", data={"user": "赵复核"}).is_success
    refused = client.post("/identity/judgements", data={**form, "user": ""})
    assert refused.status_code == 400 and "请写明核对人姓名" in refused.text


def test_commands(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(settings.data))
    run = CliRunner()

    def says(*words: str) -> object:
        done = run.invoke(app, ["identity", *words, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    assert says("candidates")["candidates"] >= 2  # type: ignore[index]
    assert says("review")[0]["reasons"]  # type: ignore[index]
    made = says("judge", MENTION, TWIN, "同一", "--user", "王信用", "--no-graph")
    number = made["judgement"]["number"]  # type: ignore[index]
    assert made["merged_into"] == {TWIN: MENTION}  # type: ignore[index]
    assert says("clusters")["clusters"] == [  # type: ignore[index]
        {"canonical": MENTION, "members": [MENTION, TWIN]}
    ]
    says("undo", str(number), "--user", "赵复核", "--no-graph")
    assert says("clusters")["clusters"] == []  # type: ignore[index]
    assert (
        run.invoke(app, ["identity", "judge", MENTION, TWIN, "也许", "--user", "王"]).exit_code == 2
    )
    for words in (["review"], ["clusters"], ["candidates"]):
        assert run.invoke(app, ["identity", *words]).exit_code == 0
