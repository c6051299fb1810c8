"""The four people of the demonstration at a real browser: one click and inside, each elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from breadth import at_landing
from chromium import BROWSER, Chromium
from waiting import until

from api.app import create_app
from api.security.first_start import demonstration_links
from api.security.role import Role
from api.services import Services
from graph.settings import Settings
from graph.time import utc_now

pytestmark = [
    pytest.mark.sweep,
    pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: headless Chromium is not here"),
]

#: Where each begins, what they are offered, what they are not, and where they may not go.
WALKS = {
    Role.LOAN_OFFICER: ("/lending-desk", "查找主体", "双公示", "/rates"),
    Role.CREDIT_OFFICE: ("/desk", "名单与修复", "用户", "/users"),
    Role.CLERK: ("/department", "数据接收", "查找主体", "/guarantees"),
    Role.ADMINISTRATOR: ("/administration", "系统状况", "查找主体", "/deliveries"),
}


@pytest.fixture(scope="module")
def served(district: Settings) -> Iterator[str]:
    """The address of the app over the district: everybody has to log in."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(district), host="127.0.0.1", port=0, log_level="error", ws="none",
            log_config=None,
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(60)


@pytest.mark.parametrize("width", at_landing([1280], [1280, 390]))
def test_each_role_is_inside_with_one_click_and_sees_its_own_house(
    served: str, district: Settings, tmp_path: Path, width: int
) -> None:
    with Services(district, reads_graph=False) as services:
        made = demonstration_links(services.store, by="某人", at=utc_now())
    menus = set()
    for role, shown, path in made:
        begins, offered, not_offered, closed = WALKS[role]
        with Chromium(tmp_path / f"{role}-{width}", width=width) as browser:
            browser.open(served + path)
            assert not browser.is_cut
            browser.click("main button", says=f"以 {shown} 登录")
            assert browser.address == begins
            text = browser.text()
            # on a phone the head has room for the name alone
            assert shown in text and (role.term in text or width < 600), text
            assert not browser.is_cut
            menu = str(browser.tell(
                "[...document.querySelectorAll('nav a')].map(e => e.textContent).join(' ')"
            ))  # fmt: skip
            assert offered in menu + text and not_offered not in menu, menu
            menus.add(menu)
            browser.open(served + closed)
            assert "您的权限不能办理" in browser.text()
            browser.open(f"{served}/account")
            assert "登录记录" in browser.text() and "本次登录" in browser.text()
            assert not browser.is_cut
            # the link is spent
            browser.click("header button", says="退出")
            assert browser.address == "/login" and not browser.is_cut
            browser.open(served + path)
            assert "已经用过" in browser.text()
            browser.open(f"{served}/points")
            assert browser.address == "/login?next=/points"
    assert len(menus) == len(WALKS)
