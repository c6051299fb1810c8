"""The guarantees of a snapshot: who stands for whom, by which contract, and what everybody owes.

A contract between the same two parties told by two sources, or twice, is one contract.  Links by
resemblance (certainty below 1) are left out: nobody stands in a ring because of a like name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import networkx as nx
import pyarrow.compute as pc

from graph.debtor import operators, told_of_both
from graph.last_heard import last_heard
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.structure.fen import Fen, total

__all__ = ["Contract", "GuaranteeNet", "read_guarantees", "secured"]

_EVIDENCE = ("source", "batch", "row")
#: Columns of a guarantee that are looked at: of a district's million, no others are spelled out.
_TOLD = ["from_key", "to_key", "discriminator", "certainty", "amount_fen", "owed_fen",
         "guarantee_kind", "relation", "valid_to", *_EVIDENCE]  # fmt: skip


@dataclass(frozen=True)
class Contract:
    """One guarantor's promise for one borrower.

    Attributes:
        guarantor, borrower: keys.  number: the contract's key, empty when never told.
        amount_fen: promised.  owed_fen: of it, no more than the balance that it secures
            (`graph.accessory`).
        evidence: source, batch and row that tell it; of a proposal, empty.
    """

    guarantor: str
    borrower: str
    number: str
    amount_fen: int | None = None
    owed_fen: int | None = None
    kind: str | None = None
    relation: str | None = None
    valid_to: date | None = None
    evidence: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class GuaranteeNet:
    """Everybody's guarantees at one time.

    Attributes:
        contracts: sorted by guarantor, borrower, number; nobody guarantees himself.
        loans: keys of the loans that each party borrowed, alone or with others.
        balances: of each of these loans in fen, None where it was never told.
        net_assets: of each firm in fen, as last reported; absent where nobody did.
    """

    snapshot: Snapshot
    contracts: tuple[Contract, ...]
    loans: Mapping[str, frozenset[str]]
    balances: Mapping[str, int | None]
    net_assets: Mapping[str, int]

    @cached_property
    def graph(self) -> nx.DiGraph:
        """Guarantor → borrower, one edge a pair, its contracts on it."""
        graph = nx.DiGraph()
        for item in self.contracts:
            if not graph.has_edge(item.guarantor, item.borrower):
                graph.add_edge(item.guarantor, item.borrower, contracts=[])
            graph[item.guarantor][item.borrower]["contracts"].append(item)
        return graph

    @cached_property
    def _labels(self) -> dict[str, tuple[str, str | None]]:
        keys = self.snapshot.keys.to_pylist()
        told = zip(self.snapshot.labels.to_pylist(), self.snapshot.names.to_pylist(), strict=True)
        return dict(zip(keys, told, strict=True))

    def label(self, key: str) -> str:
        """Label of a party."""
        return self._labels[key][0]

    def name(self, key: str) -> str | None:
        """Name of a party, None when never told."""
        return self._labels[key][1]

    def given(self, key: str) -> list[Contract]:
        """Contracts in which the party stands for others."""
        if key not in self.graph:
            return []
        return [c for _, _, held in self.graph.out_edges(key, "contracts") for c in held]

    def received(self, key: str) -> list[Contract]:
        """Contracts in which others stand for the party."""
        if key not in self.graph:
            return []
        return [c for _, _, held in self.graph.in_edges(key, "contracts") for c in held]

    def debt(self, *keys: str) -> Fen:
        """What the parties owe as far as known loans tell; what several borrowed together, once.

        Each of several borrowers owes the whole (连带债务, 民法典 第五百一十八条).
        """
        held = frozenset().union(*(self.loans.get(key, ()) for key in keys))
        return total(self.balances.get(loan) for loan in sorted(held))

    def with_contract(self, contract: Contract) -> GuaranteeNet:
        """The net as it would be with one more contract."""
        more = sorted((*self.contracts, contract), key=_order)
        return replace(self, contracts=tuple(more))


def read_guarantees(snapshot: Snapshot) -> GuaranteeNet:
    """Read the guarantees and debts of a snapshot."""
    ties = snapshot.ties["GUARANTEES"].table
    owed = snapshot.secured.owed(ties["discriminator"], ties["amount_fen"])
    ties = ties.append_column("owed_fen", owed)
    # of a contract told twice, the telling heard last counts
    latest: dict[tuple[str, str, str], Contract] = {}
    heard = ties.sort_by([("known_from", "ascending"), ("fact_id", "ascending")])
    for row in heard.select(_TOLD).to_pylist():
        if row["certainty"] < 1 or row["from_key"] == row["to_key"]:
            continue
        latest[row["from_key"], row["to_key"], row["discriminator"]] = Contract(
            row["from_key"],
            row["to_key"],
            row["discriminator"],
            row["amount_fen"],
            row["owed_fen"],
            row["guarantee_kind"],
            row["relation"],
            row["valid_to"],
            tuple((name, row[name]) for name in _EVIDENCE),
        )
    contracts = tuple(sorted(latest.values(), key=_order))
    return GuaranteeNet(
        snapshot, contracts, _loans(snapshot), _balances(snapshot), _net_assets(snapshot)
    )


def secured(contracts: Iterable[Contract]) -> Fen:
    """What is owed by contracts: one that several stand in is owed once."""
    amounts: dict[tuple[str, str], int | None] = {}
    for place, item in enumerate(contracts):
        # contracts that nobody numbered are all different
        name = (item.borrower, item.number or f"#{place}")
        held = amounts.get(name)
        if held is None or (item.owed_fen is not None and item.owed_fen > held):
            amounts[name] = item.owed_fen
    return total(amounts.values())


def _order(contract: Contract) -> tuple[str, str, str]:
    return contract.guarantor, contract.borrower, contract.number


def _loans(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The loans that each party borrowed, or answers for as for its own (`graph.debtor`)."""
    businesses = snapshot.facts("IndividualBusiness")["key"]
    answers = operators(snapshot.ties["LEGAL_REPRESENTATIVE_OF"].table, businesses)
    borrowed = told_of_both(snapshot.facts("BORROWED"), answers)
    certain = borrowed.filter(pc.greater_equal(borrowed["certainty"], 1))
    loans: dict[str, set[str]] = {}
    for party, loan in zip(
        *(certain[end].to_pylist() for end in ("from_key", "to_key")), strict=True
    ):
        loans.setdefault(party, set()).add(loan)
    return {party: frozenset(held) for party, held in loans.items()}


