"""Exchange through command, route and page: the same, and nothing without a connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from partner import PROVINCE, Partner, serving
from starlette.testclient import TestClient
from typer.testing import CliRunner
from world import World

from api.cli import app
from api.dependencies import services
from api.pages import exchange as pages
from api.routes import exchange as routes
from api.security import local_asker
from api.services import Services
from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.settings import Settings
from graph.time import today

BODY, FIRM = "11610305016000005N", "91610305MA6X00008K"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exchange") / "data"
    world = World(FactLog(folder / "log"))
    world.node("GovernmentBody", f"org:{BODY}", name="样区局", unified_social_credit_code=BODY)
    world.node(
        "Enterprise", f"org:{FIRM}", name="样甲果业有限公司", unified_social_credit_code=FIRM
    )
    for number, edition in (("样罚〔2026〕1号", "2018"), ("样罚〔2026〕2号", "2016")):
        key = (f"penalty:{BODY}:{number}:00008K", "Penalty")
        world.node(
            "Penalty", key[0], edition=edition, document_no=number, penalty_kinds="罚款", case_name="案",
            power_code="1B01", violation_kind="未公示", violation="未公示", legal_ground="条例",
            content="罚款", decided_on=today() - timedelta(days=9), authority="样区局",
        )  # fmt: skip
        world.tie("PENALISED_BY", (f"org:{FIRM}", "Enterprise"), key)
        world.tie("DECIDED_BY", key, (f"org:{BODY}", "GovernmentBody"))
    world.commit(datetime.now(UTC) - timedelta(days=1))
    return folder


@pytest.fixture(scope="module")
def partner(data: Path) -> Iterator[Partner]:
    with serving(Partner(PROVINCE)) as made:
        path = data / "exchange.yaml"
        path.write_text(
            f"provincial_upload: {{end: http, address: '{made.address}', secret: s3cret, "
            f"department: {BODY}, division: '610305'}}\n",
            encoding="utf-8",
        )
        path.chmod(0o600)
        yield made


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("XINNONG_DATA", str(data))
    with Services(Settings(data=data), reads_graph=False) as office:
        service = FastAPI()
        service.state.services = office
        service.state.asker = local_asker()
        service.include_router(pages.router)
        service.include_router(routes.router)
        service.dependency_overrides[services] = lambda: office
        with TestClient(service) as opened:
            yield opened


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(app, ["exchange", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_what_is_not_connected_is_sent_nothing(client: TestClient) -> None:
    page = client.post("/exchange/smart_baoji", data={"by": "张三", "action": "queue"})
    assert page.status_code == 422 and "exchange.yaml" in page.text
    # which status an error is, is told by one place for all (test_service)
    with pytest.raises(InputError) as caught:
        client.post("/v1/exchange/smart_baoji/sending", json={"by": "张三"})
    assert caught.value.cause_code == "exchange_unconnected"
    with pytest.raises(NotFoundError):
        client.get("/v1/exchange/nobody")
    assert {one["name"] for one in client.get("/v1/exchange").json() if one["is_connected"]} <= {
        "provincial_upload"
    }


def test_a_clerk_queues_sends_and_sends_again(client: TestClient, partner: Partner) -> None:
    with_name = {"by": "张三"}
    said = client.post("/exchange/provincial_upload", data={**with_name, "action": "queue"}).text
    assert "新增 2" in said and partner.calls == []
    nobody = client.post("/exchange/provincial_upload", data={"by": "", "action": "send"})
    assert nobody.status_code == 422 and partner.calls == []
    said = client.post("/exchange/provincial_upload", data={**with_name, "action": "send"}).text
    assert "接收 1 条，退回 1 条" in said
    # what was refused is named with what the page said, its fault told as its own
    assert "样罚〔2026〕2号" in said and "请输入正确的统一社会信用代码！" in said
    assert "代码经校验无误" in said and "s3cret" not in said
    page, route = client.get("/exchange").text, client.get("/v1/exchange").json()
    assert run("status") == route
    [mine] = [one for one in route if one["name"] == "provincial_upload"]
    assert mine["counts"] == {
        "waiting": 0, "sent": 0, "accepted": 1, "refused": 1, "deferred": 0, "closed": 0,
    }  # fmt: skip
    for state, count in mine["counts"].items():
        told = client.get("/v1/exchange/provincial_upload/items", params={"state": state}).json()
        assert len(told) == count
        assert ("state=" + state in page) is (count > 0)
        assert run("items", "provincial_upload", "--state", state) == told
    [refused] = client.get(
        "/v1/exchange/provincial_upload/items", params={"state": "refused"}
    ).json()
    assert (refused["state_label"], refused["action_label"]) == ("待补充", "新增")
    partner.departments = frozenset()
    again = client.post(
        f"/exchange/items/{refused['id']}",
        data={**with_name, "reason": "省里已修正", "action": "again"},
        follow_redirects=True,
    )
    assert "待上报（1）" in again.text
    assert "部门不存在" in run("send", "provincial_upload", "--by", "张三")["problem"]
    assert "省里已修正" in client.get("/exchange/provincial_upload").text


def test_what_ended_is_named_no_more(client: TestClient, partner: Partner, data: Path) -> None:
    run("queue", "provincial_upload", "--by", "张三")
    world = World(FactLog(data / "log"))
    world.count = 900
    key = f"penalty:{BODY}:样罚〔2026〕2号:00008K"
    world.node("Penalty", key, document_no="样罚〔2026〕2号", removed_on=today())
    world.commit(datetime.now(UTC), source="later")
    for path in (
        "/exchange/provincial_upload?state=waiting",
        "/v1/exchange/provincial_upload/items",
    ):
        assert "样罚〔2026〕2号" not in client.get(path).text, path
