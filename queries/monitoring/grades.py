"""Grades of authorities that changed: as the grade in force developed while it became known.

The first grade of a party that is known is no change, however it came to be told; several that come
together tell of the last of them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from graph.schema import SCHEMA
from queries.district import DistrictReader
from queries.monitoring.event import events, evidence
from queries.monitoring.first_heard import FirstHeard
from queries.monitoring.rule_book import GradeKind, RuleBook

__all__ = ["changed_grades"]

#: What evidence says of a statement (`queries.monitoring.event.evidence`), and its record.
_SAID = ("key", "fact_id", "source", "batch", "row")


def changed_grades(reader: DistrictReader, code: str, book: RuleBook) -> pa.Table:
    """Every change of a grade that the rule names, of parties proven to be graded."""
    found = []
    for name in book.rules[code].grades:
        kind = book.grades[name]
        words = SCHEMA.property(kind.kind, kind.grade).values
        for subject, label, before, after in _changes(reader, kind):
            was, now = (words.get(row[kind.grade], row[kind.grade]) for row in (before, after))
            title = "、".join((*_said_apart(kind, after), kind.title))
            found.append(
                {
                    "rule": code,
                    "subject": subject,
                    "label": label,
                    "event": f"{name}|{after['key']}|{after[kind.by]}|{after[kind.grade]}",
                    "heard_at": after["heard_at"],
                    "before": f"{title} {was}",
                    "after": f"{title} {now}",
                    "evidence": [evidence(kind.kind, after), evidence(kind.kind, before)],
                }
            )
    return events(found)


def _changes(
    reader: DistrictReader, kind: GradeKind
) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """(subject, its label, grade before, grade after)."""
    day = pa.scalar(reader.moment.as_of, pa.date32())
    table = reader.whenever(kind.kind)
    begun = pc.fill_null(pc.less_equal(table["valid_from"], day), True)
    table = last_heard(table.filter(begun), ["key", kind.by])
    table = table.filter(pc.and_(pc.is_valid(table[kind.by]), pc.is_valid(table[kind.grade])))
    heard = FirstHeard(reader, kind.kind, ["key", kind.by, kind.grade]).at(table)
    by_record: dict[str, list[dict[str, Any]]] = defaultdict(list)
    # a whole row of the log has a dozen columns that nobody reads here
    told = {*_SAID, kind.by, kind.grade, *kind.apart, *kind.not_where}
    for row, at in zip(table.select(sorted(told)).to_pylist(), heard, strict=True):
        by_record[row["key"]].append({**row, "heard_at": at})
    by_party: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    ties = reader.whenever(kind.tie)
    ties = ties.filter(pc.greater_equal(ties["certainty"], 1))
    for party, label, record in zip(
        *(ties[name].to_pylist() for name in ("from_key", "from_label", "to_key")), strict=True
    ):
        by_party[party, label][record] = None
    found = []
    for (party, label), records in sorted(by_party.items()):
        series: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in (row for record in records for row in by_record.get(record, ())):
            series[tuple(row[name] for name in kind.apart)].append(row)
        for rows in series.values():
            if len(rows) == 1:
                continue
            found += [
                (party, label, *change)
                for change in _developed(rows, kind)
                if not any(change[1][name] in codes for name, codes in kind.not_where.items())
            ]
    return found


def _said_apart(kind: GradeKind, row: dict[str, Any]) -> list[str]:
    """Which of several grades it is, in Chinese."""
    words = [SCHEMA.property(kind.kind, name).values.get(row[name]) for name in kind.apart]
    return [word for word in words if word]


def _developed(
    rows: list[dict[str, Any]], kind: GradeKind
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The grade in force before and after each instant at which another became known."""

    def came(row: dict[str, Any]) -> datetime:
        at: datetime = row["heard_at"]
        return at

    found = []
    current: dict[str, Any] | None = None
    for _, together in groupby(sorted(rows, key=came), came):
        known = [*together, *([current] if current else [])]
        latest = max(known, key=lambda row: (row[kind.by], row["heard_at"], row["key"]))
        if current is not None and latest[kind.grade] != current[kind.grade]:
            found.append((current, latest))
        current = latest
    return found
