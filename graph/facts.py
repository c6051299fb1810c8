"""What a fact looks like as rows of a table.

A fact says one thing about one node or one tie, with two time axes: valid time (true in the
world, half-open `[valid_from, valid_to)`, null = unbounded) and known time (when we knew, set by
the batch that brought it and the batch that closed it).  A *slot* is what a source may say only
one thing about at a time: one aspect of one node, one tie between two nodes, or, where the schema
says so, the one tie of its kind that a thing has (`one_at_a_time`).  A marriage fills two.

Certainty 1.0 means that the parties are known by identifier.  Below 1.0 they are matched by
resemblance; such a fact is shown as 疑似, carries no risk and feeds no decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from graph.schema import SCHEMA
from graph.vocabulary import Node, ValueType

__all__ = [
    "ARROW_TYPES",
    "END_COLUMNS",
    "INSTANT",
    "Slot",
    "arrow_schema",
    "coded_schema",
    "end_columns",
    "first_ids",
    "ids_again",
    "slots_of",
    "true_at",
    "written_schema",
]

INSTANT = pa.timestamp("us", tz="UTC")

ARROW_TYPES: dict[ValueType, pa.DataType] = {
    ValueType.TEXT: pa.string(),
    ValueType.INTEGER: pa.int64(),
    ValueType.REAL: pa.float64(),
    ValueType.FLAG: pa.bool_(),
    ValueType.DATE: pa.date32(),
}

_SAID_AGAIN = frozenset({"label", "from_label", "to_label", "source", "batch"})

#: Columns that say what a tie joins; `from_label` and `to_label` are the entities' labels.
END_COLUMNS = ("from_key", "from_label", "to_key", "to_label", "discriminator")


@cache
def arrow_schema(kind: str) -> pa.Schema:
    """Columns of the log table of a fact kind, in order.

    Nodes: `key`, `label` (of the thing described).  Ties: `END_COLUMNS`, where `discriminator`
    keeps parallel ties apart (a contract number), empty where there is one at most.  Then the
    lifecycle and the declared properties.
    """
    declared = SCHEMA.kind(kind)
    lifecycle = [
        pa.field("fact_id", pa.string(), nullable=False),
        *(pa.field(name, pa.string(), nullable=False) for name in end_columns(kind)),
        pa.field("valid_from", pa.date32()),
        pa.field("valid_to", pa.date32()),
        pa.field("known_from", INSTANT, nullable=False),
        pa.field("certainty", pa.float64(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("batch", pa.string(), nullable=False),
        pa.field("row", pa.int32(), nullable=False),
    ]
    properties = [pa.field(item.name, ARROW_TYPES[item.type]) for item in declared.properties]
    return pa.schema(lifecycle + properties)


@cache
def coded_schema(kind: str) -> pa.Schema:
    """The same columns, with texts as numbers into a dictionary (`fact_id` has none to share)."""
    coded = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        field.with_type(coded)
        if pa.types.is_string(field.type) and field.name != "fact_id"
        else field
        for field in arrow_schema(kind)
    )


@cache
def written_schema(kind: str) -> pa.Schema:
    """The same columns as a batch is held until it is written: coded is what says the same in row
    after row, which so takes four bytes a row."""
    return pa.schema(
        coded if plain.name in _SAID_AGAIN else plain
        for plain, coded in zip(arrow_schema(kind), coded_schema(kind), strict=True)
    )


def true_at(facts: pa.Table, day: date) -> pa.ChunkedArray:
    """Which facts are true on a day: `valid_from <= day < valid_to`, null = unbounded."""
    on = pa.scalar(day, pa.date32())
    begun = pc.fill_null(pc.less_equal(facts["valid_from"], on), True)
    return pc.and_(begun, pc.fill_null(pc.greater(facts["valid_to"], on), True))


def ids_again(fact_ids: pa.ChunkedArray, position: int) -> pa.ChunkedArray:
    """Identifiers under which facts are stated again because the batch at `position` is withdrawn.

    The first identifier, a dot and the position: new, since a batch is withdrawn once at most, and
    the same however often a killed withdrawal is begun again.
    """
    return pc.binary_join_element_wise(first_ids(fact_ids), f"{position}", ".")


def first_ids(fact_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Identifiers under which facts were stated the first time: what was noted of a fact goes by it."""
    if not pc.any(pc.match_substring(fact_ids, ".")).as_py():
        return fact_ids  # nearly always: no withdrawal stated any of them again
    return pc.replace_substring_regex(fact_ids, r"\.\d+$", "")


def end_columns(kind: str) -> tuple[str, ...]:
    """Columns that say what a fact of this kind is about."""
    return ("key", "label") if isinstance(SCHEMA.kind(kind), Node) else END_COLUMNS


@dataclass(frozen=True)
class Slot:
    """A slot that facts of a kind fill: which columns, with the source, name it.

    Attributes:
        family: slots of one family are the same where their values are, whichever columns hold
            them (a person's marriage, at either end).
        term: Chinese word for what there is one of; empty where it is the tie itself.
        office: only facts with this value of this property fill it.
    """

    columns: tuple[str, ...]
    family: int = 0
    term: str = ""
    office: tuple[str, str] | None = None


@cache
def slots_of(kind: str) -> tuple[Slot, ...]:
    """The slots of a fact of this kind."""
    declared = SCHEMA.kind(kind)
    if isinstance(declared, Node):
        return (Slot(("key",)),)
    ends = {"source": ("from_key",), "target": ("to_key",), "either": ("from_key", "to_key")}
    return tuple(
        Slot((column,), family, item.term, item.office)
        for family, item in enumerate(declared.one_at_a_time)
        for column in ends[item.end]
    ) or (Slot(("from_key", "to_key", "discriminator")),)
