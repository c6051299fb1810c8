"""Rates counted one decision after the other, as one would on paper: what the arrays must agree with."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

__all__ = ["Told", "counted", "same_number"]

#: Working days of the worlds that are counted here: 2026-03 and 2026-04, of which the notices name
#: 4 to 6 April (清明).
_OFF = {date(2026, 4, 4), date(2026, 4, 5), date(2026, 4, 6)}


@dataclass(frozen=True)
class Told:
    """One line of a ledger, one record filed, or one row refused.

    Attributes:
        kind: `ledger`, `filed` or `refused`.
    """

    kind: str
    body: str
    act_class: str
    number: str
    decided_on: date
    excluded: str | None = None
    reported_on: date | None = None
    known_on: date | None = None
    registered: bool = True
    ended: bool = False


def same_number(text: str) -> str:
    told = unicodedata.normalize("NFKC", text).upper()
    for bracket in "〔【(":
        told = told.replace(bracket, "[")
    for bracket in "〕】)":
        told = told.replace(bracket, "]")
    return "".join(told.split())


def _due(day: date) -> date:
    left = 7
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in _OFF
    return day


def counted(told: Iterable[Told], as_of: date) -> dict[tuple[str, str, str], dict[str, int]]:
    """(body, class, month) -> measure -> decisions."""
    decisions: dict[tuple[str, str, str], list[Told]] = {}
    for each in told:
        # what had not happened by the day is not counted
        if each.kind != "refused" and each.decided_on > as_of:
            continue
        if each.kind == "filed" and each.reported_on and each.reported_on > as_of:
            continue
        if each.kind == "refused" and (each.reported_on or date.min) > as_of:
            continue
        decisions.setdefault((each.body, each.act_class, same_number(each.number)), []).append(each)
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for (body, act_class, _), every in decisions.items():
        ledger = [each for each in every if each.kind == "ledger"][:1]
        records = [each for each in every if each.kind == "filed"]
        rows = [each for each in every if each.kind == "refused"]
        first = (ledger or records or rows)[0]
        group = found.setdefault((body, act_class, f"{first.decided_on:%Y-%m}"), {})
        for measure in _measures(ledger, records, rows, _due(first.decided_on)):
            group[measure] = group.get(measure, 0) + 1
    return {key: value for key, value in found.items() if value}


def _measures(ledger: list[Told], records: list[Told], rows: list[Told], due: date) -> Any:
    if ledger:
        yield "produced"
    if ledger and ledger[0].excluded:
        yield "excluded"
        if records or rows:
            yield "excluded_but_filed"
        return
    if ledger:
        yield "due"
        yield "reported" if records or rows else "unreported"
    if not (records or rows):
        return
    yield "supplied"
    if not ledger:
        yield "outside"
    if records:
        yield "passed"
        yield "entered" if all(each.registered for each in records) else "unlinked"
        days = [each.reported_on for each in records if each.reported_on]
        known = [each.known_on for each in records if each.known_on]
        if days:
            yield from ("timed", "on_time" if min(days) <= due else "late")
        elif known and min(known) <= due:
            yield from ("timed", "on_time")
        else:
            yield "undated"
    else:
        yield "refused"
        arrived = min(each.reported_on for each in rows if each.reported_on)
        yield from ("timed", "on_time" if arrived <= due else "late")
