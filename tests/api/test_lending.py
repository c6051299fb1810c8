"""The lending figures by command, by route and on the page are the same numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from outline import Outline
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.cli import app
from api.wording import money
from graph.settings import Settings


@pytest.fixture(scope="module")
def told(client: TestClient) -> dict[str, Any]:
    answer = client.get("/v1/lending?by=town&period=2025")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_the_command_says_what_the_route_says(
    told: dict[str, Any], district: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(district.data))
    said = CliRunner().invoke(app, ["lending", "--by", "town", "--period", "2025", "--json"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    assert [found[name] for name in ("rows", "whole", "period")] == [
        told[name] for name in ("rows", "whole", "period")
    ]
    assert found["whole"]["figures"]


def test_every_number_on_the_page_leads_to_its_rows(
    told: dict[str, Any], client: TestClient
) -> None:
    shown = client.get("/lending?by=town&period=2025").text
    figures = {item["code"]: item for item in told["whole"]["figures"]}
    assert figures["on_file"]["value"] > 100
    for code in ("on_file", "lent_units", "first_possible", "balance_fen"):
        assert f"/lending/rows?code={code}&amp;by=district" in shown
        rows = client.get(f"/v1/lending/{code}/rows?period=2025").json()["rows"]
        listed = client.get(f"/lending/rows?code={code}&period=2025").text
        assert f"共 {len(rows)} 项" in listed
        if figures[code]["unit"] == "units":
            assert len(rows) == figures[code]["value"]


def test_a_period_that_is_none_is_said_on_every_way_in(client: TestClient) -> None:
    assert client.get("/v1/lending?period=2026-13").json()["code"] == "period_wrong"
    assert "时间段请写年、季或月" in client.get("/lending?period=2026-13").text


def test_the_months_are_the_same_by_command_route_and_page(
    client: TestClient, district: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(district.data))
    route = client.get("/v1/lending/history?by=town").json()
    town = route["groups"][0][0]
    told = client.get("/v1/lending/history", params={"by": "town", "key": town}).json()
    said = CliRunner().invoke(app, ["lending-history", "--by", "town", "--key", town, "--json"])
    found = json.loads(said.stdout)
    assert [found[name] for name in ("days", "indicators", "groups", "name")] == [
        told[name] for name in ("days", "indicators", "groups", "name")
    ]
    owed = next(item for item in told["indicators"] if item["code"] == "balance_fen")
    assert len(owed["values"]) == len(told["days"]) == 13 and owed["values"][-1] > 0
    # the last month is the table of the day
    table = client.get(f"/v1/lending?by=town&period={told['days'][-1][:7]}").json()
    row = next(row for row in table["rows"] if row["key"] == town)
    assert {item["code"]: item["values"][-1] for item in told["indicators"]} == {
        item["code"]: item["value"] for item in row["figures"]
    }
    page = Outline(client.get("/lending/history?by=town").text)
    assert not page.wrong and page.text.count("上年同月") == len(told["indicators"])
    assert money(owed["values"][-1]) in page.text and told["name"] in page.text
