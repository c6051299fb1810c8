"""Typical cases and city-monitoring indicators: one answer through route, command and page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner
from world import World

from api.command_line import app
from api.dependencies import services
from api.pages import city_monitoring as city_page
from api.pages import typical_cases as case_pages
from api.routes import city_monitoring as city_route
from api.routes import typical_cases as case_routes
from api.security import local_asker
from api.services import Services
from graph.errors import InputError
from graph.log import FactLog
from graph.settings import Settings

CODE = "91610305MA9T00018F"
FIRM = (f"org:{CODE}", "Enterprise")
CASE = {
    "kind": "good", "subject": CODE, "document_no": "荣1", "title": "年年守信",
    "story": "连续三年按时纳税，带动农户增收。", "reason": "宣传诚信", "by": "张三",
}  # fmt: skip


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    settings = Settings(data=tmp_path_factory.mktemp("office"))
    world = World(FactLog(settings.log_dir))
    world.node("Enterprise", FIRM[0], name="凤翔样例果业有限公司", registration_state="active",
               unified_social_credit_code=CODE)  # fmt: skip
    world.node("Person", "person:1", name="欧阳样例")
    world.node("Honour", "honour:1", document_no="荣1", list_kind="tax_a", title="A级纳税人",
               authority="样区税务局", awarded_on=date(2026, 1, 1))  # fmt: skip
    world.tie("HONOURED_BY", FIRM, ("honour:1", "Honour"))
    world.commit(datetime(2026, 5, 1, tzinfo=UTC))
    with Services(settings, reads_graph=False) as opened:
        yield opened


@pytest.fixture
def client(office: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("XINNONG_DATA", str(office.settings.data))
    service = FastAPI()
    service.state.services = office
    service.state.asker = local_asker()
    for module in (case_pages, case_routes, city_page, city_route):
        service.include_router(module.router)
    service.dependency_overrides[services] = lambda: office
    with TestClient(service) as opened:
        yield opened


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def shown(client: TestClient) -> list[str]:
    return [one["title"] for one in client.get("/v1/public/typical-cases").json()["cases"]]


def test_a_case_goes_its_way_through_every_door(client: TestClient) -> None:
    assert client.post("/v1/typical-cases", json=CASE).json() == {
        "number": 1, "proposed_by": "张三", "approved_by": None, "ended_by": None,
    }  # fmt: skip
    assert shown(client) == [] and "待另一人批准" in client.get("/typical-cases").text
    with pytest.raises(InputError, match="另一位"):
        client.post("/v1/typical-cases/1/approval", json={"by": "张三"})
    client.post("/typical-cases/1/approval", data={"by": "李四"}, follow_redirects=False)
    assert shown(client) == ["年年守信"]
    public = client.get("/public/typical-cases").text
    assert "年年守信" in public and "凤翔样例果业有限公司" in public and "style=" not in public
    # who acted, and why, is the office's own
    everybody = client.get("/v1/public/typical-cases").text + public
    assert not [word for word in ("张三", "李四", "宣传诚信", FIRM[0]) if word in everybody]
    board = client.get("/v1/typical-cases").json()
    assert run("typical", "list") == board
    assert [(one["state"], one["approved_by"]) for one in board["cases"]] == [("shown", "李四")]
    run("typical", "withdraw", "1", "--by", "王五", "--because", "改稿")
    assert shown(client) == [] and "已撤下" in client.get("/typical-cases").text


def test_a_form_that_names_a_person_comes_back_with_what_was_written(client: TestClient) -> None:
    answer = client.post("/typical-cases", data={**CASE, "story": "欧阳样例带动农户。"})
    assert answer.status_code == 422 and "不能出现任何自然人的信息" in answer.text
    assert "宣传诚信" in answer.text and client.get("/v1/typical-cases").json()["cases"] == []


def test_the_table_is_one_and_marks_stand_in_it(client: TestClient) -> None:
    asked = {"period": "2026-04"}
    told = client.get("/v1/city-monitoring", params=asked).json()
    assert run("city", "show", "2026-04") == told
    rows = {row["id"]: row for row in told["rows"]}
    [honoured] = rows["honoured_share"]["figures"]
    assert (honoured["numerator"], honoured["denominator"]) == (1, 1)
    assert {row["how"] for row in rows.values()} == {"computed", "no_data", "unknown"}
    page = client.get("/city-monitoring", params=asked)
    assert page.status_code == 200 and "style=" not in page.text
    assert all(row["title"] in page.text for row in rows.values())
    for row in rows.values():
        for one in row["figures"]:
            assert one["rows"].replace("&", "&amp;") in page.text, one["code"]
    body = {
        "indicator": "platform",
        "period": "2026-04",
        "mark": "done",
        "evidence": "验收报告",
        "by": "张三",
    }
    assert client.post("/v1/city-monitoring/marks", json=body).status_code == 201
    form = {**body, "mark": "counted", "value": "95.5", "evidence": "网站日志"}
    client.post("/city-monitoring/marks", data=form, follow_redirects=False)
    told = client.get("/v1/city-monitoring", params=asked).json()
    [platform] = [row for row in told["rows"] if row["id"] == "platform"]
    assert (platform["how"], platform["mark"]["value"], platform["mark"]["by"]) == (
        "by_hand",
        95.5,
        "张三",
    )
    assert "网站日志" in client.get("/city-monitoring", params=asked).text
    client.post("/city-monitoring/marks/2/withdrawal", data={"by": "张三", "because": "填错"})
    told = client.get("/v1/city-monitoring", params=asked).json()
    assert [row["mark"]["evidence"] for row in told["rows"] if row["id"] == "platform"] == [
        "验收报告"
    ]


@pytest.mark.parametrize("value", ["nan", "1e9", "九十", "--1", "1.2.3"])
def test_a_value_is_a_plain_number(client: TestClient, value: str) -> None:
    form = {"indicator": "platform", "period": "2026-04", "mark": "counted", "value": value,
            "evidence": "网站日志", "by": "张三"}  # fmt: skip
    with pytest.raises(InputError, match="数字"):
        client.post("/city-monitoring/marks", data=form)
    [row] = [x for x in client.get("/v1/city-monitoring").json()["rows"] if x["id"] == "platform"]
    assert row["how"] == "unknown"
