"""Concealed decisions (瞒报): entering what an inspector found, and how many stand."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from graph.errors import InputError
from graph.operations import Concealment, Concealments, OperationsStore
from graph.schema.ledger import DECISION_CLASSES
from graph.time import utc_now
from queries.indicators.months import month_number

__all__ = ["Concealment", "conceal", "concealed_by", "take_back"]


def conceal(
    store: OperationsStore,
    department: str,
    act_class: str,
    document_no: str,
    decided_on: date,
    *,
    evidence: str,
    by: str,
) -> Concealment:
    """Enter a finding; raises `InputError` (`class_unknown`), and as `Concealments.enter`."""
    if act_class not in DECISION_CLASSES:
        raise InputError(
            f"没有这个行政行为类别。可用：{'、'.join(DECISION_CLASSES)}。",
            "There is no such class of decisions.",
            code="class_unknown",
        )
    return Concealments(store).enter(
        department, act_class, document_no, decided_on, evidence=evidence, by=by, at=utc_now()
    )


def take_back(store: OperationsStore, number: int, *, why: str, by: str) -> Concealment:
    """Take one back; raises as `Concealments.take_back`."""
    return Concealments(store).take_back(number, why=why, by=by, at=utc_now())


def concealed_by(
    store: OperationsStore, known_at: datetime | None = None
) -> dict[tuple[str, str, int], int]:
    """(department, class, month of the decision) -> findings that stood at an instant, by default
    now."""
    in_force = [
        item
        for item in Concealments(store).all()
        if (known_at is None or item.found_at <= known_at)
        and (item.withdrawn_at is None or (known_at is not None and item.withdrawn_at > known_at))
    ]
    return dict(
        Counter(
            (item.department, item.act_class, month_number(f"{item.decided_on:%Y-%m}"))
            for item in in_force
        )
    )
