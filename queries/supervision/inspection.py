"""When who is to be inspected next: the day that the authority stated, or its interval after the last.

No interval is made up from a grade: how often an authority inspects is for it to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pyarrow.compute as pc
from pydantic import computed_field

from graph.identifiers.spelling import compact
from graph.schema.credit_grade import SECTORS
from graph.time import months_after
from queries.district import DistrictReader
from queries.supervision.grade import Grade
from queries.supervision.rules import load_grades

__all__ = ["DUE_STATES", "DueState", "InspectionDue", "due", "first_due", "read_inspections"]

DueState = Literal["overdue", "soon", "later", "unstated"]

#: How near an inspection is -> in Chinese.
DUE_STATES: Mapping[DueState, str] = {
    "overdue": "已逾期", "soon": "临近", "later": "未到期", "unstated": "未写明检查日期或间隔",
}  # fmt: skip

#: A record that says so of itself is no inspection that took place.
_NONE = frozenset({"annulled", "shielded"})


@dataclass(frozen=True)
class InspectionDue:
    """The next inspection of one subject by one authority.

    Attributes:
        sector, grade: codes.  reason: of the grade.
        last_inspected_on: the later of what the authority stated and what the register of
            inspections knows of it; None: nobody says.
        due_on: None: it cannot be told.  how: stated by the authority, or its interval counted on.
    """

    party: str
    name: str | None
    sector: str
    grade: str
    grade_label: str
    reason: str | None
    authority: str | None
    decided_on: date | None
    last_inspected_on: date | None
    interval_months: int | None
    due_on: date | None
    how: Literal["stated", "counted"] | None
    state: DueState

    @computed_field
    @property
    def sector_label(self) -> str:
        """In Chinese."""
        return SECTORS.get(self.sector, self.sector)

    @computed_field
    @property
    def state_label(self) -> str:
        """In Chinese."""
        return DUE_STATES[self.state]


def due(grade: Grade, name: str | None, inspected_on: date | None, day: date) -> InspectionDue:
    """The next inspection that follows from a grade in force.

    Args:
        inspected_on: the last day on which the register knows of one by the same authority.
    """
    known = [one for one in (grade.last_inspected_on, inspected_on) if one is not None]
    last = max(known, default=None)
    due_on: date | None = None
    how: Literal["stated", "counted"] | None = None
    planned = grade.next_inspection_on
    if planned is not None and (last is None or last < planned):
        due_on, how = planned, "stated"
    elif last is not None and grade.interval_months:
        due_on, how = months_after(last, grade.interval_months), "counted"
    state: DueState = "unstated"
    if due_on is not None:
        near = day + timedelta(load_grades().soon_days)
        state = "overdue" if due_on < day else "soon" if due_on <= near else "later"
    return InspectionDue(
        party=grade.party,
        name=name,
        sector=grade.scheme,
        grade=grade.grade,
        grade_label=grade.grade_label,
        reason=grade.reason,
        authority=grade.authority,
        decided_on=grade.decided_on,
        last_inspected_on=last,
        interval_months=grade.interval_months,
        due_on=due_on,
        how=how,
        state=state,
    )


def first_due(one: InspectionDue) -> tuple[date, int, str, str]:
    """Order of a plan: what is due first; of one day the worst grade; what nobody stated last."""
    return (one.due_on or date.max, -ord(one.grade[0]), one.party, one.sector)


def read_inspections(reader: DistrictReader) -> Mapping[tuple[str, str], date]:
    """(party, authority's name) -> the last day of an inspection, up to the reader's day."""
    table = reader.whenever("AdministrativeAct")
    table = table.filter(pc.equal(table["act_class"], "inspection"))
    wanted = ["key", "authority", "decided_on", "record_state"]
    acts = {
        row["key"]: row
        for row in table.select(wanted).to_pylist()
        if row["authority"] and row["decided_on"] and row["record_state"] not in _NONE
    }
    ties = reader.whenever("ACT_ON") if acts else None
    last: dict[tuple[str, str], date] = defaultdict(lambda: date.min)
    if ties is not None:
        ties = ties.filter(pc.greater_equal(ties["certainty"], 1))
        for tie in ties.select(["from_key", "to_key"]).to_pylist():
            act = acts.get(tie["to_key"])
            if act is not None and act["decided_on"] <= reader.moment.as_of:
                whom = (tie["from_key"], compact(act["authority"]))
                last[whom] = max(last[whom], act["decided_on"])
    return dict(last)
