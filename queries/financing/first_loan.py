"""Whether a loan would be a borrower's first, by the records, as of the day of the disbursement.

The rule is that of the lending figures (`queries.lending.book`): an earlier loan on file of the same
household, or the party where it belongs to none, says no; an answer of the credit bureau of the last
thirty days says yes; that nothing is on file says nothing.
"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from queries.district import DistrictReader
from queries.lending.book import IsFirst

__all__ = ["first_loan"]

_REPORT_HOLDS = timedelta(days=30)


def first_loan(reader: DistrictReader, subject: str, on: date) -> IsFirst:
    """Of a party, on a day."""
    unit = _unit(reader, subject)
    loans = _ends(reader, "BORROWED", unit)
    granted = _told(reader, "Loan", loans, "granted_on")
    if any(day is not None and day < on for day in granted):
        return "no"
    if loans and (None in granted or len(granted) < len(loans)):
        return "unknown"
    reports = _ends(reader, "HAS_CREDIT_REPORT", [subject])
    table = reader.table("CreditReport")
    held = last_heard(table.filter(pc.is_in(table["key"], pa.array(reports, pa.string()))), ["key"])
    clean = any(
        row["has_loan_record"] is False
        and row["report_on"] is not None
        and row["report_on"] <= on <= row["report_on"] + _REPORT_HOLDS
        for row in held.to_pylist()
    )
    same_day = sum(day == on for day in granted)
    return "yes" if clean and not same_day else "unknown"


def _unit(reader: DistrictReader, subject: str) -> list[str]:
    homes = _ends(reader, "BELONGS_TO", [subject])
    if not homes:
        return [subject]
    ties = _certain(reader, "BELONGS_TO")
    inside = ties.filter(pc.is_in(ties["to_key"], pa.array(homes[:1], pa.string())))
    return sorted({subject, homes[0], *inside["from_key"].to_pylist()})


def _ends(reader: DistrictReader, kind: str, sources: list[str]) -> list[str]:
    ties = _certain(reader, kind)
    found = ties.filter(pc.is_in(ties["from_key"], pa.array(sources, pa.string())))
    return sorted(set(found["to_key"].to_pylist()))


def _certain(reader: DistrictReader, kind: str) -> pa.Table:
    found = reader.table(kind)
    return found.filter(pc.greater_equal(found["certainty"], 1))


def _told(reader: DistrictReader, kind: str, keys: list[str], name: str) -> list[date | None]:
    table = reader.table(kind)
    held = last_heard(table.filter(pc.is_in(table["key"], pa.array(keys, pa.string()))), ["key"])
    return list(held[name].to_pylist())
