"""Rates of departments: which decision is counted as what."""

from __future__ import annotations

import re
from typing import Any

from whole_district import WholeDistrict

from ingest.department_rates import DepartmentRates

__all__ = ["found"]

_MEASURES = ("on_time", "late", "excluded", "unreported", "refused", "outside")
_FIRST, _LAST = "2026-03", "2026-03"


def found(district: WholeDistrict) -> Any:
    """Of the departments that have a power list, in the month; late rows of whatever month."""
    asked = DepartmentRates(district.services.office, district.reader)
    told = asked.rates(_FIRST)
    bodies = {line.department for line in told.lines if line.missing or line.stated is not None}
    documents: dict[str, dict[str, list[str]]] = {}
    for line in told.lines:
        if line.department not in bodies or line.status != "counted":
            continue
        for measure in _MEASURES:
            rows = asked.rows(
                _FIRST, measure, department=line.department, act_class=line.act_class, limit=None,
                offset=0,
            )  # fmt: skip
            assert rows.total == line.counts[measure] == len(rows.rows)
            if numbers := sorted(_written(row.document_no) for row in rows.rows):
                own = documents.setdefault(f"{line.department}|{line.act_class}", {})
                own[measure] = numbers
    return {
        "month": _FIRST,
        "departments": sorted(str(body) for body in bodies),
        "documents": documents,
        "no_obligation": sorted(
            [line.department, line.act_class]
            for line in told.lines
            if line.status == "no_obligation"
        ),
        "ledger_missing": sorted(
            [line.department, line.act_class]
            for line in told.lines
            if line.status == "ledger_missing"
        ),
    }


def _written(number: str | None) -> str:
    """As the paper has it: another clerk writes other brackets."""
    return re.sub(r"\[(\d+)\]", r"〔\1〕", number or "")
