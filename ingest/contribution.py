"""What an employer pays into a fund: social insurance and the housing provident fund alike."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, emit_named_party

__all__ = ["contributions"]

_SAID = (
    "period_ends_on",
    "person_count",
    "due_fen",
    "paid_fen",
    "arrears_fen",
    "arrears_month_count",
)


def contributions(rows: pd.DataFrame, kind: str, fund: str) -> Iterator[FactFrame]:
    """State an employer's account at the end of a period; `fund` tells its accounts apart."""
    yield from emit_named_party(
        "payer",
        "CONTRIBUTES_TO",
        kind,
        rows,
        key=fund + ":" + rows["payer_key"],
        valid_from=rows["period_ends_on"],
        columns=_SAID,
    )
