"""The facts of one kind that a source holds, and those that its file states, as one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.comparing.slots import NO_SLOT, Numbers, columns_read, numbered_slots
from ingest.spill import SpilledTables

__all__ = ["Both", "at_places"]


def at_places(column: pa.ChunkedArray, places: NDArray[np.int64]) -> pa.ChunkedArray:
    """The values at some places; of rising ones, as what is said again has them, without the copy of
    the whole column that Arrow makes to take from it."""
    if not len(places) or not bool(np.all(np.diff(places) > 0)):
        return column.take(pa.array(places))
    first, count = int(places[0]), int(places[-1] - places[0] + 1)
    within = column.slice(first, count)
    if count == len(places):
        return within
    wanted = np.zeros(count, bool)
    wanted[places - first] = True
    return within.filter(pa.array(wanted))


class Both:
    """The facts of a kind that are held, and below them those that the file states."""

    def __init__(self, kind: str, held: SpilledTables, stated: SpilledTables) -> None:
        self.kind = kind
        self.held_count = held.counts()[kind]
        self.news_count = stated.counts()[kind]
        self._parts = (held, stated)

    def held(self, names: Sequence[str]) -> pa.Table:
        """Some columns of what is held."""
        return self._parts[0].columns(self.kind, names)

    def news(self, names: Sequence[str]) -> pa.Table:
        """Some columns of what the file states."""
        return self._parts[1].columns(self.kind, names)

    def slot_columns(self) -> pa.Table:
        """The columns that say which slots a fact fills, of all of them."""
        names = columns_read(self.kind)
        return pa.concat_tables([self.held(names), self.news(names)], promote_options="default")

    @cached_property
    def slots(self) -> list[Numbers]:
        """For each slot of the kind a number a fact (`ingest.comparing.slots`)."""
        return numbered_slots(self.kind, self.slot_columns())

    def stating_rows(self) -> NDArray[np.int32]:
        """For each held fact the first row of the file that says something in its slot; 0: none."""
        rows = self.news(["row"])["row"].to_numpy()[::-1]
        found = np.zeros(self.held_count, np.int32)
        for numbers in self.slots:
            before, now = np.split(numbers, [self.held_count])
            row = np.zeros(int(numbers.max(initial=-1)) + 2, np.int32)
            row[now[::-1]] = rows
            row[NO_SLOT] = 0
            found = np.where(found > 0, found, row[before])
        return found

    def taken(self, places: NDArray[np.int64]) -> Iterator[pa.Table]:
        """Facts at places in rising order (the same may come again), piece by piece."""
        begin = 0
        for part in self._parts:
            for piece in part.pieces(self.kind):
                here = slice(*np.searchsorted(places, (begin, begin + len(piece))))
                if here.start < here.stop:
                    at = places[here] - begin
                    is_whole = len(at) == len(piece) and bool(np.all(np.diff(at) == 1))
                    yield piece if is_whole else piece.take(pa.array(at))
                begin += len(piece)
