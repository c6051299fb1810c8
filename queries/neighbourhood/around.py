"""The parties around one, from the arrays of a snapshot: nearest first, and what is left out is counted.

A tie by resemblance is shown, and nobody walks on over it: that somebody may be the same as another
leads to nobody else.  No ring, no share and no own record follows from it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.snapshot import Snapshot, Ties
from queries.basis import Basis
from queries.neighbourhood.own_records import adverse_rows
from queries.neighbourhood.wanted import MOST_PARTIES, Wanted
from queries.record_signal import RecordSignal, signal_of

__all__ = ["MOST_TIES", "Member", "Neighbourhood", "Tie", "neighbourhood_of", "ties_among"]

#: Ties between the parties of one picture; a joint group of everybody with everybody has more.
MOST_TIES = 1_500

_AMOUNTS = {
    "GUARANTEES": "amount_fen",
    "SUPPLIES": "amount_fen",
    "HOLDS_SHARES_IN": "subscribed_fen",
    "MEMBER_OF": "contribution_fen",
}
#: A property that says what a tie is besides its kind.
_SAID = {"BELONGS_TO": "role", "EXECUTIVE_OF": "position", "GUARANTEES": "guarantee_kind"}


@dataclass(frozen=True)
class Tie:
    """One tie as one source tells it.

    Attributes:
        said: a code that says more of it, by its property's name: a role, a post.
        ratio: of a holding; where only a range was declared, None, and `least_ratio` its lower end.
    """

    from_key: str
    to_key: str
    kind: str
    since: date | None
    until: date | None
    certainty: float
    source: str
    amount_fen: int | None = None
    ratio: float | None = None
    least_ratio: float | None = None
    is_derived: bool = False
    said: tuple[str, str] | None = None

    @property
    def is_certain(self) -> bool:
        """Whether both ends are known to be who they are said to be."""
        return self.certainty >= 1


@dataclass(frozen=True)
class Member:
    """A party of the picture.

    Attributes:
        level: hops from the middle; of holdings below zero for who holds, above for who is held.
        record: own adverse records that may be used and that this reader sees; None where there is
            none to see, which says nothing of whether there are any.
        share: of holdings, the part that it owns of the middle, or the middle of it, over all chains.
    """

    key: str
    name: str | None
    label: str
    level: int
    record: RecordSignal | None = None
    share: float | None = None


@dataclass(frozen=True)
class Neighbourhood:
    """All that is drawn, and what is not.

    Attributes:
        members: the middle first, then the nearest.
        found: parties within the hops, the middle not counted; `cut` of them are not drawn.
        beyond: parties one hop further.
        ties_cut: ties between the drawn that are not among `ties`.
        rings: those who stand for one another, by what is drawn for certain; largest first.
    """

    key: str
    members: tuple[Member, ...]
    ties: tuple[Tie, ...]
    found: int
    cut: int
    beyond: int
    ties_cut: int
    rings: tuple[tuple[str, ...], ...]
    basis: Basis

    @property
    def names(self) -> dict[str, str | None]:
        """Of everybody drawn, by key."""
        return {one.key: one.name for one in self.members}


@dataclass(frozen=True)
class _Net:
    """Ties as arrays: both ends, and whether they are certain."""

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    certain: NDArray[np.bool_]


def neighbourhood_of(
    snapshot: Snapshot, key: str, wanted: Wanted, *, most: int = MOST_PARTIES
) -> Neighbourhood:
    """Who stands around a party; raises `NotFoundError` for one that does not exist at that time."""
    middle = snapshot.index(key)
    chosen = {kind: _chosen(snapshot.ties[kind], wanted) for kind in wanted.kinds}
    net = _net(snapshot, chosen)
    if wanted.mode == "shares":
        up, sure, above = _walk(net, middle, len(snapshot), wanted.hops, against=True, along=False)
        down, held, below = _walk(net, middle, len(snapshot), wanted.hops, against=False)
        levels = np.where(up > 0, -up, np.where(down > 0, down, 0))
        certain, beyond = sure | held, int((above | below)[levels == 0].sum())
    else:
        levels, certain, further = _walk(net, middle, len(snapshot), wanted.hops)
        beyond = int(further.sum())
    found = np.flatnonzero(levels)
    keys = {int(number): str(snapshot.keys[int(number)].as_py()) for number in found}
    order = sorted(keys, key=lambda n: (abs(int(levels[n])), not certain[n], keys[n]))
    shown = [middle, *order[: most - 1]]
    ties, ties_cut = _between(snapshot, chosen, shown)
    own = str(snapshot.keys[middle].as_py())
    told = [own, *(keys[number] for number in shown[1:])]
    rows = adverse_rows(snapshot, told)
    members = tuple(
        Member(
            one,
            snapshot.name(number),
            str(snapshot.labels[number].as_py()),
            int(levels[number]),
            signal_of(rows[one], ()) if rows.get(one) else None,
        )
        for number, one in zip(shown, told, strict=True)
    )
    return Neighbourhood(
        own, members, ties, len(found), len(found) + 1 - len(shown), beyond, ties_cut,
        _rings(ties), Basis.of(snapshot, truncated=len(shown) <= len(found)),
    )  # fmt: skip


def ties_among(snapshot: Snapshot, keys: Iterable[str]) -> tuple[Tie, ...]:
    """Every tie between some parties, the certain ones first; raises `NotFoundError`."""
    wanted = Wanted()
    chosen = {kind: _chosen(snapshot.ties[kind], wanted) for kind in wanted.kinds}
    return _between(snapshot, chosen, [snapshot.index(key) for key in keys])[0]


def _chosen(ties: Ties, wanted: Wanted) -> NDArray[np.int64]:
    """Places of the ties of a kind that are as sure as wanted; nobody is tied to itself."""
    certain = pc.greater_equal(ties.facts["certainty"], 1).to_numpy(zero_copy_only=False)
    apart = ties.source != ties.target
    if wanted.certainty == "certain":
        apart &= certain
    elif wanted.certainty == "resemblance":
        apart &= ~certain
    return np.flatnonzero(apart)


def _net(snapshot: Snapshot, chosen: dict[str, NDArray[np.int64]]) -> _Net:
    parts = [(snapshot.ties[kind], places) for kind, places in chosen.items()]
    certain = [
        pc.greater_equal(ties.facts["certainty"], 1).to_numpy(zero_copy_only=False)[places]
        for ties, places in parts
    ]
    return _Net(
        np.concatenate([ties.source[places] for ties, places in parts]),
        np.concatenate([ties.target[places] for ties, places in parts]),
        np.concatenate(certain),
    )


def _walk(
    net: _Net, start: int, parties: int, hops: int, *, along: bool = True, against: bool = True
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Distance of everybody within so many hops (0: not reached, and the start), who was reached by a
    certain tie, and who stands one hop further.

    Args:
        along, against: whether one goes along a tie, or against it.
    """
    distance = np.zeros(parties, np.int64)
    sure = np.zeros(parties, bool)
    reached = np.zeros(parties, bool)
    sure[start] = reached[start] = True
    frontier = np.zeros(parties, bool)
    frontier[start] = True
    further = np.zeros(parties, bool)
    for hop in range(1, hops + 2):
        next_any = np.zeros(parties, bool)
        next_sure = np.zeros(parties, bool)
        for here, there, goes in (
            (net.source, net.target, along),
            (net.target, net.source, against),
        ):
            if goes:
                leads = frontier[here]
                next_any[there[leads]] = True
                next_sure[there[leads & net.certain]] = True
        new = next_any & ~reached
        if hop > hops:
            further = new
            break
        distance[new] = hop
        reached |= next_any
        frontier = next_sure & ~sure
        sure |= next_sure
    return distance, sure, further


