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
from waiting import until

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
_MONTH = "2026-03"
WIDTH, HEIGHT = 1366, 900
#: What a page says that is not yet whole, and of somebody whom the reader does not see.
_NOT_YET = ("正在测算", "计算中", "没有在限定时间内答复")
_UNSEEN = "这一步没有完成"


def main() -> None:
    """Take them."""
    app = create_app(Settings())
    with served(app) as address, tempfile.TemporaryDirectory() as folder:
        services = app.state.services
        reader = services.reader(ADMINISTRATOR)
        services.is_warm(reader, within=600)
        links = {
            role: path
            for role, _, path in demonstration_links(services.store, by="演示", at=utc_now())
        }

        def at(role: Role) -> Chromium:
            window = Chromium(Path(folder) / role.value, width=WIDTH, height=HEIGHT)
            window.open(address + links[role])
            window.click("main button")
            return window

        with at(Role.LOAN_OFFICER) as window:
            party = next(
                key for key in _stand_for_most(reader)
                if _UNSEEN not in _told(window, f"{address}/parties/{quote(key)}")
            )  # fmt: skip
            _keep(window, "borrower")
            _told(window, f"{address}/parties/{quote(party)}/graph?mode=guarantees")
            _keep(window, "graph")
        with at(Role.CREDIT_OFFICE) as window:
            _told(window, f"{address}/desk")
            _keep(window, "desk")
            _of_the_month(window, address)
            _keep(window, "bulletin")


def _of_the_month(window: Chromium, address: str) -> None:
    """The bulletin of the month whose ledgers the sample has: the one that is there, or a new one."""
    if (title := f"双公示月通报（{_MONTH}）") in _told(window, f"{address}/bulletins"):
        window.click("main td a", says=title)
    else:
        window.type("input[name=period]", _MONTH)
        window.click("button", says="编制")
    window.wait_for("各部门")


def _stand_for_most(reader: Reader) -> list[str]:
    """Persons who stand for others, those for most of them first: of whom there is something to see."""
    givers = Counter(map(str, reader.table("GUARANTEES")["from_key"].to_pylist()))
    return [key for key, _ in givers.most_common() if key.startswith("person:")]


def _told(window: Chromium, address: str) -> str:
    """What a page says once nothing of it is being reckoned any more."""

    def whole() -> str:
        window.open(address)
        said = window.text()
        return "" if any(word in said for word in _NOT_YET) else said

    return until(whole, pause=2)


def _keep(window: Chromium, name: str) -> None:
    (ROOT / "docs" / f"{name}.png").write_bytes(window.picture())


if __name__ == "__main__":
    main()
