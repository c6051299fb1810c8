"""Subjects of public records that no register knows, for the registrar: by department that sent them.

The credit platform refuses such a record (1001) until the subject's base record is there; here it is
kept, and its subject waits.  Nothing is marked: who waits follows from the registers as they are
known, so that a subject leaves the list when its register tells of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from graph.identifiers.registering_authority import class_of
from graph.schema import SCHEMA

if TYPE_CHECKING:
    from queries.district import DistrictReader

__all__ = [
    "REMEDIES",
    "DepartmentSubjects",
    "SubjectRecord",
    "UnknownSubject",
    "UnknownSubjects",
    "unknown_subjects",
    "unknown_subjects_ready",
]

#: What can be done: both remedies that the platform offers.
REMEDIES = (
    "名称或统一社会信用代码写错的：由报送部门更正后重报。",
    "确实没有登记信息的：由登记机关用登记表模板补录该主体；登记到库后自动从清单消失。",
)

#: Tie to the record, kind of the record, and what of it says which paper it is and who made it.
_RECORDS = (
    ("HOLDS_PERMIT", "Permit"),
    ("PENALISED_BY", "Penalty"),
    ("ACT_ON", "AdministrativeAct"),
)
_UNNAMED = "未写明机关"
#: Characters of a unified code in which its organisation code stands (GB 32100-2015).
_OLD = slice(8, 17)


@dataclass(frozen=True)
class SubjectRecord:
    """One record of an unknown subject: its kind, paper, department and day."""

    kind: str
    record_key: str
    document_no: str | None
    authority: str
    decided_on: date | None


@dataclass(frozen=True)
class UnknownSubject:
    """A subject that no register knows.

    Attributes:
        code: its unified code, or the old number that is all that is known of it.
        registrar: whose register it belongs into, in Chinese; None where no code tells.
    """

    key: str
    name: str | None
    code: str
    kind: str
    registrar: str | None
    records: tuple[SubjectRecord, ...]


@dataclass(frozen=True)
class DepartmentSubjects:
    """The subjects that one department named."""

    department: str
    subjects: tuple[UnknownSubject, ...]


@dataclass(frozen=True)
class UnknownSubjects:
    """All of them.

    Attributes:
        subjects: in the order of their codes, each once.
        departments: the same by who named them, the longest list first.
        without_register: kinds of subject of which no register ever came -> how many subjects have
            records: of these nobody can say whether they are known.
    """

    subjects: tuple[UnknownSubject, ...]
    departments: tuple[DepartmentSubjects, ...]
    without_register: dict[str, int] = field(default_factory=dict)
    remedies: tuple[str, ...] = REMEDIES


def unknown_subjects(reader: DistrictReader) -> UnknownSubjects:
    """Who has permits, penalties or other acts, and stands in no register, at the reader's moment."""
    named = _named(reader)
    by_label: dict[str, set[str]] = defaultdict(set)
    for key, (label, _) in named.items():
        by_label[label].add(key)
    found: dict[str, str] = {}
    without: dict[str, int] = {}
    for label, keys in sorted(by_label.items()):
        sources = {s for s, kind in reader.moment.provenance.registers if kind == label}
        if not sources:
            without[label] = len(keys)
            continue
        registered = _registered(reader, label, sources)
        old = {key.removeprefix("org:")[_OLD] for key in registered}
        found |= {
            key: label
            for key in keys
            if key not in registered and key.removeprefix("org:") not in old
        }
    records = _records(reader, {key: named[key][1] for key in found})
    names = _names(reader, found)
    subjects = tuple(
        UnknownSubject(
            key,
            names.get(key),
            code := key.removeprefix("org:"),
            found[key],
            _registrar(code),
            tuple(records[key]),
        )
        for key in sorted(found)
    )
    return UnknownSubjects(subjects, tuple(_by_department(subjects)), without)


def unknown_subjects_ready(
    reader: DistrictReader, *, within: float | None
) -> UnknownSubjects | None:
    """The same, once for a moment; None while they are being looked for."""
    return reader.computed("unknown_subjects", lambda: unknown_subjects(reader), within=within)


def _named(reader: DistrictReader) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Organisations that records name: key -> label, and kind and key of each record."""
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for by, kind in _RECORDS:
        ties = reader.whenever(by)
        for key, label, record in zip(
            *(_texts(ties, name) for name in ("from_key", "from_label", "to_key")), strict=True
        ):
            if key.startswith("org:"):
                found.setdefault(key, (label, []))[1].append((kind, record))
    return found


def _registered(reader: DistrictReader, label: str, sources: set[str]) -> set[str]:
    facts = reader.whenever(label)
    told = pc.is_in(facts["source"].cast(pa.string()), value_set=pa.array(sorted(sources)))
    return set(_texts(facts.filter(told), "key"))


def _records(
    reader: DistrictReader, wanted: dict[str, list[tuple[str, str]]]
) -> dict[str, list[SubjectRecord]]:
    """Subject -> its records, each once, in the order of their days."""
    said: dict[tuple[str, str], SubjectRecord] = {}
    for _, kind in _RECORDS:
        keys = sorted({key for records in wanted.values() for of, key in records if of == kind})
        facts = reader.whenever(kind)
        chosen = facts.filter(
            pc.is_in(facts["key"].cast(pa.string()), value_set=pa.array(keys, pa.string()))
        )
        for row in chosen.select(["key", "document_no", "authority", "decided_on"]).to_pylist():
            said[kind, row["key"]] = SubjectRecord(
                kind,
                row["key"],
                row["document_no"],
                row["authority"] or _UNNAMED,
                row["decided_on"],
            )
    return {
        key: sorted(
            {said[each] for each in records if each in said},
            key=lambda item: (str(item.decided_on), item.record_key),
        )
        for key, records in wanted.items()
    }


def _names(reader: DistrictReader, labels: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for label in sorted({*labels.values()}):
        facts = reader.whenever(label)
        told = zip(_texts(facts, "key"), _texts(facts, "name"), strict=True)
        found |= {key: name for key, name in told if key in labels and name}
    return found


def _registrar(code: str) -> str | None:
    known = class_of(code[:2]) if len(code) == 18 else None
    return known.authority_zh if known else None


def _by_department(subjects: Iterable[UnknownSubject]) -> Iterator[DepartmentSubjects]:
    told: dict[str, list[UnknownSubject]] = defaultdict(list)
    for subject in subjects:
        for department in sorted({record.authority for record in subject.records}):
            told[department].append(subject)
    for name in sorted(told, key=lambda each: (-len(told[each]), each)):
        yield DepartmentSubjects(name, tuple(told[name]))


def _texts(table: pa.Table, name: str) -> list[str]:
    texts: list[str] = table[name].cast(pa.string()).to_pylist()
    return texts


assert all({"document_no", "authority", "decided_on"} <= {p.name for p in SCHEMA.nodes[kind].properties}
           for _, kind in _RECORDS)  # fmt: skip
