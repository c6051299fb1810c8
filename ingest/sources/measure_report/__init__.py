"""Measures and incentives that departments say they carried out: on whom, by which clause, until when."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import through

__all__ = ["measure_report"]

_SAID = (
    "report_no",
    "measure_kind",
    "area",
    "measure",
    "cause",
    "subject_role",
    "responsibility",
    "law",
    "article",
    "trigger_no",
    "trigger_authority",
    "decided_on",
    "authority",
    "officer",
    "begins_on",
    "ends_on",
    "is_lifelong",
    "told_on",
    "remedy",
    "lifted_on",
)


def measure_report(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a measure on one subject, from its first day until it was lifted or its term ended."""
    key = "measure:" + rows["authority"] + ":" + rows["report_no"]
    over = rows["lifted_on"].where(rows["lifted_on"].notna(), through(rows["ends_on"]))
    when = {"valid_from": rows["begins_on"], "valid_to": over}
    yield from mention(rows, "subject", name=rows["subject_name"])
    yield node("MeasureReport", rows, key=key, columns=_SAID, **when)
    yield tie(
        "SUBJECT_TO", rows, source=end(rows, "subject"), target=(key, "MeasureReport"), **when
    )
