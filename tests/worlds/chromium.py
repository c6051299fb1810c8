"""A person at a browser: headless Chromium, driven by its own protocol over two pipes.

Pages are clicked and typed into where they can be seen: what is covered or off the screen cannot be
clicked.  No library is needed for it, and no port.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from waiting import PATIENCE, until

__all__ = ["BROWSER", "Chromium"]

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)  # fmt: skip

#: Where the middle of an element is, scrolled to; None where something else lies over it.
_MIDDLE = """
(element => {
  element.scrollIntoView({block: "center", inline: "center"});
  const box = element.getBoundingClientRect();
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  const top = document.elementFromPoint(x, y);
  return top && (element.contains(top) || top.contains(element)) ? [x, y] : null;
})"""


class Chromium:
    """One window; use as a context manager.

    Args:
        folder: for its profile and what it downloads.
        width: of the window in pixels; below 600 it is a telephone.
    """

    def __init__(self, folder: Path, *, width: int, height: int = 900) -> None:
        assert BROWSER is not None
        self.downloads = folder / "downloads"
        self.downloads.mkdir(parents=True)
        to_read, self._write = _high(os.pipe())
        self._read, to_write = _high(os.pipe())

        def as_three_and_four() -> None:
            os.dup2(to_read, 3)
            os.dup2(to_write, 4)

        self._process = subprocess.Popen(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             f"--user-data-dir={folder / 'profile'}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=as_three_and_four, pass_fds=(3, 4),
        )  # fmt: skip
        os.close(to_read)
        os.close(to_write)
        self._number, self._left = 0, b""
        self._session: str | None = None
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        self._ask("Page.enable")
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        self._ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.downloads))

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._session = None
            self._ask("Browser.close")
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._read)
            os.close(self._write)

    def open(self, address: str, *, patient: bool = True) -> None:
        """Type an address.

        Args:
            patient: whether to stay until what is asked for stands there; else what stands first.
        """
        self._forget()
        self._ask("Page.navigate", url=address)
        self._loaded(patient)

    def click(self, css: str, *, says: str = "", leads_on: bool = True) -> None:
        """Click the first element of a selector, or the first with just these words.

        Args:
            leads_on: whether another page comes; it is waited for.
        """
        chosen = f"""[...document.querySelectorAll({json.dumps(css)})].find(
            each => !{json.dumps(says)} || each.textContent.trim() === {json.dumps(says)})"""
        assert self.tell(f"!!({chosen})"), (css, says, self.text())
        middle = self.tell(f"{_MIDDLE}({chosen})")
        assert middle, f"{css} {says} cannot be seen"
        if leads_on:
            self._forget()
        for kind in ("mousePressed", "mouseReleased"):
            self._ask(
                "Input.dispatchMouseEvent",
                type=kind, x=middle[0], y=middle[1], button="left", clickCount=1,
            )  # fmt: skip
        if leads_on:
            self._loaded()

    def type(self, css: str, text: str) -> None:
        """Type into a field, in place of what stands there."""
        self.tell(
            f"(e => {{ e.focus(); e.select && e.select(); }})(document.querySelector({json.dumps(css)}))"
        )
        self._ask("Input.insertText", text=text)

    def choose(self, css: str, value: str) -> None:
        """Choose a value of a list, or set a day."""
        self.tell(f"document.querySelector({json.dumps(css)}).value = {json.dumps(value)}")
        assert self.tell(f"document.querySelector({json.dumps(css)}).value") == value, (css, value)

    def choose_file(self, css: str, path: Path) -> None:
        """Choose a file of this machine."""
        root = self._ask("DOM.getDocument")["root"]["nodeId"]
        node = self._ask("DOM.querySelector", nodeId=root, selector=css)["nodeId"]
        self._ask("DOM.setFileInputFiles", files=[str(path)], nodeId=node)

    def downloaded(self, before: int = 0) -> Path:
        """The newest file that was saved, once there are more than `before` and all are whole."""

        def whole() -> list[Path]:
            found = [*self.downloads.iterdir()]
            # its name is about to be another, so it is not looked at
            if any(path.suffix == ".crdownload" for path in found):
                return []
            return sorted(found, key=lambda path: path.stat().st_mtime_ns)

        until(lambda: len(whole()) > before)
        return whole()[-1]

    def text(self) -> str:
        """What the page says."""
        return str(self.tell("document.body ? document.body.innerText : ''"))

    def wait_for(self, words: str) -> str:
        """What the page says as soon as these words are on it; it may load itself anew."""
        try:
            until(lambda: words in self.text())
        except AssertionError:
            raise AssertionError(f"{words}: {self.address} says {self.text()[:2000]}") from None
        return self.text()

    @property
    def address(self) -> str:
        """Where one is."""
        return str(self.tell("location.pathname + location.search"))

    @property
    def is_cut(self) -> bool:
        """Whether the page is wider than the window."""
        return bool(self.tell("document.documentElement.scrollWidth > window.innerWidth"))

    def picture(self, *, most_height: int = 0) -> bytes:
        """What is seen of the page without scrolling, as PNG; or all of it, up to so many pixels."""
        more: dict[str, Any] = {}
        if most_height:
            size = self._ask("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "scale": 1}
            clip["height"] = min(size["height"], most_height)
            more = {"clip": clip, "captureBeyondViewport": True}
        return base64.b64decode(self._ask("Page.captureScreenshot", format="png", **more)["data"])

    def printed(self) -> bytes:
        """The page as it is printed, on the paper that it asks for, as PDF."""
        told = self._ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(told["data"])

    def tell(self, script: str) -> Any:
        """The value of an expression on the page."""
        told = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def awaited(self, script: str) -> Any:
        """What a promise of the page is kept with."""
        told = self._ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def _forget(self) -> None:
        self.tell("window.before = true")

    def _loaded(self, patient: bool = True) -> None:
        # what is being reckoned or received is a page that asks again by itself
        over = "!document.querySelector('[data-again]')" if patient else "true"
        until(lambda: self.tell(f"!window.before && document.readyState === 'complete' && {over}"))

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        asked = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            asked["sessionId"] = self._session
        told = json.dumps(asked).encode() + b"\0"
        while told:
            # whoever stops this process in the middle, a profiler say, leaves the rest to be written
            told = told[os.write(self._write, told) :]
        ends = time.monotonic() + PATIENCE
        while True:
            answer = self._next(ends)
            if answer.get("id") == self._number:
                if "error" in answer and "context" in str(answer["error"]):
                    # the page is just being left
                    return {"result": {"value": None}}
                assert "error" not in answer, (method, answer)
                return dict(answer["result"])

    def _next(self, ends: float) -> dict[str, Any]:
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._read], [], [], max(0, ends - time.monotonic()))
            assert ready, "the browser does not answer"
            more = os.read(self._read, 1 << 16)
            assert more, "the browser has ended"
            self._left += more
        told, _, self._left = self._left.partition(b"\0")
        return dict(json.loads(told))


def _high(ends: tuple[int, int]) -> tuple[int, int]:
    """The same pipe with numbers that nobody else is given: 3 and 4 are the browser's."""
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 64) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
