"""Counties, towns and villages, and what is part of what."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, node, tie

__all__ = ["regions"]

_ABOVE = {"Village": "Town", "Town": "County"}


def regions(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Divisions of all levels in one file."""
    for label in ("County", "Town", "Village"):
        here = rows["level"] == label
        yield node(
            label,
            rows,
            key=rows["code_key"],
            where=here,
            name=rows["name"],
            division_code=rows["code"],
            former_code=rows["former_code"],
        )
        if label in _ABOVE:
            yield tie(
                "PART_OF",
                rows,
                source=(rows["code_key"], label),
                target=(rows["parent_key"], _ABOVE[label]),
                where=here,
            )
