"""New ties to dishonest subjects: proven ones that are live, and never a resemblance.

The event is the tie together with the entry that makes the other side dishonest, so that a firm that
is listed anew is another event, and the same entry told again is not.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from graph.schema import SCHEMA
from queries.district import DistrictReader
from queries.linked_dishonesty import load_links
from queries.monitoring.event import events, evidence
from queries.monitoring.first_heard import FirstHeard, among, whole
from queries.monitoring.rule_book import RuleBook

__all__ = ["new_ties"]

_TIE = ("from_key", "to_key", "discriminator")


@dataclass(frozen=True)
class _Entry:
    """An entry that makes somebody dishonest, and when it was first heard of him."""

    row: dict[str, Any]
    heard_at: datetime


def new_ties(reader: DistrictReader, code: str, _book: RuleBook) -> pa.Table:
    """Every proven tie to a dishonest party, seen from its other end."""
    entries = _dishonest(reader)
    links, snapshot, veiled = load_links(), reader.snapshot(), reader.moment.provenance.veiled
    keys = pa.array(sorted(entries), pa.string())
    words = SCHEMA.property("ListEntry", "list_kind").values
    found = []
    for kind, said in links.ties.items():
        if kind not in snapshot.ties or not len(keys):
            continue
        near = among("from_key", "to_key", keys=keys)
        ties = last_heard(near(snapshot.ties[kind].table), _TIE)
        if not len(ties):
            continue
        heard = FirstHeard(reader, kind, _TIE, near).at(ties)
        for tie, at in zip(ties.to_pylist(), heard, strict=True):
            for own, other, is_what in (
                ("to", "from", said.backward),
                ("from", "to", said.forward),
            ):
                subject, dishonest = tie[f"{own}_key"], tie[f"{other}_key"]
                if subject == dishonest:
                    continue
                for entry in entries.get(dishonest, ()):
                    row = entry.row
                    found.append(
                        {
                            "rule": code,
                            "subject": subject,
                            "label": tie[f"{own}_label"],
                            "event": f"{kind}|{own}|{tie['discriminator']}|{row['key']}",
                            "other": dishonest,
                            "heard_at": max(at, entry.heard_at),
                            "after": f"{is_what}列入{words.get(row['list_kind'], row['list_kind'])}",
                            "evidence": [
                                evidence(kind, tie, veiled),
                                evidence("ListEntry", row),
                            ],
                        }
                    )
    return events(found)


def _dishonest(reader: DistrictReader) -> dict[str, list[_Entry]]:
    """Party -> entries, proven and of those that law lets be used, of lists that make dishonest."""
    table = last_heard(reader.table("ListEntry"), ["key"])
    lists = pa.array(load_links().lists, pa.string())
    table = table.filter(pc.is_in(table["list_kind"], value_set=lists))
    ties = last_heard(reader.table("SUBJECT_OF"), ["from_key", "to_key"])
    ties = among("to_key", keys=whole(table["key"]))(ties)
    records = dict(
        zip(
            table["key"].to_pylist(),
            zip(
                table.select(["key", "list_kind", "fact_id", "source", "batch", "row"]).to_pylist(),
                FirstHeard(reader, "ListEntry", ["key"]).at(table),
                strict=True,
            ),
            strict=True,
        )
    )
    heard = FirstHeard(reader, "SUBJECT_OF", ["from_key", "to_key"]).at(ties)
    found: dict[str, list[_Entry]] = defaultdict(list)
    for party, key, at in zip(
        ties["from_key"].to_pylist(), ties["to_key"].to_pylist(), heard, strict=True
    ):
        row, since = records[key]
        found[party].append(_Entry(row, max(since, at)))
    return found
