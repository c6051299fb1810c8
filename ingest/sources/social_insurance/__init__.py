"""What employers pay into social insurance."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, told_of

__all__ = ["social_insurance"]

_SAID = (
    "period_ends_on",
    "person_count",
    "due_fen",
    "paid_fen",
    "arrears_fen",
    "arrears_month_count",
)


def social_insurance(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an employer's account at the end of a period."""
    yield from told_of(
        "payer",
        "CONTRIBUTES_TO",
        "SocialInsuranceAccount",
        rows,
        key="social_insurance:" + rows["payer_key"],
        valid_from=rows["period_ends_on"],
        said=_SAID,
    )
