"""Subsidies paid to farmers, farms and cooperatives, from the day of payment."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, emit_named_party

__all__ = ["agricultural_subsidy"]


def agricultural_subsidy(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a payment."""
    paid = rows["paid_on"].astype(str)
    what = rows["subsidy_kind"] + ":" + rows["year"].astype(str) + ":" + paid
    yield from emit_named_party(
        "payee",
        "RECEIVED",
        "Subsidy",
        rows,
        key="subsidy:" + what + ":" + rows["payee_key"],
        valid_from=rows["paid_on"],
        columns=("subsidy_kind", "year", "quantity", "amount_fen", "paid_on"),
    )
