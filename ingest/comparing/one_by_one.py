"""The facts of slots of which more is said than one thing, laid over each other one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph.facts import arrow_schema, first_ids, slots_of
from ingest.comparing.both import Both
from ingest.comparing.laid import AGAIN, Laid
from ingest.comparing.said_again import SaidAgain
from ingest.comparing.slots import NO_SLOT, Numbers
from ingest.comparing.timeline import Change, Stated, merge
from ingest.comparing.undated import UNDATED
from ingest.comparing.vacancies import Vacated

__all__ = ["SAID_BY", "one_by_one", "together"]

#: Columns that say which fact it is, when it became known and who said it.
SAID_BY = ("fact_id", "known_from", "source", "batch", "row")
_NOT_CONTENT = frozenset({*SAID_BY, "valid_from", "valid_to", UNDATED})
_SEPARATOR = "\x1f"


def together(slots: Sequence[Numbers], touched: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Places of the facts that share a touched slot, or a slot with one that does, and so on."""
    here = np.logical_or.reduce([touched[numbers] for numbers in slots])
    while len(slots) > 1:
        count = int(touched.sum())
        for numbers in slots:
            touched[numbers[here]] = True
        touched[NO_SLOT] = False
        if int(touched.sum()) == count:
            break
        here = np.logical_or.reduce([touched[numbers] for numbers in slots])
    return np.flatnonzero(here)


