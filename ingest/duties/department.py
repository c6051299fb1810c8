"""What each department owes of its administrative acts: by the power list, class by class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.schema.ledger import DECISION_CLASSES
from queries.indicators import Book, ClassRates, Rates
from queries.indicators.rows import attention

__all__ = ["DepartmentDuty", "department_duties"]


@dataclass(frozen=True)
class DepartmentDuty:
    """One class of acts that a department can make.

    Attributes:
        status, missing: of its ledger in the months looked at (`queries.indicators.STATUSES`).
        produced, reported: by the ledger; overdue: past their day and not reported, of any month.
    """

    department: str
    department_name: str
    act_class: str
    act_class_label: str
    status: str
    status_label: str
    missing: tuple[str, ...]
    due: int
    reported: int
    overdue: int


def department_duties(book: Book, rates: Rates) -> tuple[DepartmentDuty, ...]:
    """Every (department, class) of the power list, overdue ones first."""
    told: Mapping[tuple[str | None, str | None], ClassRates] = {
        (line.department, line.act_class): line for line in rates.lines
    }
    found = []
    for body, name in sorted(pair for pair in book.powers if pair[1] in DECISION_CLASSES):
        line = told.get((body, name))
        if line is None:
            continue
        late = attention(book, rates.basis, "overdue", department=body, act_class=name, limit=0)
        found.append(
            DepartmentDuty(
                body, line.department_name, name, DECISION_CLASSES[name], line.status,
                line.status_label, line.missing, line.counts["due"], line.counts["reported"],
                late.total,
            )
        )  # fmt: skip
    found.sort(key=lambda x: (-x.overdue, not x.missing, x.department_name, x.act_class))
    return tuple(found)
