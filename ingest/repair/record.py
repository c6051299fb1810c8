"""A public record as the office that acts on it sees it, also one that law has ended.

Nobody is named here: parties go by key, and only who acts on a case asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import NotFoundError
from graph.log import FactLog
from queries.lawful import Window, regimes, repair_law, why_ended, window_of

__all__ = [
    "DECIDED",
    "RECORD_KINDS",
    "RecordFile",
    "find_records",
    "record_file",
    "record_files",
    "said_of",
]

#: The source under which the office's acts on records stand in the log.
DECIDED = "repair_decision"

#: Kinds that may be repaired, objected to, annulled, with the property that holds the document.
RECORD_KINDS: Mapping[str, str] = {"Penalty": "document_no", "ListEntry": "case_no"}

_MOST = 50


@dataclass(frozen=True)
class RecordFile:
    """What papers say of a record.

    Attributes:
        ended: why it may be used no more by what departments sent alone; None: it may.
        repaired_under: the regime of a removal that departments told; None: none was told.
        parties: keys of whom it is about.
    """

    kind: str
    key: str
    document_no: str | None
    what: str | None
    authority: str | None
    begins: date | None
    published_until: date | None
    credit_class: str | None
    classed_by: str | None
    ended: str | None
    repaired_under: str | None
    parties: tuple[str, ...]

    def window(self, day: date, stated: Mapping[str, Any] | None = None) -> Window:
        """Between which days it may be repaired; what the office states fills what no paper says."""
        given = {name: value for name, value in (stated or {}).items() if value}
        told = {
            "authority": self.authority,
            "credit_class": self.credit_class or given.get("credit_class"),
            "classed_by": self.classed_by or given.get("classed_by"),
        }
        begins = regimes().records[self.kind].begins
        return window_of(self.kind, {**told, str(begins): self.begins}, day)


def said_of(log: FactLog, kind: str, keys: pa.Array) -> list[dict[str, Any]]:
    """Statements of departments on some records that are held, the newest first."""
    held = log.read(kind)
    theirs = pc.and_(pc.is_in(held["key"], value_set=keys), pc.not_equal(held["source"], DECIDED))
    rows: list[dict[str, Any]] = held.filter(theirs).to_pylist()
    return sorted(rows, key=lambda row: (row["known_from"], row["fact_id"]), reverse=True)


def record_file(log: FactLog, kind: str, key: str, day: date) -> RecordFile:
    """One record; raises `NotFoundError` (`record_unknown`)."""
    if kind in RECORD_KINDS and (found := record_files(log, kind, [key], day)):
        return found[key]
    raise NotFoundError(
        "没有这条记录。请按文书号重新查找，只有部门报送过的处罚和名单才能办理。",
        "No department stated such a record.",
        code="record_unknown",
    )


def find_records(log: FactLog, document_no: str, day: date) -> list[RecordFile]:
    """Records of one document, by its number as it was stated; at most fifty."""
    found: list[RecordFile] = []
    for kind, number in RECORD_KINDS.items():
        held = log.read(kind)
        theirs = held.filter(pc.equal(held[number], document_no.strip()))
        keys = sorted(pc.unique(theirs["key"]).to_pylist())[:_MOST]
        found += record_files(log, kind, keys, day).values()
    return found[:_MOST]


def record_files(log: FactLog, kind: str, keys: Sequence[str], day: date) -> dict[str, RecordFile]:
    """Records of a kind by key, in the order asked; those that no department stated are not there."""
    asked = pa.array(keys, pa.string())
    said: dict[str, list[dict[str, Any]]] = {}
    for row in said_of(log, kind, asked) if keys else ():
        said.setdefault(row["key"], []).append(row)
    if not said:
        return {}
    ties = log.read(regimes().records[kind].tie)
    parties: dict[str, set[str]] = {}
    for row in ties.filter(pc.is_in(ties["to_key"], value_set=asked)).to_pylist():
        parties.setdefault(row["to_key"], set()).add(row["from_key"])
    return {
        key: _file(kind, said[key], tuple(sorted(parties.get(key, ()))), day)
        for key in keys
        if key in said
    }


def _file(kind: str, rows: list[dict[str, Any]], parties: tuple[str, ...], day: date) -> RecordFile:
    law = regimes().records[kind]
    first = _newest(rows)
    ended = (why_ended(kind, row, day) for row in rows)
    removed = first("removed_on")
    if removed is not None and removed < min(item.begins for item in repair_law().regimes.values()):
        removed = None
    return RecordFile(
        kind=kind,
        key=rows[0]["key"],
        document_no=first(RECORD_KINDS[kind]),
        what=first(str(law.of_class)),
        authority=first("authority"),
        begins=first(str(law.begins)),
        published_until=first("published_until"),
        credit_class=first("credit_class"),
        classed_by=first("classed_by"),
        ended=next((why for why in ended if why), None),
        repaired_under=removed and repair_law().under(first("authority"), removed)[0],
        parties=parties,
    )


def _newest(rows: list[dict[str, Any]]) -> Any:
    """What the newest statement that says a property says."""

    @cache
    def first(name: str) -> Any:
        return next((row[name] for row in rows if row.get(name) is not None), None)

    return first
