"""The model: what exists in a district's credit graph.

One family a file; each family declares its `NODES` and `RELATIONSHIPS`.  `SCHEMA` is their union,
checked: every end of a relationship and every aspect names a label that exists.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from graph.information import InformationClass
from graph.vocabulary import End, Kind, Node, Property, Relationship

__all__ = ["SCHEMA", "Schema"]


@dataclass(frozen=True)
class Schema:
    """All node and relationship kinds, by name."""

    nodes: dict[str, Node]
    relationships: dict[str, Relationship]

    @classmethod
    def of(cls, nodes: Iterable[Node], relationships: Iterable[Relationship]) -> Schema:
        """Build and check a schema; raises `ValueError` naming what does not fit."""
        by_label: dict[str, Node] = {}
        for node in nodes:
            if node.label in by_label:
                raise ValueError(f"node {node.label} is declared twice")
            by_label[node.label] = node
        by_type: dict[str, Relationship] = {}
        for relationship in relationships:
            if relationship.type in by_type:
                raise ValueError(f"relationship {relationship.type} is declared twice")
            by_type[relationship.type] = relationship
        schema = cls(by_label, by_type)
        for node in schema.nodes.values():
            if node.describes and (
                node.describes not in schema.nodes or schema.nodes[node.describes].describes
            ):
                raise ValueError(f"{node.label} describes {node.describes}, which is no thing")
        for relationship in schema.relationships.values():
            unknown = {*relationship.sources, *relationship.targets} - schema.labels
            if unknown:
                raise ValueError(f"{relationship.type} joins unknown labels {sorted(unknown)}")
        for kind in schema.kinds:
            if kind.information is None:
                raise ValueError(f"{kind.kind}: say of which class of information it is")
        return schema

    def kind(self, name: str) -> Kind:
        """The node or relationship of that name; raises `KeyError`."""
        return self.nodes[name] if name in self.nodes else self.relationships[name]

    def property(self, kind: str, name: str) -> Property:
        """A property of a kind; raises `KeyError` for one that nobody declared."""
        for item in self.kind(kind).properties:
            if item.name == name:
                return item
        raise KeyError(f"{kind}.{name}")

    def codes(self, named: str) -> Mapping[str, str]:
        """The codes of a property (`Loan.security_kind`) with their words, or the labels under a
        superlabel (`Party`) with their terms; empty where the property has none."""
        kind, _, name = named.partition(".")
        if name:
            return self.property(kind, name).values
        things = (node for node in self.nodes.values() if node.superlabel == named)
        return {node.label: node.term for node in things}

    def word(self, kind: str, name: str, code: str) -> str | None:
        """The Chinese word of a code of a property; None where it has no such code."""
        named = (item for item in self.kind(kind).properties if item.name == name)
        return next((item.values.get(code) for item in named), None)

    @cached_property
    def words(self) -> dict[str, dict[str, str]]:
        """Words of codes by the name of their property, for who does not know the kind: of a code
        that two kinds word differently (贷款 and 征信 have a purpose each), the first."""
        found: dict[str, dict[str, str]] = {}
        for item in (each for kind in self.kinds for each in kind.properties if each.values):
            found[item.name] = {**item.values, **found.get(item.name, {})}
        return found

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind, nodes first: the order in which facts are written to a graph."""
        return (*self.nodes.values(), *self.relationships.values())

    def thing(self, node: Node) -> Node:
        """The node kind whose identity `node` describes (itself unless an aspect)."""
        return self.nodes[node.describes] if node.describes else node

    def superlabel(self, node: Node) -> str:
        """Label under which the key of this kind is unique."""
        thing = self.thing(node)
        return thing.superlabel or thing.label

    def common_label(self, labels: tuple[str, ...]) -> str:
        """The one superlabel that covers all of `labels`: what a tie's end is matched by."""
        found = {
            self.superlabel(self.nodes[label]) if label in self.nodes else label for label in labels
        }
        if len(found) != 1:
            raise ValueError(f"{labels} have no common superlabel")
        return found.pop()

    def information(self, kind: str) -> InformationClass:
        """The class of information that a fact kind is of; raises `KeyError`."""
        said = self.kind(kind).information
        assert said is not None, f"{kind} is in a schema, so it was checked"
        return said

    def party_ends(self, tie: Relationship) -> tuple[End, ...]:
        """The ends at which parties stand."""
        ends: tuple[tuple[End, tuple[str, ...]], ...] = (
            ("source", tie.sources),
            ("target", tie.targets),
        )
        return tuple(end for end, labels in ends if self.common_label(labels) == "Party")

    def about(self, tie: Relationship) -> tuple[End, ...]:
        """The ends whose fact a tie is, so whose consent it needs.

        Where the tie declares none: its parties, and its source where it joins two things.
        """
        if tie.about == "both":
            return ("source", "target")
        return (tie.about,) if tie.about else self.party_ends(tie) or ("source",)

    @cached_property
    def identities(self) -> tuple[str, ...]:
        """Kinds of ties that lead from a key that is given up to the one that stays."""
        return tuple(tie.kind for tie in self.relationships.values() if tie.is_identity)

    @cached_property
    def superlabels(self) -> frozenset[str]:
        """Labels that hold a unique key, one for every thing."""
        return frozenset(self.superlabel(node) for node in self.nodes.values())

    @cached_property
    def labels(self) -> frozenset[str]:
        """Every label that an entity may carry."""
        roles = {tie.source_role for tie in self.relationships.values() if tie.source_role}
        return frozenset({*self.nodes, *self.superlabels, *roles})


def _families() -> tuple[list[Node], list[Relationship]]:
    nodes: list[Node] = []
    relationships: list[Relationship] = []
    for found in sorted(item.name for item in pkgutil.iter_modules(__path__)):
        family = importlib.import_module(f"{__name__}.{found}")
        nodes += family.NODES
        relationships += family.RELATIONSHIPS
    return nodes, relationships


SCHEMA = Schema.of(*_families())
