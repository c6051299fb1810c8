"""From judgements to clusters: who is one party, which key stays, and where officers disagree.

The outcome depends on the judgements in force and on nothing else: neither on their order nor on
when each was made.  SAME joins; DIFFERENT forbids; two different identifiers forbid by themselves,
unless a register says that one is the former code of the other.
A cluster in which something forbidden came together is a conflict: it is reported with the
judgements that led there, and *none* of it is merged until an officer takes one back.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graph.operations.judgement import Judgement
from ingest.identity.record import is_provisional

__all__ = ["Cluster", "Clustering", "Conflict", "cluster"]


@dataclass(frozen=True)
class Cluster:
    """Keys that are one party; `canonical` is the key that stays.

    The canonical key is the identified one, where there is one; else the smallest.
    """

    canonical: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Two keys that are joined and must not be.

    Attributes:
        ground: `identifiers` (both are identified, differently) or `judged_different`.
        path: numbers of the SAME judgements that join them, in order from one to the other.
        against: number of the DIFFERENT judgement; None where identifiers forbid it.
        members: all keys of the cluster that is not merged because of it.
    """

    one: str
    other: str
    ground: str
    path: tuple[int, ...]
    against: int | None
    members: tuple[str, ...]


@dataclass(frozen=True)
class Clustering:
    """Clusters that are merged, and conflicts that keep others from it."""

    clusters: tuple[Cluster, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def redirects(self) -> dict[str, str]:
        """Key that is given up -> key that stays."""
        return {
            key: found.canonical
            for found in self.clusters
            for key in found.members
            if key != found.canonical
        }


def cluster(
    judgements: Iterable[Judgement], former_codes: Mapping[str, str] = MappingProxyType({})
) -> Clustering:
    """Cluster the judgements in force (one a pair).

    Args:
        former_codes: key under a former code -> key under the code of today; a judgement of the
            one is a judgement of the other.
    """
    same: dict[tuple[str, str], int] = {}
    different: dict[tuple[str, str], int] = {}
    for item in judgements:
        one, other = sorted(former_codes.get(key, key) for key in (item.one, item.other))
        if one != other:
            {"same": same, "different": different}[item.verdict][one, other] = item.number
    root = _joined(same)
    groups: dict[str, list[str]] = defaultdict(list)
    for key in sorted(root):
        groups[root[key]].append(key)
    clusters, conflicts = [], []
    for members in groups.values():
        found = list(_conflicts(members, same, different))
        conflicts += found
        if not found:
            clusters.append(Cluster(_canonical(members), tuple(members)))
    return Clustering(tuple(clusters), tuple(conflicts))


def _joined(same: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Key -> the smallest key that it is joined to (union-find)."""
    parent: dict[str, str] = {}

    def find(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in same:
        first, second = sorted((find(one), find(other)))
        parent[second] = first
    return {key: find(key) for key in parent}


def _canonical(members: list[str]) -> str:
    identified = [key for key in members if not is_provisional(key)]
    return identified[0] if identified else members[0]


def _conflicts(
    members: list[str],
    same: Mapping[tuple[str, str], int],
    different: Mapping[tuple[str, str], int],
) -> Iterable[Conflict]:
    inside = set(members)
    identified = [key for key in members if not is_provisional(key)]
    forbidden: dict[tuple[str, str], int | None] = {
        (one, other): None
        for place, one in enumerate(identified)
        for other in identified[place + 1 :]
    }
    for pair, judged in different.items():
        if inside.issuperset(pair):
            forbidden.setdefault(pair, judged)
    for (one, other), number in sorted(forbidden.items()):
        yield Conflict(
            one,
            other,
            "identifiers" if number is None else "judged_different",
            _path(one, other, same),
            number,
            tuple(members),
        )


def _path(one: str, other: str, same: Mapping[tuple[str, str], int]) -> tuple[int, ...]:
    """Numbers of the judgements on a shortest way from one key to the other."""
    ways: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (a, b), number in sorted(same.items()):
        ways[a].append((b, number))
        ways[b].append((a, number))
    came: dict[str, tuple[str, int] | None] = {one: None}
    queue = deque([one])
    while queue:
        here = queue.popleft()
        for there, number in ways[here]:
            if there not in came:
                came[there] = (here, number)
                queue.append(there)
    path = []
    step = came[other]
    while step is not None:
        path.append(step[1])
        step = came[step[0]]
    return tuple(reversed(path))
