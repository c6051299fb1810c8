"""Everything that a graph holds, in an order of its own, so that two graphs can be compared."""

from __future__ import annotations

from typing import Any

from graph.connection import Graph

__all__ = ["dump", "wipe"]

_NODES = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS said"
_TIES = (
    "MATCH (a)-[r]->(b) RETURN type(r) AS type, properties(r) AS said, "
    "coalesce(a.key, a.fact_id) AS source, coalesce(b.key, b.fact_id) AS target"
)


def dump(graph: Graph) -> tuple[list[str], list[str]]:
    """Nodes and ties as sorted texts, without the store's own numbers."""
    nodes = graph.read(_NODES, max_rows=1_000_000, timeout_s=60).rows
    ties = graph.read(_TIES, max_rows=1_000_000, timeout_s=60).rows
    return (
        sorted(repr((sorted(row["labels"]), _stated(row["said"]))) for row in nodes),
        sorted(repr((row["type"], row["source"], row["target"], _stated(row["said"])))
               for row in ties),
    )  # fmt: skip


def wipe(graph: Graph) -> None:
    """Empty the store; constraints and indexes stay."""
    graph.write("MATCH (n) DETACH DELETE n")


def _stated(said: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(said.items())