def _groups(slots: Sequence[Numbers], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each of the facts at `places`: the same for those that hang together."""
    if len(slots) == 1:
        return slots[0][places].astype(np.int64)
    facts = np.tile(np.arange(len(places)), len(slots))
    filled = np.concatenate([numbers[places] for numbers in slots])
    is_one = filled != NO_SLOT
    number = np.unique(filled[is_one], return_inverse=True)[1] + len(places)
    total = len(places) + int(number.max(initial=-1)) + 1
    ties = coo_array((np.ones(len(number), bool), (facts[is_one], number)), (total, total))
    return np.asarray(connected_components(ties, directed=False)[1][: len(places)], np.int64)


def one_by_one(
    both: Both,
    slots: Sequence[Numbers],
    places: NDArray[np.int64],
    begins: pa.ChunkedArray,
    vacated: Vacated,
    said_again: SaidAgain,
) -> Laid:
    """Lay the facts at `places` over each other, group by group.

    Args:
        begins: of what the file states.
        vacated: which slots are vacant, and since when.
        said_again: looks up when held facts were said again.
    """
    nothing = arrow_schema(both.kind).empty_table()
    chosen = pa.concat_tables([nothing, *both.taken(places)], promote_options="default")
    is_new = places >= both.held_count
    said = _stated(both.kind, chosen, [numbers[places] for numbers in slots])
    of_file = begins.take(pa.array(places[is_new] - both.held_count)).to_pylist()
    for at, begin in zip(np.flatnonzero(is_new).tolist(), of_file, strict=True):
        said[at] = replace(said[at], valid_from=begin, own_to=said[at].held_to, is_rest=False)
    is_tie_of_one = slots_of(both.kind)[0].term != ""
    if is_tie_of_one:
        held_ids = chosen["fact_id"].filter(pa.array(~is_new))
        told = said_again(held_ids)
        for at, first in enumerate(first_ids(held_ids).to_pylist()):
            said[at] = replace(said[at], again=told.get(first, ()))
    members: dict[int, tuple[list[Stated], list[Stated]]] = defaultdict(lambda: ([], []))
    begins_at: dict[int, int] = {}
    for at, group in enumerate(_groups(slots, places).tolist()):
        members[group][int(is_new[at])].append(said[at])
        begins_at.setdefault(group, int(places[at]))
    changes = [merge(held, news, vacated.days, vacated.now) for held, news in members.values()]
    rows = chosen["row"].to_pylist()
    terms = {slot.office is not None: slot.term for slot in slots_of(both.kind)}
    pairs = zip(members.values(), changes, strict=True)
    found = [item for change in changes for item in change.asserted]
    taken = np.array([places[item.row] for item in found], np.int64)
    stays = [(fact_id, day) for change in changes for fact_id, days in change.again.items()
             for day in days]  # fmt: skip
    rest = np.array([item.is_rest for item in found], bool)
    return Laid(
        take=taken,
        begins=pa.array([item.valid_from for item in found], pa.date32()),
        ends=pa.array([item.held_to for item in found], pa.date32()),
        by_row=(taken >= both.held_count) & ~rest,
        without=np.array([item.office != "" and item.content == item.bare for item in found], bool),
        closed=pa.array([each for change in changes for each in change.closed], pa.string()),
        closed_with=np.repeat(
            np.array([*begins_at.values()], np.int64), [len(change.closed) for change in changes]
        ),
        succeeded=sum(_succeeded(held, change) for (held, _), change in pairs)
        if is_tie_of_one
        else 0,
        disputed=tuple(
            (terms[item.is_office], tuple(sorted({rows[at] for at in item.rows})))
            for change in changes
            for item in change.disputed
        ),
        again=pa.table(
            [
                first_ids(pa.chunked_array([[fact_id for fact_id, _ in stays]], pa.string())),
                pa.array([day for _, day in stays], pa.date32()),
            ],
            schema=AGAIN,
        ),
        later={at: item.again for at, item in enumerate(found) if item.again},
    )


def _succeeded(held: Sequence[Stated], change: Change) -> int:
    """How many of the held ties end sooner than they did, or have gone."""
    until: dict[int, date] = {}
    for item in change.asserted:
        until[item.row] = max(until.get(item.row, date.min), item.held_to or date.max)
    closed = set(change.closed)
    return sum(
        item.fact_id in closed and until.get(item.row, date.min) < (item.held_to or date.max)
        for item in held
    )


def _stated(kind: str, facts: pa.Table, slots: Sequence[Numbers]) -> list[Stated]:
    """Facts as they are held, each with its place as its row."""
    own = slots_of(kind)
    whole = [numbers for slot, numbers in zip(own, slots, strict=True) if not slot.office]
    filled = list(zip(*(numbers.tolist() for numbers in whole), strict=True))
    names = [name for name in facts.column_names if name not in _NOT_CONTENT]
    texts = {name: list(map(str, facts[name].to_pylist())) for name in names}
    contents = list(map(_SEPARATOR.join, zip(*texts.values(), strict=True)))
    joins = [""] * len(facts)
    if own[0].term:
        joins = list(map(_SEPARATOR.join, zip(texts["from_key"], texts["to_key"], strict=True)))
    found = [
        Stated(begin, None, content, slot, fact_id, end, at, joined)
        for at, (begin, content, slot, fact_id, end, joined) in enumerate(
            zip(
                facts["valid_from"].to_pylist(),
                contents,
                filled,
                facts["fact_id"].to_pylist(),
                facts["valid_to"].to_pylist(),
                joins,
                strict=True,
            )
        )
    ]
    for slot, numbers in zip(own, slots, strict=True):
        if slot.office:
            found = _with_office(found, facts, slot.columns[0], slot.office[0], numbers, texts)
    return found


def _with_office(
    found: list[Stated],
    facts: pa.Table,
    column: str,
    office: str,
    numbers: Numbers,
    texts: dict[str, list[str]],
) -> list[Stated]:
    """The same, each with the office that it holds or could hold."""
    silent = {**texts, office: [str(None)] * len(found)}
    bare = list(map(_SEPARATOR.join, zip(*silent.values(), strict=True)))
    rows = facts["row"].to_pylist()
    return [
        replace(
            item,
            office=f"{column}={texts[column][at]}",
            holds=bool(numbers[at] != NO_SLOT),
            bare=bare[at],
            is_rest=rows[at] == 0 and item.content == bare[at],
        )
        for at, item in enumerate(found)
    ]
