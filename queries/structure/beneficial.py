"""Beneficial owners of a firm under the regulation in force, with the chains that prove each.

The standards are asked in their order: share at or above the threshold; then control by other
means, of which the data show control by votes; then, where nobody meets either, who runs the firm
day by day, for whom the register names the legal representative.  Unknown parts are kept apart:
a person below the threshold who could be above it with them is undetermined, not excluded.
"""

from __future__ import annotations

import heapq
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from queries.basis import Basis
from queries.eligibility.verdict import Verdict
from queries.structure.control import controllers_of
from queries.structure.ownership import Ownership
from queries.structure.thresholds import TOLERANCE, BeneficialOwnerRule

__all__ = [
    "BeneficialOwner",
    "BeneficialOwners",
    "HoldingPath",
    "beneficial_owners",
    "holding_paths",
    "strongest_chains",
]

#: Heap entries that one search for paths may use.
_BUDGET = 20_000


@dataclass(frozen=True)
class HoldingPath:
    """One loop-free chain of holdings; its product is part of the integrated share.

    Attributes:
        hops: (holder, its name, ratio, firm, its name), from the owner down.
        evidence: source, batch and row of each hop.
    """

    product: float
    hops: tuple[tuple[str, str | None, float, str, str | None], ...]
    evidence: tuple[dict[str, Any], ...]

    @property
    def sentence(self) -> str:
        """The chain as officers read it."""
        steps = "".join(f"{h[1] or '（未具名）'} —{h[2] * 100:.4g}%→ " for h in self.hops)
        return f"{steps}{self.hops[-1][4] or '（未具名）'}"


@dataclass(frozen=True)
class BeneficialOwner:
    """A natural person who meets a standard, or may.

    Attributes:
        ground: by which standard.
        verdict: MET, or UNKNOWN for one whom an unknown part could lift over the threshold.
        paths: the strongest chains; in circles their products sum to less than the share.
    """

    party: str
    name: str | None
    share: float
    ground: Literal["share", "control", "management"]
    verdict: Verdict
    paths: tuple[HoldingPath, ...]
    paths_truncated: bool


@dataclass(frozen=True)
class BeneficialOwners:
    """Beneficial owners of a firm.

    Attributes:
        complete: MET when no unknown part could hide a further one, else UNKNOWN.
    """

    firm: str
    name: str | None
    rule: BeneficialOwnerRule
    owners: tuple[BeneficialOwner, ...]
    unknown_share: float
    complete: Verdict
    basis: Basis

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        stated = {**asdict(self), "basis": self.basis.as_dict(), "rule": self.rule.model_dump()}
        for owner, told in zip(self.owners, stated["owners"], strict=True):
            for path, row in zip(owner.paths, told["paths"], strict=True):
                row["sentence"] = path.sentence
        return stated


def beneficial_owners(
    ownership: Ownership, key: str, *, rule: str | None = None, paths: int = 3
) -> BeneficialOwners:
    """Find them; `rule` names another regulation than the latest in force.

    Raises `NotFoundError` where no shareholder is registered or no rule was in force.
    """
    shares = ownership.shares
    chosen = shares.thresholds.rule(shares.snapshot.as_of, rule)
    through = ownership.look_through(key)
    control = controllers_of(ownership, key)
    unknown = through.unknown_share
    persons = [owner for owner in through.owners if owner.label == "Person"]
    deciding = {item.party for item in control.controllers if item.label == "Person"}
    found: list[tuple[str, str | None, float, Any, Verdict]] = []
    for owner in persons:
        if chosen.holds(owner.share):
            found.append((owner.party, owner.name, owner.share, "share", Verdict.MET))
        elif owner.party in deciding:
            found.append((owner.party, owner.name, owner.share, "control", Verdict.MET))
        elif unknown > TOLERANCE and chosen.holds(owner.share + unknown):
            found.append((owner.party, owner.name, owner.share, "share", Verdict.UNKNOWN))
    complete = Verdict.MET
    if unknown > TOLERANCE and (chosen.holds(unknown) or control.verdict is Verdict.UNKNOWN):
        complete = Verdict.UNKNOWN
    if any(item[-1] is Verdict.UNKNOWN for item in found):
        complete = Verdict.UNKNOWN
    if not found and complete is Verdict.MET:
        found = _management(ownership, key)
    owners = []
    for party, name, share, ground, verdict in found:
        chains, cut = (
            holding_paths(ownership, party, key, count=paths)
            if ground != "management"
            else ((), False)
        )
        owners.append(BeneficialOwner(party, name, share, ground, verdict, chains, cut))
    return BeneficialOwners(
        key, through.name, chosen, tuple(owners), unknown, complete, ownership.basis()
    )


def holding_paths(
    ownership: Ownership, owner: str, firm: str, *, count: int = 3
) -> tuple[tuple[HoldingPath, ...], bool]:
    """The strongest loop-free chains from an owner to a firm, and whether the budget cut them."""
    start = ownership.shares.holder_place(owner)
    if start is None:
        return (), False
    chains, cut = strongest_chains(ownership, start, ownership.shares.place(firm), count=count)
    return tuple(_path(ownership, product, places) for product, places in chains), cut


def strongest_chains(
    ownership: Ownership, start: int, end: int, *, count: int
) -> tuple[list[tuple[float, tuple[int, ...]]], bool]:
    """(product, places from `start` to `end`) of the strongest chains, and whether cut.

    Best first: all chains from the owner to a firm sum to its entry of N, so no single one can
    pass more, and the first `count` to come off the heap are the strongest.
    """
    most = ownership.down(start)
    heap: list[tuple[float, int, float, tuple[int, ...]]] = [(-1.0, 0, 1.0, (end,))]
    order = 0
    found: list[tuple[float, tuple[int, ...]]] = []
    while heap and len(found) < count and order < _BUDGET:
        _, _, passed, chain = heapq.heappop(heap)
        if chain[-1] == start:
            found.append((passed, chain[::-1]))
            continue
        holders, ratios = ownership.shares.holders(chain[-1])
        for holder, ratio in zip(holders.tolist(), ratios.tolist(), strict=True):
            if holder in chain or most[holder] <= 0:
                continue
            order += 1
            onward = passed * ratio
            # at the owner itself the chain is whole: it passes what it passes
            reach = onward if holder == start else onward * float(most[holder])
            heapq.heappush(heap, (-reach, order, onward, (*chain, holder)))
    return found, order >= _BUDGET and len(found) < count


def _path(ownership: Ownership, product: float, places: tuple[int, ...]) -> HoldingPath:
    shares = ownership.shares
    hops, evidence = [], []
    for holder, firm in pairwise(places):
        hops.append(
            (
                shares.key(holder),
                shares.name(holder),
                float(shares.matrix[holder, firm]),
                shares.key(firm),
                shares.name(firm),
            )
        )
        evidence.append(shares.evidence(holder, firm))
    return HoldingPath(product, tuple(hops), tuple(evidence))


def _management(
    ownership: Ownership, key: str
) -> list[tuple[str, str | None, float, Any, Verdict]]:
    """Legal representatives: who runs the firm day by day, as far as the register tells."""
    snapshot = ownership.shares.snapshot
    ties = snapshot.ties["LEGAL_REPRESENTATIVE_OF"]
    certain = ties.table["certainty"].to_numpy(zero_copy_only=False) >= 1
    people = np.unique(ties.source[(ties.target == snapshot.index(key)) & certain])
    return [
        (str(snapshot.keys[int(p)].as_py()), snapshot.name(int(p)), 0.0, "management", Verdict.MET)
        for p in people
    ]
