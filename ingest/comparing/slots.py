"""Which facts fill the same slot (`graph.facts.Slot`): a number for every slot of every fact."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.facts import Slot, slots_of
from ingest.reading.row_hash import row_hashes
from ingest.reading.texts import TEXT

__all__ = ["NO_SLOT", "Numbers", "columns_read", "numbered_slots"]

Numbers = NDArray[np.int32]

#: The number of a slot that a fact does not fill: a member's of the householder's office.
NO_SLOT = -1

_AT_ONCE = 1 << 16  # rows that are made sure at a time


def columns_read(kind: str) -> tuple[str, ...]:
    """Columns that say which slots a fact fills."""
    slots = slots_of(kind)
    offices = [slot.office[0] for slot in slots if slot.office]
    return tuple(dict.fromkeys([*(name for slot in slots for name in slot.columns), *offices]))


def numbered_slots(kind: str, table: pa.Table) -> list[Numbers]:
    """For each slot of the kind a number a row: the same slot, the same number.

    `table` has the columns that are read (`columns_read`).
    """
    found: list[Numbers] = []
    begin = 0
    for _, members in groupby(slots_of(kind), key=lambda slot: slot.family):
        numbers = _family(list(members), table)
        for number in numbers:
            number[number != NO_SLOT] += begin
        begin = max([begin, *(int(number.max(initial=-1)) + 1 for number in numbers)])
        found += numbers
    return found


def _family(slots: Sequence[Slot], table: pa.Table) -> list[Numbers]:
    """Numbers of slots that are the same where their values are."""
    first = slots[0]
    if first.office:
        name, value = first.office
        holds = pc.fill_null(pc.equal(table[name], value), False)
        number = np.full(len(table), NO_SLOT, np.int32)
        number[holds.to_numpy()] = _numbered(table.select(first.columns).filter(holds))
        return [number]
    if len(slots) == 1:
        return [_numbered(table.select(first.columns))]
    chunks = [chunk for slot in slots for chunk in table[slot.columns[0]].chunks]
    whole = _numbered(pa.table({"key": pa.chunked_array(chunks, pa.string())}))
    return [part.copy() for part in np.split(whole, len(slots))]


def _numbered(table: pa.Table) -> Numbers:
    names = table.column_names
    number = np.asarray(pd.factorize(row_hashes(_texts(table)))[0], dtype=np.int32)
    first = np.zeros(number.max(initial=-1) + 1, np.int32)
    places = np.arange(len(number), dtype=np.int32)
    first[number[::-1]] = places[::-1]
    # what looks alike is as a rule the same slot; it is made sure, some rows at a time
    again = np.flatnonzero(first[number] != places)
    for name in names if len(again) else ():
        texts = table[name]
        firsts = texts.slice(0, first[number[again]].max() + 1).combine_chunks()
        for begin in range(0, len(again), _AT_ONCE):
            here = again[begin : begin + _AT_ONCE]
            near = texts.slice(here[0], here[-1] + 1 - here[0]).combine_chunks()
            same = pc.equal(
                near.take(pa.array(here - here[0])), firsts.take(pa.array(first[number[here]]))
            )
            if not pc.all(same).as_py():
                exact = _texts(table).groupby(names).ngroup()
                return np.asarray(exact, dtype=np.int32)
    return number


def _texts(table: pa.Table) -> pd.DataFrame:
    columns = {name: TEXT.__from_arrow__(table[name]) for name in table.column_names}
    return pd.DataFrame(columns, copy=False)
