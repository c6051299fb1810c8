"""Grades that authorities deliver: evaluations of credit, and grades by which sectors supervise.

They are taken as they come; the next one of the same authority takes the place of the one before.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import through

__all__ = ["credit_grade", "supervision_grade"]


def credit_grade(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a grade, from the day on which it was given through its last day, or until the next."""
    key = "grade:" + rows["scheme"] + ":" + rows["authority"] + ":" + rows["subject_key"]
    yield from _given(
        "GRADED_AS",
        "CreditGrade",
        rows,
        key,
        (
            "scheme", "edition", "grade", "authority", "document_no", "decided_on", "valid_to_on",
            "reason",
        ),
        valid_to=through(rows["valid_to_on"]),
    )  # fmt: skip


def supervision_grade(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a grade, from the day on which it was given until the next."""
    key = "supervision:" + rows["sector"] + ":" + rows["authority"] + ":" + rows["subject_key"]
    yield from _given(
        "SUPERVISED_AS",
        "SupervisionGrade",
        rows,
        key,
        (
            "sector", "grade", "ground", "event_no", "reason", "authority", "decided_on",
            "last_inspected_on", "interval_months", "next_inspection_on",
        ),
    )  # fmt: skip


def _given(
    by: str,
    kind: str,
    rows: pd.DataFrame,
    key: pd.Series,
    columns: tuple[str, ...],
    valid_to: pd.Series | None = None,
) -> Iterator[FactFrame]:
    yield from mention(rows, "subject", name=rows["subject_name"])
    yield node(
        kind, rows, key=key, columns=columns, valid_from=rows["decided_on"], valid_to=valid_to
    )
    # the tie stays: the grades of before are the history of the same subject
    yield tie(
        by, rows, source=end(rows, "subject"), target=(key, kind), valid_from=rows["decided_on"]
    )
