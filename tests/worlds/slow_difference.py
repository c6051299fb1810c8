"""The difference row by row, as clear and slow as can be: the oracle of the fast one.

Which facts hang together is found by walking from each to whatever shares a slot with it; what
becomes of those is the timeline's own (`ingest.comparing.timeline`), which has tests of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from graph.effective_batches import effective_batches
from graph.facts import arrow_schema, slots_of
from graph.log import FactLog
from graph.schema import SCHEMA
from ingest.comparing.difference import Difference
from ingest.comparing.timeline import Stated, merge
from ingest.emit import FactFrame, Statement

__all__ = ["slow_compare"]

_SAID_BY = ("fact_id", "known_from", "source", "batch", "row")
_NOT_CONTENT = frozenset({*_SAID_BY, "valid_from", "valid_to", "undated"})

Row = dict[str, Any]


def slow_compare(
    log: FactLog,
    frames: Iterable[Statement],
    *,
    source: str,
    batch: str,
    day: date,
    known_at: datetime,
) -> Difference:
    """Lay the facts of a file over what the log holds of this source."""
    stated: dict[str, list[Row]] = defaultdict(list)
    vacant: dict[str, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    now: dict[str, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for frame in frames:
        if isinstance(frame, FactFrame):
            stated[frame.kind] += _rows(frame)
        else:
            for key, since in zip(frame.keys, frame.since, strict=True):
                vacant[frame.kind][key].add(day if pd.isna(since) else since)
                now[frame.kind][key].add(day if pd.isna(since) else since)
    again: dict[str, set[date]] = defaultdict(set)
    for each in effective_batches(log.batches()):
        for name in each.files if each.source == source else ():
            for row in log.table(each, name).to_pylist() if name.startswith("again_") else ():
                again[row["fact_id"]].add(row["valid_from"])
        for kind in SCHEMA.relationships if each.source == source else ():
            kept = log.table(each, f"vacated_{kind.lower()}")
            for row in () if kept is None else kept.to_pylist():
                vacant[kind][row["key"]].add(row["valid_from"])
    difference = Difference()
    for kind in sorted({*stated, *now}):
        held = [row for row in log.read(kind).to_pylist() if row["source"] == source]
        news = [_dated(row, held, day) for row in stated[kind]]
        new = _kind(kind, held, news, vacant[kind], now[kind], again, difference)
        for number, row in enumerate(new):
            text = f"{batch}|{kind}|{number}"
            row |= {
                "fact_id": hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
                "known_from": known_at, "source": source, "batch": batch,
            }  # fmt: skip
        if new:
            difference.asserted[kind] = pa.Table.from_pylist(new, arrow_schema(kind))
    return difference


def _rows(frame: FactFrame) -> list[Row]:
    names = [item.name for item in arrow_schema(frame.kind)]
    plain = frame.frame.astype(object).where(frame.frame.notna(), None)
    return [
        {name: row.get(name) for name in (*names, "undated")} | {"row": number}
        for number, row in zip(plain.index, plain.to_dict("records"), strict=True)
    ]


def _dated(row: Row, held: list[Row], day: date) -> Row:
    """A statement without a day of its own, with the one that it gets."""
    if not row.pop("undated"):
        return row
    kind = "LEGAL_REPRESENTATIVE_OF" if row["to_key"].startswith("firm") else "LOCATED_IN"
    (column,) = slots_of(kind)[0].columns
    before = [item for item in held if item[column] == row[column]]
    if not before:
        return row
    last = max(before, key=lambda item: item["valid_from"] or date.min)
    same = (last["from_key"], last["to_key"]) == (row["from_key"], row["to_key"])
    over = last["valid_to"] is not None and last["valid_to"] <= day
    if same and not (over and row["valid_to"] is None):
        return row | {"valid_from": last["valid_from"]}
    return row | {"valid_from": min(day, row["valid_to"] or day)}


def _kind(
    kind: str,
    held: list[Row],
    news: list[Row],
    vacant: dict[str, set[date]],
    now: dict[str, set[date]],
    again: dict[str, set[date]],
    difference: Difference,
) -> list[Row]:
    both = held + news
    filled = [_filled(kind, row) for row in both]
    numbers: dict[tuple[Any, ...], int] = {}
    for slots in filled:
        for slot in slots:
            numbers.setdefault(slot, len(numbers))
    days, fresh = (
        {number: sorted(told[slot[1]]) for slot, number in numbers.items()
         if slot[0] == 0 and len(slot) == 2 and slot[1] in told}
        for told in (vacant, now)
    )  # fmt: skip
    seen: set[int] = set()
    found: list[Row] = []
    for place, slots in enumerate(filled):
        asked = place >= len(held) or any(slot[0] == 0 and slot[1] in now for slot in slots)
        if not asked or place in seen:
            continue
        group, reached = {place}, set(slots)
        while more := {at for at, own in enumerate(filled) if reached & set(own)} - group:
            group |= more
            reached |= {slot for at in more for slot in filled[at]}
        seen |= group
        said = {at: _stated(kind, both[at], at, filled[at], numbers, at < len(held))
                for at in sorted(group)}  # fmt: skip
        for at in sorted(group) if slots_of(kind)[0].term else ():
            if at < len(held):
                first = re.sub(r"\.\d+$", "", both[at]["fact_id"])
                said[at] = replace(said[at], again=tuple(sorted(again[first])))
        change = merge(
            [item for at, item in said.items() if at < len(held)],
            [item for at, item in said.items() if at >= len(held)],
            days,
            fresh,
        )
        difference.close(kind, pa.array(change.closed, pa.string()))
        for item in change.asserted:
            is_new = item.row >= len(held) and not item.is_rest
            row = dict(both[item.row])
            if item.office and item.content == item.bare:
                row["role"] = None
            if is_new:
                changed = {*difference.changed_rows.tolist(), row["row"]}
                difference.changed_rows = np.array(sorted(changed), np.int64)
            found.append(
                row | {"valid_from": item.valid_from, "valid_to": item.held_to,
                       "row": row["row"] if is_new else 0}
            )  # fmt: skip
    return found


def _filled(kind: str, row: Row) -> list[tuple[Any, ...]]:
    return [
        (slot.family, *(row[name] for name in slot.columns))
        for slot in slots_of(kind)
        if slot.office is None or row[slot.office[0]] == slot.office[1]
    ]


def _stated(
    kind: str,
    row: Row,
    place: int,
    filled: list[tuple[Any, ...]],
    numbers: dict[tuple[Any, ...], int],
    is_held: bool,
) -> Stated:
    names = [item.name for item in arrow_schema(kind) if item.name not in _NOT_CONTENT]
    content = repr([row[name] for name in names])
    has_office = any(slot.office for slot in slots_of(kind))
    bare = repr([None if name == "role" else row[name] for name in names])
    return Stated(
        valid_from=row["valid_from"],
        own_to=row["valid_to"],
        content=content,
        slots=tuple(numbers[slot] for slot in filled if slot[0] == 0),
        fact_id=row["fact_id"] if is_held else None,
        held_to=row["valid_to"],
        row=place,
        joins=repr((row["from_key"], row["to_key"])) if slots_of(kind)[0].term else "",
        office=f"of {row['to_key']}" if has_office else "",
        holds=has_office and row["role"] == "householder",
        bare=bare if has_office else "",
        is_rest=has_office and is_held and row["row"] == 0 and content == bare,
    )
