"""The guarantees of a snapshot: who stands for whom, by which contract, and what everybody owes.

A contract between the same two parties told by two sources, or twice, is one contract.  Links by
resemblance (certainty below 1) are left out: nobody stands in a ring because of a like name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.debtor import operators, told_of_both
from graph.last_heard import last_heard
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.structure.contracts import Contract, Contracts, secured
from queries.structure.fen import Fen, total
from queries.structure.standing import Standing

__all__ = ["Contract", "GuaranteeNet", "read_guarantees", "secured"]

#: Column of a guarantee -> what a contract calls it; no others are looked at.
_TOLD = {"from_key": "guarantor", "to_key": "borrower", "discriminator": "number",
         "amount_fen": "amount_fen", "guarantee_kind": "kind", "relation": "relation",
         "valid_to": "valid_to", "source": "source", "batch": "batch", "row": "row"}  # fmt: skip
_HEARD = ("known_from", "fact_id")


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
    contracts: Contracts
    loans: Mapping[str, frozenset[str]]
    balances: Mapping[str, int | None]
    net_assets: Mapping[str, int]

    @cached_property
    def standing(self) -> Standing:
        """Who stands for whom, by place among the keys of the contracts."""
        return Standing(self.contracts)

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Keys of all who stand for somebody or have somebody stand for them, as contracts name them."""
        keys = self.contracts.keys
        return tuple(keys[place] for place in self.standing.turn.tolist())

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.contracts.keys)}

    def place(self, key: str) -> int | None:
        """Place of a party among the keys of the contracts; None for one that stands in none."""
        return self._places.get(key)

    def places(self, keys: Collection[str]) -> NDArray[np.int64]:
        """The same of those of several that stand in any, ascending."""
        found = {self._places[key] for key in keys if key in self._places}
        return np.array(sorted(found), np.int64)

    @cached_property
    def _labels(self) -> tuple[list[str], list[str | None]]:
        """Labels and names of those in the net, by place."""
        held = self.snapshot
        numbers = pa.array(held.places(self.contracts.parties))
        return held.labels.take(numbers).to_pylist(), held.names.take(numbers).to_pylist()

    def label(self, key: str) -> str:
        """Label of a party."""
        place = self.place(key)
        if place is not None:
            return self._labels[0][place]
        return str(self.snapshot.labels[self.snapshot.index(key)].as_py())

    def name(self, key: str) -> str | None:
        """Name of a party, None when never told."""
        place = self.place(key)
        if place is not None:
            return self._labels[1][place]
        return self.snapshot.name(self.snapshot.index(key))

    def station(self, number: int) -> tuple[str, ...]:
        """Keys of the parties of a station (`Standing.station`), sorted."""
        return tuple(self.contracts.keys[place] for place in self.standing.station(number).tolist())

    @cached_property
    def names(self) -> dict[str, str | None]:
        """Names of all `parties`, None when never told."""
        names = self._labels[1]
        places = self.standing.turn.tolist()
        return dict(zip(self.parties, (names[place] for place in places), strict=True))

    def of_pairs(self, pairs: NDArray[np.int64]) -> list[Contract]:
        """Contracts of some pairs of `standing`."""
        return self.contracts.take(self.standing.rows(pairs)[0])

    def given(self, key: str) -> list[Contract]:
        """Contracts in which the party stands for others."""
        place = self.place(key)
        return [] if place is None else self.of_pairs(self.standing.given(place))

    def received(self, key: str) -> list[Contract]:
        """Contracts in which others stand for the party."""
        place = self.place(key)
        return [] if place is None else self.of_pairs(self.standing.received(place))

    def inside(self, keys: Collection[str]) -> list[Contract]:
        """Contracts between any two of some parties."""
        return self.of_pairs(self.standing.inside(self.places(keys)))

    def reached(self, key: str, *, back: bool = False) -> dict[str, int]:
        """For whom a party stands in the end, by the number of guarantees on the shortest way, itself
        at 0; `back`: who stands for it.  Empty for one that stands in no contract."""
        place = self.place(key)
        found = {} if place is None else self.standing.distances(place, back=back)
        return {self.contracts.keys[each]: steps for each, steps in found.items()}

    def among(self, keys: Collection[str]) -> nx.DiGraph:
        """Guarantor → borrower of those among some parties, one edge a pair."""
        pairs = self.standing.inside(self.places(keys))
        ends = (self.standing.guarantor[pairs].tolist(), self.standing.borrower[pairs].tolist())
        names = self.contracts.keys
        graph = nx.DiGraph()
        graph.add_nodes_from(sorted(key for key in keys if key in self._places))
        graph.add_edges_from((names[a], names[b]) for a, b in zip(*ends, strict=True))
        return graph

    def debt(self, *keys: str) -> Fen:
        """What the parties owe as far as known loans tell; what several borrowed together, once.

        Each of several borrowers owes the whole (连带债务, 民法典 第五百一十八条).
        """
        held = frozenset().union(*(self.loans.get(key, ()) for key in keys))
        return total(self.balances.get(loan) for loan in sorted(held))

    def with_contract(self, contract: Contract) -> GuaranteeNet:
        """The net as it would be with one more contract."""
        return replace(self, contracts=self.contracts.with_one(contract))


def read_guarantees(snapshot: Snapshot) -> GuaranteeNet:
    """Read the guarantees and debts of a snapshot."""
    ties = snapshot.ties["GUARANTEES"]
    stands = (ties.source != ties.target) & (
        ties.facts["certainty"].to_numpy(zero_copy_only=False) >= 1
    )
    facts = ties.facts.filter(pa.array(stands))
    told = facts.select(list(_TOLD)).rename_columns(list(_TOLD.values()))
    owed = snapshot.secured.owed(told["number"].cast(pa.string()), told["amount_fen"])
    told = told.append_column("owed_fen", owed)
    # of a contract told twice, the telling heard last counts
    for name in _HEARD:
        told = told.append_column(name, _sortable(facts[name]))
    contracts = Contracts(told, heard=_HEARD)
    return GuaranteeNet(
        snapshot, contracts, _loans(snapshot), _balances(snapshot), _net_assets(snapshot)
    )


def _sortable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts come dictionary-coded, and coded ones cannot be sorted."""
    coded = pa.types.is_dictionary(column.type)
    return column.cast(column.type.value_type) if coded else column


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
