"""Lines of a desk: each a number that opens the page of its rows.

A number is that of its page: both ask the same function.  One that is still being computed holds the
others up no longer than a page waits (`Patience`), and its line says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import TypeVar

from graph.time import instant_on

__all__ = ["DeskGroup", "DeskLine", "Patience", "asked_together", "yesterday"]

T = TypeVar("T")


@dataclass(frozen=True)
class DeskLine:
    """One line.

    Attributes:
        path: of the page that lists what is counted; empty: it may not be opened.
        number: None while it is being computed.
        is_pressing: whether somebody has to act at once, where the number is not zero.
    """

    title: str
    path: str
    number: int | None
    unit: str = "件"
    note: str = ""
    is_pressing: bool = False


@dataclass(frozen=True)
class DeskGroup:
    """Lines that belong together."""

    title: str
    lines: tuple[DeskLine, ...]


class Patience:
    """So many seconds for all that a page asks, together."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """What is left of them."""
        return max(0.0, self._ends - time.monotonic())


def asked_together(
    questions: Iterable[Callable[[float], T | None]], patience: Patience
) -> list[T | None]:
    """Answers to questions that take how long to wait: all are begun before any is waited for."""
    every = list(questions)
    begun = [ask(0.0) for ask in every]
    return [
        ask(patience.left) if found is None else found
        for ask, found in zip(every, begun, strict=True)
    ]


def yesterday(as_of: date) -> datetime:
    """When the day before a day began, in China."""
    return instant_on(as_of - timedelta(days=1), clock.min)
