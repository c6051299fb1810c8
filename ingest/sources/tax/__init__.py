"""Tax: ratings from the day they were made, payments by year, arrears by day of notice."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, emit_named_party
from ingest.period import after_year

__all__ = ["tax_arrears", "tax_payment", "tax_rating"]


def tax_rating(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a payer's rating; the next one takes its place."""
    yield from emit_named_party(
        "payer",
        "RATED_AS",
        "TaxRating",
        rows,
        key="tax_rating:" + rows["payer_key"],
        valid_from=rows["rated_on"],
        columns=("year", "grade", "rated_on"),
    )


def tax_payment(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a payer's closed year, in force until the next year's."""
    yield from emit_named_party(
        "payer",
        "PAID_TAX",
        "TaxPayment",
        rows,
        key="tax_payment:" + rows["payer_key"],
        valid_from=after_year(rows["year"]),
        columns=("year", "paid_fen"),
    )


def tax_arrears(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a tax owed; a later notice takes its place, with balance 0 once it is paid."""
    yield from emit_named_party(
        "payer",
        "OWES",
        "TaxArrears",
        rows,
        key="tax_arrears:" + rows["payer_key"] + ":" + rows["tax_kind"],
        valid_from=rows["stated_on"],
        columns=("tax_kind", "balance_fen", "authority"),
    )
