"""What was taken in by a position of the log: sources, and the tables of which a whole list came.

The absence of a record means something only in a whole list.  A source goes by its name; a table
of a source with several (经营异常名录 beside 严重违法失信名单) by `source/table`, once every part of
one delivery is there.  A correction is no list, and what was withdrawn has not come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from graph.log import Batch
from graph.standing import standing

__all__ = ["taken_in"]


def taken_in(batches: Iterable[Batch]) -> frozenset[str]:
    """Names of sources, and of tables whose whole list came, among these batches."""
    names: set[str] = set()
    parts: dict[tuple[str, object], set[object]] = defaultdict(set)
    for batch in standing(batches):
        names.add(batch.source)
        table, of = batch.notes.get("table"), batch.notes.get("of")
        if table is None or of is None:
            continue
        arrived = parts[f"{batch.source}/{table}", batch.notes.get("list")]
        arrived.add(batch.notes.get("part"))
        if len(arrived) >= of:
            names.add(f"{batch.source}/{table}")
    return frozenset(names)
