"""The parties and their ties as a networkx graph, for GraphML readers (Gephi, yEd) and as oracle."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import networkx as nx

from graph.snapshot import Snapshot

__all__ = ["to_networkx", "write_graphml"]


def to_networkx(snapshot: Snapshot) -> nx.MultiDiGraph:
    """Parties as nodes (label, name), live ties as edges (kind, certainty, their properties)."""
    graph = nx.MultiDiGraph(
        as_of=snapshot.as_of.isoformat(), known_at=snapshot.known_at.isoformat(), id=snapshot.id
    )
    for number, key in enumerate(snapshot.keys.to_pylist()):
        graph.add_node(
            key, label=snapshot.labels[number].as_py(), name=_flat(snapshot.name(number))
        )
    for kind, ties in snapshot.ties.items():
        for row in ties.table.to_pylist():
            told = {
                name: _flat(value)
                for name, value in row.items()
                if name not in ("from_key", "to_key", "from_label", "to_label")
            }
            graph.add_edge(row["from_key"], row["to_key"], key=row["fact_id"], kind=kind, **told)
    return graph


def write_graphml(snapshot: Snapshot, path: Path) -> int:
    """Write GraphML; returns the number of ties written."""
    graph = to_networkx(snapshot)
    nx.write_graphml(graph, path, encoding="utf-8")
    return int(graph.number_of_edges())


def _flat(value: Any) -> Any:
    """GraphML knows neither null nor dates."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, (date, datetime)) else value
