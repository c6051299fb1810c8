"""The tax office's lists: serious violators, and taxpayers who cannot be found.

A serious violation is published for three years (国家税务总局令第54号), less where publication is
stopped earlier; an irregular taxpayer is one until the tax office lifts it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame
from ingest.public_list import listing, years_after

__all__ = ["irregular_taxpayer", "tax_black_list"]

_PUBLISHED_YEARS = 3


def tax_black_list(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a case."""
    yield from listing(
        rows,
        "tax_black_list",
        number=rows["document_no"],
        usable_until=years_after(rows["listed_on"], _PUBLISHED_YEARS),
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
        usable_until=pd.Series(None, index=rows.index, dtype=object),
        columns=("authority",),
    )
