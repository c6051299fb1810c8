"""The whole log as the CSV files that `neo4j-admin database import` reads.

They hold the graph that the batches of `graph.projection` would make: things with their labels,
versions that describe them, ties, and how far the projection is.  Columns are written by Arrow,
never row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from graph.cypher import version_labels
from graph.log import Batch, FactLog
from graph.progress import Progress, silent
from graph.projection import stated_properties
from graph.resolution import Resolution
from graph.schema import SCHEMA
from graph.taken_in import taken_in
from graph.vocabulary import Node, Relationship

__all__ = ["ImportFiles", "write_import_files"]

_TYPES = {
    pa.string(): "string",
    pa.int32(): "long",
    pa.int64(): "long",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
}


@dataclass
class ImportFiles:
    """(labels joined by ":", file) of nodes and (type, file) of relationships.

    Attributes:
        span_lines: whether any text holds a line break; the tool then reads each file in one
            thread, which takes it about half as long again.
    """

    nodes: list[tuple[str, Path]] = field(default_factory=list)
    relationships: list[tuple[str, Path]] = field(default_factory=list)
    span_lines: bool = False

    def write(self, table: pa.Table, path: Path) -> Path:
        """Write one file as the tool reads it."""
        shown = {}
        for name in table.column_names:
            column = table[name]
            if pa.types.is_timestamp(column.type):
                # the importer reads ISO 8601 with a T, which Arrow's own text lacks
                column = pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
            elif pa.types.is_string(column.type) and not self.span_lines:
                self.span_lines = bool(pc.any(pc.match_substring_regex(column, "[\r\n]")).as_py())
            shown[name] = column
        pcsv.write_csv(pa.table(shown), path)
        return path


def write_import_files(
    log: FactLog, folder: Path, *, progress: Progress | None = None
) -> ImportFiles:
    """Write the log's whole history into `folder`, which is made; one file a kind and more."""
    folder.mkdir(parents=True, exist_ok=True)
    say = progress or silent
    reading = Resolution(log)
    files = ImportFiles()
    things: list[pa.Table] = []
    total = len(SCHEMA.kinds)
    for done, declared in enumerate(SCHEMA.kinds):
        say("准备导入文件", done, total)
        facts = reading.history(declared.kind)
        if not len(facts):
            continue
        if isinstance(declared, Node):
            things.append(_described(declared, facts))
            _write_versions(declared, facts, folder, files)
        else:
            things += _joined(declared, facts)
            _write_ties(declared, facts, folder, files)
    _write_things(pa.concat_tables(things), folder, files)
    _write_projection(reading.batches, folder, files)
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


def _write_things(things: pa.Table, folder: Path, files: ImportFiles) -> None:
    # fixed at creation: the first to mention a thing says what it is; the roles add up
    merged = things.group_by(["superlabel", "key"], use_threads=False).aggregate(
        [("label", "first"), ("role", "distinct")]
    )
    for superlabel in sorted(pc.unique(merged["superlabel"]).to_pylist()):
        chosen = merged.filter(pc.equal(merged["superlabel"], superlabel))
        roles = pc.binary_join(chosen["role_distinct"], ";")
        labels = pc.utf8_rtrim(
            pc.binary_join_element_wise(chosen["label_first"], roles, ";"), characters=";"
        )
        table = pa.table({f"key:ID({superlabel})": chosen["key"], ":LABEL": labels})
        files.nodes.append((superlabel, files.write(table, folder / f"{superlabel}.csv")))


def _write_versions(node: Node, facts: pa.Table, folder: Path, files: ImportFiles) -> None:
    properties = stated_properties(node.kind, facts)
    columns = {_typed(name, column): column for name, column in properties.items()}
    columns = {"fact_id:ID(Version)": columns.pop("fact_id:string"), **columns}
    path = files.write(pa.table(columns), folder / f"{node.kind}-versions.csv")
    files.nodes.append((":".join(version_labels(node)), path))
    describes = pa.table(
        {
            ":START_ID(Version)": facts["fact_id"],
            f":END_ID({SCHEMA.superlabel(node)})": facts["key"],
        }
    )
    path = files.write(describes, folder / f"{node.kind}-describes.csv")
    files.relationships.append(("DESCRIBES", path))


def _write_ties(tie: Relationship, facts: pa.Table, folder: Path, files: ImportFiles) -> None:
    columns = {
        f":START_ID({SCHEMA.common_label(tie.sources)})": facts["from_key"],
        f":END_ID({SCHEMA.common_label(tie.targets)})": facts["to_key"],
    }
    for name, column in stated_properties(tie.kind, facts).items():
        columns[_typed(name, column)] = column
    files.relationships.append(
        (tie.type, files.write(pa.table(columns), folder / f"{tie.type}.csv"))
    )


def _write_projection(batches: Sequence[Batch], folder: Path, files: ImportFiles) -> None:
    table = pa.table(
        {
            "name": ["log"],
            "position:long": [batches[-1].position],
            "known_at:datetime": [_instant(batches[-1].known_at)],
            "manifest_hash": [batches[-1].hash],
            # no migration was run yet: the first projection after this sees that and runs them
            "schema_hash": ["imported"],
            "sources:string[]": [";".join(sorted(taken_in(batches)))],
        }
    )
    files.nodes.append(("Projection", files.write(table, folder / "Projection.csv")))


def _typed(name: str, column: pa.ChunkedArray) -> str:
    return f"{name}:{_TYPES.get(column.type, 'datetime')}"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
