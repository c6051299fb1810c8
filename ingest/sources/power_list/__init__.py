"""Power lists: which classes of decisions a department can make."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["power_list"]


def power_list(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a power of a body."""
    key = "power:" + rows["body_code"] + ":" + rows["power_code"]
    said = ("power_code", "name", "act_class", "subject_kind", "legal_ground")
    yield from mention(rows, "body", name=rows["body_name"])
    yield node("PowerItem", rows, key=key, valid_from=rows["since"], columns=said)
    yield tie(
        "EXERCISED_BY",
        rows,
        source=(key, "PowerItem"),
        target=end(rows, "body"),
        valid_from=rows["since"],
    )
