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

from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.structure.fen import Fen, total

__all__ = ["Contract", "GuaranteeNet", "read_guarantees", "secured"]


@dataclass(frozen=True)
class Contract:
    """One guarantor's promise for one borrower.

    Attributes:
        guarantor, borrower: keys.  number: the contract's key, empty when never told.
        evidence: source, batch and row that tell it; of a proposal, empty.
    """

    guarantor: str
    borrower: str
    number: str
    amount_fen: int | None = None
    kind: str | None = None
    relation: str | None = None
    valid_to: date | None = None
    evidence: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class GuaranteeNet:
    """Everybody's guarantees at one time.

    Attributes:
        contracts: sorted by guarantor, borrower, number; nobody guarantees himself.
        debts: what each party owes, where a loan of it is known.
        net_assets: of each firm in fen, as last reported; absent where nobody did.
    """

    snapshot: Snapshot
    contracts: tuple[Contract, ...]
    debts: Mapping[str, Fen]
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

    def debt(self, key: str) -> Fen:
        """What the party owes as far as known loans tell."""
        return self.debts.get(key, Fen())

    def with_contract(self, contract: Contract) -> GuaranteeNet:
        """The net as it would be with one more contract."""
        more = sorted((*self.contracts, contract), key=_order)
        return replace(self, contracts=tuple(more))


def read_guarantees(snapshot: Snapshot) -> GuaranteeNet:
    """Read the guarantees and debts of a snapshot."""
    ties = snapshot.ties["GUARANTEES"].table
    # of a contract told twice, the telling heard last counts
    latest: dict[tuple[str, str, str], Contract] = {}
    for row in ties.sort_by([("known_from", "ascending"), ("fact_id", "ascending")]).to_pylist():
        if row["certainty"] < 1 or row["from_key"] == row["to_key"]:
            continue
        latest[row["from_key"], row["to_key"], row["discriminator"]] = Contract(
            row["from_key"],
            row["to_key"],
            row["discriminator"],
            row["amount_fen"],
            row["guarantee_kind"],
            row["relation"],
            row["valid_to"],
            tuple((name, row[name]) for name in ("source", "batch", "row")),
        )
    contracts = tuple(sorted(latest.values(), key=_order))
    return GuaranteeNet(snapshot, contracts, _debts(snapshot), _net_assets(snapshot))


def secured(contracts: Iterable[Contract]) -> Fen:
    """What contracts secure: a contract that several stand in secures its amount once."""
    amounts: dict[tuple[str, str], int | None] = {}
    for place, item in enumerate(contracts):
        # contracts that nobody numbered are all different
        name = (item.borrower, item.number or f"#{place}")
        held = amounts.get(name)
        if held is None or (item.amount_fen is not None and item.amount_fen > held):
            amounts[name] = item.amount_fen
    return total(amounts.values())


def _order(contract: Contract) -> tuple[str, str, str]:
    return contract.guarantor, contract.borrower, contract.number


def _debts(snapshot: Snapshot) -> dict[str, Fen]:
    """Balances of each borrower's loans; the principal where no state was told."""
    balance: dict[str, int | None] = {}
    for row in snapshot.facts("Loan").to_pylist():
        balance[row["key"]] = row["principal_fen"]
    states = snapshot.facts("LoanState").sort_by([("known_from", "ascending")])
    for row in states.to_pylist():
        settled = row["settled_on"] is not None and row["settled_on"] <= snapshot.as_of
        if settled or row["balance_fen"] is not None:
            balance[row["key"]] = 0 if settled else row["balance_fen"]
    loans: dict[str, set[str]] = {}
    for row in snapshot.facts("BORROWED").to_pylist():
        if row["certainty"] >= 1:
            loans.setdefault(row["from_key"], set()).add(row["to_key"])
    return {
        party: total(balance.get(loan) for loan in sorted(held)) for party, held in loans.items()
    }


def _net_assets(snapshot: Snapshot) -> dict[str, int]:
    """Whatever kind of fact tells them: the annual report, a balance sheet, a bank's file."""
    latest: dict[str, tuple[tuple[date, datetime], int]] = {}
    for node in SCHEMA.nodes.values():
        if all(item.name != "net_assets_fen" for item in node.properties):
            continue
        for row in snapshot.facts(node.kind).to_pylist():
            when = (row["valid_from"] or date.min, row["known_from"])
            if row["net_assets_fen"] is None or row["certainty"] < 1:
                continue
            if row["key"] not in latest or latest[row["key"]][0] < when:
                latest[row["key"]] = (when, row["net_assets_fen"])
    return {key: amount for key, (_, amount) in latest.items()}
