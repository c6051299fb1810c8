"""The tax office's lists: serious violators, and taxpayers who cannot be found."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame
from ingest.public_list import listing

__all__ = ["irregular_taxpayer", "tax_black_list"]


def tax_black_list(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a case."""
    yield from listing(
        rows,
        "tax_black_list",
        number=rows["document_no"],
        columns=("authority", "legal_ground"),
        case_no=rows["document_no"],
        conduct=rows["case_nature"] + "：" + rows["conduct"],
    )


def irregular_taxpayer(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a finding by the tax office."""
    rows = rows.rename(columns={"irregular_on": "listed_on"})
    yield from listing(
        rows,
        "irregular_taxpayer",
        number=rows["listed_on"].astype(str),
        columns=("authority",),
    )
