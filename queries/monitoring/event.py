"""Events that rules find, as rows of one table, and a warning as it is shown.

A warning is (rule, subject, event): told twice it is the same one, whoever tells it and however
often.  An event is named by what it is about (a record's key, a contract, a grade of a year), never
by the fact that happens to say it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pydantic import computed_field

from graph.facts import INSTANT
from graph.provenance import OTHER_SOURCES
from graph.schema import SCHEMA
from graph.time import Instant

__all__ = ["EVENTS", "NOTICE", "Evidence", "SectorWarning", "events", "evidence", "identity"]

#: Stands beside every warning: it is about a change, and finds nobody dishonest.
NOTICE = "预警只提示情况发生变化，供核实；不作为认定失信、降低等级或惩戒的依据"

_EVIDENCE = pa.struct(
    [
        pa.field("kind", pa.string()),
        pa.field("fact_id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("batch", pa.string()),
        pa.field("row", pa.int32()),
    ]
)

#: `event` names it among those of its rule and subject; `other`: another party that it is about.
EVENTS = pa.schema(
    [
        pa.field("rule", pa.string()),
        pa.field("subject", pa.string()),
        pa.field("label", pa.string()),
        pa.field("event", pa.string()),
        pa.field("other", pa.string()),
        pa.field("heard_at", INSTANT),
        pa.field("before", pa.string()),
        pa.field("after", pa.string()),
        pa.field("evidence", pa.list_(_EVIDENCE)),
    ]
)


@dataclass(frozen=True)
class Evidence:
    """A statement that an event follows from; of a source that is not named, neither batch nor row."""

    kind: str
    fact: str
    source: str
    batch: str | None
    row: int | None

    @computed_field
    @property
    def kind_label(self) -> str:
        """The kind in Chinese."""
        return SCHEMA.kind(self.kind).term


@dataclass(frozen=True)
class SectorWarning:
    """One.

    Attributes:
        id: names it for ever; `also`: the same under keys that were given up for those of now.
        rule, title, ground: which rule, and why we may look.
        subject, name, label: of whom; label is the class of subject.
        industry: code by its register; None where nobody says.
        came_at, position, batch: when what it says was first told, and by which batch.
        before, after: what was known before, None for nothing, and since.
        other, other_name: the other party of a tie or contract.
        evidence: what it stands on now.
    """

    id: str
    rule: str
    title: str
    ground: str
    subject: str
    name: str | None
    label: str
    industry: str | None
    came_at: Instant
    position: int
    batch: str
    before: str | None
    after: str
    other: str | None
    other_name: str | None
    evidence: tuple[Evidence, ...]
    also: tuple[str, ...] = ()
    notice: str = NOTICE

    @computed_field
    @property
    def class_label(self) -> str:
        """The class of subject in Chinese."""
        return SCHEMA.nodes[self.label].term


def identity(rule: str, subject: str, other: str | None, event: str) -> str:
    """The name of a warning: the same for the same event, and telling nothing of it."""
    stated = "\x1f".join((rule, subject, other or "", event))
    return hashlib.sha256(stated.encode()).hexdigest()


def evidence(kind: str, row: Mapping[str, Any], veiled: Iterable[str] = ()) -> dict[str, Any]:
    """A row of the log as what an event follows from; sources that are veiled are not named."""
    is_veiled = row["source"] in veiled
    return {
        "kind": kind,
        "fact_id": row["fact_id"],
        "source": OTHER_SOURCES if is_veiled else row["source"],
        "batch": None if is_veiled else row["batch"],
        "row": None if is_veiled else row["row"],
    }


def events(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A table of events from rows with its columns; what is left out is null."""
    return pa.Table.from_pylist(
        [{name: row.get(name) for name in EVENTS.names} for row in rows], EVENTS
    )
