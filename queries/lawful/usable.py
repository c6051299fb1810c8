"""The definition, slow and clear: whether a public record may be used on a day.

A record is what all sources say of it.  Where any statement that is held says that it was removed,
repaired, annulled or is disputed, or where its term is over, all versions of it and the ties to it are gone:
from scores, explanations, decisions, pages, exports and provenance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from graph.time import MIN_DATE, months_after
from queries.lawful.regimes import Ended, regimes

__all__ = ["usable", "why_ended"]


def usable(kind: str, statements: Iterable[Mapping[str, Any]], lawful_on: date) -> bool:
    """Whether a record may be used.

    Args:
        kind: of the record; one under no regime is always usable.
        statements: all that any source holds of it at the known time, whatever valid time they
            have: a repair known today also protects the past.
        lawful_on: the later of both clocks of the answer, in China (`graph.moment`).
    """
    said = tuple(statements)
    goes_on = any((item.get("extended_until") or MIN_DATE) >= lawful_on for item in said)
    return all(why_ended(kind, item, lawful_on, goes_on=goes_on) is None for item in said)


def why_ended(
    kind: str, statement: Mapping[str, Any], lawful_on: date, *, goes_on: bool = False
) -> Ended | None:
    """By what one statement ends the record that it is of; None where it does not.

    A removal counts from its day on, a term through its last day (民法典 第二百零三条).

    Args:
        goes_on: some statement of the record says that its sector's authority lets its publication go
            on; what is removed, annulled or disputed ends all the same.
    """
    law = regimes()
    if kind not in law.records:
        return None
    for item in law.ends_of(kind):
        said = statement.get(item.property)
        if said is None or item.sure == "unsure":
            continue
        if item.values:
            over = said in item.values
        elif item.what == "expired" and goes_on:
            over = False
        else:
            over = said <= lawful_on if item.what == "removed" else said < lawful_on
        if over:
            return item.what
    record = law.records[kind]
    if record.begins is None:
        return None
    began = statement.get(record.begins)
    if began is None or began > lawful_on:
        return None
    classes = statement.get(record.of_class) if record.of_class else None
    for term in law.terms:
        if term.kind != kind or not term.in_force(lawful_on):
            continue
        if not term.fits(classes, statement.get("authority"), statement.get("credit_class")):
            continue
        if term.months == 0:
            return "not_published"
        if months_after(began, term.months) < lawful_on and (term.binds or not goes_on):
            return "expired"
    return None
