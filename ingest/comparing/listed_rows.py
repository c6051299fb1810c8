"""What the rows of complete lists are about, in numbers: a number for every key, and for every scope.

A list of a million rows is compared with what its lists said before: as numbers that is a matter
of arrays, and of megabytes where texts are hundreds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["UNNAMED", "ListedRows", "Named", "numbered_rows"]

#: The number of a key or scope that is not known.
UNNAMED = -1


@dataclass(frozen=True)
class Named:
    """The rows of one listing (`ingest.comparing.listing`), their keys and scopes as numbers."""

    row: NDArray[np.int32]
    key: NDArray[np.int32]
    scope: NDArray[np.int32]
    refused: NDArray[np.bool_]

    def key_of(self, rows: int) -> NDArray[np.int32]:
        """The key of every row by its number, up to `rows`; of one that stands twice, the first one's."""
        found = np.full(max(int(self.row.max(initial=0)), rows) + 1, UNNAMED, np.int32)
        found[self.row[::-1]] = self.key[::-1]
        return found


@dataclass(frozen=True)
class ListedRows:
    """The rows of a table's earlier lists.

    Attributes:
        own: by the batch, as it is counted; None: it was no list.
        keys, scopes: how many there are, in these and in all listings that were numbered with them.
    """

    own: Sequence[Named | None]
    keys: int
    scopes: int

    def about(
        self, batch: NDArray[np.int32], row: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Key and scope of rows of batches."""
        key, scope = (np.full(len(row), UNNAMED, np.int32) for _ in range(2))
        for at in np.flatnonzero(np.bincount(batch)).tolist():
            listed = self.own[at]
            if listed is None or not len(listed.row):
                continue
            here = batch == at
            place = np.full(max(listed.row.max(), row[here].max()) + 1, -1, np.int64)
            place[listed.row[::-1]] = np.arange(len(listed.row))[::-1]
            found = place[row[here]]
            key[here] = np.where(found < 0, UNNAMED, listed.key[found])
            scope[here] = np.where(found < 0, UNNAMED, listed.scope[found])
        return key, scope


def numbered_rows(
    lines: Sequence[pa.Table], own: Sequence[pa.Table | None]
) -> tuple[list[Named], ListedRows]:
    """The listings with their keys and scopes in numbers: those of a list, and of its earlier ones."""
    there = [*lines, *(each for each in own if each is not None)]
    key, keys = _numbers([each["key"] for each in there])
    scope, scopes = _numbers([each["scope"] for each in there])
    named = [
        Named(
            each["row"].to_numpy(),
            key_of,
            scope_of,
            each["refused"].to_numpy(),
        )
        for each, key_of, scope_of in zip(there, key, scope, strict=True)
    ]
    earlier = iter(named[len(lines) :])
    before = [None if each is None else next(earlier) for each in own]
    return named[: len(lines)], ListedRows(before, keys, scopes)


def _numbers(columns: Sequence[pa.ChunkedArray]) -> tuple[list[NDArray[np.int32]], int]:
    """The texts of the columns as numbers, equal where they are; and how many there are."""
    chunks = [chunk for column in columns for chunk in column.chunks]
    # of all of them one dictionary; the texts are copied nowhere
    coded = pa.chunked_array(chunks, pa.string()).dictionary_encode().chunks
    found = [pc.fill_null(each.indices, UNNAMED).to_numpy() for each in coded]
    ends = np.cumsum([len(column) for column in columns])[:-1]
    numbers = np.split(np.concatenate([np.zeros(0, np.int32), *found]), ends)
    return numbers, len(coded[-1].dictionary) if coded else 0
