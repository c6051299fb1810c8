"""What is amiss with grades, how many are in force, and when who is to be inspected."""

from __future__ import annotations

from collections import Counter
from typing import Any

from whole_district import WholeDistrict

from ingest.sample.public_records.grades import FILES
from queries.supervision import (
    FINDINGS,
    grade_counts,
    grade_findings,
    graded,
    inspection_plan,
)

__all__ = ["found"]

_ALL = 100_000


def found(district: WholeDistrict) -> Any:
    """Findings and inspections of the whole district; grades in force of its own firms, as the tax
    office rates others as well."""
    reader = district.reader
    own = {f"org:{code}" for code in district.table(FILES[0][1])["统一社会信用代码"]}
    in_force: Counter[str] = Counter()
    for kind, scheme in {(one.kind, one.scheme) for one in grade_counts(reader).counts}:
        for row in graded(reader, kind, scheme, limit=_ALL).rows:
            in_force[f"{scheme} {row.grade.grade}"] += row.grade.party in own
    told = grade_findings(reader, limit=_ALL).rows
    return {
        "findings": {
            kind: [
                [one.party.removeprefix("org:"), one.grade.scheme]
                for one in told
                if one.kind == kind
            ]
            for kind in FINDINGS
        },
        "in_force": {name: count for name, count in in_force.items() if count},
        "due": {
            one.party.removeprefix("org:"): one.due_on
            for one in inspection_plan(reader, limit=_ALL).rows
        },
    }
