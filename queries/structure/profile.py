"""What can make parties look alike, read once from a snapshot: who runs, holds, lives and calls.

Only proven ties (certainty 1) are read, and only of parties that have to do with a firm: of a district
these are one in five.  Of what several sources say of one thing the one heard last counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.schema import SCHEMA
from graph.snapshot import Snapshot

__all__ = ["Profile", "Profiles", "read_profiles"]

_FIRMS = frozenset(SCHEMA.relationships["LEGAL_REPRESENTATIVE_OF"].targets)
_SAID = ("name", "address", "phone_masked", "phone_key", "established_on", "ended_on", "birth_on")
_SHARED = ("address", "phone_key")
#: Kinds of tie that lead to a firm.
_OF_FIRMS = ("LEGAL_REPRESENTATIVE_OF", "FILED_REGISTRATION_OF", "HOLDS_SHARES_IN")


@dataclass
class Profile:
    """One party.

    Attributes:
        name: as last heard, whoever said it; None when never told.
        said: what is told of it, by property; `evidence` names the fact for each.
        representatives, holders: of a firm: person or holder -> fact id (and ratio); of a firm that
            is gone, who represented it last.
        agents: of a firm: who filed its registration -> fact id.
        represents, holds: of a person: firms.  files: of an agent: firms.
        household: of a person, or itself.
    """

    key: str
    label: str
    name: str | None
    said: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    representatives: dict[str, str] = field(default_factory=dict)
    holders: dict[str, tuple[float, str]] = field(default_factory=dict)
    agents: dict[str, str] = field(default_factory=dict)
    represents: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    holds: set[str] = field(default_factory=set)
    spouses: dict[str, str] = field(default_factory=dict)
    households: set[str] = field(default_factory=set)
    listed_on: dict[str, date] = field(default_factory=dict)

    @property
    def is_firm(self) -> bool:
        """Whether somebody can be its legal representative."""
        return self.label in _FIRMS


@dataclass(frozen=True)
class Profiles:
    """Firms and whoever has to do with one; `sharing[what][value]` are the keys of all those of whom a
    value is told that is told of a firm as well (other values may lack some)."""

    snapshot: Snapshot
    of: dict[str, Profile]
    sharing: dict[str, dict[str, set[str]]]

    @property
    def firms(self) -> list[Profile]:
        """Firms, by key."""
        return [self.of[key] for key in sorted(self.of) if self.of[key].is_firm]

    def sharers(self, what: str, key: str) -> set[str]:
        """Who is told to have the same value as the party; the party is among them."""
        value = self.of[key].said.get(what)
        return self.sharing[what].get(value, set()) if value is not None else set()


def read_profiles(snapshot: Snapshot) -> Profiles:
    """Read what can make parties look alike: nobody who has to do with no firm is like one."""
    parties = [
        node
        for node in SCHEMA.nodes.values()
        if SCHEMA.superlabel(node) == "Party" and not node.describes
    ]
    said = {
        node.kind: (snapshot.facts(node.kind), [p.name for p in node.properties if p.name in _SAID])
        for node in parties
    }
    wanted = _near_firms(snapshot, said.values())
    here = pa.array(np.flatnonzero(_among(snapshot.keys, wanted)))
    everybody = (
        column.take(here).to_pylist() for column in (snapshot.keys, snapshot.labels, snapshot.names)
    )
    of = {key: Profile(key, label, name) for key, label, name in zip(*everybody, strict=True)}
    sharing: dict[str, dict[str, set[str]]] = {what: defaultdict(set) for what in _SHARED}
    for table, told in said.values():
        for row in _rows(_of(table, "key", wanted), ("key", *told)):
            profile = of[row["key"]]
            for name in told:
                if row[name] is not None:
                    profile.said[name], profile.evidence[name] = row[name], row["fact_id"]
    for profile in of.values():
        for what, values in sharing.items():
            if what in profile.said:
                values[profile.said[what]].add(profile.key)
    _read_ties(snapshot, of, wanted)
    return Profiles(snapshot, of, sharing)


def _near_firms(snapshot: Snapshot, said: Iterable[tuple[pa.Table, list[str]]]) -> pa.Array:
    """Keys of firms, of whoever runs, holds or files for one or did, of the spouses of these, and of
    whoever was ever told to have the address or telephone of a firm."""
    said = list(said)
    firms = _text(snapshot.keys).filter(_among(snapshot.labels, pa.array(sorted(_FIRMS))))
    tables = [snapshot.former_offices, *(snapshot.ties[kind].table for kind in _OF_FIRMS)]
    near = _all([firms, *(table[end] for table in tables for end in ("from_key", "to_key"))])
    wed = snapshot.ties["SPOUSE_OF"].table
    found = [near, _of(wed, "from_key", near)["to_key"], _of(wed, "to_key", near)["from_key"]]
    for what in _SHARED:
        stating = [table for table, told in said if what in told]
        values = _all([_of(table, "key", firms)[what] for table in stating])
        found += [_of(table, what, values)["key"] for table in stating]
    return _all(found)


def _all(columns: Iterable[Any]) -> pa.Array:
    """Everything in some columns, once; texts come dictionary-coded or plain."""
    chunked = (pa.chunked_array([c]) if isinstance(c, pa.Array) else c for c in columns)
    plain = [part for column in chunked for part in _text(column).chunks]
    return pc.unique(pa.chunked_array(plain, pa.string())).drop_null()


def _text(column: Any) -> Any:
    return column.cast(pa.string())


def _among(column: Any, wanted: pa.Array) -> Any:
    return pc.is_in(_text(column), value_set=wanted)


def _of(table: pa.Table, column: str, wanted: pa.Array) -> pa.Table:
    return table.filter(_among(table[column], wanted))


def _rows(table: Any, names: Iterable[str]) -> list[dict[str, Any]]:
    """Certain rows, in the order in which they were heard."""
    heard = table.sort_by([("known_from", "ascending"), ("fact_id", "ascending")])
    wanted = heard.select([*names, "fact_id", "certainty"])
    return [row for row in wanted.to_pylist() if row["certainty"] >= 1]


def _read_ties(snapshot: Snapshot, of: dict[str, Profile], wanted: pa.Array) -> None:
    ends = ("from_key", "to_key")
    for row in _rows(snapshot.ties["LEGAL_REPRESENTATIVE_OF"].table, ends):
        of[row["to_key"]].representatives[row["from_key"]] = row["fact_id"]
        of[row["from_key"]].represents.add(row["to_key"])
    _read_last_offices(snapshot, of)
    for row in _rows(snapshot.ties["FILED_REGISTRATION_OF"].table, ends):
        of[row["to_key"]].agents[row["from_key"]] = row["fact_id"]
        of[row["from_key"]].files.add(row["to_key"])
    for row in _rows(snapshot.ties["HOLDS_SHARES_IN"].table, (*ends, "share_ratio")):
        if row["share_ratio"]:
            of[row["to_key"]].holders[row["from_key"]] = (row["share_ratio"], row["fact_id"])
            of[row["from_key"]].holds.add(row["to_key"])
    wed = snapshot.ties["SPOUSE_OF"].table
    for row in _rows(_of(_of(wed, "from_key", wanted), "to_key", wanted), ends):
        of[row["from_key"]].spouses[row["to_key"]] = row["fact_id"]
        of[row["to_key"]].spouses[row["from_key"]] = row["fact_id"]
    for row in _rows(_of(snapshot.ties["BELONGS_TO"].table, "from_key", wanted), ends):
        of[row["from_key"]].households.add(row["to_key"])
    subjects = _rows(_of(snapshot.facts("SUBJECT_OF"), "from_key", wanted), ends)
    listed = pa.array([row["to_key"] for row in subjects], pa.string())
    told = _of(snapshot.facts("ListEntry"), "key", listed).select(["key", "listed_on", "certainty"])
    entries = {row["key"]: row for row in told.to_pylist()}
    for row in subjects:
        entry = entries.get(row["to_key"])
        if entry and entry["listed_on"] and entry["certainty"] >= 1:
            of[row["from_key"]].listed_on[row["fact_id"]] = entry["listed_on"]


def _read_last_offices(snapshot: Snapshot, of: dict[str, Profile]) -> None:
    """Who represented a firm when it ended: its office ended with it, and is an office no more."""
    last: dict[str, tuple[date, str, str]] = {}
    for row in _rows(snapshot.former_offices, ("from_key", "to_key", "valid_to")):
        firm = of.get(row["to_key"])
        if firm and "ended_on" in firm.said and not firm.representatives and row["from_key"] in of:
            told = (row["valid_to"], row["from_key"], row["fact_id"])
            last[firm.key] = max(last.get(firm.key, told), told)
    for key, (_, person, fact_id) in last.items():
        of[key].representatives[person] = fact_id
