"""The district's lists: who is linked to whom, rings, re-registrations, one controller, nominees.

Every list can be cut down by town, tie, nearness and day.  All of it is for whoever looks into it,
and nothing for whoever decides: each row carries its notice and the day on which it lapses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias, get_args

from graph.errors import InputError
from queries.basis import HINT_NOTICE, Basis
from queries.district import DistrictReader
from queries.linked_dishonesty.case import LinkedDistrict, linked_district
from queries.linked_dishonesty.link import NearbyHint
from queries.linked_dishonesty.policy import load_links
from queries.party_numbers import names_of
from queries.structure import AssociationHint, Structure

__all__ = [
    "LISTS",
    "LinkedLists",
    "ListFilter",
    "ListName",
    "ResemblanceRow",
    "RingRow",
    "linked_lists",
]

ListName: TypeAlias = Literal[
    "linked", "rings", "re_registration", "same_controller", "nominee", "shared_agent"
]

#: Name of a list -> its title.
LISTS: Mapping[ListName, str] = {
    "linked": "关联主体", "rings": "担保圈", "re_registration": "换壳重新登记", "same_controller": "同一控制人",
    "nominee": "代持", "shared_agent": "同一登记经办人",
}  # fmt: skip


@dataclass(frozen=True)
class ListFilter:
    """What is left of a list.

    Attributes:
        town: code or key of a town or village; empty: all.
        tie: kind of tie that the way must have; nearest: at most so many ties.
        since: ways that stand as a whole from this day on or later; what nobody dates stays out.
        dishonest: of rings and resemblances, only those with a dishonest subject among them.
    """

    town: str = ""
    tie: str = ""
    nearest: int = 0
    since: date | None = None
    dishonest: bool = False

    def __post_init__(self) -> None:
        if self.tie and self.tie not in load_links().ties:
            raise InputError(
                f"没有“{self.tie}”这种关系。可以选：{'、'.join(load_links().ties)}。",
                f"No tie is called {self.tie}.",
                code="tie_unknown",
            )

    def keeps(self, one: NearbyHint) -> bool:
        """Whether a link stays."""
        return (
            self._is_in(one.town)
            and (not self.tie or self.tie in one.ties)
            and (not self.nearest or one.distance <= self.nearest)
            and (self.since is None or (one.since is not None and one.since >= self.since))
        )

    def _is_in(self, town: str | None) -> bool:
        wanted = self.town.removeprefix("division:")
        return not wanted or (town or "").removeprefix("division:").startswith(wanted[:9])

    def has_place(self, towns: Mapping[str, str], parties: tuple[str, ...]) -> bool:
        """Whether one of some parties is in the town."""
        return not self.town or any(self._is_in(towns.get(party)) for party in parties)


@dataclass(frozen=True)
class RingRow:
    """A ring of guarantees, and which of its members are dishonest themselves."""

    members: tuple[str, ...]
    names: tuple[str | None, ...]
    dishonest: tuple[str, ...]
    debt_fen: int
    is_joint_group: bool
    expires_on: date
    notice: str = HINT_NOTICE


@dataclass(frozen=True)
class ResemblanceRow:
    """A hint by association, and which of its two ends are dishonest themselves."""

    hint: AssociationHint
    subject_name: str | None
    other_name: str | None
    dishonest: tuple[str, ...]


@dataclass(frozen=True)
class LinkedLists:
    """One list, cut down, with how many rows each list has in all.

    Attributes:
        rows: of the list asked for.  total: of that list after the filter.
        counts: rows of every list before any filter.
        subjects: dishonest subjects of the district.
    """

    name: ListName
    title: str
    rows: tuple[NearbyHint | RingRow | ResemblanceRow, ...]
    total: int
    counts: Mapping[str, int]
    subjects: int
    basis: Basis
    rules: str
    notice: str = HINT_NOTICE


def linked_lists(
    reader: DistrictReader,
    name: ListName = "linked",
    cut: ListFilter | None = None,
    *,
    limit: int = 100,
    offset: int = 0,
    within: float | None = None,
) -> LinkedLists | None:
    """One of the district's lists; None while it is being computed, where `within` is given.

    Raises `InputError` (`list_unknown`).
    """
    if name not in get_args(ListName):
        raise InputError(
            f"没有“{name}”这份名单。可以选：{'、'.join(LISTS)}。",
            f"No list is called {name}.",
            code="list_unknown",
        )
    kept = cut or ListFilter()
    district = linked_district(reader, within=within)
    structure = reader.structure_ready(within=within) if district is not None else None
    if district is None or structure is None:
        return None
    resembling: dict[str, list[ResemblanceRow]] = {
        kind: [] for kind in LISTS if kind not in ("linked", "rings")
    }
    ends = {key for hint in structure.hints for key in (hint.subject, hint.other)}
    called = names_of(district.snapshot, sorted(ends))
    for hint in structure.hints:
        if hint.kind in resembling:
            resembling[hint.kind].append(_resembling(hint, district, called))
    rings = _rings(structure, district)
    if name == "linked":
        rows: list[NearbyHint | RingRow | ResemblanceRow] = [
            one for one in district.hints if kept.keeps(one)
        ]
    elif name == "rings":
        rows = [
            one
            for one in rings
            if kept.has_place(district.towns, one.members) and (one.dishonest or not kept.dishonest)
        ]
    else:
        rows = [
            one
            for one in resembling[name]
            if kept.has_place(district.towns, (one.hint.subject, one.hint.other))
            and (one.dishonest or not kept.dishonest)
        ]
    counts = {"linked": len(district.hints), "rings": len(rings)}
    return LinkedLists(
        name=name,
        title=LISTS[name],
        rows=tuple(rows[offset : offset + limit]),
        total=len(rows),
        counts={**counts, **{kind: len(found) for kind, found in resembling.items()}},
        subjects=len(district.own),
        basis=reader.basis,
        rules=district.policy.name,
    )


def _rings(structure: Structure, district: LinkedDistrict) -> list[RingRow]:
    names = structure.overview.names
    expires = district.snapshot.as_of + timedelta(district.policy.expires_days)
    return [
        RingRow(
            members=ring.members,
            names=tuple(names.get(key) for key in ring.members),
            dishonest=tuple(key for key in ring.members if key in district.own),
            debt_fen=ring.debt.known,
            is_joint_group=ring.is_joint_group,
            expires_on=expires,
        )
        for ring in structure.overview.rings
    ]


def _resembling(
    hint: AssociationHint, district: LinkedDistrict, called: Mapping[str, str | None]
) -> ResemblanceRow:
    ends = tuple(key for key in (hint.subject, hint.other) if key in district.own)
    return ResemblanceRow(hint, called[hint.subject], called[hint.other], ends)
