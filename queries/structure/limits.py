"""Supervisory limits on guarantees, as data, with three-valued outcomes.

A limit is 符合, 不符合 or 待补充.  What is not known does not pass: a firm whose net assets nobody
reported is 待补充, however little it guarantees, unless it guarantees nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from graph.snapshot import Snapshot
from queries.coded import with_codes
from queries.eligibility.verdict import Verdict
from queries.rule_file import RuleFile, Strict, read_rules
from queries.structure.chains import reach_of
from queries.structure.guarantees import GuaranteeNet, secured
from queries.structure.patterns import JointGroup, find_joint_groups, is_firm

__all__ = [
    "SCOPE",
    "LimitBook",
    "LimitResult",
    "LimitRule",
    "check_chain",
    "check_group",
    "check_groups_of",
    "check_guarantor",
    "check_relatives",
    "limit_result",
    "load_limits",
]

SCOPE = "仅就已接入机构的担保而言"


class LimitRule(Strict):
    """One limit."""

    title: str
    limit: float
    blocks: bool
    basis: str


class _Relatives(Strict):
    stated: frozenset[str]
    household_roles: frozenset[str]


class LimitBook(RuleFile):
    """All of `limits.yaml`."""

    FILE = "limits"

    rules: dict[str, LimitRule]
    relatives: _Relatives


@cache
def load_limits() -> LimitBook:
    """The limits that ship with this version."""
    return read_rules(LimitBook)


@with_codes
@dataclass(frozen=True)
class LimitResult:
    """What one limit says of one party, group or proposal.

    Attributes:
        subject: key of the party whose limit it is; of a group, of its first member.
        value: what was found, in the unit of the limit; None when it is not known.
        parties: whom it concerns, in the order of the chain where there is one.
    """

    rule: str
    title: str
    subject: str
    verdict: Verdict
    value: float | None
    limit: float
    reason: str
    parties: tuple[str, ...]
    blocks: bool
    basis: str
    scope: str = SCOPE


def limit_result(
    book: LimitBook,
    rule: str,
    subject: str,
    verdict: Verdict,
    value: float | None,
    reason: str,
    parties: tuple[str, ...] = (),
) -> LimitResult:
    """An outcome under the title, limit and basis of its rule."""
    stated = book.rules[rule]
    return LimitResult(
        rule=rule,
        title=stated.title,
        subject=subject,
        verdict=verdict,
        value=value,
        limit=stated.limit,
        reason=reason,
        parties=parties,
        blocks=stated.blocks,
        basis=stated.basis,
    )


def check_guarantor(
    net: GuaranteeNet, key: str, book: LimitBook | None = None
) -> tuple[LimitResult, ...]:
    """Every limit on what a party guarantees; those on firms only where it is one."""
    book = book or load_limits()
    found = []
    if is_firm(net.label(key)):
        found += [_clients(net, key, book), _within_net_assets(net, key, book)]
    return (*found, *check_chain(net, key, book))


def check_group(
    net: GuaranteeNet, group: JointGroup, book: LimitBook | None = None
) -> tuple[LimitResult, ...]:
    """The limits on a joint group."""
    book = book or load_limits()
    size = len(group.members)
    enough = Verdict.MET if size >= book.rules["joint_group_size"].limit else Verdict.NOT_MET
    return (
        limit_result(
            book, "joint_group_size", group.members[0], enough, size, f"{size} 户", group.members
        ),
        check_relatives(net, group.members, book),
    )


def check_groups_of(
    net: GuaranteeNet, key: str, book: LimitBook | None = None
) -> tuple[LimitResult, ...]:
    """The limits on every joint group in which a party stands."""
    place = net.place(key)
    if place is None:
        return ()
    behind = net.standing.guarantor[net.standing.received(place)].tolist()
    groups, _ = find_joint_groups(net, among={key, *(net.contracts.keys[each] for each in behind)})
    return tuple(
        found for group in groups if key in group.members for found in check_group(net, group, book)
    )


def _clients(net: GuaranteeNet, key: str, book: LimitBook) -> LimitResult:
    clients = sorted({c.borrower for c in net.given(key) if is_firm(net.label(c.borrower))})
    limit = book.rules["clients_per_firm"].limit
    return limit_result(
        book,
        "clients_per_firm",
        key,
        Verdict.MET if len(clients) <= limit else Verdict.NOT_MET,
        len(clients),
        f"为 {len(clients)} 户企业担保，限 {limit:g} 户",
        tuple(clients),
    )


def _within_net_assets(net: GuaranteeNet, key: str, book: LimitBook) -> LimitResult:
    rule = "guarantees_within_net_assets"
    given, assets = secured(net.given(key)), net.net_assets.get(key)
    if given.exact == 0:
        return limit_result(book, rule, key, Verdict.MET, 0.0, "没有对外担保", (key,))
    if assets is None:
        return limit_result(
            book, rule, key, Verdict.UNKNOWN, None, "净资产未采集，请补充年报", (key,)
        )
    most = book.rules[rule].limit * assets
    ratio = given.known / assets if assets > 0 else None
    if given.known > most:
        return limit_result(book, rule, key, Verdict.NOT_MET, ratio, "对外担保超过净资产", (key,))
    if given.unknown:
        reason = f"{given.unknown} 笔担保没有金额，请放款机构补报"
        return limit_result(book, rule, key, Verdict.UNKNOWN, None, reason, (key,))
    return limit_result(book, rule, key, Verdict.MET, ratio, "对外担保在净资产以内", (key,))


def check_chain(net: GuaranteeNet, key: str, book: LimitBook) -> tuple[LimitResult, LimitResult]:
    """The limits on the chain that begins at a party: its length, and what is owed along it."""
    reach = reach_of(net, key)
    parties = tuple(key for key, _ in reach.parties)
    most = book.rules["chain_links"].limit
    length = limit_result(
        book,
        "chain_links",
        key,
        Verdict.MET if reach.depth <= most else Verdict.NOT_MET,
        reach.depth,
        f"沿担保链共 {reach.depth} 级，限 {most:g} 级",
        parties,
    )
    limit = book.rules["chain_debt_fen"].limit
    if reach.debt.known > limit:
        verdict, reason = Verdict.NOT_MET, "链上债务合计超过限额"
    elif reach.debt.unknown:
        verdict, reason = Verdict.UNKNOWN, f"{reach.debt.unknown} 笔贷款没有余额，请放款机构补报"
    else:
        verdict, reason = Verdict.MET, "链上债务合计在限额以内"
    return length, limit_result(
        book, "chain_debt_fen", key, verdict, reach.debt.known, reason, parties
    )


def check_relatives(net: GuaranteeNet, members: tuple[str, ...], book: LimitBook) -> LimitResult:
    """One proven kinship breaks it; it passes only where every pair's relation was stated."""
    rule, kin = "no_relatives_in_joint_group", _kin(net.snapshot, members, book)
    unstated = []
    for a, b in combinations(members, 2):
        held = net.inside((a, b))
        stated = {c.relation for c in held if c.relation}
        if stated & book.relatives.stated:
            kin.add((a, b))
        elif not stated:
            unstated.append((a, b))
    if kin:
        related = tuple(sorted({member for pair in kin for member in pair}))
        return limit_result(
            book, rule, members[0], Verdict.NOT_MET, len(kin), "成员之间有直系亲属或配偶", related
        )
    if unstated:
        open_ = tuple(sorted({member for pair in unstated for member in pair}))
        reason = f"{len(unstated)} 对成员的关系没有载明，请核对联保协议和户口簿"
        return limit_result(book, rule, members[0], Verdict.UNKNOWN, None, reason, open_)
    return limit_result(
        book, rule, members[0], Verdict.MET, 0, "合同载明的关系中没有直系亲属", members
    )


