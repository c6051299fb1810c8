"""How complete an item is, field by field: of what stands of it today, how much is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import computed_field

from graph.errors import NotFoundError
from graph.log import Batch
from graph.schema import SCHEMA
from ingest.catalogue.editions import CatalogueInForce
from ingest.catalogue.field import FieldSpec
from ingest.catalogue.source import load_source
from ingest.duties.listing import Duties, Duty
from queries.basis import Basis
from queries.district import DistrictReader

__all__ = ["FieldFill", "Item", "item_of"]


@dataclass(frozen=True)
class FieldFill:
    """One field: where it stands, and in how many of the facts that the item brought it is told.

    Attributes:
        filled, facts: None where the field becomes no property of a fact (it names a party, say).
    """

    name: str
    title: str
    required: bool
    places: tuple[str, ...]
    sensitivity: str
    filled: int | None
    facts: int | None

    @computed_field
    @property
    def ratio(self) -> float | None:
        """None of nothing."""
        return self.filled / self.facts if self.facts and self.filled is not None else None


@dataclass(frozen=True)
class Item:
    """One item with its fields."""

    duty: Duty
    fields: tuple[FieldFill, ...]
    basis: Basis


def item_of(
    reader: DistrictReader, listed: Duties, batches: Sequence[Batch], source: str, table: str,
    catalogue: CatalogueInForce,
) -> Item:  # fmt: skip
    """One item of a list.

    Raises `NotFoundError` (`source_unknown`, `table_unknown`).
    """
    declared = load_source(source)
    if table not in declared.tables or not declared.reported:
        raise NotFoundError(
            f"“{declared.title}”没有这张表。可用：{'、'.join(declared.tables)}。",
            f"The source {source} has no table of that name.",
            code="table_unknown",
        )
    [duty] = [item for item in listed.of(source=source) if item.table == table]
    spec = declared.tables[table]
    own = pa.array([x.batch for x in batches if x.notes.get("table") == table], pa.string())
    held: dict[str, pa.Table] = {}

    def facts(kind: str) -> pa.Table:
        if kind not in held:
            told = reader.table(kind)
            told = told.filter(pc.equal(told["source"], source))
            held[kind] = told.filter(pc.is_in(told["batch"], value_set=own))
        return held[kind]

    def fill(field: FieldSpec) -> FieldFill:
        at = _property(field, spec.states)
        rows = facts(at[0]) if at else None
        return FieldFill(
            name=field.name,
            title=field.title,
            required=field.required,
            places=tuple(map(catalogue.title, field.catalogue or duty.places)),
            sensitivity=field.sensitivity.value,
            filled=len(rows) - rows[at[1]].null_count if at and rows is not None else None,
            facts=len(rows) if rows is not None else None,
        )

    return Item(duty, tuple(fill(field) for field in spec.fields), reader.basis)


def _property(field: FieldSpec, states: Sequence[str]) -> tuple[str, str] | None:
    """The kind and the property that a field becomes."""
    if field.becomes is not None:
        kind, _, name = field.becomes.partition(".")
        return kind, name
    return next(
        (
            (kind, field.name)
            for kind in states
            if any(item.name == field.name for item in SCHEMA.kind(kind).properties)
        ),
        None,
    )
