"""What the firms and people planted with honours would score, had they applied."""

from __future__ import annotations

from typing import Any

from whole_district import WholeDistrict

from graph.identifiers import person_key
from graph.secrets import make_secrets
from ingest.sample.public_records.points import FILES
from queries.points import join_points, points_of

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Points of everybody in its register; of people their representatives."""
    reader, store = district.reader, district.services.office.store
    identity = make_secrets(district.services.settings.secrets_file).identity_key
    register = district.table(FILES[0][1])
    keys = {code: f"org:{code}" for code in register["统一社会信用代码"]}
    keys |= {number: person_key(number, identity) for number in register["法定代表人证件号码"]}
    points: dict[str, float | None] = {}
    counts: dict[str, dict[str, int]] = {"same_honour": {}, "not_scored": {}}
    for number, key in keys.items():
        join_points(reader, store, key, application="申请书", by="样本乙")
        told = points_of(reader, store, key)
        points[number] = told.points
        for state, of in counts.items():
            lines = sum(line.state == state and line.rule != "base" for line in told.lines)
            if lines:
                of[number] = lines
    return {"points": points, **counts}
