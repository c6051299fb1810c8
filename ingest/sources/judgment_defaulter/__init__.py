"""The courts' list of judgment defaulters: valid from its publication until removal or expiry."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame
from ingest.public_list import listing

__all__ = ["judgment_defaulter"]


def judgment_defaulter(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a listing; the same case removed later closes it."""
    yield from listing(
        rows,
        "judgment_defaulter",
        number=rows["case_no"],
        usable_until=rows["usable_until"],
        columns=("case_no", "authority", "legal_ground", "conduct", "performance"),
    )
