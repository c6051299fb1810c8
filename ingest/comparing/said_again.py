"""On which later days a source said again what it holds, of what there is one at a time.

To say again what holds is no new fact, but it is not nothing: a statement of a day between that
comes late ends where the other was said again.  The days are kept beside the facts of a batch, a
table a kind, under the facts' first identifiers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from graph.effective_batches import effective_batches
from graph.facts import first_ids
from graph.log import FactLog

__all__ = ["SaidAgain", "kept_days", "table_name"]

#: Identifiers of facts -> their first identifiers with the days on which they were said again.
SaidAgain: TypeAlias = Callable[[pa.ChunkedArray], Mapping[str, tuple[date, ...]]]


def table_name(kind: str) -> str:
    """Name of the table with a batch."""
    return f"again_{kind.lower()}"


def kept_days(log: FactLog, source: str, kind: str) -> SaidAgain:
    """What the standing batches of a source said again, looked up when it is asked for."""

    def look_up(fact_ids: pa.ChunkedArray) -> dict[str, tuple[date, ...]]:
        wanted = first_ids(fact_ids).combine_chunks()
        days: dict[str, set[date]] = defaultdict(set)
        for batch in effective_batches(log.batches()) if len(wanted) else ():
            if batch.source == source and (kept := log.table(batch, table_name(kind))) is not None:
                here = kept.filter(pc.is_in(kept["fact_id"], value_set=wanted))
                for row in here.to_pylist():
                    days[row["fact_id"]].add(row["valid_from"])
        return {fact_id: tuple(sorted(said)) for fact_id, said in days.items()}

    return look_up
