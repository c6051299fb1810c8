"""Cooperatives as the agriculture department lists them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import Statement, node
from ingest.registered import representative_and_seat

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


def cooperative(rows: pd.DataFrame) -> Iterator[Statement]:
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
        columns=_DETAILS,
    )
    yield from representative_and_seat(rows, subject, since=began)
