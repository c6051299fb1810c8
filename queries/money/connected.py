"""Large exposures of one institution: to single clients and to groups of connected clients.

商业银行大额风险暴露管理办法 (银保监会令2018年第1号).  An exposure here is the balance of the loans that the
institution itself lent: what it holds off its balance sheet, in bonds or between banks is not in the
files, and is said.  A guarantee that a client gives is no exposure to the client; it may connect him
(`queries.money.connection`).  Limits are parts of the institution's capital, which it states itself:
without it every limit is 待补充.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from graph.errors import NotFoundError
from graph.snapshot import Snapshot
from queries.basis import Basis
from queries.coded import with_codes
from queries.eligibility.verdict import Verdict
from queries.money.connection import Connection, Open, by_control, by_dependence
from queries.money.exposure_rules import Capital, ExposureRules, Limit, load_exposure_rules
from queries.party_numbers import names_of, numbers_of
from queries.risk.obligations import loan_book
from queries.structure.fen import Fen, total
from queries.structure.guarantees import GuaranteeNet
from queries.structure.ownership import Ownership

__all__ = ["Check", "Client", "ClientGroup", "Exposures", "large_exposures"]

_NOT_COUNTED = "只计本机构贷款余额；表外、债券、同业等其他风险暴露未采集，未计入"


@with_codes
@dataclass(frozen=True)
class Check:
    """One limit held against an exposure.

    Attributes:
        verdict: UNKNOWN where the capital or a balance that would decide is not known.
        ratio: of the capital; None where that is not known.
        lacking: what to ask for, in Chinese; empty where nothing is.
    """

    limit: str
    title: str
    ratio: float | None
    most: float
    verdict: Verdict
    basis: str
    lacking: str = ""


@dataclass(frozen=True)
class Client:
    """A client and what is lent to it."""

    party: str
    name: str | None
    label: str
    balance: Fen
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class ClientGroup:
    """Connected clients.

    Attributes:
        members: clients by key, the greatest balance first.
        joined_by: parties that are no clients and control several.
        connections: what connects them, each with clause, figure and evidence.
        by_control_only: whether nobody is in it for economic dependence alone.
    """

    members: tuple[str, ...]
    joined_by: tuple[str, ...]
    balance: Fen
    connections: tuple[Connection, ...]
    by_control_only: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Exposures:
    """An institution's clients, the greatest balance first, and its groups.

    Attributes:
        tier1_fen, capital_fen: net tier-1 capital and net capital as the institution states them;
            None = not stated.
        large: keys of clients whose balance makes them a large exposure; None without tier-1.
        open: connections that could be, were something known.
    """

    lender: str
    lender_name: str | None
    tier1_fen: int | None
    capital_fen: int | None
    clients: tuple[Client, ...]
    groups: tuple[ClientGroup, ...]
    large: tuple[str, ...] | None
    open: tuple[Open, ...]
    names: Mapping[str, str | None]
    not_counted: str
    basis: Basis

    clients_count: int = -1
    open_count: int = -1

    def __post_init__(self) -> None:
        # who has shortened the rows said before how many there are
        for rows in ("clients", "open"):
            if getattr(self, f"{rows}_count") < 0:
                object.__setattr__(self, f"{rows}_count", len(getattr(self, rows)))

    def first(self, count: int) -> Exposures:
        """The same with the first `count` clients and open questions; all groups."""
        cut = max(len(self.clients), len(self.open)) > count
        return replace(
            self,
            clients=self.clients[:count],
            open=self.open[:count],
            basis=replace(self.basis, truncated=cut),
        )


def large_exposures(
    snapshot: Snapshot,
    ownership: Ownership,
    net: GuaranteeNet,
    lender: str,
    *,
    tier1_fen: int | None = None,
    capital_fen: int | None = None,
    rules: ExposureRules | None = None,
) -> Exposures:
    """Exposures of a lender; raises `NotFoundError` for one that is not known or lent nothing."""
    rules = rules or load_exposure_rules()
    place = snapshot.index(lender)
    book = loan_book(snapshot)
    mine = np.flatnonzero(book.creditor == place)
    if not len(mine):
        raise NotFoundError(
            "库中没有这家机构的未结清贷款。请核对机构编号，或先导入贷款借据。",
            "This institution has no running loan.",
            code="no_loans",
        )
    capital: dict[Capital, int | None] = {"tier1": tier1_fen, "capital": capital_fen}
    parts: dict[str, list[int | None]] = defaultdict(list)
    for debtor, fen in zip(book.debtor[mine].tolist(), book.fen[mine].tolist(), strict=True):
        parts[snapshot.keys[debtor].as_py()].append(None if fen < 0 else fen)
    lent = {key: total(held) for key, held in parts.items()}
    clients = [
        _client(snapshot, place, lent[key], rules, capital)
        for key, place in zip(lent, numbers_of(snapshot, lent).tolist(), strict=True)
    ]
    clients.sort(key=lambda item: (-item.balance.known, item.party))
    keys = set(lent)
    looked_at = {key for key in keys if _is_looked_at(lent[key], rules, tier1_fen)}
    dependent, open_ = by_dependence(snapshot, net, keys, rules)
    connections = [
        *by_control(ownership, snapshot, keys, rules),
        # the standard asks for dependence where one of the two is large enough
        *(item for item in dependent if {item.a, item.b} & looked_at),
    ]
    groups = _groups(lent, connections, rules, capital)
    named = {c.party for c in clients}.union(*({*g.members, *g.joined_by} for g in groups))
    named |= {key for item in open_ for key in (item.a, item.b)}
    least = None if tier1_fen is None else rules.large.ratio * tier1_fen
    return Exposures(
        lender=lender,
        lender_name=snapshot.name(place),
        tier1_fen=tier1_fen,
        capital_fen=capital_fen,
        clients=tuple(clients),
        groups=groups,
        large=None
        if least is None
        else tuple(item.party for item in clients if item.balance.known > least),
        open=tuple(item for item in open_ if {item.a, item.b} & looked_at),
        names=names_of(snapshot, sorted(named)),
        not_counted=_NOT_COUNTED,
        basis=Basis.of(snapshot, rules=rules.name),
    )


def _is_looked_at(balance: Fen, rules: ExposureRules, tier1_fen: int | None) -> bool:
    """Whether a client's dependence is to be looked at; unknown counts as yes."""
    if tier1_fen is None or balance.unknown:
        return True
    return balance.known > rules.dependence.looked_at.ratio * tier1_fen


