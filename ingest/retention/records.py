"""Adverse records whose term has ended: five years after the end of the act they are deleted.

征信业管理条例 第十六条.  What every source that is held to say it still says of a record is looked at
together: the latest day counts, so that a repair, or a correction of its day, begins the term anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from graph.log import FactLog
from graph.time import day_of, months_after
from queries.lawful import regimes, retention_rules, usable

__all__ = ["act_ended", "records_over"]

_RULE = "adverse"


def act_ended(kind: str, statements: Iterable[Mapping[str, Any]]) -> date | None:
    """When the act ended of which a record tells; None where nobody says so, or it is disputed.

    Args:
        statements: every one that was ever made of it, with `known_from` and `known_to`.
    """
    said = [*statements]
    held = [item for item in said if item["known_to"] is None]
    stops = {
        (end.property, value)
        for end in regimes().ends_of(kind)
        if end.what in ("frozen", "shielded")
        for value in end.values
    }
    if any(item.get(name) == value for item in held for name, value in stops):
        return None
    names = retention_rules().act_ends[kind]
    days = [item[name] for item in held or said for name in names if item.get(name)]
    days += [day_of(item["known_from"]) for item in held if item.get("record_state") == "annulled"]
    if not held:
        # nobody says it any more: it was taken back, and not since before that
        days += [day_of(item["known_to"]) for item in said]
    return max(days, default=None)


def records_over(
    log: FactLog, lawful_on: date, *, but: Collection[str] = ()
) -> dict[str, list[str]]:
    """Kind -> keys of the records whose term has ended on a day, and that nobody may use any more.

    Args:
        but: records that stay: a case about them is open.
    """
    months = retention_rules().rules[_RULE].months
    assert months is not None, "the rule has a term"
    found: dict[str, list[str]] = {}
    for kind in sorted(regimes().records):
        said: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in log.history(kind).to_pylist():
            said[row["key"]].append(row)
        over = [
            key
            for key, statements in sorted(said.items())
            if key not in but and _is_over(kind, statements, lawful_on, months)
        ]
        if over:
            found[kind] = over
    return found


def _is_over(kind: str, statements: list[dict[str, Any]], lawful_on: date, months: int) -> bool:
    ended = act_ended(kind, statements)
    # a term holds through its last day (民法典 第二百零三条)
    if ended is None or months_after(ended, months) >= lawful_on:
        return False
    held = [item for item in statements if item["known_to"] is None]
    return not held or not usable(kind, held, lawful_on)
