"""Every page of the demonstration as it is seen, at the width of a desk and of a telephone, to be looked at.

    make screens       once `make demo` has made the district; the demonstration need not run

writes a picture of a page of each shape, whole, into `dist/screens/1366` and `dist/screens/390`, and
`dist/screens/index.html`, which shows both widths side by side.  What was there before is kept in
`dist/screens.before`, and pages that look otherwise now come first, with both.  Nothing of it is committed:
names and days of a sample change with the day on which it is made.
"""

from __future__ import annotations

import html
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from chromium import Chromium
from starlette.testclient import TestClient
from walk import shape, walk

from api.app import create_app
from api.security import local_asker
from bench.api.attack import served
from graph.settings import Settings
from queries.scope import ADMINISTRATOR

__all__ = ["Screen", "index", "main"]

ROOT = Path(__file__).parents[2] / "dist" / "screens"
BEFORE = ROOT.with_suffix(".before")
WIDTHS = (1366, 390)
_MOST_HEIGHT = 6_000


@dataclass(frozen=True)
class Screen:
    """A page: its shape, where it is, and the name of its pictures."""

    shape: str
    path: str
    name: str

    def picture(self, folder: Path, width: int) -> Path:
        """Its picture of a width."""
        return folder / str(width) / f"{self.name}.png"

    @property
    def looks_otherwise(self) -> bool:
        """Whether it was there before and looked otherwise at some width."""
        pairs = [(self.picture(BEFORE, width), self.picture(ROOT, width)) for width in WIDTHS]
        return any(one.exists() and one.read_bytes() != other.read_bytes() for one, other in pairs)


def main() -> None:
    """Take them."""
    shutil.rmtree(BEFORE, ignore_errors=True)
    if ROOT.exists():
        ROOT.rename(BEFORE)
    app = create_app(Settings(), answers_for=local_asker())
    with served(app) as address, tempfile.TemporaryDirectory() as folder:
        services = app.state.services
        services.is_warm(services.reader(ADMINISTRATOR), within=600)
        screens = _screens(TestClient(app, address))
        for width in WIDTHS:
            (ROOT / str(width)).mkdir(parents=True)
            with Chromium(Path(folder) / str(width), width=width) as window:
                for screen in screens:
                    window.open(address + screen.path)
                    picture = window.picture(most_height=_MOST_HEIGHT)
                    screen.picture(ROOT, width).write_bytes(picture)
                    print(f"{width:5} {screen.shape}", flush=True)
    (ROOT / "index.html").write_text(index(screens), encoding="utf-8")
    print(ROOT / "index.html")


def _screens(browser: TestClient) -> list[Screen]:
    pages = [
        path
        for path, answer in walk(browser, most=1)
        if answer.headers["content-type"].startswith("text/html")
    ]
    shapes = {shape(path): path for path in pages}
    return [
        Screen(kind, path, f"{number:03}") for number, (kind, path) in enumerate(shapes.items())
    ]


def index(screens: list[Screen]) -> str:
    """A page of pictures, those that look otherwise first."""
    rows = []
    for screen in sorted(screens, key=lambda one: not one.looks_otherwise):
        folders = [BEFORE, ROOT] if screen.looks_otherwise else [ROOT]
        shown = "".join(
            f'<a href="{to}"><img loading="lazy" src="{to}" height="600" alt="{width}"></a> '
            for folder in folders
            for width in WIDTHS
            if (to := f"../{folder.name}/{width}/{screen.name}.png")
        )
        rows.append(f"<section><h2>{html.escape(screen.shape)}</h2>{shown}</section>")
    head = '<!doctype html><html lang="zh"><meta charset="utf-8"><title>页面</title>'
    return head + "\n".join(rows)


if __name__ == "__main__":
    main()
