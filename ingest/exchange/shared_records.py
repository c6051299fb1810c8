"""What the district holds and may share with a partner: read through a reader, by use scope and law.

What law has ended is not in any table that a reader gives, so that it is never sent as new; what a
partner holds of it is withdrawn there (`enqueue`).  What is kept back is counted by reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import ForbiddenError
from graph.last_heard import last_heard
from graph.schema import SCHEMA
from graph.time import day_of
from ingest.exchange.contract import Contract, Template
from queries.district import DistrictReader
from queries.lawful import SUBJECT, why_not_published

__all__ = ["REASONS", "Shared", "SharedRecord", "Subject", "shared_records"]

_PERSON = "Person"
#: Reasons that are the partner's, not the law's; the law's have their words in the schema.
REASONS = {
    "use_scope": "信息使用范围不包括该单位",
    "natural_person": "自然人的信息没有提供给该单位的依据",
    "subject_unknown": "相对人尚未核实",
    "several_subjects": "相对人不止一个，尚待核对",
}


@dataclass(frozen=True)
class Subject:
    """Whom a record concerns; `number_masked` is of a natural person, with its last digits hidden."""

    label: str
    name: str | None
    code: str | None
    number_masked: str | None

    @property
    def is_person(self) -> bool:
        """Whether it is a natural person."""
        return self.label == _PERSON

    @property
    def kind(self) -> str:
        """As the templates of 双公示 call it."""
        return {_PERSON: "自然人", "IndividualBusiness": "个体工商户"}.get(
            self.label, "法人及非法人组织"
        )


@dataclass(frozen=True)
class SharedRecord:
    """One record as it may be shared; `said` are its properties and those of what describes it."""

    template: str
    record: str
    said: Mapping[str, Any]
    subject: Subject
    body_code: str | None
    known_on: date


@dataclass(frozen=True)
class Shared:
    """All that a partner is to have; `kept_back` counts the rest by template and reason."""

    records: tuple[SharedRecord, ...]
    kept_back: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def shared_records(reader: DistrictReader, contract: Contract) -> Shared:
    """What a partner is to have at the reader's moment.

    Raises `ForbiddenError` (`not_permitted`) for who does not see the whole district: what they do
    not see would be withdrawn at the partner.
    """
    if not reader.scope.is_of_the_office:
        raise ForbiddenError(
            "报送须由能看到全区数据的人办理。",
            "Only who sees the whole district shares it.",
            code="not_permitted",
        )
    records: list[SharedRecord] = []
    kept_back: dict[str, Counter[str]] = {}
    for name, template in contract.outgoing.items():
        reasons = kept_back.setdefault(name, Counter())
        for found in _records(reader, name, template):
            why = _why_not(found, contract, template, reader)
            if why is None:
                records.append(found)
            else:
                reasons[why] += 1
    return Shared(tuple(records), {name: dict(told) for name, told in kept_back.items()})


def _why_not(
    found: SharedRecord, contract: Contract, template: Template, reader: DistrictReader
) -> str | None:
    said, kind, day = found.said, template.kind, reader.moment.lawful_on
    if not found.subject.label:
        return "several_subjects"
    if found.subject.is_person and contract.persons is None:
        return "natural_person"
    if (said.get("use_scope") or "public") not in contract.shares:
        return "use_scope"
    if not found.subject.name:
        return "subject_unknown"
    if contract.public_only:
        excluded = why_not_published(kind, {**said, SUBJECT: found.subject.label}, day)
    else:
        # what is not for everybody may be for another authority: that was asked above
        own = {name: value for name, value in said.items() if name not in ("use_scope", SUBJECT)}
        excluded = why_not_published(kind, own, day)
    return excluded.code if excluded else None


def _records(reader: DistrictReader, name: str, template: Template) -> Iterator[SharedRecord]:
    table = reader.whenever(template.kind)
    for column, values in template.where.items():
        told = pc.fill_null(table[column].cast(pa.string()), "")
        table = table.filter(pc.is_in(told, value_set=pa.array(values, pa.string())))
    if not len(table):
        return
    first = {
        row["key"]: row["known_from_min"]
        for row in table.group_by("key").aggregate([("known_from", "min")]).to_pylist()
    }
    held = last_heard(table, ["key"])
    subjects = _subjects(reader, template.tie, held["key"])
    bodies = _bodies(reader, template.kind, held["key"])
    beside = _beside(reader, template.beside)
    for row in held.to_pylist():
        key = row["key"]
        yield SharedRecord(
            name,
            key,
            {**row, **beside.get(key, {})},
            subjects.get(key, Subject("", None, None, None)),
            bodies.get(key),
            day_of(first[key]),
        )


def _subjects(reader: DistrictReader, tie: str, records: pa.ChunkedArray) -> dict[str, Subject]:
    """Record -> its subject; a record of several, or of whom a link is only likely, has none."""
    ties = reader.whenever(tie)
    ties = ties.filter(pc.greater_equal(ties["certainty"], 1))
    ties = ties.filter(pc.is_in(_plain(ties["to_key"]), value_set=_values(records)))
    of: dict[str, set[tuple[str, str]]] = {}
    for row in ties.select(["from_key", "from_label", "to_key"]).to_pylist():
        of.setdefault(row["to_key"], set()).add((row["from_key"], row["from_label"]))
    alone = {record: next(iter(who)) for record, who in of.items() if len(who) == 1}
    parties: dict[str, dict[str, Any]] = {}
    for label in {label for _, label in alone.values()}:
        keys = pa.array({key for key, kind in alone.values() if kind == label}, pa.string())
        told = reader.whenever(label)
        told = told.filter(pc.is_in(_plain(told["key"]), value_set=keys))
        told = told.filter(pc.is_valid(told["name"]))
        parties |= {row["key"]: row for row in last_heard(told, ["key"]).to_pylist()}
    return {record: _subject(label, parties.get(key, {})) for record, (key, label) in alone.items()}


def _subject(label: str, told: Mapping[str, Any]) -> Subject:
    return Subject(
        label,
        told.get("name"),
        told.get("unified_social_credit_code"),
        told.get("resident_id_masked"),
    )


def _bodies(reader: DistrictReader, kind: str, records: pa.ChunkedArray) -> dict[str, str]:
    """Record -> unified code of the authority that decided."""
    if SCHEMA.superlabel(SCHEMA.nodes[kind]) != "AdministrativeDecision":
        return {}
    ties = reader.whenever("DECIDED_BY")
    ties = ties.filter(pc.is_in(_plain(ties["from_key"]), value_set=_values(records)))
    codes = {
        row["key"]: row["unified_social_credit_code"]
        for row in reader.whenever("GovernmentBody").to_pylist()
        if row["unified_social_credit_code"]
    }
    return {
        row["from_key"]: codes[row["to_key"]]
        for row in ties.select(["from_key", "to_key"]).to_pylist()
        if row["to_key"] in codes
    }


def _beside(reader: DistrictReader, kind: str) -> dict[str, dict[str, Any]]:
    """What describes a record, by its key."""
    if not kind:
        return {}
    names = [item.name for item in SCHEMA.nodes[kind].properties]
    told = last_heard(reader.whenever(kind), ["key"])
    return {row["key"]: {name: row[name] for name in names} for row in told.to_pylist()}


def _values(keys: pa.ChunkedArray) -> pa.Array:
    return pc.unique(_plain(keys)).cast(pa.string())


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
