"""Working days in China: the yearly notices of the State Council, and what the office entered since.

The notices (国务院办公厅关于部分节假日安排的通知) are kept in `days.csv`.  Only the days that a notice
names stand there: `holiday` is a day off, `working` a weekend day worked in exchange (调休).
"""

from __future__ import annotations

from graph.calendar.working_calendar import DayKind, NamedDay, WorkingCalendar, as_published

__all__ = ["DayKind", "NamedDay", "WorkingCalendar", "as_published"]
