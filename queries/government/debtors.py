"""Public bodies that a court lists: there must be none, and each one is an alarm.

Only the body itself is meant: by its exact code, or, where the list has no code, by its exact full
name.  What merely looks like a body's name is nobody's record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import computed_field

from graph.last_heard import last_heard
from graph.names.writing import simplified
from graph.schema import SCHEMA
from queries.district import DistrictReader
from queries.measures.parties import known_parties

__all__ = ["ARREARS_LIST", "DEBTOR_LIST", "ListedBody", "bodies_of", "listed_bodies"]

#: Lists that are looked at: judgment defaulters, and dishonesty in paying small firms (条例 第二十六条).
DEBTOR_LIST, ARREARS_LIST = "judgment_defaulter", "sme_arrears"

MatchedBy: TypeAlias = Literal["code", "name"]

_BODY = "GovernmentBody"
_OF_CODE = "org:"


@dataclass(frozen=True)
class ListedBody:
    """One entry on a list.

    Attributes:
        body: key; None where several bodies have exactly this name: it is to be found out which.
        candidates: keys of those.
        matched_by: its exact code, or its exact full name.
        record: key of the entry.
    """

    body: str | None
    name: str | None
    candidates: tuple[str, ...]
    matched_by: MatchedBy
    list_kind: str
    record: str
    case_no: str | None
    authority: str | None
    listed_on: date | None
    performance: str | None
    row: tuple[str, str, int]

    @computed_field
    @property
    def list_label(self) -> str | None:
        """In Chinese."""
        return SCHEMA.word("ListEntry", "list_kind", self.list_kind)


def bodies_of(reader: DistrictReader) -> Mapping[str, str | None]:
    """Every public body that is known by its code -> its name."""
    table = last_heard(reader.table(_BODY), ["key"])
    keys, names = table["key"].to_pylist(), table["name"].to_pylist()
    return {
        key: name for key, name in zip(keys, names, strict=True) if key.startswith(_OF_CODE)
    }  # fmt: skip


def listed_bodies(
    reader: DistrictReader, bodies: Mapping[str, str | None], others: Collection[str] = ()
) -> tuple[ListedBody, ...]:
    """Entries in force about public bodies, and about others that pay late (`others`: their keys)."""
    table = last_heard(reader.table("ListEntry"), ["key"])
    wanted = pc.is_in(
        table["list_kind"].cast(pa.string()), value_set=pa.array([DEBTOR_LIST, ARREARS_LIST])
    )
    entries = {row["key"]: row for row in table.filter(wanted).to_pylist()}
    ties = reader.table("SUBJECT_OF")
    ties = ties.filter(pc.greater_equal(ties["certainty"], 1)).select(["from_key", "to_key"])
    about = [
        (row["from_key"], row["to_key"]) for row in ties.to_pylist() if row["to_key"] in entries
    ]
    nameless = [key for key, _ in about if not key.startswith((_OF_CODE, "person:"))]
    called = known_parties(reader, nameless)
    named: dict[str, list[str]] = defaultdict(list)
    for key, name in bodies.items():
        if name:
            named[simplified(name)].append(key)
    found = []
    for subject, record in about:
        row = entries[record]
        by: MatchedBy = "code"
        if subject in bodies or (subject in others and row["list_kind"] == ARREARS_LIST):
            keys = [subject]
        else:
            by, keys = "name", named.get(simplified(called.get(subject, ("", None))[1] or ""), [])
        if keys:
            found.append(_listed(sorted(keys), by, bodies, row))
    return tuple(sorted(found, key=lambda one: (one.list_kind, one.record)))


def _listed(
    keys: Sequence[str], by: MatchedBy, bodies: Mapping[str, str | None], row: Mapping[str, Any]
) -> ListedBody:
    return ListedBody(
        body=keys[0] if len(keys) == 1 else None,
        name=bodies.get(keys[0]),
        candidates=() if len(keys) == 1 else tuple(keys),
        matched_by=by,
        list_kind=row["list_kind"],
        record=row["key"],
        case_no=row["case_no"],
        authority=row["authority"],
        listed_on=row["listed_on"],
        performance=row["performance"],
        row=(row["source"], row["batch"], row["row"]),
    )
