"""What changed between the two rounds of files of the sector, and what only looked like it."""

from __future__ import annotations

from typing import Any

from whole_district import WholeDistrict

from ingest.sample.public_records.monitoring import FILES, SECTOR
from queries.monitoring import Sector, warning_register

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Every warning about a firm of its register: by rule, by round, and whether it is of the sector."""
    register = warning_register(district.reader)
    assert register is not None
    codes = district.table(FILES[0][1])["统一社会信用代码"]
    firms = {f"org:{code}": code for code in codes}
    inside = {*register.of(Sector(industries=(SECTOR,)))["subject"].to_pylist()}
    events: dict[str, list[str]] = {}
    before, outside = [], []
    for one in register.shown(register.of()):
        if one.subject not in firms:
            continue
        file = district.file_of(one.batch)
        if one.subject not in inside:
            outside.append(firms[one.subject])
        elif file.endswith("-2.csv"):
            events.setdefault(one.rule, []).append(firms[one.subject])
        else:
            before.append(firms[one.subject])
    came = [report.file_name for report in district.reports if "行业监测" in report.file_name]
    return {
        "sector": SECTOR,
        "events": {rule: sorted(told) for rule, told in events.items()},
        "before": sorted(before),
        "outside": sorted(outside),
        "second_round": [file for file in came if file.endswith("-2.csv")],
    }
