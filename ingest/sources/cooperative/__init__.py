"""Cooperatives as the agriculture department lists them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["cooperative"]

_DETAILS = (
    "established_on",
    "registered_capital_fen",
    "address",
    "phone_masked",
    "phone_key",
    "demonstration_level",
    "member_count",
)


def cooperative(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a cooperative, with its legal representative."""
    began = rows["established_on"]
    subject = (rows["subject_key"], "Cooperative")
    yield node(
        "Cooperative",
        rows,
        key=rows["subject_key"],
        valid_from=began,
        name=rows["subject_name"],
        unified_social_credit_code=rows["subject_code"],
        **{name: rows[name] for name in _DETAILS},
    )
    yield from mention(rows, "representative", name=rows["representative_name"])
    yield tie(
        "LEGAL_REPRESENTATIVE_OF",
        rows,
        source=end(rows, "representative"),
        target=subject,
        valid_from=began,
    )
    yield tie(
        "LOCATED_IN",
        rows,
        source=subject,
        target=(rows["village_key"], "Village"),
        valid_from=began,
    )
