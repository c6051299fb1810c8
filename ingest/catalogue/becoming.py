"""What a field becomes in the graph, and what the schema then says of it for every source.

A table says which kinds it states; a field of the name of one of their properties becomes that
property, and one that has another name says so (`becomes: Plot.name`).  Its class of sensitivity
and its codes with their words are the property's: a declaration that repeats either is refused,
so that two places cannot come to differ.  Who a party is (identifiers, names of parties) becomes
its key and its name, of whatever kind it turns out to be: such a field declares its own class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.schema import SCHEMA
from graph.vocabulary import Property

__all__ = ["property_of", "with_schema"]


def with_schema(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table's declaration with what the schema says of the properties that its fields become.

    Raises:
        ValueError: it states a kind that does not exist; or a field repeats what the schema says,
            offers a code that the schema does not have, or becomes what nobody declared.
    """
    states = table["states"]
    if unknown := set(states) - {item.kind for item in SCHEMA.kinds}:
        raise ValueError(f"states: no kind is named {sorted(unknown)}")
    return {**table, "fields": [_with_property(field, states) for field in table["fields"]]}


def _with_property(field: Mapping[str, Any], states: Sequence[str]) -> dict[str, Any]:
    found = property_of(field["name"], field.get("becomes"), states)
    if found is None:
        return dict(field)
    if "sensitivity" in field:
        raise ValueError(f"{field['name']}: the schema says its sensitivity; leave it out")
    return {**field, "sensitivity": found.sensitivity, **_codes(field, found)}


def property_of(name: str, becomes: str | None, states: Sequence[str]) -> Property | None:
    """The property that a field becomes in a table that states these kinds; None for none."""
    if becomes is not None:
        kind, _, named = becomes.partition(".")
        try:
            return SCHEMA.property(kind, named)
        except KeyError as error:
            raise ValueError(f"{name} becomes {becomes}, which no kind has") from error
    every = (item for kind in states for item in SCHEMA.kind(kind).properties)
    return next((item for item in every if item.name == name), None)


def _codes(field: Mapping[str, Any], found: Property) -> dict[str, Any]:
    # a text may hold one of the codes or a word of its own (an open list of a standard)
    if not found.values or not str(field.get("type", "")).startswith("code"):
        return {}
    offered = field.get("codes", list(found.values))
    if not isinstance(offered, list):
        raise ValueError(f"{field['name']}: its words are the schema's; list codes, or nothing")
    unknown = {*offered, *field.get("also", ())} - found.values.keys()
    if unknown:
        raise ValueError(f"{field['name']}: the schema has no code {sorted(unknown)}")
    return {"codes": {found.values[code]: code for code in offered}}
