"""What public lists and registers say against a party, and the adverse records that seed nothing.

What law has ended does not stand in a snapshot (`queries.lawful`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.risk.adverse_statement import Statement
from queries.risk.debts import joined, plain_number, seeded
from queries.risk.policy import Policy

__all__ = ["list_entries", "revoked_licences", "seedless_records"]


def list_entries(snapshot: Snapshot, policy: Policy) -> Iterator[Statement]:
    """Entries of public lists, by party."""
    entries = snapshot.facts("ListEntry")
    by_key: dict[str, list[dict[str, Any]]] = {}
    for row in entries.to_pylist():
        by_key.setdefault(row["key"], []).append(row)
    for party, certainty, key in joined(snapshot, "SUBJECT_OF", pc.unique(entries["key"])):
        for row in by_key[key]:
            kind, proven = row["list_kind"], min(certainty, row["certainty"]) >= 1
            if kind in policy.seeds:
                yield seeded(
                    party, "ListEntry", kind, kind, row, snapshot, policy,
                    why=None if proven else "identity_not_proven",
                    since=row["listed_on"] or row["valid_from"], until=row["published_until"],
                    cases=(plain_number(row["case_no"]), plain_number(row["legal_ground"])),
                )  # fmt: skip
            elif kind is not None and proven:
                yield Statement(party, "ListEntry", kind, kind, "", row, why="no_line")


def revoked_licences(snapshot: Snapshot, policy: Policy) -> Iterator[Statement]:
    """Who lost its licence and is still in the register."""
    for node in SCHEMA.nodes.values():
        if all(item.name != "registration_state" for item in node.properties):
            continue
        facts = snapshot.facts(node.kind)
        heard = last_heard(facts.filter(pc.is_valid(facts["registration_state"])), ["key"])
        revoked = heard.filter(pc.equal(heard["registration_state"], "revoked"))
        parties = snapshot.places(revoked["key"]).tolist()
        for party, row in zip(parties, revoked.to_pylist(), strict=True):
            later = row["ended_on"] is not None and row["ended_on"] > snapshot.as_of
            if party >= 0 and not later:
                yield seeded(party, node.kind, "licence", "licence_revoked", row, snapshot, policy)


def seedless_records(snapshot: Snapshot, policy: Policy) -> Iterator[Statement]:
    """Adverse records by which the policy seeds nothing, with its reason."""
    for kind, line in policy.seedless.items():
        facts = snapshot.facts(kind)
        adverse = facts.filter(_speaks(facts, line.above))
        if not len(adverse):
            continue
        # what is left out is told by its kind alone
        sure = {row["key"]: row for row in adverse.select(["key"]).to_pylist()}
        keys = pa.array(sorted(sure), pa.string())
        for party, certainty, key in joined(snapshot, line.tie, keys):
            if certainty >= policy.certainty.at_least:
                yield Statement(
                    party, kind, kind, kind, "", sure[key],
                    why="seeds_nothing", reason=line.reason, tells_reason=True,
                )  # fmt: skip


def _speaks(facts: pa.Table, above: str | None) -> pa.ChunkedArray:
    certain = pc.greater_equal(facts["certainty"], 1)
    if above is None:
        return certain
    return pc.and_(certain, pc.fill_null(pc.greater(facts[above], 0), False))
