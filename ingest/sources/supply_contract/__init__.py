"""Supply contracts: the contract, its two parties, and who supplies whom for its term."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import through

__all__ = ["supply_contract"]


def supply_contract(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a contract."""
    key = "contract:" + rows["seller_key"] + ":" + rows["contract_no"]
    when = {"valid_from": rows["signed_on"], "valid_to": through(rows["ends_on"])}
    yield from mention(rows, "seller", name=rows["seller_name"])
    yield from mention(
        rows,
        "buyer",
        name=rows["buyer_name"],
        where=~rows["buyer_key"].isin(rows["seller_key"]),
    )
    said = ("contract_no", "goods", "amount_fen", "signed_on", "ends_on", "performance")
    yield node(
        "SupplyContract",
        rows,
        key=key,
        valid_from=rows["signed_on"],
        columns=said,
    )
    for role in ("seller", "buyer"):
        yield tie(
            "PARTY_TO",
            rows,
            source=end(rows, role),
            target=(key, "SupplyContract"),
            valid_from=rows["signed_on"],
            role=role,
        )
    yield tie(
        "SUPPLIES",
        rows,
        source=end(rows, "seller"),
        target=end(rows, "buyer"),
        discriminator=key,
        **when,
        amount_fen=rows["amount_fen"],
    )
