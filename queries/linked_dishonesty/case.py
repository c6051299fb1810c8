"""All links of a district, computed once for a moment, and what of them concerns one party.

Own, linked, historical and measures stand apart, as types of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from graph.operations import OperationsStore
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.basis import HINT_NOTICE, Basis
from queries.district import DistrictReader
from queries.linked_dishonesty.link import FormerTie, NearbyHint, OwnRecord
from queries.linked_dishonesty.network import Network, Way
from queries.linked_dishonesty.policy import LinkPolicy, load_links
from queries.measures import MeasureStatement, measure_register

__all__ = ["LinkedDistrict", "PartyLinks", "linked_district", "party_links"]

_TOWN_DIGITS = 9
_DIVISION = "division:"


@dataclass(frozen=True)
class PartyLinks:
    """What is to be said of one party, each kind apart.

    Attributes:
        own: entries of lists that may be used against the party itself.
        linked: hints: of a dishonest subject, who stands near it; of anybody else, which dishonest
            subjects are near.
        measures: in force on the party, as departments say or as applied here.
        historical: the party's own ties that are over.
        notice: goes with everything linked.
    """

    party: str
    name: str | None
    is_dishonest: bool
    own: tuple[OwnRecord, ...]
    linked: tuple[NearbyHint, ...]
    measures: tuple[MeasureStatement, ...]
    historical: tuple[FormerTie, ...]
    basis: Basis
    rules: str
    notice: str = HINT_NOTICE


@dataclass(frozen=True, eq=False)
class LinkedDistrict:
    """Every dishonest subject of a snapshot and whoever stands near it."""

    snapshot: Snapshot
    policy: LinkPolicy
    own: Mapping[str, tuple[OwnRecord, ...]]
    towns: Mapping[str, str]
    former: Mapping[str, tuple[FormerTie, ...]]

    @cached_property
    def _network(self) -> Network:
        return Network(self.snapshot, self.policy)

    @cached_property
    def hints(self) -> tuple[NearbyHint, ...]:
        """Every (dishonest subject, somebody near), the nearest first."""
        found = [hint for subject in sorted(self.own) for hint in self.from_subject(subject)]
        return tuple(sorted(found, key=lambda one: (one.distance, one.subject, one.other)))

    def from_subject(self, subject: str) -> list[NearbyHint]:
        """Who stands near one subject."""
        number = self.snapshot.index(subject)
        return [self._hint(subject, way) for way in self._network.ways(number)]

    def near(self, party: str) -> list[NearbyHint]:
        """Hints that name a party: from it, where it is dishonest; else from those near it."""
        key = str(self.snapshot.keys[self.snapshot.index(party)].as_py())
        if key in self.own:
            return self.from_subject(key)
        return [one for one in self.hints if one.other == key]

    def _hint(self, subject: str, way: Way) -> NearbyHint:
        snapshot, last = self.snapshot, way.steps[-1]
        name = snapshot.name(snapshot.index(subject))
        said = " → ".join(f"{step.what} {step.name or '（未具名）'}" for step in way.steps)
        return NearbyHint(
            subject=subject,
            subject_name=name,
            other=last.party,
            other_name=last.name,
            other_label=str(snapshot.labels[way.other].as_py()),
            distance=len(way.steps),
            since=way.since,
            steps=way.steps,
            sentence=f"{name or '（未具名）'} → {said}",
            town=self.towns.get(last.party),
            as_of=snapshot.as_of,
            expires_on=snapshot.as_of + timedelta(self.policy.expires_days),
        )


def linked_district(
    reader: DistrictReader, *, within: float | None = None
) -> LinkedDistrict | None:
    """The links of the reader's moment; None while they are being computed, where `within` is given."""
    policy = load_links()

    def make() -> LinkedDistrict:
        snapshot = reader.snapshot()
        found = LinkedDistrict(
            snapshot,
            policy,
            _own(snapshot, policy),
            _towns(snapshot),
            _former(reader, snapshot, policy),
        )
        _ = found.hints
        return found

    return reader.computed("linked_dishonesty", make, rules=policy.name, within=within)


