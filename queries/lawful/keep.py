"""What law leaves of the tables of a log, for every reader and every scope (`graph.log_view`)."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import pyarrow as pa

from graph.log import FactLog
from graph.log_view import FactsAt, LogView
from graph.time import day_of
from queries.lawful.table import Barred, barred

__all__ = ["lawful", "lawful_view"]

_BARRED: WeakKeyDictionary[FactsAt, Barred] = WeakKeyDictionary()


def lawful(kind: str, facts: pa.Table, at: FactsAt) -> pa.Table:
    """Those of some facts of a kind that may be used at their moment: a `Keep`.

    Law is applied by the later of both clocks, as a day in China: a repair known today also protects
    the past.
    """
    out = _BARRED.get(at)
    if out is None:
        out = _BARRED[at] = barred(at.held, max(at.as_of, day_of(at.known_at)))
    return out.without(kind, facts)


def lawful_view(log: FactLog | LogView) -> LogView:
    """The log as law leaves it to who sees everything; a view stays what it is."""
    return log if isinstance(log, LogView) else LogView(log, [lawful])
