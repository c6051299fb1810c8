"""The pages in a real browser, served by the real server; skipped aloud where there is none."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from accessible import barriers
from breadth import at_landing, some
from chromium import BROWSER, Chromium
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.testclient import TestClient
from waiting import PATIENCE, until
from walk import walk

import api.pages
from api.app import create_app
from api.headers import Forbidding
from api.pages import navigation
from api.pages.rendering import page as rendered
from api.security import local_asker
from bench.api.attack import served as running
from graph.settings import Settings
from queries.scope import ADMINISTRATOR

pytestmark = pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: headless Chromium is not here")

#: A4 in points, as Chromium rounds it.
A4 = (595, 842)


@pytest.fixture(scope="module")
def served(district: Settings, client: TestClient) -> Iterator[str]:
    """The address of the app over the district, on loopback."""
    app = create_app(district, answers_for=local_asker())
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none", log_config=None)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    services = app.state.services
    assert services.is_warm(services.reader(ADMINISTRATOR), within=120)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(60)


def browse(profile: Path, *arguments: str) -> str:
    """What headless Chromium says, in a profile of its own."""
    assert BROWSER is not None
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
         *arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=True,
    )  # fmt: skip
    return done.stdout


def violations(profile: Path, address: str) -> list[str]:
    """What the browser says on its console of the policy of a page."""
    assert BROWSER is not None
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
         "--enable-logging=stderr", "--dump-dom", address],
        capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=True,
    )  # fmt: skip
    return [line for line in done.stderr.splitlines() if "Content Security Policy" in line]


def test_no_page_wants_what_its_policy_forbids(served: str, guarantor: str, tmp_path: Path) -> None:
    for path in ("/", f"/parties/{guarantor}", f"/parties/{guarantor}/decisions", "/guarantees"):
        assert violations(tmp_path / "d", served + path) == [], path


@pytest.mark.parametrize("width", at_landing([390], [1366, 390]))
def test_no_page_shuts_anybody_out(
    served: str, client: TestClient, tmp_path: Path, width: int
) -> None:
    """A page of each shape, as keys, a screen reader and weak eyes find it."""
    pages = [
        path
        for path, answer in walk(client, most=1)
        if answer.headers["content-type"].startswith("text/html")
    ]
    against: dict[str, list[str]] = {}
    with Chromium(tmp_path / "axe", width=width) as browser:
        for path in some(pages):
            browser.open(served + path)
            if found := barriers(browser):
                against[path] = found
    assert not against, "\n".join(
        f"{path}\n  " + "\n  ".join(told) for path, told in against.items()
    )


def test_what_is_being_reckoned_arrives_by_itself(tmp_path: Path) -> None:
    """And nothing is loaded anew meanwhile under whoever reads, or has the page read to them."""
    app, done = FastAPI(), threading.Event()
    app.mount("/static", StaticFiles(directory=Path(api.pages.__file__).parent / "static"))
    asked = []

    @app.get("/x", response_class=HTMLResponse)
    def reckoned() -> HTMLResponse:
        asked.append(1)
        if done.is_set():
            found = bytes(
                rendered("problem.html", message_zh="甲", message_en="a", trace="b").body
            ).decode()
            found = found.replace("<title>", '<script src="/static/print.js"></script><title>')
            return HTMLResponse(
                found.replace("</h1>", "</h1><button data-print hidden>印</button>")
            )
        doing = f"第 {len(asked)} 步"
        return rendered("waiting.html", 202, again="/x", seconds=0.1, doing=doing)

    with running(app) as address, Chromium(tmp_path / "w", width=390) as browser:
        browser.open(address + "/x", patient=False)
        assert barriers(browser) == []
        browser.tell("window.stays = document.querySelector('[data-again]')")
        browser.wait_for("第 4 步")
        assert browser.tell("window.stays.isConnected")
        done.set()
        # with its own name and script, and read on from its beginning
        until(lambda: browser.tell("document.querySelector('[data-print]')?.hidden === false"))
        assert browser.tell("[document.title, document.activeElement.id, !!window.stays]") == [
            "无法完成 · 信农", "main", True,
        ]  # fmt: skip
        assert barriers(browser) == []
        count = len(asked)
        assert browser.awaited("new Promise(resolve => setTimeout(resolve, 500, 1))") == 1
        assert len(asked) == count


def test_axe_tells_who_is_shut_out(tmp_path: Path) -> None:
    """Else the test above would see nothing."""
    page = tmp_path / "bad.html"
    page.write_text("<!doctype html><title>x</title><p style='color:#ccc'>dim words</p><input>")
    with Chromium(tmp_path / "axe", width=390) as browser:
        browser.open(page.as_uri())
        found = {line.split(" ")[0] for line in barriers(browser)}
    assert {"color-contrast", "html-has-lang", "label"} <= found


def test_what_a_browser_is_told_arrives_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a signal ends each write early: it waited for the rest until the test was given up."""
    write = os.write
    with Chromium(tmp_path / "told", width=390) as browser:
        monkeypatch.setattr("chromium.PATIENCE", 20)
        monkeypatch.setattr(os, "write", lambda end, told: write(end, told[:1_000]))
        assert browser.tell(f"'{'字' * 3_000}'.length") == 3_000