def _kin(snapshot: Snapshot, members: tuple[str, ...], book: LimitBook) -> set[tuple[str, str]]:
    """Pairs that registers prove to be spouses, or in the direct line within one household."""
    wanted = pa.array(members, pa.string())
    kin: set[tuple[str, str]] = set()
    married = _certain(snapshot.ties["SPOUSE_OF"].table)
    both = pc.and_(
        pc.is_in(married["from_key"], value_set=wanted),
        pc.is_in(married["to_key"], value_set=wanted),
    )
    for row in married.filter(both).to_pylist():
        a, b = sorted((row["from_key"], row["to_key"]))
        kin.add((a, b))
    belonging = _certain(snapshot.ties["BELONGS_TO"].table)
    household: dict[str, list[tuple[str, str]]] = {}
    for row in belonging.filter(pc.is_in(belonging["from_key"], value_set=wanted)).to_pylist():
        household.setdefault(row["to_key"], []).append((row["from_key"], row["role"] or ""))
    for people in household.values():
        for (a, first), (b, second) in combinations(sorted(people), 2):
            # roles are told towards the householder
            roles = {first, second}
            if a != b and "householder" in roles and roles & book.relatives.household_roles:
                kin.add((a, b))
    return kin


def _certain(table: pa.Table) -> pa.Table:
    return table.filter(pc.greater_equal(table["certainty"], 1.0))
