"""The whole log as the Parquet files that `neo4j-admin database import` reads.

They hold the graph that the batches of `graph.projection` would make: things with their labels,
versions that describe them, ties, names to search by, and how far the projection is.  Every node has its number in
the store from here, so that the tool need not look one up by its key.  Columns are written by
Arrow, never row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.covered_sources import coverage_days
from graph.cypher import version_labels
from graph.facts import INSTANT
from graph.log import Batch, FactLog
from graph.names.searching import NAMED_KINDS, search_rows
from graph.progress import Progress, silent
from graph.projection import IMPORTED, indexable, stated_properties
from graph.resolution import Resolution
from graph.schema import SCHEMA
from graph.vocabulary import Node, Relationship

__all__ = ["ImportFiles", "write_import_files"]

_TYPES = {
    pa.string(): "string",
    pa.int32(): "long",
    pa.int64(): "long",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    INSTANT: "datetime",
    pa.list_(pa.string()): "string[]",
}
_Columns = dict[str, pa.Array | pa.ChunkedArray]
#: A group of rows is what one thread of the tool takes at a time.
_ROW_GROUP = 1 << 16


@dataclass
class ImportFiles:
    """Files in one folder, and what the tool is told of them.

    Attributes:
        nodes: (labels joined by ":", file); the labels may be empty where a column says them.
        relationships: (type, file).
        numbered: how many nodes they hold; numbers are given from 0 on.
    """

    folder: Path
    nodes: list[tuple[str, Path]] = field(default_factory=list)
    relationships: list[tuple[str, Path]] = field(default_factory=list)
    numbered: int = 0

    def add_nodes(
        self,
        name: str,
        labels: str,
        properties: _Columns,
        own_labels: pa.ChunkedArray | None = None,
    ) -> pa.Array:
        """Write nodes, a row each; returns their numbers."""
        columns = _headed(properties)
        count = len(next(iter(columns.values())))
        numbers = pa.array(np.arange(self.numbered, self.numbered + count))
        self.numbered += count
        if own_labels is not None:
            columns[":LABEL"] = own_labels
        self.nodes.append((labels, self._write(name, {":ID": numbers, **columns})))
        return numbers

    def add_ties(
        self,
        name: str,
        type_: str,
        starts: pa.Array,
        ends: pa.Array,
        properties: _Columns,
    ) -> None:
        """Write ties, a row each, between nodes by their numbers."""
        columns = _headed(properties)
        path = self._write(name, {":START_ID": starts, ":END_ID": ends, **columns})
        self.relationships.append((type_, path))

    def _write(self, name: str, columns: _Columns) -> Path:
        path = self.folder / f"{name}.parquet"
        pq.write_table(pa.table(columns), path, row_group_size=_ROW_GROUP)
        return path


def write_import_files(
    log: FactLog, folder: Path, *, progress: Progress | None = None
) -> ImportFiles:
    """Write the log's whole history into `folder`, which is made; one file a kind and more."""
    folder.mkdir(parents=True, exist_ok=True)
    say = progress or silent
    reading = Resolution(log)
    files = ImportFiles(folder)
    described: list[tuple[Node, pa.Array, pa.ChunkedArray]] = []
    ties: list[Relationship] = []
    things: list[pa.Table] = []
    names: list[pa.ChunkedArray] = []
    total = len(SCHEMA.kinds)
    for done, declared in enumerate(SCHEMA.kinds):
        say("准备导入文件", done, total)
        facts = reading.history(declared.kind)
        if not len(facts):
            continue
        if isinstance(declared, Node):
            things.append(_described(declared, facts))
            described.append((declared, _add_versions(declared, facts, files), facts["key"]))
            if declared.kind in NAMED_KINDS:
                names.append(indexable(facts["name"]))
        else:
            things += _joined(declared, facts)
            ties.append(declared)
    numbers = _add_things(pa.concat_tables(things), files)
    for node, versions, keys in described:
        describing = numbers.of(SCHEMA.superlabel(node), keys)
        files.add_ties(f"{node.kind}-describes", "DESCRIBES", versions, describing, {})
    for tie in ties:
        say("准备导入文件", total, total)
        _add_ties(tie, reading.history(tie.kind), numbers, files)
    _add_names(names, files)
    _add_projection(reading.batches, files)
    return files


def _described(node: Node, facts: pa.Table) -> pa.Table:
    """The things that facts of a node kind are about, with the labels that they give them."""
    labels = [SCHEMA.thing(node).label, *([node.label] if node.is_role else [])]
    return _things(facts["key"], SCHEMA.superlabel(node), labels)


