"""Rows of the operations store whose term has ended, by the rules of the stores."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from graph.errors import InputError
from graph.operations import OperationsStore
from graph.operations.audit import cut
from graph.operations.retention import end_rows, ended_rows, refuse_undeclared
from graph.time import day_of, instant_on, months_after
from queries.lawful import StoreRule, retention_rules

__all__ = ["declared_tables", "end_by_rules", "ended_before", "ended_by_rules"]

#: In whose name the audit is cut.
_BY = "保存期限"


def ended_before(rule: StoreRule, at: datetime) -> datetime:
    """What ended before this instant is over at another one."""
    if rule.months is not None:
        # the day itself still counts: it is over with the beginning of the next one
        return _begin(months_after(day_of(at), -rule.months))
    return at - timedelta(days=rule.days or 0)


def ended_by_rules(store: OperationsStore, at: datetime) -> dict[str, int]:
    """Rule -> rows that are over; nothing is deleted.

    Raises `OperationsError` (`retention_undeclared`).
    """
    refuse_undeclared(declared_tables())
    found = {}
    for name, rule in retention_rules().stores.items():
        if rule.how not in ("rows", "audit"):
            continue
        column = rule.column or "at"
        if count := ended_rows(store, rule.tables[0], column, ended_before(rule, at)):
            found[name] = count
    return found


def end_by_rules(store: OperationsStore, at: datetime) -> dict[str, int]:
    """Delete them, rule by rule; returns what went.  Killed in between, the next turn goes on."""
    refuse_undeclared(declared_tables())
    told = {}
    for name, rule in retention_rules().stores.items():
        before = ended_before(rule, at)
        if rule.how == "rows" and rule.column:
            count = end_rows(store, rule.tables[0], rule.column, before)
        elif rule.how == "audit":
            count = _cut(store, day_of(before), at)
        else:
            count = 0
        if count:
            told[name] = count
    return told


def declared_tables() -> dict[str, str]:
    """Table -> the rule under which it stands."""
    return {table: name for name, rule in retention_rules().stores.items() for table in rule.tables}


def _cut(store: OperationsStore, before_on: date, at: datetime) -> int:
    count = ended_rows(store, "audit_entries", "at", _begin(before_on))
    if not count:
        return 0
    try:
        anchor = cut(store, before_on, by=_BY, at=at)
    except InputError:
        return 0  # a day younger than the five years, by the calendar of who cuts
    return count if anchor else 0


def _begin(day: date) -> datetime:
    return instant_on(day, time())
