"""What a firm invents: rights for their term, projects from their start, spending by year."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, emit_named_party, end, mention, node, tie
from ingest.period import after_year, through

__all__ = ["intellectual_property", "research_project", "research_spending"]


def intellectual_property(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a holder of a right."""
    key = "ip:" + rows["property_kind"] + ":" + rows["certificate_no"]
    when = {"valid_from": rows["granted_on"], "valid_to": through(rows["expires_on"])}
    said = ("property_kind", "certificate_no", "granted_on", "expires_on", "is_pledged")
    yield from mention(rows, "holder", name=rows["holder_name"])
    yield node(
        "IntellectualProperty",
        rows,
        key=key,
        where=~key.duplicated(),
        **when,
        title=rows["ip_title"],
        columns=said,
    )
    yield tie(
        "HOLDS_IP",
        rows,
        source=end(rows, "holder"),
        target=(key, "IntellectualProperty"),
        **when,
    )


def research_project(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row who undertakes a project."""
    key = "research_project:" + rows["project_no"]
    yield from emit_named_party(
        "undertaker",
        "UNDERTAKES",
        "ResearchProject",
        rows,
        key=key,
        valid_from=rows["started_on"],
        columns=("project_no", "level", "grant_fen", "started_on", "accepted_on"),
        title=rows["project_title"],
    )


def research_spending(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a firm's closed year, in force until the next year's."""
    yield from mention(rows, "firm", name=rows["firm_name"])
    yield node(
        "ResearchSpending",
        rows,
        key=rows["firm_key"],
        valid_from=after_year(rows["year"]),
        columns=("year", "spending_fen", "researcher_count"),
    )
