"""The page of events in a real browser: it says by itself that something happened, and fits a telephone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from chromium import BROWSER, Chromium
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from waiting import until

import api.pages
import api.pages.events
import api.routes.events
from api.events.stream import Streams
from api.headers import Forbidding
from api.security import local_asker
from api.server import SERVER, StoppingServer
from api.services import Services
from graph.operations import HookDeliveries, Hooks, note_event
from graph.settings import Settings

pytestmark = pytest.mark.skipif(BROWSER is None, reason="NO BROWSER ON THIS MACHINE")
AT = datetime(2026, 6, 1, 2, tzinfo=UTC)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with Services(Settings(data=tmp_path / "data"), reads_graph=False) as opened:
        _ = opened.store
        yield opened


@pytest.fixture
def address(services: Services) -> Iterator[str]:
    app = FastAPI()
    app.state.services, app.state.asker = services, local_asker()
    app.state.streams = Streams(lambda: services.office, look_s=0.05, beat_s=1.0)
    app.include_router(api.routes.events.router)
    app.include_router(api.pages.events.router)
    app.add_middleware(Forbidding)
    app.mount("/static", StaticFiles(directory=Path(api.pages.__file__).parent / "static"))
    server = StoppingServer(uvicorn.Config(app, host="127.0.0.1", port=0, **SERVER))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def happen(services: Services, subject: str) -> None:
    with services.store.transaction() as session:
        note_event(session, "subject.changed", subject, kinds=["Loan"], at=AT)


def test_the_page_says_by_itself_that_something_happened(
    services: Services, address: str, tmp_path: Path
) -> None:
    with Chromium(tmp_path / "browser", width=390, height=844) as phone:
        phone.open(f"{address}/events")
        assert "有新的事件" not in phone.text() and "还没有事件" in phone.text()
        until(lambda: phone.tell("document.getElementById('live').hidden"))
        happen(services, "person:1")
        assert "还没有事件" in phone.wait_for("有新的事件")
        phone.click("#live a")
        assert "主体信息有变化" in phone.wait_for("主体信息有变化")
        phone.type("input[name=title]", "核心系统")
        phone.type("input[name=url]", "https://bank.example/a/rather/long/address/of/a/core/system")
        phone.type("input[name=by]", "张三")
        assert not phone.is_cut
        phone.click("main form button")
        assert "签名密钥只显示这一次" in phone.wait_for("签名密钥")
        assert not phone.is_cut
        [hook] = Hooks(services.store).all()
        happen(services, "person:2")
        deliveries = HookDeliveries(services.store)
        deliveries.spread(hook.id, at=AT)
        deliveries.failed(
            hook.id, 2, "对方返回 500", again_at=None, hook_again_at=None, status=500, at=AT
        )
        phone.open(f"{address}/events/hooks/{hook.id}")
        assert "停止重试" in phone.text() and "whsec" not in phone.text() and not phone.is_cut
        phone.type("form[action*=deliveries] input[name=by]", "李四")
        phone.click("form[action*=deliveries] button")
        assert "等待发送" in phone.wait_for("等待发送")
