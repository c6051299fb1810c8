"""Rural collectives: the register of the agriculture department, and their yearly accounts."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, Statement, node
from ingest.period import after_year
from ingest.registered import representative_and_seat

__all__ = ["collective_account", "village_collective"]


def village_collective(rows: pd.DataFrame) -> Iterator[Statement]:
    """One row a collective (codes N1 group, N2 village, N3 town)."""
    began = rows["established_on"]
    subject = (rows["subject_key"], "Collective")
    said = ("registration_state", "established_on", "address", "phone_masked", "phone_key")
    yield node(
        "Collective",
        rows,
        key=rows["subject_key"],
        valid_from=began,
        name=rows["subject_name"],
        unified_social_credit_code=rows["subject_code"],
        columns=said,
    )
    yield from representative_and_seat(
        rows, subject, since=began, represents_from=rows["represents_from"]
    )


def collective_account(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Assets and income of a closed year, in force until the next year's."""
    said = (
        "year",
        "member_count",
        "total_assets_fen",
        "operating_assets_fen",
        "liabilities_fen",
        "income_fen",
    )
    yield node(
        "CollectiveAccount",
        rows,
        key=rows["subject_key"],
        valid_from=after_year(rows["year"]),
        columns=said,
    )
