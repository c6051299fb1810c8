"""From the log to a graph: every batch that the graph does not have yet, in order.

Each step may be repeated: nodes and ties are merged by fact id, so a projection that was killed
resumes by doing its unfinished batch again.  Readers never see half a batch: they ask at the
`known_at` of the last finished one (`:Projection`), and all that an unfinished batch asserts or
closes carries a later known time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from graph.covered_sources import coverage_days
from graph.cypher import (
    LONGEST_LOOKED_UP,
    LOOKED_UP,
    NAMES_WRITE,
    PROJECTION_MIGRATED,
    PROJECTION_READ,
    PROJECTION_WRITE,
    close_text,
    merge_text,
    migrations,
    schema_hash,
    shortenings,
    undoing,
)
from graph.errors import InputError, LogError
from graph.facts import INSTANT, end_columns
from graph.log import Batch, FactLog
from graph.names.searching import NAMED_KINDS, search_rows
from graph.progress import Progress, silent
from graph.resolution import Resolution
from graph.schema import SCHEMA
from graph.statement import Statement

__all__ = [
    "IMPORTED",
    "OPEN_KNOWN_TO",
    "ProjectedTo",
    "indexable",
    "project",
    "projected_to",
    "same_history",
    "stated_properties",
]

#: `known_to` of a fact that is still held: Neo4j compares it like any other instant.
OPEN_KNOWN_TO = datetime(9999, 12, 31, tzinfo=UTC)

#: Stands for the schema's hash in a graph that was imported: no migration was run on it yet.
IMPORTED = "imported"

_CHUNK = 5_000
_WHOLE_GRAPH_S = 600.0
_AT_ONCE = 50_000  # each time the whole graph is gone through
_PATIENCE_S = 60.0
_AT_A_TIME = 2  # constraints
_INDEXED = frozenset(name for _, name in LOOKED_UP)
_NOT_PROPERTIES = frozenset({"key", "label", "from_key", "from_label", "to_key", "to_label"})


class GraphConnection(Protocol):
    """What a projection needs of a graph."""

    def read(
        self, text: str, parameters: Mapping[str, Any] | None = None, *, timeout_s: float = ...
    ) -> Any: ...

    def write(
        self, text: str, parameters: Mapping[str, Any] | None = None, *, timeout_s: float = ...
    ) -> Any: ...

    def write_many(self, statements: Sequence[Statement], *, timeout_s: float = ...) -> Any: ...


@dataclass(frozen=True)
class ProjectedTo:
    """How far a graph is: position and known time of the last batch that it holds whole.

    `sources` are what was taken in so far (`graph.covered_sources`): the absence of a record means
    something only for them, and for so long as the day of each (`sources_on`, ISO, in their
    order) is not too long ago.
    """

    position: int
    known_at: datetime
    manifest_hash: str
    schema_hash: str
    sources: list[str]
    sources_on: list[str]

    @property
    def coverage_days(self) -> dict[str, date]:
        """Day on which each source last came."""
        days = map(date.fromisoformat, self.sources_on)
        return dict(zip(self.sources, days, strict=True))


def projected_to(graph: GraphConnection) -> ProjectedTo | None:
    """How far the graph is, or None when nothing was ever projected into it."""
    # often the first question of an engine that just started, on a machine that is busy
    rows = graph.read(PROJECTION_READ, timeout_s=_PATIENCE_S).rows
    return ProjectedTo(**rows[0]) if rows else None


def project(log: FactLog, graph: GraphConnection, *, progress: Progress | None = None) -> int:
    """Write what the graph lacks; returns the number of batches written.

    Raises `LogError` when the graph holds batches that this log does not know: it belongs to
    another data folder.
    """
    reading = Resolution(log)
    batches = reading.batches
    done = projected_to(graph)
    position = done.position if done else 0
    if done and not same_history(batches, done):
        raise LogError(
            "图数据库中的数据不是由本数据目录的事实日志生成的。"
            "请检查 XINNONG_DATA 与 XINNONG_NEO4J_URI 是否配套，或改用空库重建。",
            "The graph was projected from another log: check XINNONG_DATA and XINNONG_NEO4J_URI, "
            "or rebuild into an empty database.",
            code="graph_of_another_log",
        )
    if done is None or done.schema_hash != schema_hash():
        _migrate(graph)
        # a graph of before may lack names; an import just wrote them all
        if done and done.schema_hash != IMPORTED:
            _write_names(graph, (reading.history(kind) for kind in NAMED_KINDS))
            # a batch that names the key of its persons was written with the masks of now
            if not all(batch.key for batch in batches[:position]):
                _shorten_masks(graph)
        if done:
            graph.write(PROJECTION_MIGRATED, {"schema_hash": schema_hash()})
    if done and _stated(done) != coverage_days(batches[:position]):
        _note_position(graph, batches[:position])
    todo = batches[position:]
    say = progress or silent
    written, total = 0, sum(batch.fact_count for batch in todo)

    def wrote(count: int) -> None:
        nonlocal written
        written += count
        say("写入图数据库", written, total)

    for batch in todo:
        _project_batch(reading, graph, batch, wrote)
        _note_position(graph, batches[: batch.position])
    return len(todo)


def _migrate(graph: GraphConnection) -> None:
    """Bring the store to the schema: every index of one goes through it once, all of them together."""
    constraints = [text for text in migrations() if text.startswith("CREATE CONSTRAINT")]
    rest = [text for text in migrations() if text not in constraints]
    try:
        # these are filled while the constraints are made
        graph.write_many([Statement(text) for text in rest], timeout_s=_WHOLE_GRAPH_S)
    except InputError:
        for text in rest:
            _migrate_one(graph, text)
    # each waits until its own index is filled; those of other labels need not
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for done in [pool.submit(_migrate_one, graph, text) for text in constraints]:
            done.result()


def _migrate_one(graph: GraphConnection, statement: str) -> None:
    """Run a migration; what a killed one left half made under its name is dropped first."""
    try:
        graph.write(statement, timeout_s=_WHOLE_GRAPH_S)
    except InputError:
        undone = undoing(statement)
        if not undone:
            raise
        for drop in undone:
            # of the two, one is of another kind than what is there
            with suppress(InputError):
                graph.write(drop)
        graph.write(statement, timeout_s=_WHOLE_GRAPH_S)


def same_history(batches: Sequence[Batch], done: ProjectedTo) -> bool:
    """Whether the graph was made from the first batches of this very log, and none is lost."""
    return (
        0 < done.position <= len(batches) and batches[done.position - 1].hash == done.manifest_hash
    )


def _note_position(graph: GraphConnection, batches: Sequence[Batch]) -> None:
    """Say in the graph that it holds these batches whole."""
    last = batches[-1]
    came = dict(sorted(coverage_days(batches).items()))
    graph.write(
        PROJECTION_WRITE,
        {
            "position": last.position,
            "known_at": last.known_at,
            "manifest_hash": last.hash,
            "schema_hash": schema_hash(),
            "sources": list(came),
            "sources_on": [day.isoformat() for day in came.values()],
        },
    )


def _stated(done: ProjectedTo) -> dict[str, date] | None:
    """What came by when, as the graph says it; None where it was written before days were kept."""
    return done.coverage_days if len(done.sources) == len(done.sources_on) else None


def _project_batch(
    reading: Resolution, graph: GraphConnection, batch: Batch, wrote: Callable[[int], None]
) -> None:
    # nodes first: a tie is matched by both its ends
    for kind in (item.kind for item in SCHEMA.kinds if item.kind in batch.files):
        shared = _shared(kind, batch)
        facts = reading.facts(batch, kind)
        # facts stated again keep the batch that brought them
        if not pc.all(pc.equal(facts["batch"], batch.batch)).as_py():
            del shared["batch"]
        for rows in _rows(kind, facts, shared=frozenset(shared)):
            graph.write(merge_text(kind), {"rows": rows, "shared": shared})
            wrote(len(rows))
        if kind in NAMED_KINDS:
            _write_names(graph, [facts])
    # ties that a judgement moves here keep their own source and batch
    for kind, facts in reading.moved(batch).items():
        known = {name: _shared(kind, batch)[name] for name in ("known_from", "known_to")}
        for rows in _rows(kind, facts, shared=frozenset(known)):
            graph.write(merge_text(kind), {"rows": rows, "shared": known})
    closures = reading.closures(batch)
    for kind in sorted(set(closures["kind"].to_pylist())):
        ids = closures.filter(pc.equal(closures["kind"], kind))["fact_id"].to_pylist()
        for start in range(0, len(ids), _CHUNK):
            graph.write(
                close_text(kind),
                {"fact_ids": ids[start : start + _CHUNK], "known_to": batch.known_at},
            )


def _shorten_masks(graph: GraphConnection) -> None:
    """Bring a graph of before to the masks of now, some at a time: a district has a million."""
    for is_any_left, mend in shortenings():
        while graph.read(is_any_left, timeout_s=_WHOLE_GRAPH_S).rows:
            graph.write(mend, {"rows": _AT_ONCE})


def _write_names(graph: GraphConnection, facts: Iterable[pa.Table]) -> None:
    """Make every name of these facts one that can be searched by."""
    for rows in search_rows(indexable(table["name"]) for table in facts):
        graph.write(NAMES_WRITE, {"rows": rows.to_pylist()})


def stated_properties(kind: str, facts: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Columns that a version or tie carries in the graph, aligned with the rows of `facts`.

    `facts` is a table of the log, with `known_to` where closures are applied.  Open bounds are
    filled with comparable ends, so that a question needs no test for null.  An empty text says
    nothing and is null; one that no index can hold is cut there and whole in the log.
    """
    columns = {
        name: _said(facts[name]) for name in facts.column_names if name not in _NOT_PROPERTIES
    }
    for name in _INDEXED & columns.keys():
        columns[name] = indexable(columns[name])
    count = len(facts)
    columns["kind"] = pa.chunked_array([pa.repeat(kind, count)])
    columns["valid_from"] = pc.fill_null(columns["valid_from"], date.min)
    columns["valid_to"] = pc.fill_null(columns["valid_to"], date.max)
    still = pa.scalar(OPEN_KNOWN_TO, INSTANT)
    columns["known_to"] = (
        pc.fill_null(columns["known_to"], still)
        if "known_to" in columns
        else pa.chunked_array([pa.repeat(still, count)])
    )
    return columns


