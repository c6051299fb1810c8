"""The calendar on the page, at the route and by the command: one and the same, and acts of people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.command_line import app
from api.dependencies import services
from api.pages import calendar as pages
from api.routes import calendar as routes
from api.services import Services
from graph.settings import Settings


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("XINNONG_DATA", str(tmp_path / "data"))
    service = FastAPI()
    service.include_router(pages.router)
    service.include_router(routes.router)
    with Services(Settings(), reads_graph=False) as opened, TestClient(service) as client:
        service.dependency_overrides[services] = lambda: opened
        yield client


def run(*arguments: str) -> dict:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_day_changed_on_the_page_is_the_same_everywhere(clerk: TestClient) -> None:
    before = clerk.get("/v1/calendar/2026").json()
    changed = clerk.post(
        "/calendar/edits",
        data={"days": "2026-11-30 放假\n", "user": "王主任", "reason": "临时放假"},
    )
    assert changed.status_code == 200 and "临时放假" in changed.text
    after = clerk.get("/v1/calendar/2026").json()
    assert after["working_days"] == before["working_days"] - 1
    assert after["version"] != before["version"] and after["version"] in changed.text
    assert after == run("calendar", "show", "2026")


def test_the_route_takes_the_same_act(clerk: TestClient) -> None:
    body = {"days": {"2026-11-30": "holiday"}, "user": "王主任", "reason": "临时放假"}
    made = clerk.post("/v1/calendar/edits", json=body).json()
    assert made["number"] == 1 and made["days"] == [["2026-11-30", "holiday"]]
    undone = run("calendar", "change", "2026-11-30=按星期", "--by", "李科长", "--reason", "取消")
    assert undone["number"] == 2
    assert [item["user"] for item in clerk.get("/v1/calendar/2026").json()["edits"]] == [
        "李科长",
        "王主任",
    ]


def test_the_page_is_for_narrow_screens_and_names_the_next_year(clerk: TestClient) -> None:
    text = clerk.get("/calendar?year=2026").text
    assert "录入 2027 年" in text and "style=" not in text and "国庆" not in text
