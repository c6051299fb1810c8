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
from typing import Any

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


def read_triggers(reader: DistrictReader) -> TriggerIndex:
    """All records that a measure can follow from, at the reader's moment."""
    usable: dict[str, list[Trigger]] = defaultdict(list)
    filed: dict[str, set[str]] = defaultdict(set)
    by_key: dict[str, Trigger] = {}
    for kind, (tie, numbers, whats, day) in _KINDS.items():
        parties: dict[str, set[str]] = defaultdict(set)
        for row in reader.table(tie).select(["from_key", "to_key"]).to_pylist():
            parties[row["to_key"]].add(row["from_key"])
        for row in reader.table(kind).to_pylist():
            said = [row[name] for name in whats if row.get(name)]
            number = next((row[name] for name in numbers if row.get(name)), None)
            record = Trigger(
                kind=kind,
                key=row["key"],
                what="；".join(said),
                number=number,
                authority=row.get("authority"),
                decided_on=row.get(day),
                ends_on=row.get("published_until"),
                parties=frozenset(parties[row["key"]]),
                usable=True,
            )
            by_key[row["key"]] = record
            for name in numbers:
                if row.get(name):
                    usable[_plain(row[name])].append(record)
        for row in _filed(reader, kind):
            for name in numbers:
                if row.get(name):
                    filed[_plain(row[name])].add(row.get("authority") or "")
    return TriggerIndex(
        {number: tuple(items) for number, items in usable.items()},
        {number: frozenset(names) for number, names in filed.items()},
        by_key,
    )


def _filed(reader: DistrictReader, kind: str) -> list[dict[str, Any]]:
    """What was ever filed of a kind; only who sees the whole district may count it."""
    if not reader.scope.sees_everything:
        return []
    found: list[dict[str, Any]] = reader.filed(kind).to_pylist()
    return found


def _plain(number: str | None) -> str:
    """A number without blanks, and with one kind of brackets."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", number or ""))
    return re.sub(r"[〔\[(]", "(", re.sub(r"[〕\])]", ")", text))


def _same(said: str | None, held: str | None) -> bool:
    """Whether two names of an authority may be one: one of them unsaid, or one within the other."""
    return not said or not held or said in held or held in said
