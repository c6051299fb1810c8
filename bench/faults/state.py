"""What a data folder says, apart from when it was told: to compare one that was killed with one that was not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.connection import connect
from graph.log import FactLog
from graph.operations import Ledger, OperationsStore
from graph.projection import OPEN_KNOWN_TO
from graph.schema import SCHEMA
from graph.settings import Settings

__all__ = ["State", "state_of"]

_NODES = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS said"
_TIES = (
    "MATCH (a)-[r]->(b) RETURN type(r) AS labels, properties(r) AS said, "
    "coalesce(a.key, a.fact_id) AS source, coalesce(b.key, b.fact_id) AS target"
)
_MOST = 5_000_000
#: When it was told differs from one life to the next.
_WHEN = frozenset({"known_from", "known_to", "known_at", "manifest_hash", "sources_on"})
_HELD = OPEN_KNOWN_TO.year


@dataclass(frozen=True)
class State:
    """Facts of the log, deliveries of the ledger, elements of the graph: each with how often."""

    log: Counter[str] = field(default_factory=Counter)
    ledger: Counter[str] = field(default_factory=Counter)
    graph: Counter[str] = field(default_factory=Counter)

    def unlike(self, other: State) -> list[str]:
        """In what another state differs, in words: empty where it does not."""
        return [
            f"{name}: {sum((mine - theirs).values())} lacking, {sum((theirs - mine).values())} more"
            for name in ("log", "ledger", "graph")
            if (mine := getattr(self, name)) != (theirs := getattr(other, name))
        ]


def state_of(settings: Settings) -> State:
    """Read all of it."""
    log = FactLog(settings.log_dir)
    facts: Counter[str] = Counter()
    for kind in SCHEMA.kinds:
        for row in log.history(kind.kind).to_pylist():
            facts[f"{kind.kind} {_said(row)}"] += 1
    with OperationsStore(settings) as store:
        ledger = Counter(
            f"{item.source} {item.content_sha256} {item.state} {item.position}"
            for item in Ledger(store).deliveries()
        )
    elements: Counter[str] = Counter()
    with connect(settings) as graph:
        for text in (_NODES, _TIES):
            for row in graph.read(text, max_rows=_MOST, timeout_s=600).rows:
                ends = row.get("source"), row.get("target")
                labels = row["labels"]
                named = labels if isinstance(labels, str) else sorted(labels)
                elements[f"{named} {ends} {_said(row['said'])}"] += 1
    return State(facts, ledger, elements)


def _said(row: dict[str, Any]) -> str:
    """What a row says, and whether it is held still."""
    until = row.get("known_to")
    held = until is None or (isinstance(until, date) and until.year == _HELD)
    return repr(
        (held, sorted((name, str(value)) for name, value in row.items() if name not in _WHEN))
    )