def _between(
    snapshot: Snapshot, chosen: dict[str, NDArray[np.int64]], shown: Sequence[int]
) -> tuple[tuple[Tie, ...], int]:
    """The chosen ties between those that are shown, the certain ones first, and how many are left out."""
    inside = np.zeros(len(snapshot), bool)
    inside[list(shown)] = True
    found: list[tuple[tuple[Any, ...], Tie]] = []
    for kind, places in chosen.items():
        ties = snapshot.ties[kind]
        here = places[inside[ties.source[places]] & inside[ties.target[places]]]
        # texts are codes into dictionaries: only those of what is shown are made
        for row in ties.facts.take(pa.array(here)).to_pylist():
            tie = _tie(kind, row)
            rank = (not tie.is_certain, kind, tie.from_key, tie.to_key, str(tie.since))
            found.append(((*rank, row["fact_id"]), tie))
    found.sort(key=lambda one: one[0])
    return tuple(tie for _, tie in found[:MOST_TIES]), max(0, len(found) - MOST_TIES)


def _tie(kind: str, row: dict[str, Any]) -> Tie:
    more = _SAID.get(kind)
    return Tie(
        row["from_key"],
        row["to_key"],
        kind,
        row["valid_from"],
        row["valid_to"],
        row["certainty"],
        row["source"],
        row[_AMOUNTS[kind]] if kind in _AMOUNTS else None,
        row.get("share_ratio"),
        row.get("least_ratio"),
        bool(row.get("ratio_is_derived")),
        (more, row[more]) if more and row[more] else None,
    )


def _rings(ties: Iterable[Tie]) -> tuple[tuple[str, ...], ...]:
    graph = nx.DiGraph(
        (one.from_key, one.to_key) for one in ties if one.kind == "GUARANTEES" and one.is_certain
    )
    found = [
        tuple(sorted(ring)) for ring in nx.strongly_connected_components(graph) if len(ring) > 1
    ]
    return tuple(sorted(found, key=lambda ring: (-len(ring), ring)))
