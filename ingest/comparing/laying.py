"""What a file states of one kind of facts, laid over what is held of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.facts import arrow_schema, first_ids, slots_of
from ingest.comparing.both import Both, at_places
from ingest.comparing.laid import AGAIN, Laid
from ingest.comparing.one_by_one import SAID_BY, one_by_one, together
from ingest.comparing.said_again import SaidAgain
from ingest.comparing.slots import NO_SLOT, Numbers
from ingest.comparing.succession import succeeding
from ingest.comparing.undated import begins_of
from ingest.comparing.vacancies import Vacated
from ingest.memory import release_memory

__all__ = ["lay"]


def lay(both: Both, *, kept: pa.Table, said: pa.Table, said_again: SaidAgain, day: date) -> Laid:
    """Lay what a file states over what is held.

    Args:
        kept, said: what the source said before, and says now, of vacant slots
            (`ingest.comparing.vacancies`).
        said_again: looks up when held facts were said again.
        day: of the file.
    """
    slots = both.slots
    vacated = Vacated.among(both.kind, slots, both.slot_columns(), kept, said)
    release_memory()
    before = [numbers[: both.held_count] for numbers in slots]
    now = [numbers[both.held_count :] for numbers in slots]
    size = max(int(numbers.max(initial=-1)) for numbers in slots) + 1
    held_of, news_of = _filled(before, size), _filled(now, size)
    settled = ~vacated.marked(size)
    if slots_of(both.kind)[0].term:
        begins = begins_of(both, slots[0], day)
    else:
        begins = both.news(["valid_from"])["valid_from"]
    fresh = _everywhere(now, (held_of == 0) & (news_of == 1) & settled)
    single, holder, is_same = _single(
        both, before, now, begins, (held_of == 1) & (news_of == 1) & settled
    )
    again = np.zeros(both.news_count, bool)
    again[single[is_same]] = True
    plain = pa.array(fresh)
    laid = Laid(
        take=np.flatnonzero(fresh) + both.held_count,
        begins=begins.filter(plain).combine_chunks(),
        ends=both.news(["valid_to"])["valid_to"].filter(plain).combine_chunks(),
        by_row=np.ones(int(fresh.sum()), bool),
        without=np.zeros(int(fresh.sum()), bool),
        again=_days_again(both, begins, again, holder[is_same]),
    )
    done = fresh | again
    if not slots_of(both.kind)[0].term and not is_same.all():
        other = single[~is_same]
        laid = laid.and_also(succeeding(both, holder[~is_same], other, begins))
        done[other] = True
    del single, holder, is_same
    touched = np.zeros(size + 1, bool)
    touched[np.fromiter(vacated.now, np.int64, len(vacated.now))] = True
    for numbers in now:
        touched[numbers[~done]] = True
    touched[NO_SLOT] = False
    if not touched.any():
        return laid
    places = together(slots, touched)
    return laid.and_also(one_by_one(both, slots, places, begins, vacated, said_again))


def _filled(slots: Sequence[Numbers], size: int) -> NDArray[np.int64]:
    """How many facts fill each slot."""
    counts = np.zeros(size, np.int64)
    for numbers in slots:
        counts += np.bincount(numbers[numbers != NO_SLOT], minlength=size)
    return counts


def _everywhere(slots: Sequence[Numbers], test: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of which facts every slot passes."""
    passes = np.append(test, True)  # the last one for the slot that is none
    found: NDArray[np.bool_] = np.logical_and.reduce([passes[numbers] for numbers in slots])
    return found


def _single(
    both: Both,
    before: Sequence[Numbers],
    now: Sequence[Numbers],
    begins: pa.ChunkedArray,
    alone: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The facts of the file in whose slots one other is active; where that is; and whether it is
    only said again, of no earlier day."""
    single = np.flatnonzero(_everywhere(now, alone))
    if not len(single):
        return single, single, np.zeros(0, bool)
    holder = np.zeros(len(alone) + 1, np.int64)
    for numbers in before:
        holder[numbers] = np.arange(both.held_count)
    of = holder[now[0][single]]
    alike = np.ones(len(single), bool)
    for numbers in now[1:]:
        alike &= (numbers[single] == NO_SLOT) | (holder[numbers[single]] == of)

    def pair(name: str) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
        return at_places(both.held([name])[name], of), at_places(both.news([name])[name], single)

    began = at_places(both.held(["valid_from"])["valid_from"], of)
    now_from = at_places(begins, single)
    same = pc.and_(pc.less_equal(_day(began), _day(now_from)), pa.chunked_array([pa.array(alike)]))
    # what names the only slot is the same already
    slot_names = slots_of(both.kind)[0].columns if len(now) == 1 else ()
    for name in arrow_schema(both.kind).names:
        if name not in (*SAID_BY, *slot_names, "valid_from"):
            old, new = pair(name)
            both_silent = pc.and_(pc.is_null(old), pc.is_null(new))
            equal = pc.fill_null(pc.equal(old, new), False)
            same = pc.and_(same, pc.or_(equal, both_silent))
            release_memory()
    return single, of, same.to_numpy()


def _days_again(
    both: Both, begins: pa.ChunkedArray, again: NDArray[np.bool_], holder: NDArray[np.int64]
) -> pa.Table:
    """The later days on which the held facts at `holder` are said again."""
    if not slots_of(both.kind)[0].term or not len(holder):
        return AGAIN.empty_table()
    held = pa.array(holder)
    days = begins.filter(pa.array(again))
    began = both.held(["valid_from"])["valid_from"].take(held)
    later = pc.fill_null(pc.greater(_day(days), _day(began)), False)
    ids = both.held(["fact_id"])["fact_id"].take(held.filter(later.combine_chunks()))
    return pa.table([first_ids(ids), days.filter(later)], schema=AGAIN)


def _day(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column, date.min)
