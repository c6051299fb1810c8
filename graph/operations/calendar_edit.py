"""What the office entered in the working-day calendar: every act ever, with who, why and when.

Acts are only ever added; a later one about the same day counts instead of an earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.calendar import NamedDay, WorkingCalendar, as_published
from graph.errors import InputError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["CalendarEdit", "CalendarEdits"]


class _CalendarEdit(Row):
    __tablename__ = "calendar_edits"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    days: Mapped[list[list[str]]] = mapped_column(JSON)
    opens: Mapped[int | None]
    user: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class CalendarEdit:
    """One act.

    Attributes:
        days: as they were entered.
        opens: the year of which it entered everything; None where it only changed days.
        reason: the notice, or what else it follows.
    """

    number: int
    days: tuple[NamedDay, ...]
    opens: int | None
    user: str
    reason: str
    at: time.Instant


class CalendarEdits:
    """Enter and read; the calendar in force follows from all of them, in order."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def enter(
        self,
        days: Sequence[NamedDay],
        *,
        opens: int | None,
        user: str,
        reason: str,
        at: datetime,
    ) -> CalendarEdit:
        """Add an act.

        Raises `InputError`: `user_missing`, `reason_missing`, and what `WorkingCalendar.edited`
        and `is_working` raise: a day may only be changed of a year that is there.
        """
        name, why = responsible(user, "修改日历"), redacted(reason.strip())
        if not why:
            raise InputError(
                "请写明依据，如放假通知的文号。",
                "Say on what it is based: the number of the notice, say.",
                code="reason_missing",
            )
        with self._store.transaction() as session:
            before = _replayed([_value(row) for row in session.scalars(_all())])
            after = before.edited(days, opens=opens)
            for day in days:
                after.is_working(day.on)
            row = _CalendarEdit(
                days=[[day.on.isoformat(), day.kind] for day in days],
                opens=opens,
                user=name,
                reason=why,
                at=at,
            )
            session.add(row)
            session.flush()
            return _value(row)

    def all(self) -> list[CalendarEdit]:
        """Every act, in order."""
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(_all())]

    def in_force(self) -> WorkingCalendar:
        """The published calendar with every act on top."""
        return _replayed(self.all())


def _replayed(edits: Sequence[CalendarEdit]) -> WorkingCalendar:
    calendar = as_published()
    for edit in edits:
        # a version that came with the year since has it already: what was entered stays on top
        known = edit.opens is not None and edit.opens in calendar.years
        calendar = calendar.edited(edit.days, opens=None if known else edit.opens)
    return calendar


def _all() -> Any:
    return select(_CalendarEdit).order_by(_CalendarEdit.number)


def _value(row: _CalendarEdit) -> CalendarEdit:
    days = tuple(NamedDay(date.fromisoformat(on), kind) for on, kind in row.days)  # type: ignore[arg-type]
    return CalendarEdit(row.number, days, row.opens, row.user, row.reason, row.at)
