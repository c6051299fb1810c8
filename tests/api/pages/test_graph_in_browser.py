"""One officer's errand at a real browser: find a farmer, open the graph, look at the guarantees, go on to the
ring's neighbour, ask for the shortest link, take the picture along; with script, and on a phone without."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import uvicorn
from chromium import BROWSER, Chromium
from graph_village import COOP, FARMER, state_village
from waiting import until

import api.pages.graph
import api.pages.parties
from api.app import create_app
from api.security import local_asker
from graph.settings import Settings
from queries.scope import ADMINISTRATOR

pytestmark = [
    pytest.mark.sweep,
    pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: headless Chromium is not here"),
]

#: Boxes of all letters in the picture, as the browser lays them out.
_BOXES = """[...document.querySelectorAll('#graph text')].map(each => {
  const box = each.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom]; })"""


@pytest.fixture(scope="module")
def served(office: Settings) -> Iterator[str]:
    state_village(office)
    with pytest.MonkeyPatch.context() as patch:
        for each in (api.pages.graph, api.pages.parties):
            patch.setattr(each, "PATIENCE", 300.0)
        app = create_app(office, answers_for=local_asker())
        server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none", log_config=None)
        )  # fmt: skip
        thread = threading.Thread(target=server.run)
        thread.start()
        until(lambda: server.started)
        services = app.state.services
        assert services.is_warm(services.reader(ADMINISTRATOR), within=300)
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        # an engine that hears a question first may be slower than its limit: that passes
        asked: tuple[tuple[str, dict[str, str] | None], ...] = (
            ("/", {"text": "许春英"}),
            (f"/parties/{FARMER[0]}", None),
            (f"/parties/{FARMER[0]}/graph", None),
            (f"/parties/{FARMER[0]}/link", {"text": "王远"}),
        )
        for path, sent in asked:
            until(lambda path=path, sent=sent: _status(address + path, sent) == 200)
        yield address
        server.should_exit = True
        thread.join(60)


def _status(address: str, sent: dict[str, str] | None) -> int:
    try:
        with urlopen(address, urlencode(sent).encode() if sent else None) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def errand(browser: Chromium, served: str) -> None:
    """From the search to the shortest link."""
    browser.open(f"{served}/")
    browser.type("main input[name=text]", "许春英")
    browser.click("main form button")
    browser.click("main td a", says="许春英")
    assert not browser.is_cut
    browser.click("#around a", says="打开关系图谱")
    assert "1 层以内有 6 个主体" in browser.text()
    browser.click("nav[aria-label=看什么] a", says="担保")
    assert "担保圈：3 个主体" in browser.tell("document.querySelector('#graph').textContent")
    assert not browser.is_cut
    # on to the neighbour, the way kept as it is
    browser.click("#parties td:last-child a[href*='" + "b" * 32 + "']")
    assert "李互保 的关系图谱" in browser.text() and "mode=guarantees" in browser.address
    browser.type("#link-text", "王远")
    browser.click("#link button")
    assert "最短隔 2 层" in browser.text() and "周修复" in browser.text()
    assert not browser.is_cut


def test_at_a_desk(served: str, tmp_path: Path) -> None:
    with Chromium(tmp_path, width=1366) as browser:
        errand(browser, served)
        browser.open(f"{served}/parties/{FARMER[0]}/graph?mode=guarantees")
        wide = browser.tell("document.querySelector('#graph svg').getBoundingClientRect().width")
        browser.click("#graph-tools button", says="放大", leads_on=False)
        assert browser.tell(
            "document.querySelector('#graph svg').getBoundingClientRect().width"
        ) == pytest.approx(wide * 1.25, rel=0.01)
        browser.click("#graph-tools button", says="下载 PNG", leads_on=False)
        picture = browser.downloaded()
        assert picture.name == "graph.png" and picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        browser.click("#picture a", says="下载图（SVG）", leads_on=False)
        assert browser.downloaded(1).suffix == ".svg"


def test_on_a_phone_without_script(served: str, tmp_path: Path) -> None:
    with Chromium(tmp_path, width=390) as browser:
        browser._ask("Emulation.setScriptExecutionDisabled", value=True)
        errand(browser, served)
        browser.open(f"{served}/parties/{FARMER[0]}/graph?mode=guarantees")
        assert "下载 PNG" not in browser.text() and "下载图（SVG）" in browser.text()
        # a dot leads to the same picture around it
        browser.open(f"{served}/parties/{FARMER[0]}/graph?mode=guarantees&hops=1")
        assert browser.tell("document.querySelectorAll('#graph a[href*=\"hops=1\"]').length") >= 4


@pytest.mark.parametrize("full", ["", "&full=true"])
def test_no_letters_over_letters(served: str, tmp_path: Path, full: str) -> None:
    """What the layout reckons with is what a browser draws: 23 members of a cooperative, and a ring."""
    with Chromium(tmp_path, width=1366) as browser:
        for path in (
            f"/parties/{COOP[0]}/graph?hops=1",
            f"/parties/{FARMER[0]}/graph?mode=guarantees",
        ):
            browser.open(served + path + full)
            boxes = browser.tell(_BOXES)
            assert len(boxes) > 5
            for place, one in enumerate(boxes):
                for other in boxes[place + 1 :]:
                    # two lines of one name touch: letters have room above and below
                    apart = (
                        one[2] <= other[0] + 1
                        or other[2] <= one[0] + 1
                        or one[3] <= other[1] + 6
                        or other[3] <= one[1] + 6
                    )
                    assert apart, (one, other)
