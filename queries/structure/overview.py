"""All of a snapshot's structure behind one door, computed when first asked for.

A service keeps one for each state of the data: the hints are swept over the whole district once
and then looked up for any party.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, TypeVar

from pydantic import Field, computed_field

from graph.errors import NotFoundError
from graph.snapshot import Snapshot
from queries.basis import HINT_NOTICE, Basis
from queries.structure.association_hints import same_controller, shared_agents, shared_values
from queries.structure.beneficial import BeneficialOwners, beneficial_owners
from queries.structure.chains import Chain, Reach, find_chains, reach_of
from queries.structure.control import Control, controllers_of
from queries.structure.guarantees import GuaranteeNet, read_guarantees
from queries.structure.hint import AssociationHint, load_likeness
from queries.structure.limits import LimitResult, check_group, check_guarantor, load_limits
from queries.structure.nominee import nominees
from queries.structure.ownership import LookThrough, Ownership, own
from queries.structure.patterns import (
    JointGroup,
    MutualPair,
    Star,
    find_joint_groups,
    find_mutual,
    find_stars,
)
from queries.structure.profile import read_profiles
from queries.structure.rings import Ring, find_rings, ring_of
from queries.structure.successor import re_registrations

__all__ = [
    "GuaranteeOverview",
    "GuaranteePosition",
    "HintAnswer",
    "Owners",
    "Structure",
    "read_structure",
]

T = TypeVar("T")


@dataclass(frozen=True)
class GuaranteePosition:
    """How one party stands among guarantees.

    Attributes:
        ring: None when it stands in none.  reach: all for whom it stands in the end.
        outcomes: what the limits say of it and of its joint groups.
        names: of all parties named here.
    """

    party: str
    ring: Ring | None
    reach: Reach
    groups: tuple[JointGroup, ...]
    outcomes: tuple[LimitResult, ...]
    names: dict[str, str | None]
    basis: Basis


@dataclass(frozen=True)
class Owners:
    """Equity penetration, control and beneficial owners of one firm."""

    through: Annotated[LookThrough, Field(serialization_alias="look_through")]
    control: Control
    beneficial: Annotated[BeneficialOwners, Field(serialization_alias="beneficial_owners")]

    @classmethod
    def of(cls, ownership: Ownership, key: str, *, rule: str | None = None) -> Owners:
        """All three; raises `NotFoundError` where no shareholder is registered."""
        return cls(
            ownership.look_through(key),
            controllers_of(ownership, key),
            beneficial_owners(ownership, key, rule=rule),
        )

    @computed_field
    @property
    def basis(self) -> Basis:
        """Of all three; truncated where any of them is."""
        told = (self.through.basis, self.control.basis, self.beneficial.basis)
        return replace(told[0], truncated=any(basis.truncated for basis in told))


@dataclass(frozen=True)
class HintAnswer:
    """Hints that name a party, the surest first."""

    party: str
    hints: tuple[AssociationHint, ...]
    basis: Basis
    notice: str = HINT_NOTICE


@dataclass(frozen=True)
class GuaranteeOverview:
    """Every ring, chain, star, mutual pair and joint group of a snapshot."""

    rings: tuple[Ring, ...]
    chains: tuple[Chain, ...]
    stars: tuple[Star, ...]
    mutual: tuple[MutualPair, ...]
    groups: tuple[JointGroup, ...]
    names: dict[str, str | None]
    basis: Basis


@dataclass(frozen=True, eq=False)
class Structure:
    """Ownership, guarantees and hints of one snapshot."""

    snapshot: Snapshot

    @cached_property
    def ownership(self) -> Ownership:
        """Who owns what."""
        return own(self.snapshot)

    @cached_property
    def net(self) -> GuaranteeNet:
        """Who stands for whom."""
        return read_guarantees(self.snapshot)

    @cached_property
    def overview(self) -> GuaranteeOverview:
        """All patterns among the guarantees."""
        groups, cut = find_joint_groups(self.net)
        rings = find_rings(self.net)
        named = self.net.names
        cut = cut or any(ring.truncated for ring in rings)
        return GuaranteeOverview(
            rings,
            find_chains(self.net),
            find_stars(self.net),
            find_mutual(self.net),
            groups,
            named,
            self._basis(load_limits().name, truncated=cut),
        )

    @cached_property
    def hints(self) -> tuple[AssociationHint, ...]:
        """All hints, the surest first."""
        profiles = read_profiles(self.snapshot)
        found = (
            *re_registrations(profiles),
            *nominees(profiles),
            *same_controller(profiles),
            *shared_agents(profiles),
            *shared_values(profiles),
        )
        return tuple(sorted(found, key=lambda h: (-h.certainty, h.kind, h.subject, h.other)))

    def guarantee_position(self, key: str) -> GuaranteePosition:
        """How a party stands among guarantees; raises `NotFoundError` for an unknown one."""
        key = self._key(key)
        groups = self._groups_of.get(key, ())
        outcomes = check_guarantor(self.net, key) if self.net.place(key) is not None else ()
        ring, reach = ring_of(self.net, key), reach_of(self.net, key)
        shown = {
            key,
            *(ring.members if ring else ()),
            *(other for other, _ in reach.parties),
            *(member for group in groups for member in group.members),
        }
        return GuaranteePosition(
            party=key,
            ring=ring,
            reach=reach,
            groups=groups,
            outcomes=(*outcomes, *(o for group in groups for o in check_group(self.net, group))),
            names={other: self.net.name(other) for other in sorted(shown)},
            basis=self._basis(load_limits().name, truncated=bool(ring and ring.truncated)),
        )

    def hints_about(self, key: str) -> tuple[AssociationHint, ...]:
        """Hints that name a party, the surest first; raises `NotFoundError` for an unknown one."""
        key = self._key(key)
        return self._hints_of.get(key, ())

    def hint_answer(self, key: str) -> HintAnswer:
        """The same as an answer of its own, with the notice and its basis."""
        return HintAnswer(key, self.hints_about(key), self._basis(load_likeness().name))

    def owners(self, key: str) -> Owners | None:
        """Who owns and controls a firm in the end; None where no shareholder is registered."""
        try:
            self.ownership.shares.place(key)
        except NotFoundError:
            return None
        return Owners.of(self.ownership, key)

    @cached_property
    def _groups_of(self) -> Mapping[str, tuple[JointGroup, ...]]:
        return _by_party((group, group.members) for group in self.overview.groups)

    @cached_property
    def _hints_of(self) -> Mapping[str, tuple[AssociationHint, ...]]:
        return _by_party((hint, (hint.subject, hint.other)) for hint in self.hints)

    def _key(self, key: str) -> str:
        """The key that stands for a party, also for one that was given up."""
        return str(self.snapshot.keys[self.snapshot.index(key)].as_py())

    def _basis(self, rules: str, *, truncated: bool = False) -> Basis:
        told = self.snapshot
        return Basis.of(told, rules=rules, truncated=truncated)


def _by_party(named: Iterable[tuple[T, Iterable[str]]]) -> dict[str, tuple[T, ...]]:
    """What names each party, in its order; named twice by the same it is told once."""
    found: dict[str, list[T]] = {}
    for each, parties in named:
        for party in {*parties}:
            found.setdefault(party, []).append(each)
    return {party: tuple(each) for party, each in found.items()}


def read_structure(snapshot: Snapshot) -> Structure:
    """The structure of a snapshot; nothing is computed before it is asked for."""
    return Structure(snapshot)
