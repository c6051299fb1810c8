"""The public page and its routes say the same, and nobody asks too often."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.command_line import app
from api.rate_limit import RateLimit, forget_all
from graph.errors import BusyError
from graph.operations import RecordUses


@pytest.fixture(autouse=True)
def asked_by_nobody_yet() -> None:
    forget_all()


def test_page_and_routes_say_the_same(client: TestClient) -> None:
    whole = client.get("/v1/public/records").json()["notices"]
    assert whole
    assert {one["kind"] for one in whole} <= {"Permit", "Penalty", "ListEntry", "Honour"}
    name, code = whole[0]["name"], whole[0]["code"]
    mine = [one for one in whole if one["name"] == name]
    for text in (name, code):
        assert (
            client.post("/v1/public/records/search", json={"text": text}).json()["notices"] == mine
        )
        shown = client.post("/public", data={"text": text}).text
        assert f"查询结果（{len(mine)} 条）" in shown and mine[0]["document_no"] in shown
    assert client.post("/v1/public/records/search", json={"text": name[:3]}).json()["notices"] == []
    counted = sum(one["kind"] == "ListEntry" for one in whole)
    assert f"失信和异常名单：{counted} 条" in client.get("/public").text


def test_a_download_is_noted_once_for_each_state_of_the_data(client: TestClient) -> None:
    for _ in range(3):
        client.get("/v1/public/records")
    store = client.app.state.services.office.store  # type: ignore[attr-defined]
    noted = [use for use in RecordUses(store).of("list:any") if use.kind == "public_download"]
    assert len(noted) == 1 and noted[0].whole


def test_nothing_is_published_as_it_was_known_before(client: TestClient) -> None:
    """Else whoever asks as of before a repair would be told what was repaired."""
    now = client.get("/v1/public/records").json()
    then = client.get("/v1/public/records", params={"known_at": "2020-01-01T00:00:00Z"})
    assert then.status_code == 422 or then.json() == now


def test_who_asks_too_often_waits(client: TestClient) -> None:
    for _ in range(60):
        assert client.post("/v1/public/records/search", json={"text": "没有的"}).status_code == 200
    refused = client.post("/v1/public/records/search", json={"text": "没有的"})
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert client.post("/public", data={"text": "没有的"}).status_code == 429
    # the rest of the service goes on
    assert client.get("/public").status_code == 200


def test_a_window_slides_and_addresses_do_not_share_one() -> None:
    now = [0.0]
    limit = RateLimit(most=2, seconds=10, clock=lambda: now[0])
    limit.count("a")
    now[0] = 6.0
    limit.count("a")
    with pytest.raises(BusyError) as refused:
        limit.count("a")
    assert refused.value.cause_code == "rate_limited"
    limit.count("b")
    # the first one is out of the window, the second is not
    now[0] = 10.0
    limit.count("a")
    with pytest.raises(BusyError):
        limit.count("a")


def test_the_command_says_what_the_route_says(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    monkeypatch.setenv("XINNONG_DATA", str(services.office.settings.data))
    whole = client.get("/v1/public/records").json()["notices"]
    name = whole[0]["name"]

    def said(*words: str) -> dict[str, Any]:
        done = CliRunner().invoke(app, ["published", *words, "--json"])
        assert done.exit_code == 0, done.output
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    counted = Counter(one["kind"] for one in whole)
    assert {kind: n for kind, n in said("counts")["counts"].items() if n} == counted
    found = said("find", name)["notices"]
    assert [one["document_no"] for one in found] == [
        one["document_no"] for one in whole if one["name"] == name
    ]
    assert said("find", name[:3])["notices"] == []