def _joined(tie: Relationship, facts: pa.Table) -> list[pa.Table]:
    """The things that ties join; a tie may be all that is known of one."""
    role = [tie.source_role] if tie.source_role else []
    found = []
    for side, labels, roles in (("from", tie.sources, role), ("to", tie.targets, [])):
        above = SCHEMA.common_label(labels)
        for label in pc.unique(facts[f"{side}_label"]).to_pylist():
            of_label = facts.filter(pc.equal(facts[f"{side}_label"], label))
            found.append(_things(of_label[f"{side}_key"], above, [label, *roles]))
    return found


def _things(keys: pa.ChunkedArray, superlabel: str, labels: Sequence[str]) -> pa.Table:
    """One row a thing: its own label stands first, roles after it."""
    unique = pc.unique(keys)
    count = len(unique)
    return pa.table(
        {
            "key": unique,
            "superlabel": pa.array([superlabel] * count, pa.string()),
            "label": pa.array([labels[0]] * count, pa.string()),
            "role": pa.array([";".join(labels[1:]) or None] * count, pa.string()),
        }
    )


class _Numbers:
    """The number of every thing, by superlabel and key."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[pa.Array, pa.Array]] = {}

    def note(self, superlabel: str, keys: pa.ChunkedArray, numbers: pa.Array) -> None:
        self._found[superlabel] = keys.combine_chunks(), numbers

    def of(self, superlabel: str, keys: pa.ChunkedArray) -> pa.Array:
        known, numbers = self._found[superlabel]
        return numbers.take(pc.index_in(keys, value_set=known).combine_chunks())


def _add_things(things: pa.Table, files: ImportFiles) -> _Numbers:
    # fixed at creation: the first to mention a thing says what it is; the roles add up
    merged = things.group_by(["superlabel", "key"], use_threads=False).aggregate(
        [("label", "first"), ("role", "distinct")]
    )
    numbers = _Numbers()
    for superlabel in sorted(pc.unique(merged["superlabel"]).to_pylist()):
        chosen = merged.filter(pc.equal(merged["superlabel"], superlabel))
        roles = pc.binary_join(chosen["role_distinct"], ";")
        labels = pc.utf8_rtrim(
            pc.binary_join_element_wise(chosen["label_first"], roles, ";"), characters=";"
        )
        keys = chosen["key"]
        written = files.add_nodes(superlabel, superlabel, {"key": keys}, labels)
        numbers.note(superlabel, keys, written)
    return numbers


def _add_versions(node: Node, facts: pa.Table, files: ImportFiles) -> pa.Array:
    labels = ":".join(version_labels(node))
    return files.add_nodes(f"{node.kind}-versions", labels, stated_properties(node.kind, facts))


def _add_ties(tie: Relationship, facts: pa.Table, numbers: _Numbers, files: ImportFiles) -> None:
    files.add_ties(
        tie.type,
        tie.type,
        numbers.of(SCHEMA.common_label(tie.sources), facts["from_key"]),
        numbers.of(SCHEMA.common_label(tie.targets), facts["to_key"]),
        stated_properties(tie.kind, facts),
    )


def _add_names(names: Sequence[pa.ChunkedArray], files: ImportFiles) -> None:
    rows = list(search_rows(names))
    if rows:
        told = pa.concat_tables(rows)
        columns = {name: told[name] for name in told.column_names}
        files.add_nodes("PartyName", "PartyName", columns)


def _add_projection(batches: Sequence[Batch], files: ImportFiles) -> None:
    last = batches[-1]
    came = dict(sorted(coverage_days(batches).items()))
    properties = {
        "name": pa.array(["log"]),
        "position": pa.array([last.position]),
        "known_at": pa.array([last.known_at], INSTANT),
        "manifest_hash": pa.array([last.hash]),
        # the first projection after this sees that and runs the migrations
        "schema_hash": pa.array([IMPORTED]),
        "sources": pa.array([list(came)]),
        "sources_on": pa.array([[day.isoformat() for day in came.values()]]),
    }
    files.add_nodes("Projection", "Projection", properties)


def _headed(properties: _Columns) -> _Columns:
    """The columns under the tool's headings; it reads a list from one text."""
    return {
        f"{name}:{_TYPES[column.type]}": pc.binary_join(column, ";")
        if pa.types.is_list(column.type)
        else column
        for name, column in properties.items()
    }