def party_links(reader: DistrictReader, store: OperationsStore, key: str) -> PartyLinks:
    """Own, linked, measures and historical of one party; raises `NotFoundError`."""
    district = linked_district(reader)
    assert district is not None
    snapshot = district.snapshot
    number = snapshot.index(key)
    party = str(snapshot.keys[number].as_py())
    return PartyLinks(
        party=party,
        name=snapshot.name(number),
        is_dishonest=party in district.own,
        own=district.own.get(party, ()),
        linked=tuple(sorted(district.near(party), key=lambda one: (one.distance, one.other))),
        measures=measure_register(reader, store).on(party),
        historical=district.former.get(party, ()),
        basis=reader.basis,
        rules=district.policy.name,
    )


def _own(snapshot: Snapshot, policy: LinkPolicy) -> dict[str, tuple[OwnRecord, ...]]:
    """Entries that make somebody dishonest, by party: proven, and of those that law lets be used."""
    entries_of = snapshot.facts("ListEntry")
    kinds = pa.array(policy.lists, pa.string())
    of_lists = pc.is_in(entries_of["list_kind"].cast(pa.string()), value_set=kinds)
    entries = {
        row["key"]: row for row in entries_of.filter(of_lists).to_pylist() if row["certainty"] >= 1
    }
    words = SCHEMA.property("ListEntry", "list_kind").values
    found: dict[str, dict[str, OwnRecord]] = defaultdict(dict)
    for tie in snapshot.facts("SUBJECT_OF").to_pylist():
        row = entries.get(tie["to_key"])
        if row is None or tie["certainty"] < 1:
            continue
        found[tie["from_key"]][row["key"]] = OwnRecord(
            record=row["key"],
            list_kind=row["list_kind"],
            label=words.get(row["list_kind"], row["list_kind"]),
            number=row["case_no"],
            authority=row["authority"],
            listed_on=row["listed_on"],
            published_until=row["published_until"],
            source=row["source"],
            batch=row["batch"],
            row=row["row"],
        )
    known = {*snapshot.keys.to_pylist()}
    return {
        key: tuple(rows[r] for r in sorted(rows)) for key, rows in found.items() if key in known
    }


def _towns(snapshot: Snapshot) -> dict[str, str]:
    """Town of each party that is located somewhere."""
    table = snapshot.facts("LOCATED_IN")
    found = {}
    pairs = zip(table["from_key"].to_pylist(), table["to_key"].to_pylist(), strict=True)
    for party, place in pairs:
        code = place.removeprefix(_DIVISION)
        if len(code) >= _TOWN_DIGITS:
            found[party] = _DIVISION + code[:_TOWN_DIGITS]
    return found


def _former(
    reader: DistrictReader, snapshot: Snapshot, policy: LinkPolicy
) -> dict[str, tuple[FormerTie, ...]]:
    """Ties that were over by the day, by party, the last that ended first; names are those of now."""
    names = dict(zip(snapshot.keys.to_pylist(), snapshot.names.to_pylist(), strict=True))
    day = pa.scalar(snapshot.as_of, pa.date32())
    found: dict[str, list[FormerTie]] = defaultdict(list)
    for kind, words in policy.ties.items():
        table = reader.whenever(kind)
        over = pc.fill_null(pc.less_equal(table["valid_to"], day), False)
        proven = pc.greater_equal(table["certainty"], 1.0)
        rows = table.filter(pc.and_(over, proven))
        columns = ("from_key", "to_key", "valid_from", "valid_to")
        for one, other, since, until in zip(
            *(rows[name].to_pylist() for name in columns), strict=True
        ):
            for here, there, what in ((one, other, words.forward), (other, one, words.backward)):
                found[here].append(FormerTie(kind, what, there, names.get(there), since, until))
    return {
        party: tuple(sorted(ties, key=lambda t: (t.until, t.kind, t.other), reverse=True))
        for party, ties in found.items()
    }
