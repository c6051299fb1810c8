"""The worklist route and the commands around the catalogue and the quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

import ingest
from api.command_line import app
from api.dependencies import services
from api.routes.worklist import router
from api.security import local_asker
from api.services import Services
from graph.settings import Settings
from ingest.catalogue.source import load_source

HEAD = "金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,到期日期,贷款余额（万元）,五级分类,数据日期"
ROW = (
    "C1402610305001,样本行,J{},张三,61032219750315001{},0.2,2026-01-05,2027-01-05,0.2,{},2026-01-31"
)
DEPARTMENT = load_source("loan").department


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An office that took one loan and refused two."""
    monkeypatch.setenv("XINNONG_DATA", str(tmp_path / "data"))
    path = tmp_path / "贷款.csv"
    rows = [ROW.format(1, "X", "正常"), ROW.format(2, "1", "正常"), ROW.format(3, "X", "优良")]
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    settings = Settings()
    report = ingest.ingest("loan", [path], settings=settings, into_graph=False).batches[0]
    assert (report.accepted, report.quarantined) == (1, 2)
    return settings


@pytest.fixture
def client(office: Settings) -> Iterator[TestClient]:
    """The route over the office's log; it asks nothing else of the services."""
    service = FastAPI()
    service.state.asker = local_asker()
    service.include_router(router)
    with Services(office, reads_graph=False) as opened_services, TestClient(service) as opened:
        # where a list goes on is sealed by the house's own key
        service.state.services = opened_services
        service.dependency_overrides[services] = lambda: opened_services
        yield opened


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_route_says_who_has_what_to_do(client: TestClient) -> None:
    said = client.get("/v1/worklist").json()
    assert said["total"] == 2 and said["basis"]["position"] == 1 and said["basis"]["known_at"]
    assert [(d["department"], d["rows"], d["causes"]) for d in said["departments"]] == [
        (DEPARTMENT, 2, {"check_digit": 1, "unknown_code": 1})
    ]
    assert [(t["row"], t["column"], t["code"]) for t in said["tasks"]] == [
        (3, "借款人证件号码", "check_digit"),
        (4, "五级分类", "unknown_code"),
    ]
    text = client.get("/v1/worklist?limit=1").text
    assert len(json.loads(text)["tasks"]) == 1 and json.loads(text)["total"] == 2
    assert "61032219750315" not in text and "张三" not in text and "优良" not in text


def test_the_route_selects(client: TestClient) -> None:
    assert client.get("/v1/worklist", params={"department": DEPARTMENT}).json()["total"] == 2
    assert client.get("/v1/worklist", params={"department": "税务局"}).json()["total"] == 0
    assert client.get("/v1/worklist", params={"source": "guarantee"}).json()["total"] == 0
    assert client.get("/v1/worklist", params={"limit": 0}).status_code == 422


def test_quarantine_commands(office: Settings, tmp_path: Path) -> None:
    said = json.loads(run("quarantine", "list", "loan", "--json"))
    assert said["open_rows"] == 2
    assert [item["shown"] for item in said["findings"]] == ["610322************", "***"]
    assert "61032219750315" not in run("quarantine", "list", "loan")
    out = tmp_path / "out"
    assert "错误明细.xlsx（2 行）" in run("quarantine", "export", "loan", "--out", str(out))
    assert [path.name for path in out.iterdir()] == ["贷款借据-错误明细.xlsx"]
    assert "没有待更正的行" in run("quarantine", "export", "guarantee", "--out", str(out))


def test_the_worklist_as_json_lines(office: Settings) -> None:
    lines = [json.loads(line) for line in run("worklist", "--lines").splitlines()]
    assert [(line["source"], line["severity"], line["code"]) for line in lines] == [
        ("loan", "error", "check_digit"),
        ("loan", "error", "unknown_code"),
    ]
    assert json.loads(run("worklist", "--json"))["departments"][0]["rows"] == 2
    assert DEPARTMENT[:4] in run("worklist")


def test_catalogue_commands(tmp_path: Path) -> None:
    assert {item["name"] for item in json.loads(run("sources", "--json"))} == set(
        ingest.source_names()
    )
    run("template", "loan", "--out", str(tmp_path))
    assert (tmp_path / "贷款借据-模板.xlsx").exists()
    run("dictionary", str(tmp_path / "manual"))
    assert (tmp_path / "manual" / "dictionary.md").exists()
    rules = {item["title"]: item["rule"] for item in json.loads(run("masking", "loan", "--json"))}
    assert rules["借款人名称"] == "只留第一个字"
