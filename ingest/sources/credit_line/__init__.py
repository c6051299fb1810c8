"""Credit lines: who may borrow how much, from the day of the agreement on."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie
from ingest.lender import lender_key, lenders
from ingest.period import earlier, through

__all__ = ["credit_line"]


def credit_line(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a line, in force through the day on which it ends or runs out."""
    key = "credit_line:" + rows["lender_code"] + ":" + rows["line_no"]
    lender = lender_key(rows)
    last = earlier(through(rows["expires_on"]), rows["ended_on"])
    when = {"valid_from": rows["granted_on"], "valid_to": last}
    yield from lenders(rows)
    yield from mention(rows, "borrower", name=rows["borrower_name"])
    yield node(
        "CreditLine",
        rows,
        key=key,
        **when,
        columns=("line_no", "amount_fen", "product", "granted_on", "expires_on", "ended_on"),
    )
    yield tie(
        "GRANTED_LINE", rows, source=end(rows, "borrower"), target=(key, "CreditLine"), **when
    )
    yield tie(
        "LINE_OF",
        rows,
        source=(key, "CreditLine"),
        target=(lender, "FinancialInstitution"),
        **when,
    )
