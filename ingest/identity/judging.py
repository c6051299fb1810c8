"""The one door of `api` to who is whom: the queue of pairs, and what officers judge of them.

It looks at both records of a pair whole, wherever they are from: no scope of a reader is asked, and
only who sees everything comes here.
"""

from __future__ import annotations

from typing import Literal

from graph.catch_up import catch_up
from graph.operations import OperationsStore
from graph.settings import Settings
from ingest.identity.candidates import Found
from ingest.identity.clusters import Clustering
from ingest.identity.review import (
    Judged,
    Judgement,
    SideBySide,
    Way,
    hints,
    judge,
    judgements_in_force,
    refresh,
    review,
    take_back,
    waiting_pairs,
)

__all__ = ["Judging"]


class Judging:
    """Judges in one office; log and graph follow a judgement at once."""

    def __init__(self, settings: Settings, store: OperationsStore) -> None:
        self._settings, self._store = settings, store

    def refresh(self, by: Way = "rules") -> Found:
        """Compare what may be the same, and renew the queue (`ingest.identity.review`)."""
        return refresh(self._settings, by=by, store=self._store)

    def queue(self, *, limit: int, offset: int = 0) -> list[SideBySide]:
        """Pairs that wait for an officer."""
        return review(self._settings, limit=limit, offset=offset, store=self._store)

    @property
    def waiting(self) -> int:
        """How many pairs wait."""
        return waiting_pairs(self._settings, store=self._store)

    def hints(self, key: str) -> list[SideBySide]:
        """Those of one party."""
        return hints(self._settings, key, store=self._store)

    def judge(
        self,
        one: str,
        other: str,
        verdict: Literal["same", "different"],
        *,
        user: str,
        note: str = "",
    ) -> Judged:
        """Same or not the same, until it is taken back."""
        made = judge(self._settings, one, other, verdict, user=user, note=note, store=self._store)
        catch_up(self._settings)
        return made

    def take_back(self, number: int, *, user: str, note: str = "") -> Judged:
        """A further judgement that undoes one."""
        made = take_back(self._settings, number, user=user, note=note, store=self._store)
        catch_up(self._settings)
        return made

    def in_force(self) -> tuple[list[Judgement], Clustering]:
        """All judgements, and who is one party after them."""
        return judgements_in_force(self._settings, self._store)
