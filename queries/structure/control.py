"""Who decides in a firm: more than half of the votes, held directly and through firms that one
controls.

Control is not ownership: 60 % of a firm that holds 60 % of another is 36 % of the other and all of
its decisions.  A party controls a firm when it and the firms that it controls together hold more
than the threshold of the votes (the company-control closure); shares that a firm holds in itself
have no vote.  Agreements to act in concert are not in the data and not guessed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from queries.basis import Basis
from queries.eligibility.verdict import Verdict
from queries.structure.ownership import Ownership
from queries.structure.shares import Shares

__all__ = ["Control", "Controller", "Votes", "controlled_by", "controllers_of"]


@dataclass(frozen=True)
class Votes:
    """Part of the votes in a firm that one controlled holder casts; `evidence` is the holding."""

    holder: str
    holder_name: str | None
    firm: str
    firm_name: str | None
    ratio: float
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Controller:
    """A party that controls the firm.

    Attributes:
        votes: part of the votes in the firm that it decides on.
        is_last: nobody controls it in turn, or only the firms that it controls itself.
        chain: the holdings that prove it, from the controller down to the firm.
    """

    party: str
    name: str | None
    label: str
    votes: float
    is_last: bool
    chain: tuple[Votes, ...]


@dataclass(frozen=True)
class Control:
    """Who controls a firm.

    Attributes:
        verdict: MET with a controller; NOT_MET when the register proves that nobody has control by
            shares; UNKNOWN when parts without a proven holder could be a controller's.
    """

    firm: str
    name: str | None
    verdict: Verdict
    controllers: tuple[Controller, ...]
    basis: Basis

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**asdict(self), "basis": self.basis.as_dict()}


def controlled_by(shares: Shares, holder: int) -> dict[int, float]:
    """Places of the firms that a party controls, with the part of the votes that it decides on."""
    threshold = shares.thresholds.control
    # votes that nobody may cast do not count in the whole
    voting = 1.0 - shares.matrix.diagonal()
    decided: dict[int, float] = {}
    controlled: dict[int, float] = {}
    queue = deque([holder])
    while queue:
        here = queue.popleft()
        for firm, ratio in shares.held_by(here):
            if firm in (holder, here) or voting[firm] <= 0:
                continue
            decided[firm] = decided.get(firm, 0.0) + ratio / float(voting[firm])
            if firm not in controlled and threshold.holds(decided[firm]):
                controlled[firm] = decided[firm]
                queue.append(firm)
    return {firm: decided[firm] for firm in controlled}


def controllers_of(ownership: Ownership, key: str) -> Control:
    """Every party that controls a firm, those that nobody controls first.

    Raises `NotFoundError` where no shareholder is registered.
    """
    shares = ownership.shares
    firm = shares.place(key)
    above = _above(shares, firm)
    reach = {party: controlled_by(shares, party) for party in sorted(above)}
    deciding = [party for party, firms in reach.items() if firm in firms and party != firm]
    controllers = []
    for party in deciding:
        over = [other for other in deciding if other != party and party in reach[other]]
        controllers.append(
            Controller(
                party=shares.key(party),
                name=shares.name(party),
                label=shares.label(party),
                votes=reach[party][firm],
                is_last=all(other in reach[party] for other in over),
                chain=_chain(shares, party, firm, reach[party]),
            )
        )
    controllers.sort(key=lambda item: (not item.is_last, -item.votes, item.party))
    unproven = any(shares.unknown[p] > 0 for p in above | {firm} if shares.is_firm[p])
    verdict = Verdict.MET if controllers else Verdict.UNKNOWN if unproven else Verdict.NOT_MET
    return Control(key, shares.name(firm), verdict, tuple(controllers), ownership.basis())


def _above(shares: Shares, firm: int) -> set[int]:
    """Everybody at the upper end of a chain of holdings that leads to the firm."""
    found: set[int] = set()
    queue = deque([firm])
    while queue:
        for holder in shares.holders(queue.popleft())[0].tolist():
            if holder not in found:
                found.add(holder)
                queue.append(holder)
    return found - {firm}


def _chain(shares: Shares, party: int, firm: int, reach: dict[int, float]) -> tuple[Votes, ...]:
    voices, found, seen = {party, *reach}, [], {firm}
    queue = deque([firm])
    while queue:
        here = queue.popleft()
        holders, ratios = shares.holders(here)
        for holder, ratio in zip(holders.tolist(), ratios.tolist(), strict=True):
            if holder not in voices or holder == here:
                continue
            found.append(
                Votes(
                    shares.key(holder),
                    shares.name(holder),
                    shares.key(here),
                    shares.name(here),
                    ratio / float(1.0 - shares.matrix[here, here]),
                    shares.evidence(holder, here),
                )
            )
            if holder != party and holder not in seen:
                seen.add(holder)
                queue.append(holder)
    return tuple(reversed(found))
