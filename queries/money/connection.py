"""What connects two clients of an institution: control, or that the one lives on the other.

Every connection states its clause, its figure and where it is written.  A ground of which a figure
is lacking connects nobody and is asked for (`Open`): unknown is not no.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Literal

import pyarrow.compute as pc

from graph.last_heard import last_heard
from graph.snapshot import Snapshot
from queries.money.exposure_rules import ExposureRules
from queries.structure.control import controlled_by
from queries.structure.guarantees import GuaranteeNet, secured
from queries.structure.ownership import Ownership

__all__ = ["Connection", "Ground", "Open", "by_control", "by_dependence"]

_YEAR = 365  # days

Ground = Literal["control", "operator", "sales", "guarantee"]


@dataclass(frozen=True)
class Connection:
    """That `a` and `b` are connected clients.

    Attributes:
        a: who controls, or depends; `b` who is controlled, or depended upon.
        ratio: part of the votes; of the revenue; of the net assets.
        basis: the clause.
        evidence: source, batch and row of the facts it rests on.
    """

    a: str
    b: str
    ground: Ground
    ratio: float | None
    basis: str
    evidence: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Open:
    """A ground that could connect `a` to `b`, if what is lacking were known."""

    a: str
    b: str
    ground: Ground
    lacking: str


def by_control(
    ownership: Ownership, snapshot: Snapshot, clients: set[str], rules: ExposureRules
) -> Iterator[Connection]:
    """Controller → firm that it controls, and operator → business, where both ends count.

    A controller that is no client itself still joins the firms that it controls.
    """
    shares = ownership.shares
    firms = shares.firms_of(clients)
    above: set[int] = set()
    for firm in firms:
        above |= ownership.upward(firm)
    for holder in sorted(above):
        for firm, votes in sorted(controlled_by(shares, holder).items()):
            if firm in firms and firm != holder:
                direct = shares.row[holder, firm]
                evidence = (shares.evidence(holder, firm),) if direct else ()
                yield Connection(
                    shares.key(holder), shares.key(firm), "control", votes,
                    rules.control.basis, evidence,
                )  # fmt: skip
    ties = last_heard(snapshot.facts("LEGAL_REPRESENTATIVE_OF"), ["from_key", "to_key"])
    run = ties.filter(pc.equal(ties["to_label"].cast("string"), "IndividualBusiness"))
    for row in run.to_pylist():
        if row["to_key"] in clients:
            yield Connection(
                row["from_key"], row["to_key"], "operator", None, rules.control.operator,
                (_evidence(row),),
            )  # fmt: skip


def by_dependence(
    snapshot: Snapshot, net: GuaranteeNet, clients: set[str], rules: ExposureRules
) -> tuple[list[Connection], list[Open]]:
    """Client → client on whom it lives, and what is lacking to know of others."""
    found, lacking = _by_sales(snapshot, clients, rules)
    more, open_ = _by_guarantee(net, clients, rules)
    return found + more, lacking + open_


def _by_sales(
    snapshot: Snapshot, clients: set[str], rules: ExposureRules
) -> tuple[list[Connection], list[Open]]:
    """What a seller's contracts with one buyer come to, against its yearly revenue."""
    ties = last_heard(snapshot.facts("SUPPLIES"), ["from_key", "to_key", "discriminator"])
    sold: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    since = snapshot.as_of - timedelta(_YEAR)
    for row in ties.to_pylist():
        if row["valid_from"] is not None and row["valid_from"] <= since:
            continue  # a year's revenue is compared with a year's contracts
        if {row["from_key"], row["to_key"]} <= clients and row["from_key"] != row["to_key"]:
            sold[row["from_key"], row["to_key"]].append(row)
    revenue = _revenue(snapshot)
    measure, found, lacking = rules.dependence.sales, [], []
    for (seller, buyer), rows in sorted(sold.items()):
        amounts = [row["amount_fen"] for row in rows]
        known = sum(amount for amount in amounts if amount is not None)
        yearly = revenue.get(seller)
        if yearly is None or yearly <= 0:
            lacking.append(Open(seller, buyer, "sales", "销售方的年度总收入"))
        elif known >= measure.ratio * yearly:
            found.append(
                Connection(seller, buyer, "sales", known / yearly, measure.basis,
                           tuple(map(_evidence, rows)))
            )  # fmt: skip
        elif None in amounts:
            lacking.append(Open(seller, buyer, "sales", "购销合同的金额"))
    return found, lacking


def _by_guarantee(
    net: GuaranteeNet, clients: set[str], rules: ExposureRules
) -> tuple[list[Connection], list[Open]]:
    """What a guarantor owes for one borrower, against its net assets."""
    measure, found, lacking = rules.dependence.guarantee, [], []
    between = groupby(net.inside(clients), key=lambda one: (one.guarantor, one.borrower))
    for (guarantor, borrower), contracts in between:
        held = list(contracts)
        owed, worth = secured(held), net.net_assets.get(guarantor)
        if worth is None:
            lacking.append(Open(guarantor, borrower, "guarantee", "担保人的净资产"))
        elif owed.known >= measure.ratio * max(worth, 0) and owed.known > 0:
            ratio = owed.known / worth if worth > 0 else None
            evidence = tuple(dict(item.evidence) for item in held)
            found.append(
                Connection(guarantor, borrower, "guarantee", ratio, measure.basis, evidence)
            )
        elif owed.unknown:
            lacking.append(Open(guarantor, borrower, "guarantee", "担保合同的金额"))
    return found, lacking


def _revenue(snapshot: Snapshot) -> Mapping[str, int]:
    """Yearly revenue of each firm, as its last annual report tells it."""
    latest: dict[str, tuple[tuple[date, Any], int]] = {}
    for row in snapshot.facts("AnnualReport").to_pylist():
        when = (row["valid_from"] or date.min, row["known_from"])
        if row["revenue_fen"] is None or row["certainty"] < 1:
            continue
        if row["key"] not in latest or latest[row["key"]][0] < when:
            latest[row["key"]] = (when, row["revenue_fen"])
    return {key: fen for key, (_, fen) in latest.items()}


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("source", "batch", "row", "certainty")}
