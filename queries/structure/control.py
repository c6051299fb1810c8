"""Who decides in a firm: more than half of the votes, held directly and through firms that one
controls.

Control is not ownership: 60 % of a firm that holds 60 % of another is 36 % of the other and all of
its decisions.  A party controls a firm when it and the firms that it controls together hold more
than the threshold of the votes (the company-control closure); shares that a firm holds in itself
have no vote.  Agreements to act in concert are not in the data and not guessed.

A partnership is run by its executing partner, whatever part of the money a limited partner gave
(合伙企业法 第六十七条、第六十八条), and the registers taken in do not say who that is: nobody is shown
to control it by his share, and who decides through it is 待补充.  Firms that hold one another round
decide over one another, and nobody of them in the end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Literal

from queries.basis import Basis
from queries.coded import with_codes
from queries.eligibility.verdict import Verdict
from queries.structure.ownership import Ownership
from queries.structure.shares import Shares

__all__ = [
    "CONTROL_REASONS",
    "Control",
    "Controller",
    "Votes",
    "controlled_by",
    "controllers_of",
    "is_partnership",
]


#: Holdings that the chains of one answer may show, and controllers whose chains are shown: in a
#: line of firms everybody controls all behind it, and their chains together grow with its square.
_HOLDINGS_SHOWN = 500
_CHAINS_SHOWN = 20

ControlReason = Literal["partnership", "ring", "unproven"]

#: Why nobody is shown to decide in the end, to an officer.
CONTROL_REASONS: dict[str, str] = {
    "partnership": "合伙企业由执行事务合伙人管理，出资比例不决定控制（合伙企业法 第六十七条、第六十八条）；请补充执行事务合伙人",
    "ring": "各企业互相持股，环外没有查明的控制人；请补充环外股东或实际控制人的材料",
    "unproven": "有股权未查明；请补充股东登记",
}


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
        is_last: nobody controls it in turn; of a partnership that is not known.
        chain: the holdings that prove it, from the controller down to the firm; where
            `chain_truncated`, only those nearest the firm, or none.
    """

    party: str
    name: str | None
    label: str
    votes: float
    is_last: bool
    chain: tuple[Votes, ...]
    chain_truncated: bool = False


@with_codes
@dataclass(frozen=True)
class Control:
    """Who controls a firm.

    Attributes:
        verdict: MET with a controller in the end; NOT_MET when the register proves that nobody has
            control by shares; UNKNOWN otherwise.
        why: of UNKNOWN; `CONTROL_REASONS` says it in words.
    """

    firm: str
    name: str | None
    verdict: Verdict
    controllers: tuple[Controller, ...]
    basis: Basis
    why: ControlReason | None = None


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
        for firm, ratio in shares.holdings_of(here):
            if firm in (holder, here) or voting[firm] <= 0 or is_partnership(shares, firm):
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
    reach = {party: controlled_by(shares, party) for party in sorted(above | {firm})}
    deciding = [party for party, firms in reach.items() if firm in firms and party != firm]
    # the firm itself may decide over who decides in it
    above_all = {*deciding, firm}
    over: dict[int, set[int]] = {party: set() for party in deciding}
    for other in above_all:
        for party in reach[other].keys() & over.keys() - {other}:
            over[party].add(other)
    last = {p for p in deciding if not over[p] and not is_partnership(shares, p)}
    deciding.sort(key=lambda party: (party not in last, -reach[party][firm], shares.key(party)))
    controllers, left = [], _HOLDINGS_SHOWN
    for place, party in enumerate(deciding):
        shown = left if place < _CHAINS_SHOWN else 0
        chain, cut = _chain(shares, party, firm, reach[party], shown)
        left -= len(chain)
        controllers.append(
            Controller(
                party=shares.key(party),
                name=shares.name(party),
                label=shares.label(party),
                votes=reach[party][firm],
                is_last=party in last,
                chain=chain,
                chain_truncated=cut,
            )
        )
    why = _why(ownership, above | {firm}, controllers)
    verdict = Verdict.MET if any(item.is_last for item in controllers) else Verdict.NOT_MET
    if why is not None:
        verdict = Verdict.UNKNOWN
    cut = any(item.chain_truncated for item in controllers)
    basis = replace(ownership.basis(), truncated=cut)
    return Control(key, shares.name(firm), verdict, tuple(controllers), basis, why)


def is_partnership(shares: Shares, place: int) -> bool:
    """Whether a firm is a partnership, as its name must say."""
    return bool(shares.is_firm[place]) and place in shares.partnerships


def _why(
    ownership: Ownership, firms: set[int], controllers: list[Controller]
) -> ControlReason | None:
    """Why nobody is shown to decide in the end; None where somebody is, or nobody can be."""
    if any(item.is_last for item in controllers):
        return None
    shares = ownership.shares
    if any(is_partnership(shares, place) for place in firms):
        return "partnership"
    if controllers or any(ownership.closed[place] for place in firms if shares.is_firm[place]):
        return "ring"
    unproven = any(shares.unknown[place] > 0 for place in firms if shares.is_firm[place])
    return "unproven" if unproven else None


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


def _chain(
    shares: Shares, party: int, firm: int, reach: dict[int, float], most: int
) -> tuple[tuple[Votes, ...], bool]:
    """The holdings by which a party decides in a firm, at most so many, and whether cut."""
    found: list[Votes] = []
    voices, seen = {party, *reach}, {firm}
    queue = deque([firm])
    while queue:
        here = queue.popleft()
        holders, ratios = shares.holders(here)
        for holder, ratio in zip(holders.tolist(), ratios.tolist(), strict=True):
            if holder not in voices or holder == here:
                continue
            if len(found) >= most:
                return tuple(reversed(found)), True
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
    return tuple(reversed(found)), False
