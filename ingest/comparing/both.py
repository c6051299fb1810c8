"""The facts of one kind that a source holds, and those that its file states, as one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.spill import SpilledTables

__all__ = ["Both"]


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
