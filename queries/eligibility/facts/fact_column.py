"""One fact of everybody: the values, and which record says each.

Two ways to a fact become one here.  What records prove is a yes, whoever says otherwise; a
statement fills what they leave open; and what records add up to is the least that is owed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from queries.eligibility.facts.catalogue import Read
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact import Fact, Why
from queries.eligibility.facts.relation import Observations

__all__ = ["FactColumn", "Origin", "combine_reads"]

_EPOCH = date(1970, 1, 1)

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Origin:
    """The records behind a read; `rows` is None where only a party's presence was looked at.

    `late` is, by party, the day of the newest statement that is too old to say anything, in days
    since 1970: 0 where there is none, 1 where it bears no date.
    """

    read: Read
    rows: Observations | None
    late: Numbers | None = None

    def word(self, row: int) -> dict[str, Any]:
        """Source, day, fact and document of one row; of no row, the list it is absent from."""
        if self.rows is None:
            return {"source": "graph"}
        if row < 0:
            return {"source": self.read.complete or ""}
        read, rows = self.read, self.rows
        number = rows.column(read.number)[row].as_py() if read.number else None
        return {
            "source": rows.table["source"][row].as_py(),
            "stated_on": rows.stated(read.used()).slice(row, 1)[0].as_py(),
            "fact_id": rows.table["fact_id"][row].as_py(),
            "reference": f"{read.document} {number or ''}".strip(),
        }


@dataclass(frozen=True, eq=False)
class FactColumn:
    """One fact of all parties.

    Attributes:
        column: the values.
        origins: the reads that were looked at; `which` of them speaks for each party.
        rows: the row of that origin, -1 where absence speaks.
        reason: why it is unknown, where it is.
        unsure: parties of whom a record perhaps counts, since it does not say what would tell.
        stale: parties of whom there is a statement, too old to say anything.
        proven: parties of whom a record shows it.
    """

    column: Column
    origins: tuple[Origin, ...]
    which: NDArray[np.int8]
    rows: Numbers
    reason: Why
    unsure: Flags
    stale: Flags
    proven: Flags

    def fact(self, party: int) -> Fact:
        """The fact of one party."""
        value = self.column.value(party)
        if value is None:
            why = self._why(party)
            return Fact(None, reason=why, **(self._too_old(party) if why == "stale" else {}))
        word = self.origins[self.which[party]].word(int(self.rows[party]))
        return Fact(value, **word, proven=bool(self.proven[party]))

    def older_than(self, day: date) -> Flags:
        """Whose word is of before a day; what bears no date is not."""
        return self.column.known & (self._said_on() < (day - _EPOCH).days)

    def stated_before(self, day: date) -> Flags:
        """Of whom the last statement is of before a day, be it one that is too old to count."""
        lates = [one.late for one in self.origins if one.late is not None]
        last = np.max(lates, axis=0) if lates else np.zeros(len(self.rows), np.int64)
        late = self.stale & (last > 1) & (last < (day - _EPOCH).days)
        return np.where(self.column.known, self.older_than(day), late)

    def _said_on(self) -> Numbers:
        """Days since 1970 of each party's word; the last of days where it bears none."""
        said = np.full(len(self.rows), np.iinfo(np.int64).max)
        for place, origin in enumerate(self.origins):
            if origin.rows is None:
                continue
            here = np.flatnonzero((self.which == place) & (self.rows >= 0))
            stated = origin.rows.stated(origin.read.used()).take(pa.array(self.rows[here]))
            dated = pc.is_valid(stated).to_numpy(zero_copy_only=False)
            days = pc.fill_null(stated.cast(pa.int32()), 0).to_numpy(zero_copy_only=False)
            said[here[dated]] = days[dated]
        return said

    def _too_old(self, party: int) -> dict[str, Any]:
        """What the newest statement is that is too old: its day, and the document it is in."""
        lates = [(int(one.late[party]), one.read) for one in self.origins if one.late is not None]
        day, read = max(lates, key=lambda late: late[0])
        word = read.document or read.complete or ""
        return {"source": word, "stated_on": _EPOCH + timedelta(day) if day > 1 else None}

    def _why(self, party: int) -> Why:
        if self.stale[party]:
            return "stale"
        return "undetermined" if self.unsure[party] else self.reason


def combine_reads(
    one: FactColumn, other: FactColumn, how: Literal["proves", "adds_up", "fills"]
) -> FactColumn:
    """Two reads as one.

    `proves`: the other's yes wins over a no, and a no needs both.  `adds_up`: the other is the
    least that it can be.  `fills`: the other speaks where the first is silent.
    """
    a, b = one.column, other.column
    known = a.known | b.known
    if how == "proves":
        use = b.known & b.values & ~(a.known & a.values)
        known = ((a.known & a.values) | (b.known & b.values)) | (a.known & b.known)
    elif how == "adds_up":
        use = a.known & (b.values > a.values)
        known = a.known
    else:
        use = b.known & ~a.known
    return FactColumn(
        Column(a.spec, np.where(use, b.values, a.values), known),
        (*one.origins, *other.origins),
        np.where(use, other.which + np.int8(len(one.origins)), one.which),
        np.where(use, other.rows, one.rows),
        one.reason,
        one.unsure | other.unsure,
        one.stale | other.stale,
        np.where(use, other.proven, one.proven),
    )
