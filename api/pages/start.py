"""Where somebody begins, and where a page leads them: the pages that their role may open."""

from __future__ import annotations

from functools import cache

from api.acts import Act
from api.pages.navigation import Desk, Entry, navigation, page_modules
from api.security import Asker, may, policy_of

__all__ = ["entries_for", "may_open", "start_of"]

_ACCOUNT = "/account"


def entries_for(asker: Asker | None) -> dict[Desk, list[Entry]]:
    """Entries by desk that somebody may open; none where nobody is known."""
    if asker is None:
        return {}
    acts = _acts()
    return {
        desk: [
            entry for entry in entries if may(entry.act or acts[entry.path], asker, only_looks=True)
        ]
        for desk, entries in navigation().items()
    }


def start_of(asker: Asker) -> str:
    """The page where somebody begins: that of their role, if there is one that they may open."""
    begins = policy_of(asker.role).start if not asker.is_local else "/"
    act = _acts().get(begins)
    return begins if act is not None and may(act, asker, only_looks=True) else _ACCOUNT


def may_open(asker: Asker, path: str) -> bool:
    """Whether somebody may open the page of an address, whatever it asks for or points at."""
    act = _acts().get(path.partition("#")[0].partition("?")[0])
    return act is not None and may(act, asker, only_looks=True)


@cache
def _acts() -> dict[str, Act]:
    """What each page does that is opened by its address alone."""
    return {
        route.path: route.endpoint.needs.act
        for module in page_modules()
        for route in module.router.routes
        if "GET" in route.methods and "{" not in route.path
    }
