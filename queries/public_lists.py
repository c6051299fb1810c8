"""The lists as they stand: each rule with its entries that may be used today, black and red.

What was removed, repaired or annulled, and what is past its term, is in no count (`queries.lawful`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from queries.district import DistrictReader
from queries.lawful.lists import list_catalogue

__all__ = ["Entries", "Entry", "ListState", "list_entries", "list_states"]

_TIES = {"ListEntry": "SUBJECT_OF", "Honour": "HONOURED_BY"}
#: Of an honour: what it calls the same.
_COLUMNS = {
    "ListEntry": {"document_no": "case_no", "begins": "listed_on", "until": "published_until"},
    "Honour": {"document_no": "document_no", "begins": "awarded_on", "until": "valid_to_on"},
}
_STEPS = ("notified_on", "heard_on", "listed_on", "served_on", "published_on")


@dataclass(frozen=True)
class ListState:
    """One list: its rule, and how many entries of it may be used.

    Attributes:
        term: by what an entry ends, in Chinese.
        entries: None: it is not kept here as a list.
    """

    code: str
    title: str
    rule: str
    criteria: str
    term: str
    leaves: str
    authority: str
    colour: str
    sure: str
    entries: int | None


@dataclass(frozen=True)
class Entry:
    """One entry; `party` is a key, `steps` what is known of how it came about, in order."""

    record: str
    list_kind: str
    party: str
    document_no: str | None
    authority: str | None
    begins: date | None
    until: date | None
    level: str | None
    penalty_no: str | None
    steps: dict[str, date]


@dataclass(frozen=True)
class Entries:
    """A page of entries, the newest first; `total` counts all."""

    total: int
    entries: tuple[Entry, ...]


def list_states(reader: DistrictReader) -> tuple[ListState, ...]:
    """Every list of the catalogue with its entries in force."""
    catalogue = list_catalogue()
    counts = {
        code: len(pc.unique(_of(reader.table(kind), code)["key"]))
        for kind in _TIES
        for code, item in catalogue.lists.items()
        if item.kind == kind
    }
    return tuple(
        ListState(
            code=code,
            title=item.title,
            rule=item.rule,
            criteria=item.criteria,
            term=catalogue.says(code),
            leaves=item.leaves,
            authority=item.authority,
            colour=item.colour,
            sure=item.sure,
            entries=counts.get(code),
        )
        for code, item in catalogue.lists.items()
    )


def list_entries(reader: DistrictReader, code: str = "", *, limit: int, offset: int = 0) -> Entries:
    """Entries in force of a list, or of all where none is named."""
    found: list[Entry] = []
    for kind, tie in _TIES.items():
        told = {row["key"]: row for row in _of(reader.table(kind), code).to_pylist()}
        for row in reader.table(tie).to_pylist():
            said = told.get(row["to_key"])
            if said is not None:
                found.append(_entry(kind, row["from_key"], said))
    found.sort(key=lambda item: item.record)
    found.sort(key=lambda item: item.begins or date.min, reverse=True)
    return Entries(len(found), tuple(found[offset : offset + limit]))


def _of(table: pa.Table, code: str) -> pa.Table:
    return table.filter(pc.equal(table["list_kind"], code)) if code else table


def _entry(kind: str, party: str, said: dict[str, Any]) -> Entry:
    names = _COLUMNS[kind]
    return Entry(
        record=said["key"],
        list_kind=said["list_kind"],
        party=party,
        **{name: said[column] for name, column in names.items()},
        authority=said["authority"],
        level=said.get("level"),
        penalty_no=said.get("penalty_no"),
        steps={name: said[name] for name in _STEPS if said.get(name)},
    )
