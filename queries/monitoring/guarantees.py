"""Guarantees beyond a limit: the contract by which a guarantor passed it, and each one after that.

Contracts are counted in the order in which they became known.  Where not a contract but a new
statement of net assets passed the limit, the event came with that statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.facts import true_at
from graph.last_heard import last_heard
from graph.schema import SCHEMA
from queries.district import DistrictReader
from queries.monitoring.event import events, evidence
from queries.monitoring.first_heard import FirstHeard, among
from queries.monitoring.rule_book import RuleBook
from queries.structure import read_structure
from queries.structure.guarantees import Contract, GuaranteeNet, secured
from queries.structure.limits import load_limits
from queries.structure.patterns import is_firm

__all__ = ["beyond_limits"]

_TIE = ("from_key", "to_key", "discriminator")
_YUAN = 100


@dataclass(frozen=True)
class _Assets:
    """A statement of net assets, and while it was held."""

    heard_at: datetime
    until: datetime | None
    valid_from: date | None
    fen: int


@dataclass(frozen=True)
class _Given:
    """A contract with when it was first heard of, and the tie that says it."""

    contract: Contract
    heard_at: datetime
    tie: Mapping[str, Any]


def beyond_limits(reader: DistrictReader, code: str, book: RuleBook) -> pa.Table:
    """Every contract that takes a firm beyond a limit of the rule, or further beyond it."""
    # hints and ownership of everybody, which a page of structure needs besides, are not waited for
    net = read_structure(reader.snapshot()).net
    given = _given(reader, net)
    assets = _assets(reader, [key for key in given if key in net.net_assets])
    found = []
    for limit in book.rules[code].limits:
        for guarantor, contracts in given.items():
            for one, heard_at, before, after in _LIMITS[limit](net, contracts, assets[guarantor]):
                found.append(
                    {
                        "rule": code,
                        "subject": guarantor,
                        "label": net.label(guarantor),
                        "event": f"{limit}|{one.contract.number}",
                        "other": one.contract.borrower,
                        "heard_at": heard_at,
                        "before": before,
                        "after": f"{after}（{load_limits().rules[limit].title}）",
                        "evidence": [
                            evidence("GUARANTEES", one.tie, reader.moment.provenance.veiled)
                        ],
                    }
                )
    return events(found)


_Beyond = list[tuple[_Given, datetime, str, str]]


def _clients(net: GuaranteeNet, contracts: Sequence[_Given], _: Sequence[_Assets]) -> _Beyond:
    most, clients = load_limits().rules["clients_per_firm"].limit, set[str]()
    found: _Beyond = []
    for one in contracts:
        borrower = one.contract.borrower
        if borrower in clients or not is_firm(net.label(borrower)):
            continue
        clients.add(borrower)
        if len(clients) > most:
            before = f"为 {len(clients) - 1} 户企业担保"
            found.append(
                (one, one.heard_at, before, f"为 {len(clients)} 户企业担保，限 {most:g} 户")
            )
    return found


def _within_net_assets(
    _: GuaranteeNet, contracts: Sequence[_Given], assets: Sequence[_Assets]
) -> _Beyond:
    most = load_limits().rules["guarantees_within_net_assets"].limit
    found: _Beyond = []
    if not assets:
        return found
    for count, one in enumerate(contracts, 1):
        owed = secured(item.contract for item in contracts[:count]).known
        before = secured(item.contract for item in contracts[: count - 1]).known
        # as it is known now first: what is within the limit today is no event
        if owed == before or owed <= most * _known(assets, None):
            continue
        turns = sorted({one.heard_at, *(a.heard_at for a in assets if a.heard_at > one.heard_at)})
        at = next(
            (t for t in turns if (held := _known(assets, t)) is not None and owed > most * held),
            turns[-1],
        )
        found.append(
            (
                one,
                at,
                f"对外担保 {before / _YUAN:,.2f} 元",
                f"对外担保 {owed / _YUAN:,.2f} 元，净资产 {_known(assets, None) / _YUAN:,.2f} 元",
            )
        )
    return found


_LIMITS: Mapping[str, Callable[[GuaranteeNet, Sequence[_Given], Sequence[_Assets]], _Beyond]] = {
    "clients_per_firm": _clients,
    "guarantees_within_net_assets": _within_net_assets,
}


def _given(reader: DistrictReader, net: GuaranteeNet) -> dict[str, list[_Given]]:
    """What each firm gives, in the order in which it became known."""
    firms = pa.array(sorted(key for key in net.parties if is_firm(net.label(key))), pa.string())
    near = among("from_key", keys=firms)
    ties = last_heard(near(net.snapshot.ties["GUARANTEES"].table), _TIE)
    if not len(ties):
        return {}
    heard = FirstHeard(reader, "GUARANTEES", _TIE, near).at(ties)
    told = {
        tuple(row[name] for name in _TIE): (row, at)
        for row, at in zip(ties.to_pylist(), heard, strict=True)
    }
    found: dict[str, list[_Given]] = {}
    for key in firms.to_pylist():
        of_one = [
            _Given(one, at, row)
            for one in net.given(key)
            for row, at in [told[one.guarantor, one.borrower, one.number]]
        ]
        if of_one:
            found[key] = sorted(of_one, key=lambda g: (g.heard_at, g.contract.number))
    return found


def _assets(reader: DistrictReader, firms: Sequence[str]) -> dict[str, list[_Assets]]:
    """Every statement of net assets of some firms that is true on the day, also those held no more."""
    found: dict[str, list[_Assets]] = defaultdict(list)
    keys = pa.array(firms, pa.string())
    for node in SCHEMA.nodes.values():
        if all(item.name != "net_assets_fen" for item in node.properties):
            continue
        said = among("key", keys=keys)(reader.history(node.kind))
        said = said.filter(true_at(said, reader.moment.as_of))
        said = said.filter(
            pc.and_(pc.is_valid(said["net_assets_fen"]), pc.greater_equal(said["certainty"], 1))
        )
        heard = FirstHeard(reader, node.kind, ["key", "net_assets_fen", "valid_from"]).at(said)
        for row, at in zip(said.to_pylist(), heard, strict=True):
            found[row["key"]].append(
                _Assets(at, row["known_to"], row["valid_from"], row["net_assets_fen"])
            )
    return found


def _known(assets: Sequence[_Assets], at: datetime | None) -> Any:
    """Net assets as they were known at an instant, by default now; None: nobody had said."""
    held = [
        one
        for one in assets
        if (
            one.until is None
            if at is None
            else one.heard_at <= at and (one.until is None or at < one.until)
        )
    ]
    if not held:
        return None
    return max(held, key=lambda one: (one.valid_from or date.min, one.heard_at)).fen
