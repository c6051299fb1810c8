"""What employers pay into social insurance."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.contribution import contributions
from ingest.emit import FactFrame

__all__ = ["social_insurance"]


def social_insurance(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an employer's account at the end of a period."""
    yield from contributions(rows, "SocialInsuranceAccount", "social_insurance")
