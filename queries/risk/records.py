"""What public lists and registers say against a party, and the adverse records that seed nothing.

That an entry was removed or that its term is over binds all sources, whichever of them states it
(信用修复管理办法, in force 2026-04-01).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.lawful import ADVERSE_ENDS, retained_since, why_unusable
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
    listed = []
    for party, certainty, key in joined(snapshot, "SUBJECT_OF", pc.unique(entries["key"])):
        for row in by_key[key]:
            sure = min(certainty, row["certainty"])
            why = why_unusable(
                row, as_of=snapshot.as_of, known_at=snapshot.known_at, certainty=sure
            )
            listed.append((party, row, why))
    ended = {row["key"]: why for _, row, why in listed if why in ("repaired", "expired")}
    for party, row, unusable in listed:
        kind, why = row["list_kind"], ended.get(row["key"], unusable)
        if kind in policy.seeds:
            yield seeded(
                party, "ListEntry", kind, kind, row, snapshot, policy,
                why=why, since=row["listed_on"] or row["valid_from"], until=row["usable_until"],
                cases=(plain_number(row["case_no"]), plain_number(row["legal_ground"])),
            )  # fmt: skip
        elif kind is not None and why is None:
            yield Statement(party, "ListEntry", kind, kind, "", row, why="no_line")


def revoked_licences(snapshot: Snapshot, policy: Policy) -> Iterator[Statement]:
    """Who lost its licence and is still in the register."""
    for node in SCHEMA.nodes.values():
        if all(item.name != "registration_state" for item in node.properties):
            continue
        facts = snapshot.facts(node.kind)
        heard = last_heard(facts.filter(pc.is_valid(facts["registration_state"])), ["key"])
        revoked = heard.filter(pc.equal(heard["registration_state"], "revoked"))
        for row in revoked.to_pylist():
            later = row["ended_on"] is not None and row["ended_on"] > snapshot.as_of
            party = pc.index(snapshot.keys, row["key"]).as_py()
            if party >= 0 and not later:
                yield seeded(party, node.kind, "licence", "licence_revoked", row, snapshot, policy)


def seedless_records(snapshot: Snapshot, policy: Policy) -> Iterator[Statement]:
    """Adverse records by which the policy seeds nothing, with its reason; those that may be used."""
    for kind, line in policy.seedless.items():
        facts = snapshot.facts(kind)
        adverse = facts.filter(_speaks(facts, line.above))
        if not len(adverse):
            continue
        sure: dict[str, dict[str, Any]] = {}
        unusable: set[str] = set()
        for row in adverse.to_pylist():
            if _usable(kind, row, snapshot):
                sure[row["key"]] = row
            else:
                unusable.add(row["key"])
        keys = pa.array(sorted(sure.keys() - unusable), pa.string())
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


def _usable(kind: str, row: dict[str, Any], snapshot: Snapshot) -> bool:
    day = max(snapshot.as_of, snapshot.known_at.date())
    ends = ADVERSE_ENDS.get(kind)
    if ends is not None and row[ends] is not None and row[ends] <= retained_since(day):
        return False
    if "removed_on" not in row:
        return True
    why = why_unusable(row, as_of=snapshot.as_of, known_at=snapshot.known_at, certainty=1.0)
    return why is None
