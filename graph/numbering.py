"""Who is named in the facts, and the number of each: neighbours in the country get near numbers.

Keys are hashed once for every file that names them, not once for every row: the log's dictionary
of a file is the unit (`graph.facts.coded_schema`), and rows are looked up by position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Mentions", "Parties", "mentions_in", "number_parties"]

#: A rank counts before any instant: microseconds since 1970 take fewer bits than these.
_RANK_BITS = 55

Numbers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Mentions:
    """Who is named in one column of keys, each once.

    Attributes:
        keys: the distinct keys.
        entry: for each row of the column, the place of its key in `keys`.
        labels, said: label at the first mention of each key, and when that was (µs).
        names, named: the name that counts of each key (null: never told), and how much it counts.
    """

    keys: pa.Array
    entry: Numbers
    labels: pa.Array
    said: NDArray[np.int64]
    names: pa.Array
    named: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Parties:
    """Everybody named, in the order of their numbers.

    Attributes:
        places: for each of the mentions handed in, the number of each of its keys.
    """

    keys: pa.Array
    labels: pa.Array
    names: pa.Array
    places: tuple[Numbers, ...]


def mentions_in(
    table: pa.Table,
    key: str,
    label: str,
    name: str | None = None,
    rank: NDArray[np.int8] | None = None,
) -> Mentions:
    """Mentions in the column `key`; `label` and `name` are columns beside it.

    Args:
        rank: whose word each row's name is, the smallest counts (`graph.provenance`); of one rank
            the name heard last.
    """
    keys, codes = _distinct(table[key])
    used = np.zeros(len(keys), bool)
    used[codes] = True
    entry = (np.cumsum(used, dtype=np.int32) - 1)[codes]
    count = int(used.sum())
    said = table["known_from"].cast(pa.int64()).to_numpy()
    rows = _by_time(said)
    first, last = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    first[entry[rows[::-1]]] = rows[::-1]  # of several rows the last one assigned stays
    counts = said if rank is None else said - (rank.astype(np.int64) << _RANK_BITS)
    if name is not None:
        told = rows[table[name].is_valid().to_numpy()[rows]]
        told = told[_by_time(counts[told])]
        last[entry[told]] = told
    silent = pa.nulls(count, pa.string())
    return Mentions(
        keys.filter(pa.array(used)),
        entry,
        _texts(table[label].take(pa.array(first))),
        said[first],
        silent if name is None else _texts(table[name].take(pa.array(last, mask=last < 0))),
        counts[last] if len(said) else last,
    )


def number_parties(mentions: Sequence[Mentions], located: int, where: pa.ChunkedArray) -> Parties:
    """Number everybody by (division, key); who is located nowhere comes last.

    Of several labels the first one told counts; of several names that of the first in rank, and of
    these the last one heard; silence does not erase a name, and at the same instant the order of
    `mentions` decides.

    Args:
        located: which of the mentions are those of the facts of location, and `where`: the keys
            of the divisions, one a row.  Of several locations the smallest key counts.
    """
    named = _combined([item.keys for item in mentions]).dictionary_encode()
    keys, code = named.dictionary, named.indices.to_numpy()
    ends = np.cumsum([0, *(len(item.keys) for item in mentions)])
    codes = [code[begin:end] for begin, end in pairwise(ends)]
    said = np.concatenate([item.said for item in mentions])
    first, last = np.zeros(len(keys), np.int64), np.full(len(keys), -1, np.int64)
    rows = _by_time(said)[::-1]
    first[code[rows]] = rows
    labels = _combined([item.labels for item in mentions]).take(pa.array(first))
    names = _combined([item.names for item in mentions])
    told = np.flatnonzero(names.is_valid().to_numpy(zero_copy_only=False))
    told = told[_by_time(np.concatenate([item.named for item in mentions])[told])]
    last[code[told]] = told
    names = names.take(pa.array(last, mask=last < 0))

    divisions, division_code = _distinct(where)
    rank = np.empty(len(divisions), np.int32)
    rank[pc.sort_indices(divisions).to_numpy()] = np.arange(len(divisions), dtype=np.int32)
    division = np.full(len(keys), len(divisions), np.int32)
    np.minimum.at(division, codes[located][mentions[located].entry], rank[division_code])
    order = pc.sort_indices(keys).to_numpy()
    order = order[np.argsort(division[order], kind="stable")]
    number = np.empty(len(keys), np.int32)
    number[order] = np.arange(len(keys), dtype=np.int32)
    places = tuple(number[code] for code in codes)
    return Parties(keys.take(order), labels.take(order), names.take(order), places)


def _distinct(column: pa.ChunkedArray) -> tuple[pa.Array, Numbers]:
    """Distinct values of a coded column without nulls (some may be unused), and each row's place."""
    begins: dict[tuple[int, int, int], int] = {}
    dictionaries: list[pa.Array] = []
    rows: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    total = 0
    for chunk in column.chunks:
        held = chunk.dictionary
        # chunks of one file share its dictionary: it is known by where it lies in memory
        buffer = held.buffers()[1]
        known = (buffer.address if buffer else 0, held.offset, len(held))
        if known not in begins:
            begins[known] = total
            dictionaries.append(held)
            total += len(held)
        rows.append(chunk.indices.to_numpy().astype(np.int64) + begins[known])
    place = np.concatenate(rows)
    if len(dictionaries) == 1:
        return dictionaries[0], place.astype(np.int32)
    encoded = _combined(dictionaries).dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy()[place]


def _by_time(said: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows in the order in which they were said; the log mostly has them so."""
    if np.all(said[1:] >= said[:-1]):
        return np.arange(len(said))
    return np.argsort(said, kind="stable")


def _texts(column: pa.ChunkedArray) -> pa.Array:
    return _combined([chunk.cast(pa.string()) for chunk in column.chunks])


def _combined(arrays: Sequence[pa.Array]) -> pa.Array:
    return pa.concat_arrays([pa.array([], pa.string()), *arrays])
