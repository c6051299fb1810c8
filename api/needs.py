"""What a way into the house needs of whoever comes: every route and every page declares it.

    @router.get("/parties/{key}/loans")
    @needs(Act.ASK, *asked("loans"))
    def loans(...)

The act says what is done, the classes of information what is read of parties.  One that declares
nothing does not load (`declaring`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi.routing import APIRoute

from api.acts import Act
from graph.errors import SettingsError
from graph.information import InformationClass
from queries import library

__all__ = [
    "EVERY_CLASS", "Needs", "asked", "declaring", "is_open", "is_own", "needs", "open_to_all",
    "own", "routes_of",
]  # fmt: skip

Way = TypeVar("Way", bound=Callable[..., Any])

#: Read by what follows from everything that is seen of the district: scores, decisions, structures.
EVERY_CLASS = frozenset(InformationClass)


@dataclass(frozen=True)
class Needs:
    """What one way in does, and which classes of information it reads."""

    act: Act
    access: frozenset[InformationClass] = frozenset()


def needs(act: Act, *access: InformationClass) -> Callable[[Way], Way]:
    """Declare what a route or a page needs."""

    def declared(way: Way) -> Way:
        way.needs = Needs(act, frozenset(access))  # type: ignore[attr-defined]
        return way

    return declared


def open_to_all(way: Way) -> Way:
    """Mark a route or a page as open to whoever comes: without the mark it needs a log-in."""
    way.is_open_to_all = True  # type: ignore[attr-defined]
    return way


def is_open(way: Any) -> bool:
    """Whether a route or a page is open to whoever comes."""
    return bool(getattr(way, "is_open_to_all", False))


def own(way: Way) -> Way:
    """Mark a page as one's own: a log-in, a password, a session.  One who has to choose a password
    first may open it."""
    way.is_own = True  # type: ignore[attr-defined]
    return way


def is_own(way: Any) -> bool:
    """Whether a page is about whoever opens it."""
    return bool(getattr(way, "is_own", False))


def asked(*questions: str) -> frozenset[InformationClass]:
    """Classes that some questions of the library read, as their headers say."""
    return frozenset[InformationClass]().union(*(library()[name].access for name in questions))


def routes_of(routers: Iterable[Any]) -> Iterator[APIRoute]:
    """Every route of some routers, and of those in them."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield route
            elif inner := getattr(route, "original_router", None):
                yield from routes_of([inner])


def declaring(routers: Iterable[Any]) -> None:
    """Raises `SettingsError` (`needs_undeclared`) naming the routes that do not say what they need."""
    silent = {route.path for route in routes_of(routers) if not hasattr(route.endpoint, "needs")}
    if silent:
        paths = "、".join(sorted(silent))
        raise SettingsError(
            f"这些入口没有声明需要什么权限和信息类别（api.needs）：{paths}",
            f"These routes do not declare what they need (api.needs): {paths}",
            code="needs_undeclared",
        )
