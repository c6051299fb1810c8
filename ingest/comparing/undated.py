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

from ingest.comparing.both import Both, at_places
from ingest.comparing.slots import Numbers
from ingest.memory import release_memory

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
    held = both.held(["valid_from", "valid_to"])
    last = _last(slots[: both.held_count], slots, held["valid_from"])[
        slots[both.held_count + marked]
    ]
    told, last = marked[last != _NONE], last[last != _NONE]
    today = pa.scalar(day, pa.date32())
    began, ended = (at_places(held[name], last) for name in ("valid_from", "valid_to"))
    ends = at_places(both.news(["valid_to"])["valid_to"], told)
    again = pc.invert(pc.and_(pc.fill_null(pc.less_equal(ended, today), False), pc.is_null(ends)))
    for name in ("from_key", "to_key"):
        before, now = (both.held([name])[name], last), (both.news([name])[name], told)
        again = pc.and_(again, pc.equal(at_places(*before), at_places(*now)))
        del before, now
        release_memory()
    changed = pc.min_element_wise(today, ends)
    begins = stated.to_numpy().copy()
    begins[told] = pc.if_else(again, began, changed).to_numpy()
    return pa.chunked_array([pa.array(begins, pa.date32())])


def _last(held: Numbers, slots: Numbers, began: pa.ChunkedArray) -> NDArray[np.int64]:
    """For each slot the held fact that began last; -1: none."""
    last = np.full(slots.max(initial=-1) + 1, _NONE, np.int64)
    order = pc.sort_indices(pc.fill_null(began, date.min)).to_numpy()
    last[held[order]] = order
    return last