def test_a_browser_tells_what_the_policy_forbids(tmp_path: Path) -> None:
    """Else the test above would see nothing."""
    app = FastAPI()
    app.add_middleware(Forbidding)

    @app.get("/", response_class=HTMLResponse)
    def page() -> str:
        return "<p style='color:red'>x</p><script>1</script>"

    with running(app) as address:
        assert len(violations(tmp_path / "e", address)) == 2


def test_a_form_prints_on_a4_and_a_phone_shows_the_page(
    served: str, client: TestClient, guarantor: str, tmp_path: Path
) -> None:
    kept = client.post(
        f"/parties/{guarantor}/decisions",
        data={
            "action": "keep",
            "product": "farmer_small_credit_loan",
            "consent": "是",
            "reference@书面授权书": "A7",
            "stated_on@书面授权书": "2026-11-02",
            "issuer@书面授权书": "本人",
            "seen_by@书面授权书": "张三",
        },
    )
    paper = tmp_path / "form.pdf"
    form = served + kept.url.path
    browse(tmp_path / "a", f"--print-to-pdf={paper}", "--no-pdf-header-footer", form)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper.read_bytes())
    assert boxes and {(round(float(w)), round(float(h))) for w, h in boxes} == {A4}
    assert len(boxes) == 1  # signatures and all
    seen = browse(tmp_path / "a", "--dump-dom", f"{served}/parties/{guarantor}")
    assert "周边关系" in seen and "<svg" in seen and 'aria-current="page"' in seen
    shot = tmp_path / "phone.png"
    browse(tmp_path / "a", "--window-size=390,844", f"--screenshot={shot}", served)
    assert shot.read_bytes().startswith(b"\x89PNG") and shot.stat().st_size > 5_000


#: Says how high the head of a page is where it is so wide, and what of it sticks out.
_MEASURE = """<!doctype html><body><script>
for (const [width, path] of [[360, "x"], [390, "x"], [390, "open"], [1366, "x"], [1366, "open"]]) {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = 844; frame.style.border = 0; frame.src = "/" + path;
  frame.onload = () => {
    const inside = frame.contentDocument;
    document.body.append(`[${width} ${path} ${inside.querySelector("header").offsetHeight}`
      + ` ${inside.documentElement.scrollWidth}]`);
  };
  document.body.append(frame);
}</script>"""


def test_the_head_of_a_page_is_one_row_on_a_phone_as_on_a_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = {desk: list(those) for desk, those in navigation.navigation().items()}
    # as many as there may come to be
    entries["信用办"] += [
        navigation.Entry("信用办", 200 + extra, f"/more/{extra}", "再来一页") for extra in range(8)
    ]
    monkeypatch.setitem(
        rendered.__globals__["environment"]("zh").globals, "navigation", lambda: entries
    )
    app = FastAPI()
    app.mount("/static", StaticFiles(directory=Path(api.pages.__file__).parent / "static"))

    @app.get("/x", response_class=HTMLResponse)
    def closed() -> HTMLResponse:
        return rendered("problem.html", here="/linked", message_zh="甲", message_en="a", trace="b")

    @app.get("/open", response_class=HTMLResponse)
    def opened() -> str:
        return bytes(closed().body).decode().replace('class="at"', 'class="at" open')

    @app.get("/", response_class=HTMLResponse)
    def measured() -> str:
        return _MEASURE

    with running(app) as address:
        told = browse(tmp_path / "h", "--virtual-time-budget=10000", "--dump-dom", address)
    found = {
        (int(width), path): (int(height), int(wide))
        for width, path, height, wide in re.findall(r"\[(\d+) (\w+) (\d+) (\d+)\]", told)
    }
    assert len(found) == 5
    for (width, path), (height, wide) in found.items():
        assert height < 60, (width, path, height)
        assert wide <= width, (width, path, wide)
