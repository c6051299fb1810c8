"""The pictures of both READMEs, taken of the demonstration by a real browser.

    make pictures      once `make demo` has made the district; the demonstration need not run

writes `docs/borrower.png`, `graph.png`, `desk.png` and `bulletin.png`: what an officer sees without
scrolling.  Every person and firm in them is made up.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from chromium import Chromium

from api.app import create_app
from api.security.first_start import demonstration_links
from api.security.role import Role
from bench.api.attack import served
from graph.settings import Settings
from graph.time import utc_now
from queries.reader import Reader
from queries.scope import ADMINISTRATOR

__all__ = ["main"]

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 1366, 900


def main() -> None:
    """Take them."""
    app = create_app(Settings())
    with served(app) as address, tempfile.TemporaryDirectory() as folder:
        services = app.state.services
        reader = services.reader(ADMINISTRATOR)
        services.is_warm(reader, within=600)
        party = quote(_stands_for_most(reader))
        links = {
            role: path
            for role, _, path in demonstration_links(services.store, by="演示", at=utc_now())
        }
        for role, pages in {
            Role.LOAN_OFFICER: {
                "borrower": f"/parties/{party}",
                "graph": f"/parties/{party}/graph?mode=guarantees",
            },
            Role.CREDIT_OFFICE: {"desk": "/desk", "bulletin": "/bulletins"},
        }.items():
            with Chromium(Path(folder) / role.value, width=WIDTH, height=HEIGHT) as window:
                window.open(address + links[role])
                window.click("main button")
                for name, path in pages.items():
                    window.open(address + path)
                    window.wait_until_told()
                    if name == "bulletin" and window.tell("!!document.querySelector('main td a')"):
                        window.click("main td a")
                    (ROOT / "docs" / f"{name}.png").write_bytes(window.picture())


def _stands_for_most(reader: Reader) -> str:
    """A person who stands for most others: of whom there is something to see."""
    givers = Counter(reader.table("GUARANTEES")["from_key"].to_pylist())
    return next(str(key) for key, _ in givers.most_common() if str(key).startswith("person:"))


if __name__ == "__main__":
    main()
