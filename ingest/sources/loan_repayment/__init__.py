"""How a loan was paid, month by month, as of the data date."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, node

__all__ = ["loan_repayment"]


def loan_repayment(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a loan; the counts that rules ask for stand beside the codes."""
    codes = rows["repayment_codes"]
    runs = codes.str.findall(r"[1-7]+")
    yield node(
        "RepaymentHistory",
        rows,
        key=rows["loan_key"],
        valid_from=rows["stated_on"],
        repayment_codes=codes,
        overdue_month_count=codes.str.count(r"[1-7]"),
        longest_overdue_run=runs.map(lambda found: max(map(len, found), default=0)),
        unknown_month_count=codes.str.count("#"),
        has_write_off=codes.str.contains(r"[BDZ]"),
    )
