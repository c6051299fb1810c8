"""The list of duties on its pages, at its routes and by its commands: the same, from files that came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

import ingest
from api.command_line import app
from api.dependencies import services
from api.pages import duties as pages
from api.routes import duties as routes
from api.security import local_asker
from api.services import Services
from graph.settings import Settings
from graph.time import parse_instant
from ingest.sample import write_district, write_public_records
from ingest.sample.public_records.ledger import FILES

AS_OF = "2026-05-20"
NOTICE = """
title: 样本区信用信息责任分工
document: 样本区信用办〔2026〕1号
document_kind: notice
issuer: 样本区信用办
from: 2026-01-01
duties: [{source: enterprise, department: 样本区审批局, every: month, within_days: 5, clause: 第一条}]
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("duties")
    write_district(folder, persons=1_000)
    write_public_records(folder)
    settings = Settings(data=folder / "data")
    settings.catalogues_dir.mkdir(parents=True)
    (settings.catalogues_dir / "notice.yaml").write_text(NOTICE, encoding="utf-8")
    for day, (source, name) in enumerate((("enterprise", "企业登记.xlsx"), *FILES), 2):
        ingest.ingest(
            source, [folder / name], settings=settings, into_graph=False,
            known_at=parse_instant(f"2026-05-{day:02d}T04:00:00Z"),
        )  # fmt: skip
    with Services(settings, reads_graph=False) as opened:
        yield opened


@pytest.fixture
def client(office: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("XINNONG_DATA", str(office.settings.data))
    service = FastAPI()
    service.state.services = office
    service.state.asker = local_asker()
    service.include_router(pages.router)
    service.include_router(routes.router)
    service.dependency_overrides[services] = lambda: office
    with TestClient(service) as opened:
        yield opened


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(app, ["duties", *arguments, "--as-of", AS_OF, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def asked(client: TestClient, path: str, **more: str) -> Any:
    return client.get(path, params={"as_of": AS_OF, **more}).json()


def test_route_and_command_say_the_same(client: TestClient) -> None:
    told = asked(client, "/v1/duties")
    assert run("list") == told
    [register] = [x for x in told["items"] if x["source"] == "enterprise"]
    assert (register["department"], register["state"]) == ("样本区审批局", "in_time")
    # the first file of the month counts, however many come after it
    assert register["due_on"] == "2026-05-05" and "2026-05-02" <= register["last_on"] <= AS_OF
    assert register["place_labels"] == ["登记注册基本信息"] and register["is_record"]
    assert told["catalogue"]["code"] == "national_2024" and len(told["catalogue"]["classes"]) == 13
    assert told["catalogue"]["local"] == ["样本区信用信息责任分工（样本区信用办〔2026〕1号）"]
    assert (
        asked(client, "/v1/duties", state="in_time")["items"]
        == run("list", "--state", "in_time")["items"]
    )
    departments = asked(client, "/v1/duties/departments")
    assert departments == run("departments") and departments["departments"]


def test_the_page_leads_to_the_rows(client: TestClient) -> None:
    text = client.get("/duties", params={"as_of": AS_OF, "state": "in_time"}).text
    assert (
        "style=" not in text and "样本区审批局" in text and "/duties/enterprise/enterprise" in text
    )
    [register] = [x for x in asked(client, "/v1/duties")["items"] if x["source"] == "enterprise"]
    assert f"/deliveries/{register['last_batch']}" in text
    assert f"{register['taken']}/{register['rows_in']}" in text
    late = [x for x in asked(client, "/v1/duties/departments")["departments"] if x["overdue"]]
    assert late and f"act_class={late[0]['act_class']}" in text
    only = client.get("/duties", params={"as_of": AS_OF, "state": "never"}).text
    assert "从未报送" in only and "/duties/enterprise/enterprise" not in only


def test_how_much_of_each_field_is_filled_in(client: TestClient) -> None:
    told = asked(client, "/v1/duties/enterprise/enterprise")
    assert run("item", "enterprise", "enterprise") == told
    fields = {one["name"]: one for one in told["fields"]}
    # every row names its firm; a key is no property, and no share is made up for it
    assert fields["subject" if "subject" in fields else next(iter(fields))]["places"] == [
        "登记注册基本信息"
    ]
    shares = [one for one in fields.values() if one["facts"]]
    assert shares and all(0 <= one["filled"] <= one["facts"] for one in shares)
    assert any(one["ratio"] == 1 for one in shares)
    page = client.get("/duties/enterprise/enterprise", params={"as_of": AS_OF}).text
    assert all(f"{one['filled']}/{one['facts']}" in page for one in shares)
    nothing = asked(client, "/v1/duties/loan/loan")
    assert nothing["duty"]["state"] == "never"
    assert {one["ratio"] for one in nothing["fields"]} == {None}
