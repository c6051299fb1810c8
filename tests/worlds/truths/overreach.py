"""What departments did: what goes too far, what is lawful, what is over."""

from __future__ import annotations

from collections import Counter
from typing import Any

from whole_district import WholeDistrict

from queries.measures import load_overreach, measure_register, used_incentives

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Every measure that some department reported, each as what it is."""
    told = measure_register(district.reader, district.services.office.store)
    assert max(Counter(item.statement.id for item in told.overreach).values()) == 1
    kinds = {item.id for item in load_overreach().kinds}
    judged = {item.statement.id: item.state for item in told.judged}
    reported = district.services.log.read("MeasureReport").to_pylist()
    uses = {item.statement.id for item in used_incentives(district.reader, told).uses}
    names = {f"{row['authority']} {row['report_no']}" for row in reported}
    return {
        "overreach": {x.statement.id: x.code for x in told.overreach if x.code in kinds},
        "faults": {x.statement.id: x.code for x in told.overreach if x.code not in kinds},
        "lawful": sorted(name for name, state in judged.items() if state == "lawful"),
        "over": sorted(names - {*judged} - uses),
        "to_check": sorted(item.statement.id for item in told.to_check),
        "incentives": sorted(uses),
    }
