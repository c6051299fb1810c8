"""Slots of which one thing was said before and one other is said now, laid out by whole columns.

That is what most of a list is that changed.  It is what the timeline (`ingest.comparing.timeline`)
comes to where a slot holds one fact, a file states one other, and there need not be one at a time:
from a later day it succeeds what is held, from the same day it corrects it, and from an earlier day
it holds until that begins.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.comparing.both import Both
from ingest.comparing.laid import Laid

__all__ = ["succeeding"]


def succeeding(
    both: Both, held: NDArray[np.int64], news: NDArray[np.int64], begins: pa.ChunkedArray
) -> Laid:
    """Lay each of the facts at `news` over the one at the same place of `held`.

    Args:
        begins: of everything that the file states.
    """
    order = np.argsort(held, kind="stable")
    held, news = held[order], news[order]
    of_old, of_new = pa.array(held), pa.array(news)
    before = both.held(["valid_from", "valid_to", "fact_id"])
    began, ended = (before[name].take(of_old) for name in ("valid_from", "valid_to"))
    begin, end = begins.take(of_new), both.news(["valid_to"])["valid_to"].take(of_new)
    old, new = (pc.fill_null(column, date.min) for column in (began, begin))
    # what had ended by then stays as it is
    runs = pc.fill_null(pc.greater(ended, new), True)
    is_cut = pc.and_(pc.greater(new, old), runs)
    goes = pc.or_(is_cut, pc.equal(new, old))
    end = pc.if_else(pc.less(new, old), pc.min_element_wise(end, began), end)
    cut, gone = (column.to_numpy() for column in (is_cut, goes))
    count = int(cut.sum())
    return Laid(
        take=np.concatenate([held[cut], news + both.held_count]),
        begins=_both(began.filter(is_cut), begin),
        ends=_both(begin.filter(is_cut), end),
        by_row=np.repeat([False, True], [count, len(news)]),
        without=np.zeros(count + len(news), bool),
        closed=before["fact_id"].take(pa.array(held[gone])).combine_chunks(),
        closed_with=held[gone],
    )


def _both(carried: pa.ChunkedArray, said: pa.ChunkedArray) -> pa.Array:
    return pa.chunked_array([*carried.chunks, *said.chunks], pa.date32()).combine_chunks()
