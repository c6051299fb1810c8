"""What can make parties look alike, read once from a snapshot: who runs, holds, lives and calls.

Only proven ties (certainty 1) are read.  Of what several sources say of one thing the one heard
last counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.schema import SCHEMA
from graph.snapshot import Snapshot

__all__ = ["Profile", "Profiles", "read_profiles"]

_FIRMS = frozenset(SCHEMA.relationships["LEGAL_REPRESENTATIVE_OF"].targets)
_SAID = ("name", "address", "phone_masked", "phone_key", "established_on", "ended_on", "birth_on")


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
    """Everybody; `sharing[what][value]` are the keys of those of whom that value is told."""

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
    """Read what can make parties look alike."""
    everybody = (column.to_pylist() for column in (snapshot.keys, snapshot.labels, snapshot.names))
    of = {key: Profile(key, label, name) for key, label, name in zip(*everybody, strict=True)}
    sharing: dict[str, dict[str, set[str]]] = {
        "address": defaultdict(set), "phone_key": defaultdict(set),
    }  # fmt: skip
    for node in SCHEMA.nodes.values():
        if SCHEMA.superlabel(node) != "Party" or node.describes:
            continue
        told = [name for name in _SAID if any(p.name == name for p in node.properties)]
        for row in _rows(snapshot.facts(node.kind), ("key", *told)):
            profile = of[row["key"]]
            for name in told:
                if row[name] is not None:
                    profile.said[name], profile.evidence[name] = row[name], row["fact_id"]
    for profile in of.values():
        for what, values in sharing.items():
            if what in profile.said:
                values[profile.said[what]].add(profile.key)
    _read_ties(snapshot, of)
    return Profiles(snapshot, of, sharing)


def _rows(table: Any, names: Iterable[str]) -> list[dict[str, Any]]:
    """Certain rows, in the order in which they were heard."""
    heard = table.sort_by([("known_from", "ascending"), ("fact_id", "ascending")])
    wanted = heard.select([*names, "fact_id", "certainty"])
    return [row for row in wanted.to_pylist() if row["certainty"] >= 1]


def _read_ties(snapshot: Snapshot, of: dict[str, Profile]) -> None:
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
    for row in _rows(snapshot.ties["SPOUSE_OF"].table, ends):
        of[row["from_key"]].spouses[row["to_key"]] = row["fact_id"]
        of[row["to_key"]].spouses[row["from_key"]] = row["fact_id"]
    for row in _rows(snapshot.ties["BELONGS_TO"].table, ends):
        of[row["from_key"]].households.add(row["to_key"])
    entries = {row["key"]: row for row in snapshot.facts("ListEntry").to_pylist()}
    for row in _rows(snapshot.facts("SUBJECT_OF"), ends):
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
