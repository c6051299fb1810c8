"""Who is named in the facts, and the number of each: neighbours in the country get near numbers.

Keys are hashed once for every file that names them, not once for every row: the log's dictionary
of a file is the unit (`graph.facts.coded_schema`), and rows are looked up by position.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.key_places import key_places

__all__ = ["Mentions", "Parties", "mentions_in", "number_parties"]

#: A rank counts before any instant: microseconds since 1970 take fewer bits than these.
_RANK_BITS = 55

_CODED = pa.dictionary(pa.int32(), pa.string())

Numbers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Mentions:
    """Who is named in one column of keys, each once.

    Attributes:
        keys: the distinct keys.
        entry: for each row of the column, the place of its key in `keys`.
        labels, said: label at the first mention of each key (coded), and when that was (µs).
        names, named: the name that counts of each key (null: never told), and how much it counts;
            None where the column has no names beside it.
    """

    keys: pa.Array
    entry: Numbers
    labels: pa.ChunkedArray
    said: NDArray[np.int64]
    names: pa.Array | None
    named: NDArray[np.int64] | None


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
    keys, entry = _distinct(table[key])
    used = np.zeros(len(keys), bool)
    used[entry] = True
    if not used.all():  # of a file of which some facts ended
        keys = keys.filter(pa.array(used))
        entry = (np.cumsum(used, dtype=np.int32) - 1)[entry]
    said = table["known_from"].cast(pa.int64()).to_numpy()
    rows = _by_time(said)
    first = np.zeros(len(keys), np.int64)
    first[entry[rows[::-1]]] = rows[::-1]  # of several rows the last one assigned stays
    labels = table[label].take(pa.array(first))
    if name is None:
        return Mentions(keys, entry, labels, said[first], None, None)
    counts = said if rank is None else said - (rank.astype(np.int64) << _RANK_BITS)
    told = rows[table[name].is_valid().to_numpy()[rows]]
    told = told[_by_time(counts[told])]
    last = np.full(len(keys), -1, np.int64)
    last[entry[told]] = told
    names = _texts(table[name].take(pa.array(last, mask=last < 0)))
    return Mentions(keys, entry, labels, said[first], names, counts[last] if len(said) else last)


def number_parties(mentions: Sequence[Mentions], located: int, where: pa.ChunkedArray) -> Parties:
    """Number everybody by (division, key); who is located nowhere comes last.

    Of several labels the first one told counts; of several names that of the first in rank, and of
    these the last one heard; silence does not erase a name, and at the same instant the order of
    `mentions` decides.

    Args:
        located: which of the mentions are those of the facts of location, and `where`: the keys
            of the divisions, one a row.  Of several locations the smallest key counts.
    """
    with ThreadPoolExecutor(pa.cpu_count()) as crew:
        keys, codes = key_places([item.keys for item in mentions], crew)
        sorting = crew.submit(pc.sort_indices, keys)
        labels, names = _labels(mentions, codes, len(keys)), _names(mentions, codes, len(keys))
        division = _divisions(codes[located][mentions[located].entry], where, len(keys))
        order = sorting.result().to_numpy()
    order = order[np.argsort(division[order], kind="stable")]
    number = np.empty(len(keys), np.int32)
    number[order] = np.arange(len(keys), dtype=np.int32)
    places = tuple(number[code] for code in codes)
    return Parties(keys.take(order), labels.take(order), names.take(order), places)


def _labels(mentions: Sequence[Mentions], codes: Sequence[Numbers], count: int) -> pa.Array:
    """Of each party the label that was told first."""
    since = np.full(count, np.iinfo(np.int64).max)
    place, begin = np.zeros(count, np.int64), 0
    for item, code in zip(mentions, codes, strict=True):
        earlier = np.flatnonzero(item.said < since[code])
        since[code[earlier]] = item.said[earlier]
        place[code[earlier]] = begin + earlier
        begin += len(code)
    chunks = [chunk for item in mentions for chunk in item.labels.chunks]
    told = pa.chunked_array(chunks, _CODED).unify_dictionaries()
    return _texts(told.take(pa.array(place)))


def _names(mentions: Sequence[Mentions], codes: Sequence[Numbers], count: int) -> pa.Array:
    """Of each party the name that counts most; of equal ones the last."""
    heard = np.full(count, np.iinfo(np.int64).min)
    place, begin = np.full(count, -1, np.int64), 0
    told = [pa.array([], pa.string())]
    for item, code in zip(mentions, codes, strict=True):
        if item.names is None or item.named is None:
            continue
        later = item.names.is_valid().to_numpy(zero_copy_only=False)
        later = np.flatnonzero(later & (item.named >= heard[code]))
        heard[code[later]] = item.named[later]
        place[code[later]] = begin + later
        begin += len(code)
        told.append(item.names)
    return pa.concat_arrays(told).take(pa.array(place, mask=place < 0))


def _divisions(located: Numbers, where: pa.ChunkedArray, count: int) -> Numbers:
    """Of each party the rank of its division among all, sorted by key; their number for nowhere."""
    divisions, code = _distinct(where)
    rank = np.empty(len(divisions), np.int32)
    rank[pc.sort_indices(divisions).to_numpy()] = np.arange(len(divisions), dtype=np.int32)
    found = np.full(count, len(divisions), np.int32)
    np.minimum.at(found, located, rank[code])
    return found


def _distinct(column: pa.ChunkedArray) -> tuple[pa.Array, Numbers]:
    """Distinct values of a coded column without nulls (some may be unused), and each row's place."""
    begins: dict[tuple[int, int, int], int] = {}
    dictionaries: list[pa.Array] = []
    rows: list[Numbers] = [np.empty(0, np.int32)]
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
        rows.append(chunk.indices.to_numpy() + np.int32(begins[known]))
    place = np.concatenate(rows)
    if len(dictionaries) == 1:
        return dictionaries[0], place
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
