"""What a file's facts add to, and end in, what the log holds of the same source.

Whole columns are compared at once.  Only what shares a slot with more than one thing said before
and the same thing now goes through the timeline (`ingest.comparing.timeline`), one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.facts import INSTANT, arrow_schema, slots_of, written_schema
from graph.log import FactLog
from ingest.comparing.both import Both
from ingest.comparing.laid import AGAIN, Laid
from ingest.comparing.laying import lay
from ingest.comparing.said_again import kept_days, table_name
from ingest.comparing.undated import UNDATED
from ingest.comparing.vacancies import (
    VACANT,
    kept_vacancies,
    stated_vacancies,
    vacancies_name,
)
from ingest.emit import FactFrame, Statement, Vacancies
from ingest.memory import release_memory
from ingest.spill import SpilledTables

__all__ = ["Difference", "Dispute", "Held", "compare", "fact_ids"]

_FILLED_IN = ("fact_id", "known_from", "source", "batch")
_AT_ONCE = 1 << 16  # rows of a frame turned into facts at a time


@dataclass(frozen=True)
class Dispute:
    """Rows of a file that name several where there is one at a time; none of them is taken.

    Attributes:
        term: of what there is one.
    """

    term: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Held:
    """What the log holds of a kind of facts of a source.

    Attributes:
        facts: under the name of the kind.
        stated: for each the first row of the file that says something in its slot; 0: none.
    """

    facts: SpilledTables
    stated: NDArray[np.int32]


@dataclass
class Difference:
    """What to write for one batch.

    Attributes:
        asserted: tables of new facts by kind, ready for the log but for when they become known
            (`graph.facts.written_schema`).  They lie as they are, since a log is written column by
            column, and what is written is let go.
        closed: by kind, identifiers of the facts that end being held.
        changed_rows: numbers of the rows of the file that said anything new, in order.
        stated: by kind, everything that the file says, new or not; columns of the log but for
            those that say which fact it is and who said it.
        succeeded: by kind, how many ties end sooner since another took their place, or none.
        disputes: what the file says in several ways at once.
        attachments: tables to keep with the batch (`ingest.comparing.vacancies`, `…said_again`).
        held: by kind, what was held of all that is stated; None where it was not kept.
    """

    asserted: SpilledTables = field(default_factory=partial(SpilledTables, packed=False))
    closed: dict[str, pa.ChunkedArray] = field(default_factory=dict)
    changed_rows: NDArray[np.int64] = field(default_factory=lambda: np.array([], np.int64))
    stated: SpilledTables = field(default_factory=partial(SpilledTables, packed=False))
    succeeded: dict[str, int] = field(default_factory=dict)
    disputes: list[Dispute] = field(default_factory=list)
    attachments: SpilledTables = field(default_factory=SpilledTables)
    held: dict[str, Held] | None = None

    def add_asserted(self, kind: str, columns: Mapping[str, pa.Array | pa.ChunkedArray]) -> None:
        """Let facts of one kind be held; when they become known is left open (null)."""
        schema = written_schema(kind)
        self.asserted.add(kind, pa.table({x.name: columns[x.name].cast(x.type) for x in schema}))

    def close(self, kind: str, fact_ids: pa.Array | pa.ChunkedArray) -> None:
        """Let facts of one kind end being held."""
        if len(fact_ids):
            before = self.closed.get(kind, pa.chunked_array([], pa.string()))
            more = (
                fact_ids if isinstance(fact_ids, pa.ChunkedArray) else pa.chunked_array([fact_ids])
            )
            self.closed[kind] = pa.chunked_array([*before.chunks, *more.chunks], pa.string())

    @property
    def closed_count(self) -> int:
        """How many facts end being held."""
        return sum(map(len, self.closed.values()))

    def note_changed(self, rows: NDArray[np.int32]) -> None:
        """Rows of the file that said something new."""
        # marked in their order: sorting a million numbers a kind costs more
        last = max(self.changed_rows.max(initial=0), rows.max(initial=0))
        hit = np.zeros(int(last) + 1, bool)
        hit[self.changed_rows] = hit[rows] = True
        self.changed_rows = np.flatnonzero(hit)


def compare(
    log: FactLog,
    frames: Iterable[Statement],
    *,
    source: str,
    batch: str,
    day: date,
    keep_held: bool = False,
) -> Difference:
    """Lay the facts of a file over what the log holds of this source.

    Args:
        day: of the file: what ends without a day of its own is true until then.
        keep_held: whether a list is settled afterwards, which looks at what was held once more.
    """
    difference = Difference(held={} if keep_held else None)
    kept_with_it = difference.attachments
    for frame in frames:
        if isinstance(frame, Vacancies):
            if len(frame.keys):
                kept_with_it.add(vacancies_name(frame.kind), stated_vacancies(frame, day))
                difference.stated.add(frame.kind, _nothing(frame.kind))
            continue
        for table in _tables(frame):
            difference.stated.add(frame.kind, table)
            del table
            release_memory()
        del frame
    release_memory()  # what the source looked at is free by now
    for kind in sorted(difference.stated):
        held = _held(log, kind, source)
        both = Both(kind, held, difference.stated)
        said = kept_with_it.get(vacancies_name(kind), VACANT.empty_table())
        laid = lay(
            both,
            kept=kept_vacancies(log, source, kind),
            said=said,
            said_again=kept_days(log, source, kind),
            day=day,
        )
        del said
        _write(both, laid, source, batch, difference)
        if difference.held is not None:
            difference.held[kind] = Held(held, both.stating_rows())
        del held, both, laid
        release_memory()
    return difference


def fact_ids(batch: str, kind: str, count: int, first: int = 0) -> pa.Array:
    """Identifiers of the facts of one kind in one batch, from the place `first` on.

    A batch is named by what its file holds, so the same file gives the same identifiers.
    """
    stem = hashlib.blake2b(f"{batch}|{kind}".encode(), digest_size=12).hexdigest()
    numbers = pa.array(np.arange(first, first + count)).cast(pa.string())
    return pc.binary_join_element_wise(stem, pc.utf8_lpad(numbers, 8, "0"), "")


def _tables(frame: FactFrame) -> Iterator[pa.Table]:
    """The facts, some at a time, under the columns of their kind but for those that say which
    fact it is and who said it."""
    fields = list(_nothing(frame.kind).schema)
    for numbers, said in frame.pieces(_AT_ONCE):
        columns = {}
        for item in fields:
            column = said.get(item.name)
            if item.name == "row":
                columns["row"] = pa.array(numbers, pa.int32())
            elif isinstance(column, pd.Series):
                columns[item.name] = pa.array(column, item.type, from_pandas=True)
            else:
                columns[item.name] = pa.repeat(pa.scalar(column, item.type), len(numbers))
        yield pa.table(columns)


def _nothing(kind: str) -> pa.Table:
    fields = [item for item in arrow_schema(kind) if item.name not in _FILLED_IN]
    if slots_of(kind)[0].term:
        fields.append(pa.field(UNDATED, pa.bool_()))
    return pa.schema(fields).empty_table()


def _held(log: FactLog, kind: str, source: str) -> SpilledTables:
    """What the log holds of this source, in pieces that are looked at where they lie."""
    held = SpilledTables(packed=False)
    held.add(kind, arrow_schema(kind).empty_table())
    for facts in log.held(kind, rows=_AT_ONCE):
        ours = pc.equal(facts["source"], source)
        held.add(kind, facts if pc.all(ours).as_py() else facts.filter(ours))
    release_memory()
    return held


def _write(both: Both, laid: Laid, source: str, batch: str, difference: Difference) -> None:
    """Note what is laid of one kind, under identifiers of the batch."""
    kind = both.kind
    difference.close(kind, laid.closed)
    if laid.succeeded:
        difference.succeeded[kind] = laid.succeeded
    difference.disputes += [Dispute(term, rows) for term, rows in laid.disputed]
    # in the order of the file, what is carried over first
    order = np.argsort(laid.take, kind="stable")
    take = laid.take[order]
    begins, ends = (column.take(pa.array(order)) for column in (laid.begins, laid.ends))
    by_row, without = laid.by_row[order], laid.without[order]
    again = _said_again(laid, order, batch, kind)
    if len(again):
        difference.attachments.add(table_name(kind), again)
    done, changed = 0, []
    for facts in both.taken(take):
        some = slice(done, done + len(facts))
        rows = facts["row"].to_numpy()
        changed.append(rows[by_row[some]])
        columns = dict(zip(facts.column_names, facts.columns, strict=True)) | {
            "fact_id": fact_ids(batch, kind, len(facts), done),
            "valid_from": begins.slice(done, len(facts)),
            "valid_to": ends.slice(done, len(facts)),
            "known_from": pa.nulls(len(facts), INSTANT),
            "source": _repeated(source, len(facts)),
            "batch": _repeated(batch, len(facts)),
            # a fact carried over with a new end stands in no row of this file
            "row": pa.array(np.where(by_row[some], rows, 0), pa.int32()),
        }
        for slot in slots_of(kind):
            if slot.office:
                said = columns[slot.office[0]]
                lost = pa.array(without[some])
                columns[slot.office[0]] = pc.if_else(lost, pa.scalar(None, said.type), said)
        difference.add_asserted(kind, columns)
        done = some.stop
    if changed:
        difference.note_changed(np.concatenate(changed))


def _repeated(text: str, count: int) -> pa.DictionaryArray:
    """One text for so many rows."""
    return pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), [text])


def _said_again(laid: Laid, order: NDArray[np.int64], batch: str, kind: str) -> pa.Table:
    """The days on which facts were said again, under the identifiers that they have now."""
    if not laid.later:
        return laid.again
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    later = [(place[at], day) for at, days in laid.later.items() for day in days]
    ids = fact_ids(batch, kind, len(order))
    more = pa.table(
        [ids.take(pa.array([at for at, _ in later])), pa.array([day for _, day in later])],
        schema=AGAIN,
    )
    return pa.concat_tables([laid.again, more])
