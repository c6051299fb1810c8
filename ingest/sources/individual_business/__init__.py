"""Individual businesses: the licence from its first day, how it is run from the data date.

Who runs it answers for its debts: the operator with what is theirs, or, where the family runs it,
with what is the family's (民法典 第五十六条).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import Statement, end, node
from ingest.registered import representative_and_seat

__all__ = ["individual_business"]


def individual_business(rows: pd.DataFrame) -> Iterator[Statement]:
    """One row a business."""
    began = rows["established_on"]
    yield node(
        "IndividualBusiness",
        rows,
        key=rows["subject_key"],
        valid_from=began,
        name=rows["subject_name"],
        unified_social_credit_code=rows["subject_code"],
        registration_state=rows["registration_state"],
        established_on=began,
        address=rows["address"],
    )
    said = ("composition", "employee_count", "funds_fen", "business_scope", "subject_kind")
    yield node(
        "IndividualBusinessProfile",
        rows,
        key=rows["subject_key"],
        valid_from=rows["stated_on"],
        columns=said,
    )
    yield from representative_and_seat(rows, end(rows, "subject"), since=began, party="operator")