def _said(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_string(column.type):
        return column
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def indexable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column whose texts all fit into an index: one faulty cell must not stop a projection."""
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    if longest <= LONGEST_LOOKED_UP:
        return column
    return pc.utf8_slice_codeunits(column, 0, LONGEST_LOOKED_UP)


def _rows(kind: str, facts: pa.Table, *, shared: frozenset[str]) -> Iterator[list[dict[str, Any]]]:
    """Chunks of rows for `merge_text` without what they share; a null is no property."""
    ends = [name for name in end_columns(kind) if name != "discriminator"]
    own = stated_properties(kind, facts)
    said = pa.table({name: column for name, column in own.items() if name not in shared})
    for start in range(0, len(facts), _CHUNK):
        keys = facts.select(ends).slice(start, _CHUNK).to_pylist()
        yield [
            {
                "fact_id": stated["fact_id"],
                "properties": {name: value for name, value in stated.items() if value is not None},
                **key,
            }
            for stated, key in zip(said.slice(start, _CHUNK).to_pylist(), keys, strict=True)
        ]


def _shared(kind: str, batch: Batch) -> dict[str, Any]:
    """What all facts of one kind in one batch have in common."""
    return {
        "kind": kind,
        "source": batch.source,
        "batch": batch.batch,
        # Neo4j orders equal instants by their zone: one spelling of UTC, or equal is not equal
        "known_from": batch.known_at.astimezone(UTC),
        "known_to": OPEN_KNOWN_TO,
    }
