"""What was taken in by a position of the log: sources, and the tables of which a whole list came.

The absence of a record means something only in a whole list.  A source goes by its name; a table
of a source with several (经营异常名录 beside 严重违法失信名单) by `source/table`, once every part of
one delivery is there.  A correction is no list, and what was withdrawn has not come.  Each with
the day when it last came: a list of years ago says nothing of who is on it today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from graph.effective_batches import effective_batches
from graph.log import Batch
from graph.time import day_of

__all__ = ["coverage_days", "covered_sources"]


def covered_sources(batches: Iterable[Batch]) -> frozenset[str]:
    """Names of sources, and of tables whose whole list came, among these batches."""
    return frozenset(coverage_days(batches))


def coverage_days(batches: Iterable[Batch]) -> dict[str, date]:
    """The same names, each with the day on which it last came whole, as it was known."""
    days: dict[str, date] = {}
    parts: dict[tuple[str, object], set[object]] = defaultdict(set)
    for batch in effective_batches(batches):
        day = day_of(batch.known_at)
        days[batch.source] = max(day, days.get(batch.source, day))
        table, of = batch.notes.get("table"), batch.notes.get("of")
        if table is None or of is None:
            continue
        name = f"{batch.source}/{table}"
        arrived = parts[name, batch.notes.get("list")]
        arrived.add(batch.notes.get("part"))
        if len(arrived) >= of:
            days[name] = max(day, days.get(name, day))
    return days
