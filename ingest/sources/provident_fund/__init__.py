"""What employers pay into the housing provident fund."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.contribution import contributions
from ingest.emit import FactFrame

__all__ = ["provident_fund"]


def provident_fund(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an employer's account at the end of a period."""
    yield from contributions(rows, "ProvidentFundAccount", "provident_fund")
