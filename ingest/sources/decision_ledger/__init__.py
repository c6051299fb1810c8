"""Ledgers: which decisions a department made, and its monthly statement of how many.

Nothing of whom a decision concerns is read: a ledger counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["decision_ledger", "monthly_statement"]


def decision_ledger(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a decision."""
    key = "ledger:" + rows["body_code"] + ":" + rows["act_class"] + ":" + rows["document_no"]
    said = ("document_no", "act_class", "decided_on", "excluded_reason", "excluded_clause")
    yield from _told(rows, "LedgerEntry", key, rows["decided_on"], said)


def monthly_statement(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a class and month of a body, in force from the month's first day."""
    month = rows["month_ends_on"].map(lambda day: f"{day:%Y-%m}")
    first = rows["month_ends_on"].map(lambda day: day.replace(day=1))
    key = "statement:" + rows["body_code"] + ":" + rows["act_class"] + ":" + month
    said = (
        "act_class",
        "produced_count",
        "published_count",
        "reported_count",
        "unreported_count",
        "unreported_ground",
    )
    yield from _told(rows.assign(month=month), "LedgerStatement", key, first, ("month", *said))


def _told(
    rows: pd.DataFrame, kind: str, key: pd.Series, since: pd.Series, said: tuple[str, ...]
) -> Iterator[FactFrame]:
    yield from mention(rows, "body", name=rows["body_name"])
    yield node(kind, rows, key=key, valid_from=since, columns=said)
    yield tie("PRODUCED_BY", rows, source=(key, kind), target=end(rows, "body"), valid_from=since)
