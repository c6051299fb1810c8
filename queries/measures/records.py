"""From which record a measure says it follows: found by number and authority among what may be used.

What may not be used any more is told apart from what nobody here ever knew: the first makes a
measure unlawful, the second is only to be checked.  Of a record that ended nothing is said but that
it ended: no subject, no content (`DistrictReader.filed`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from queries.district import DistrictReader
from queries.measures.subject import Trigger

__all__ = ["TriggerIndex", "read_triggers"]

#: Kind of record -> its tie, the columns that number it, the columns that say what it is, the day on
#: which it was made.
_KINDS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...], str]] = {
    "ListEntry": ("SUBJECT_OF", ("case_no", "legal_ground", "document_no"), ("list_kind",), "listed_on"),
    "Penalty": ("PENALISED_BY", ("document_no",), ("penalty_kinds", "content", "licence"), "decided_on"),
}  # fmt: skip


@dataclass(frozen=True)
class TriggerIndex:
    """Records by number.

    Attributes:
        usable: number -> what may be used.  filed: number -> authorities (empty where none was said)
            of all that was ever filed.
        by_key: record -> the same, by the key of the record.
    """

    usable: Mapping[str, tuple[Trigger, ...]]
    filed: Mapping[str, frozenset[str]]
    by_key: Mapping[str, Trigger]

    def find(
        self, number: str | None, authority: str | None, *, about: Iterable[str] = ()
    ) -> Trigger:
        """The record of a number, of that authority where one is said.

        Args:
            about: parties of whom one should be the record's, where several records share a number.
        """
        plain = _plain(number)
        if not plain:
            return Trigger()
        wanted = {*about}
        found = [
            item
            for item in self.usable.get(plain, ())
            if _same(authority, item.authority)
        ]  # fmt: skip
        found.sort(key=lambda item: (not wanted & item.parties, item.key or ""))
        if found:
            return found[0]
        ended = any(_same(authority, each or None) for each in self.filed.get(plain, ()))
        return Trigger(
            kind="paper", number=number, authority=authority, usable=False if ended else None
        )

    def of_key(self, key: str, number: str | None, authority: str | None) -> Trigger:
        """The record of a key; one that may be used no more is said to have ended."""
        return self.by_key.get(key) or Trigger(
            "paper", number=number, authority=authority, usable=False
        )


def read_triggers(
    reader: DistrictReader, numbers: Iterable[str | None], keys: Iterable[str | None] = ()
) -> TriggerIndex:
    """The records of some numbers and keys, at the reader's moment.

    Of the district's records only those are made into objects: there are hundreds of thousands.
    """
    wanted = pa.array(sorted({_plain(number) for number in numbers} - {""}), pa.string())
    named = pa.array(sorted({key for key in keys if key}), pa.string())
    usable: dict[str, list[Trigger]] = defaultdict(list)
    filed: dict[str, set[str]] = defaultdict(set)
    by_key: dict[str, Trigger] = {}
    for kind, (tie, columns, whats, day) in _KINDS.items():
        table = reader.table(kind)
        rows = table.filter(
            pc.or_(
                _numbered(table, columns, wanted), pc.is_in(_text(table["key"]), value_set=named)
            )
        ).to_pylist()
        parties = _parties(reader, tie, [row["key"] for row in rows])
        for row in rows:
            record = Trigger(
                kind=kind,
                key=row["key"],
                what="；".join(row[name] for name in whats if row.get(name)),
                number=next((row[name] for name in columns if row.get(name)), None),
                authority=row.get("authority"),
                decided_on=row.get(day),
                ends_on=row.get("published_until"),
                parties=frozenset(parties[row["key"]]),
                usable=True,
            )
            by_key[row["key"]] = record
            for name in columns:
                if row.get(name):
                    usable[_plain(row[name])].append(record)
        # only who sees the whole district may count what was filed
        told = reader.filed(kind) if reader.scope.is_of_the_office and len(wanted) else None
        for row in told.filter(_numbered(told, columns, wanted)).to_pylist() if told else ():
            for name in columns:
                if row.get(name):
                    filed[_plain(row[name])].add(row.get("authority") or "")
    return TriggerIndex(
        {number: tuple(items) for number, items in usable.items()},
        {number: frozenset(names) for number, names in filed.items()},
        by_key,
    )


def _numbered(table: pa.Table, columns: Iterable[str], wanted: pa.Array) -> pa.ChunkedArray:
    """Which rows have one of some numbers in one of some columns."""
    found = pa.chunked_array([pa.array(np.zeros(len(table), bool))])
    for name in columns:
        if name in table.column_names:
            plain = _text(table[name])
            for pattern, by in _SPELT:
                plain = pc.replace_substring_regex(plain, pattern, by)
            found = pc.or_(found, pc.is_in(plain, value_set=wanted))
    return found


def _parties(reader: DistrictReader, tie: str, records: list[str]) -> dict[str, set[str]]:
    ties = reader.table(tie).select(["from_key", "to_key"])
    there = pc.is_in(_text(ties["to_key"]), value_set=pa.array(records, pa.string()))
    found: dict[str, set[str]] = defaultdict(set)
    for row in ties.filter(there).to_pylist():
        found[row["to_key"]].add(row["from_key"])
    return found


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


#: One spelling of numbers: no blanks, one kind of brackets (what is taken in has narrow ones).
_SPELT = ((r"\s", ""), (r"[〔\[(]", "("), (r"[〕\])]", ")"))


def _plain(number: str | None) -> str:
    """A number in that spelling."""
    text = unicodedata.normalize("NFKC", number or "")
    for pattern, by in _SPELT:
        text = re.sub(pattern, by, text)
    return text


def _same(said: str | None, held: str | None) -> bool:
    """Whether two names of an authority may be one: one of them unsaid, or one within the other."""
    return not said or not held or said in held or held in said
