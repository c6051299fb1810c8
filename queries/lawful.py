"""Which adverse record may be used, and shown, at a date.

A record that was removed, repaired or whose publication term is over is used nowhere: in no score,
explanation, decision or export (信用修复管理办法, in force 2026-04-01: 停止共享和使用).  What counts is
the later of the two clocks of a question: a repair known today also protects the past.  A term holds
through its last day (民法典 第二百零三条); a removal holds on its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

__all__ = ["ADVERSE_ENDS", "RETENTION_YEARS", "Unusable", "retained_since", "why_unusable"]

Unusable = Literal["repaired", "expired", "identity_not_proven"]

#: Adverse information is kept five years from the day that the act or event ended
#: (征信业管理条例 第十六条); past that it is used nowhere, whatever its publication term says.
RETENTION_YEARS = 5

#: Kinds of adverse record, and the property that says when the act was over.  A penalty is for an
#: act that was over when it was decided; a listing lasts until it is removed, and is not here.
ADVERSE_ENDS: Mapping[str, str] = MappingProxyType({"Penalty": "decided_on"})


def retained_since(day: date) -> date:
    """An act that ended on this day or before is forgotten on `day`."""
    try:
        return day.replace(year=day.year - RETENTION_YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year - RETENTION_YEARS, day=28)


def why_unusable(
    record: Mapping[str, Any], *, as_of: date, known_at: datetime, certainty: float
) -> Unusable | None:
    """Why a list entry may not be used; None when it may.

    Args:
        record: with `removed_on` and `usable_until`, the last day of use; dates or None.
        certainty: of the tie between the party and the entry.
    """
    day = max(as_of, known_at.date())
    if record["removed_on"] is not None and record["removed_on"] <= day:
        return "repaired"
    if record["usable_until"] is not None and record["usable_until"] < day:
        return "expired"
    return "identity_not_proven" if certainty < 1 else None
