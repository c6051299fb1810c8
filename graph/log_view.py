"""The log as one reader gets it: at both clocks, under the keys that stay, and what it may see.

Whoever reads tables reads them here, whole kinds at a time: facts that are held at one time and true
on one day, with given-up keys followed (`graph.resolution`), and then less what is withheld.  What
is withheld is not known here; those who know (law, scope) hand in a `Keep` each.  A reader from whom
nothing is withheld pays nothing for it.

What a `Keep` looks at besides the table before it is never cut itself: where a party lives, and
whose a loan is, is so whether this reader may know it or not.  So it does not matter which of two
comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.log import Batch, FactLog
from graph.resolution import led, redirects
from graph.schema import SCHEMA

__all__ = ["AnyLog", "FactsAt", "Keep", "LogView"]


class Keep(Protocol):
    """Knows what is withheld from a reader."""

    def __call__(self, kind: str, facts: pa.Table, at: FactsAt, /) -> pa.Table:
        """Those of some facts of a kind that the reader gets."""

    def tells_all(self, kind: str, parties: pa.Array, at: FactsAt, /) -> NDArray[np.bool_]:
        """Of which parties nothing of a kind is withheld: where it does not stand, it is not."""


class LogView:
    """A log, and what is left of it for a reader.

    Attributes:
        log: whose batches they are.
        keeps: what leaves out what is withheld; none where nothing is.
        reader: names what one reader sees and another does not; empty for who sees everything.
        scope: what that reader is called where an answer says for whom it is.
    """

    def __init__(
        self, log: FactLog, keeps: Sequence[Keep] = (), reader: str = "", scope: str = ""
    ) -> None:
        self.log, self.keeps, self.reader, self.scope = log, tuple(keeps), reader, scope
        self._last: FactsAt | None = None

    @classmethod
    def of(cls, log: FactLog | LogView) -> LogView:
        """The view itself, or that of a log of which nothing is withheld."""
        return log if isinstance(log, LogView) else cls(log)

    def batches(self) -> list[Batch]:
        """Every batch, in order: that something came is no secret, what it said may be."""
        return self.log.batches()

    def at(self, as_of: date, known_at: datetime) -> FactsAt:
        """The facts of one moment; the moment asked for last is kept."""
        last = self._last
        if last is None or (last.as_of, last.known_at) != (as_of, known_at):
            last = FactsAt(self.log, as_of, known_at, self.keeps)
            self._last = last
        return last

    def read(self, kind: str, *, as_of: date, known_at: datetime) -> pa.Table:
        """Facts of a kind that are held at `known_at` and true on `as_of` (`FactsAt.table`)."""
        return self.at(as_of, known_at).table(kind)


class FactsAt:
    """What a reader gets of one moment.

    Args:
        stated: kinds that are read already, coded, given-up keys followed (`coded` below).
    """

    def __init__(
        self,
        log: FactLog,
        as_of: date,
        known_at: datetime,
        keeps: Sequence[Keep] = (),
        stated: Mapping[str, pa.Table] | None = None,
    ) -> None:
        self.log, self.as_of, self.known_at, self.keeps = log, as_of, known_at, tuple(keeps)
        self._coded = dict(stated or {})

    def table(self, kind: str) -> pa.Table:
        """Facts of a kind, under the keys that stay."""
        return self.kept(kind, self._read(kind, coded=False))

    def as_said(self, kind: str) -> pa.Table:
        """Facts of a kind under the keys that sources know, given-up ones too."""
        return self.kept(kind, self._plainly(kind))

    def whenever(self, kind: str, *, coded: bool = False) -> pa.Table:
        """Facts of a kind that are held, whatever day they are true on: what ended, and what comes."""
        return self.kept(kind, self._read(kind, coded=coded, whenever=True))

    def history(self, kind: str) -> pa.Table:
        """Every statement of a kind that was ever known by then, with `known_to` (null: still held):
        when something was first said, of what the reader gets today."""
        said = self.log.history(kind, known_at=self.known_at)
        return self.kept(kind, led(kind, said, self.moved))

    def held(self, kind: str) -> pa.Table:
        """The same as `whenever`, of which nothing is withheld: for a `Keep`, never for an answer."""
        return self._read(kind, coded=False, whenever=True)

    def stated(self, kind: str) -> pa.Table:
        """Facts of a kind of which nothing is withheld, coded: for a `Keep`, never for an answer."""
        if kind not in self._coded:
            self._coded[kind] = self._read(kind, coded=True)
        return self._coded[kind]

    def kept(self, kind: str, facts: pa.Table) -> pa.Table:
        """Those of some facts of a kind that the reader gets."""
        for keep in self.keeps:
            facts = keep(kind, facts, self)
        return facts

    def tells_all(self, kind: str, parties: pa.Array) -> NDArray[np.bool_]:
        """Of which parties the reader gets every fact of a kind that there is.

        The absence of a fact means something only there: what is withheld is unknown, not absent.
        """
        told = np.ones(len(parties), bool)
        for keep in self.keeps:
            told &= keep.tells_all(kind, parties, self)
        return told

    @cached_property
    def moved(self) -> Mapping[str, tuple[str, str]]:
        """Every key that is given up -> the key that stays, and its label (`redirects`)."""
        return redirects(
            row for kind in SCHEMA.identities for row in self._plainly(kind).to_pylist()
        )

    @cached_property
    def redirects(self) -> dict[str, str]:
        """Those that the reader may know: key that is given up -> key that stays."""
        if not self.keeps:
            return {key: stays for key, (stays, _) in self.moved.items()}
        told = redirects(
            row for kind in SCHEMA.identities for row in self.as_said(kind).to_pylist()
        )
        return {key: stays for key, (stays, _) in told.items() if key in self.moved}

    def _plainly(self, kind: str) -> pa.Table:
        return self.log.read(kind, as_of=self.as_of, known_at=self.known_at)

    def _read(self, kind: str, *, coded: bool, whenever: bool = False) -> pa.Table:
        day = None if whenever else self.as_of
        said = self.log.read(kind, as_of=day, known_at=self.known_at, coded=coded)
        return led(kind, said, self.moved)


#: A log of which nothing is withheld, or one reader's view of it.
AnyLog: TypeAlias = FactLog | LogView