def _balances(snapshot: Snapshot) -> dict[str, int | None]:
    """Balance of each loan as last heard; the principal where no state was told."""
    balances: dict[str, int | None] = {}
    granted = last_heard(snapshot.facts("Loan"), ["key"]).select(["key", "principal_fen"])
    for row in granted.to_pylist():
        balances[row["key"]] = row["principal_fen"]
    states = last_heard(snapshot.facts("LoanState"), ["key"])
    for row in states.select(["key", "settled_on", "balance_fen"]).to_pylist():
        settled = row["settled_on"] is not None and row["settled_on"] <= snapshot.as_of
        if settled or row["balance_fen"] is not None:
            balances[row["key"]] = 0 if settled else row["balance_fen"]
    return balances


def _net_assets(snapshot: Snapshot) -> dict[str, int]:
    """Whatever kind of fact tells them: the annual report, a balance sheet, a bank's file."""
    latest: dict[str, tuple[tuple[date, datetime], int]] = {}
    for node in SCHEMA.nodes.values():
        if all(item.name != "net_assets_fen" for item in node.properties):
            continue
        told = snapshot.facts(node.kind).select(
            ["key", "valid_from", "known_from", "certainty", "net_assets_fen"]
        )
        for row in told.to_pylist():
            when = (row["valid_from"] or date.min, row["known_from"])
            if row["net_assets_fen"] is None or row["certainty"] < 1:
                continue
            if row["key"] not in latest or latest[row["key"]][0] < when:
                latest[row["key"]] = (when, row["net_assets_fen"])
    return {key: amount for key, (_, amount) in latest.items()}
