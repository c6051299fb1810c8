"""Who owns a firm in the end, exactly, through any number of firms and in spite of circles.

With A[i, j] the part of firm j that i holds directly, N = (I − A)⁻¹ sums over all chains, and
*integrated ownership* is  O = diag(N)⁻¹ (N − I):  what i owns of j over all chains that do not
come back to i (Brioschi, Buzzacchi, Colombo 1989; Baldone, Brioschi, Paleari 1998).  Nobody holds
a person, so for persons O[p, j] = N[p, j]: the `t = d (I − A)⁻¹` of equity penetration.  Path
products alone are wrong as soon as firms hold one another or themselves.

Shares are conserved: with u the part of each party that nobody holds (1 for persons, the unknown
part for firms), uᵀ N = 1ᵀ, so that ultimate holders and unknown parts sum to 1 for every firm.

N exists when every firm has someone outside at the end.  Firms that hold one another entirely
(every share inside the circle) have no owner outside; I − A would be singular.  Such firms are
found first, and what leads to them is unknown, with that reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import computed_field
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.sparse.linalg import SuperLU, splu

from graph.snapshot import Snapshot
from queries.basis import Basis
from queries.structure.shares import Doubt, Shares, read_shares
from queries.structure.thresholds import TOLERANCE, Thresholds

__all__ = ["LookThrough", "NamedHolder", "Owned", "Owner", "Ownership", "UnknownPart", "own"]

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Owner:
    """A party with a part of the firm.

    Attributes:
        share: integrated, 0 to 1.  direct: what it holds itself.
        is_derived: the direct part follows from amounts, no ratio was stated (`graph.capital`).
    """

    party: str
    name: str | None
    label: str
    share: float
    direct: float
    is_derived: bool = False


@dataclass(frozen=True)
class UnknownPart:
    """A part of the firm of which nobody is proven to be the owner, and at which firm it ends."""

    firm: str
    name: str | None
    share: float
    why: str


@dataclass(frozen=True)
class NamedHolder:
    """A registered holder of whom nobody knows how much it holds: to be asked for, not nobody.

    Attributes:
        firm: in which it is registered; the firm asked about, or one on the way up from it.
        evidence: source, batch and row of the registration.
    """

    party: str
    name: str | None
    label: str
    firm: str
    firm_name: str | None
    evidence: dict[str, Any]

    @computed_field
    @property
    def sentence(self) -> str:
        """What to ask for, to an officer."""
        return (
            f"请补充 {self.name or '（未具名）'} 在 {self.firm_name or '（未具名）'} 的出资比例"
            "（已登记为股东，比例未查明）"
        )


@dataclass(frozen=True)
class Owned:
    """A firm of which the party has a part."""

    firm: str
    name: str | None
    share: float
    direct: float


@dataclass(frozen=True)
class LookThrough:
    """Equity penetration of one firm.

    Attributes:
        owners: ultimate holders (nobody can hold shares in them); with `unknown` they sum to 1.
        unknown: parts without a proven owner.
        named: registered holders without a proven ratio, at this firm or above it: each may own
            up to the whole unknown part.
        between: firms on the way, by integrated share; they overlap and do not add up.
        error: upper bound of the error of any share.
    """

    firm: str
    name: str | None
    owners: tuple[Owner, ...]
    unknown: tuple[UnknownPart, ...]
    named: tuple[NamedHolder, ...]
    between: tuple[Owner, ...]
    doubts: tuple[Doubt, ...]
    error: float
    basis: Basis

    @computed_field
    @property
    def unknown_share(self) -> float:
        """Part of the firm without a proven owner."""
        return float(sum(item.share for item in self.unknown))


@dataclass(frozen=True, eq=False)
class Ownership:
    """Solves over the shares of one snapshot; factors once, answers for any firm."""

    shares: Shares

    @cached_property
    def closed(self) -> NDArray[np.bool_]:
        """Firms above which nobody outside stands: they hold one another entirely."""
        matrix = self.shares.matrix
        open_ = (self.shares.unknown > 0) | ~self.shares.is_firm
        reached, front = open_.copy(), open_
        while front.any():
            held = np.asarray(matrix.T @ front.astype(np.float64)) > 0
            front = held & ~reached
            reached |= front
        return np.asarray(~reached)

    @cached_property
    def matrix(self) -> sparse.csc_array:
        """A without the columns of closed firms: I − A can be inverted."""
        keep = sparse.diags_array((~self.closed).astype(np.float64))
        kept = (self.shares.matrix @ keep).tocsc()
        kept.eliminate_zeros()
        return kept

    @cached_property
    def leak(self) -> Vector:
        """Part of each party that no proven party holds: 1 for ultimate holders."""
        firms = np.where(self.closed, 1.0, self.shares.unknown)
        return np.where(self.shares.is_firm, firms, 1.0)

    def up(self, firm: int) -> tuple[Vector, float]:
        """Column of N: over all chains, the part of the firm that leads to each party.

        Returns it with an upper bound of the error of any entry: the residual times ‖N‖₁.
        """
        return self._solve(firm, "N")

    def down(self, holder: int) -> Vector:
        """Row of N: the part of each party that leads to the holder."""
        return self._solve(holder, "T")[0]

    def integrated_up(self, firm: int) -> Vector:
        """Column of O: the integrated share of every party in the firm, the firm's in itself too."""
        column, _ = self.up(firm)
        own = self._returning(np.flatnonzero(column))
        column[firm] -= 1.0
        return column / own

    def integrated_down(self, holder: int) -> Vector:
        """Row of O: the integrated share of the holder in every firm."""
        row = self.down(holder)
        own = row[holder]
        row[holder] -= 1.0
        return np.asarray(row / own)

    def look_through(self, key: str) -> LookThrough:
        """Everybody who owns a part of a firm; raises `NotFoundError` where no holder is known."""
        shares, firm = self.shares, self.shares.place(key)
        column, error = self.up(firm)
        integrated = self.integrated_up(firm)
        places = np.flatnonzero(column > TOLERANCE)
        direct = dict(zip(*(part.tolist() for part in shares.holders(firm)), strict=True))

        def owner(place: int, share: float) -> Owner:
            held = direct.get(place, 0.0)
            return Owner(
                shares.key(place),
                shares.name(place),
                shares.label(place),
                share,
                held,
                bool(held) and shares.is_derived(place, firm),
            )

        owners = [owner(p, float(column[p])) for p in places.tolist() if not shares.is_firm[p]]
        between = [
            owner(p, float(integrated[p]))
            for p in places.tolist()
            if shares.is_firm[p] and integrated[p] > TOLERANCE
        ]
        lost = column * np.where(shares.is_firm, self.leak, 0.0)
        unknown = [
            UnknownPart(shares.key(p), shares.name(p), float(lost[p]), self._why(p))
            for p in np.flatnonzero(lost > TOLERANCE).tolist()
        ]
        return LookThrough(
            firm=key,
            name=shares.name(firm),
            owners=tuple(sorted(owners, key=lambda item: (-item.share, item.party))),
            unknown=tuple(sorted(unknown, key=lambda item: (-item.share, item.firm))),
            named=self._named(firm),
            between=tuple(sorted(between, key=lambda item: (-item.share, item.party))),
            doubts=shares.doubts_of(places[shares.is_firm[places]]),
            error=error,
            basis=self.basis(),
        )

    def shortest(self, holder: int) -> Vector:
        """−ln of what the strongest single chain from a holder to each party passes; ∞ without."""
        found: Vector = dijkstra(self._lengths, indices=holder)
        return found

    @cached_property
    def _lengths(self) -> sparse.csr_array:
        held = self.shares.matrix.tocsr().astype(np.float64)
        # a whole holding is no step; a stored zero would be no holding
        held.data = np.maximum(-np.log(held.data), 1e-15)
        return held

    def possible(self, firm: int) -> set[int]:
        """Places of everybody who may own a part of a firm through a holding without a ratio."""
        shares = self.shares
        certain = self.upward(firm)
        found: set[int] = set()
        front = [holder for place in certain for holder in shares.named_holders(place)]
        while front:
            here = front.pop()
            if here not in found:
                found.add(here)
                front += [*shares.holders(here)[0].tolist(), *shares.named_holders(here)]
        return found

    def upward(self, firm: int) -> set[int]:
        """The firm, and everybody at the upper end of a chain of proven holdings that leads to it."""
        found, front = {firm}, [firm]
        while front:
            above = set(self.shares.holders(front.pop())[0].tolist()) - found
            found |= above
            front += above
        return found

    def _named(self, firm: int) -> tuple[NamedHolder, ...]:
        shares = self.shares
        firms = self.upward(firm) | self.possible(firm)
        found = [
            NamedHolder(
                shares.key(holder),
                shares.name(holder),
                shares.label(holder),
                shares.key(place),
                shares.name(place),
                shares.naming(holder, place),
            )
            for place in firms
            for holder in shares.named_holders(place)
        ]
        return tuple(sorted(found, key=lambda item: (item.firm != shares.key(firm), item.party)))

    def owned_by(self, key: str) -> tuple[Owned, ...]:
        """Firms of which a party has a part, the largest part first; empty when none is known."""
        place = self.shares.holder_place(key)
        if place is None:
            return ()
        row = self.integrated_down(place)
        direct = np.asarray(self.shares.matrix[[place], :].todense()).ravel()
        found = [
            Owned(self.shares.key(p), self.shares.name(p), float(row[p]), float(direct[p]))
            for p in np.flatnonzero(row > TOLERANCE).tolist()
            if p != place
        ]
        return tuple(sorted(found, key=lambda item: (-item.share, item.firm)))

    def basis(self) -> Basis:
        """As of when, from which data, by which thresholds."""
        return Basis.of(self.shares.snapshot, rules=self.shares.thresholds.name)

    def _why(self, place: int) -> str:
        if self.closed[place]:
            return "closed"
        kinds = self.shares.doubts.get(place, ())
        for kind in ("oversubscribed", "ratio_unknown", "range", "resemblance"):
            if kind in kinds:
                return kind
        return "not_registered"

    def _returning(self, places: NDArray[np.int64]) -> Vector:
        """N[i, i] for the given places, 1 elsewhere: how often a share comes back to its holder.

        All ways back stay inside the party's strongly connected component.
        """
        own = 1.0 / (1.0 - self.matrix.diagonal())
        for name in np.unique(self.components[places]).tolist():
            inside = np.flatnonzero(self.components == name)
            if len(inside) > 1:
                block = np.eye(len(inside)) - self.matrix[inside, :][:, inside].toarray()
                own[inside] = np.diag(np.linalg.inv(block))
        return np.asarray(own)

    @cached_property
    def components(self) -> NDArray[np.int32]:
        """Number of each party's strongly connected component: who holds one another round."""
        found: NDArray[np.int32] = connected_components(
            self.matrix, directed=True, connection="strong"
        )[1]
        return found

    @cached_property
    def _system(self) -> sparse.csc_array:
        return (sparse.eye_array(self.matrix.shape[0], format="csc") - self.matrix).tocsc()

    @cached_property
    def _factors(self) -> SuperLU:
        return splu(self._system)

    @cached_property
    def _growth(self) -> float:
        """‖N‖₁: the largest column sum of N, which is nowhere negative."""
        return float(self._factors.solve(np.ones(self.matrix.shape[0]), trans="T").max())

    def _solve(self, place: int, side: str) -> tuple[Vector, float]:
        wanted = np.zeros(self.matrix.shape[0])
        wanted[place] = 1.0
        system = self._system if side == "N" else self._system.T
        found = self._factors.solve(wanted, trans=side)
        # one step of refinement brings the residual down to the last bits
        found = found + self._factors.solve(wanted - system @ found, trans=side)
        error = float(np.abs(wanted - system @ found).sum()) * self._growth
        return np.maximum(found, 0.0), error


def own(snapshot: Snapshot, thresholds: Thresholds | None = None) -> Ownership:
    """Ownership of everything in a snapshot."""
    return Ownership(read_shares(snapshot, thresholds))
