"""Who holds which office in an enterprise, from when to when."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, tie
from ingest.period import through

__all__ = ["enterprise_executive"]


def enterprise_executive(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an office; one person may hold several."""
    yield from mention(rows, "person", name=rows["person_name"])
    yield tie(
        "EXECUTIVE_OF",
        rows,
        source=end(rows, "person"),
        target=end(rows, "firm"),
        discriminator=rows["position"],
        valid_from=rows["holds_from"],
        valid_to=through(rows["holds_to"]),
        position=rows["position"],
    )