def _client(
    snapshot: Snapshot,
    place: int,
    balance: Fen,
    rules: ExposureRules,
    capital: Mapping[Capital, int | None],
) -> Client:
    key, label = snapshot.keys[place].as_py(), str(snapshot.labels[place].as_py())
    kind = "interbank" if label == "FinancialInstitution" else "single"
    return Client(key, snapshot.name(place), label, balance, _checks(kind, balance, rules, capital))


def _groups(
    lent: Mapping[str, Fen],
    connections: list[Connection],
    rules: ExposureRules,
    capital: Mapping[Capital, int | None],
) -> tuple[ClientGroup, ...]:
    """Whoever hangs together by connections; a group has two clients at least."""
    found = []
    together = _together(connections)
    part = {key: place for place, members in enumerate(together) for key in members}
    inside_of: list[list[Connection]] = [[] for _ in together]
    for item in connections:
        inside_of[part[item.a]].append(item)
    for members, inside in zip(together, inside_of, strict=True):
        clients = sorted(members & set(lent), key=lambda key: (-lent[key].known, key))
        if len(clients) < 2:
            continue
        firm = [item for item in inside if item.ground in ("control", "operator")]
        by_control_only = any(set(clients) <= part for part in _together(firm))
        balance = sum((lent[key] for key in clients), Fen())
        found.append(
            ClientGroup(
                tuple(clients),
                tuple(sorted(members - set(lent))),
                balance,
                tuple(inside),
                by_control_only,
                _checks("group", balance, rules, capital),
            )
        )
    return tuple(sorted(found, key=lambda group: (-group.balance.known, group.members)))


def _together(connections: Iterable[Connection]) -> list[set[str]]:
    """The parts of a graph whose edges are connections."""
    part: dict[str, set[str]] = {}
    for item in connections:
        one = part.setdefault(item.a, {item.a})
        other = part.setdefault(item.b, {item.b})
        if one is not other:
            one |= other
            part |= dict.fromkeys(other, one)
    return list({id(members): members for members in part.values()}.values())


def _checks(
    kind: str, balance: Fen, rules: ExposureRules, capital: Mapping[Capital, int | None]
) -> tuple[Check, ...]:
    return tuple(
        _check(limit, balance, capital[limit.of])
        for limit in rules.limits
        if kind in limit.applies_to
    )


_LACKING: dict[Capital, str] = {"tier1": "本机构的一级资本净额", "capital": "本机构的资本净额"}


def _check(limit: Limit, balance: Fen, capital: int | None) -> Check:
    if capital is None:
        return Check(limit.name, limit.title, None, limit.ratio, Verdict.UNKNOWN, limit.basis,
                     _LACKING[limit.of])  # fmt: skip
    ratio = balance.known / capital
    # at the limit it is kept: 0.1 as a binary number is a hair more than a tenth
    broken = balance.known > Decimal(str(limit.ratio)) * capital
    verdict, lacking = Verdict.NOT_MET if broken else Verdict.MET, ""
    if balance.unknown and not broken:
        verdict, lacking = Verdict.UNKNOWN, f"{balance.unknown} 笔贷款的余额"
    return Check(limit.name, limit.title, ratio, limit.ratio, verdict, limit.basis, lacking)
