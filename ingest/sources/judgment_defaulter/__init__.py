"""The courts' list of judgment defaulters."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame
from ingest.public_list import listing

__all__ = ["judgment_defaulter"]


def judgment_defaulter(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a listing; a removal of the same case is a word about it."""
    yield from listing(
        rows,
        "judgment_defaulter",
        number=rows["case_no"],
        columns=(
            "case_no",
            "authority",
            "legal_ground",
            "conduct",
            "performance",
            "published_until",
        ),
    )
