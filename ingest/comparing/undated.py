"""From when a statement holds whose own day is not known: a firm's seat, an office without a date.

Where nothing is known yet, from the first day that is possible.  What says again what is known
last stays as it is.  What says another holds from the day of the file, for until then the source
said the other; where it had ended by then, it held until its end.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.comparing.both import Both
from ingest.comparing.slots import Numbers

__all__ = ["UNDATED", "begins_of"]

#: The column beside the facts of a file that says which of them have no day of their own.
UNDATED = "undated"

_NONE = -1


def begins_of(both: Both, slots: Numbers, day: date) -> pa.ChunkedArray:
    """The `valid_from` of what the file states; `slots` are numbers of all facts, held ones first.

    Args:
        day: of the file.
    """
    stated = both.news(["valid_from"])["valid_from"]
    marked = np.flatnonzero(pc.fill_null(both.news([UNDATED])[UNDATED], False).to_numpy())
    if not len(marked):
        return stated
    held = both.held(["from_key", "to_key", "valid_from", "valid_to"])
    last = _last(slots[: both.held_count], slots, held["valid_from"])[
        slots[both.held_count + marked]
    ]
    told, last = marked[last != _NONE], last[last != _NONE]
    news = both.news(["from_key", "to_key", "valid_to"]).take(pa.array(told))
    before = held.take(pa.array(last))
    today = pa.scalar(day, pa.date32())
    same = pc.and_(*(pc.equal(before[name], news[name]) for name in ("from_key", "to_key")))
    over = pc.fill_null(pc.less_equal(before["valid_to"], today), False)
    again = pc.and_(same, pc.invert(pc.and_(over, pc.is_null(news["valid_to"]))))
    changed = pc.min_element_wise(today, news["valid_to"])
    begins = stated.to_numpy().copy()
    begins[told] = pc.if_else(again, before["valid_from"], changed).to_numpy()
    return pa.chunked_array([pa.array(begins, pa.date32())])


def _last(held: Numbers, slots: Numbers, began: pa.ChunkedArray) -> NDArray[np.int64]:
    """For each slot the held fact that began last; -1: none."""
    last = np.full(slots.max(initial=-1) + 1, _NONE, np.int64)
    order = pc.sort_indices(pc.fill_null(began, date.min)).to_numpy()
    last[held[order]] = order
    return last
