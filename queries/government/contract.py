"""Contracts on which somebody owes a firm, as their files have them, with what was paid on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow.compute as pc

from graph.last_heard import last_heard
from queries.district import DistrictReader
from queries.government.interest import Payment

__all__ = ["Contract", "ends_of", "parties_of", "read_contracts"]


@dataclass(frozen=True)
class Contract:
    """A contract as its file has it, with what was paid on it, in the order of payment.

    Attributes:
        said: its properties, by name.
        row: where it stands in the file: source, batch and row.
    """

    key: str
    debtor: str
    creditor: str | None
    said: Mapping[str, Any]
    payments: tuple[Payment, ...]
    row: tuple[str, str, int]

    def disputed_fen(self, day: date) -> int:
        """What is in dispute on a day; the whole amount where no part was named."""
        begins, ends = self.said["disputed_on"], self.said["dispute_ended_on"]
        if begins is None or begins > day or (ends is not None and ends <= day):
            return 0
        part: int | None = self.said["disputed_fen"]
        amount: int = self.said["amount_fen"]
        return amount if part is None else part


def read_contracts(reader: DistrictReader) -> tuple[Contract, ...]:
    """Every contract that is known at the reader's moment, by key."""
    payers, creditors = ends_of(reader, "OWED_BY"), ends_of(reader, "OWED_TO")
    paid = _payments(reader)
    rows = last_heard(reader.table("Arrears"), ["key"]).to_pylist()
    return tuple(
        Contract(
            row["key"],
            payers[row["key"]],
            creditors.get(row["key"]),
            row,
            tuple(sorted(paid[row["key"]], key=lambda one: one.paid_on)),
            (row["source"], row["batch"], row["row"]),
        )
        for row in rows
        if row["key"] in payers
    )


def _payments(reader: DistrictReader) -> dict[str, list[Payment]]:
    contract_of = ends_of(reader, "PAYS")
    found: dict[str, list[Payment]] = defaultdict(list)
    for row in last_heard(reader.table("ArrearsPayment"), ["key"]).to_pylist():
        if row["key"] in contract_of:
            paid = Payment(row["paid_on"], row["amount_fen"], row["settles"])
            found[contract_of[row["key"]]].append(paid)
    return found


def ends_of(reader: DistrictReader, tie: str) -> dict[str, str]:
    """What each thing is tied to, by ties of certainty 1."""
    table = reader.table(tie)
    rows = table.filter(pc.greater_equal(table["certainty"], 1)).select(["from_key", "to_key"])
    return {row["from_key"]: row["to_key"] for row in rows.to_pylist()}


def parties_of(contracts: Iterable[Contract]) -> set[str]:
    """Keys of everybody who pays or is paid."""
    return {key for one in contracts for key in (one.debtor, one.creditor) if key}
