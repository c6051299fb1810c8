"""A log of facts in memory, for worlds by the thousand: what `FactLog` reads, without a disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph.facts import arrow_schema, coded_schema
from graph.log import Batch, FactLog

__all__ = ["MemoryLog", "Said", "table_of"]

Row = dict[str, Any]
_CLOSURES = pa.schema([("kind", pa.string()), ("fact_id", pa.string())])


@dataclass
class Said:
    """What one batch says: facts by kind, and which earlier ones it ends."""

    source: str
    known_at: datetime
    facts: dict[str, list[Row]] = field(default_factory=dict)
    closed: list[tuple[str, str]] = field(default_factory=list)

    def state(self, kind: str, fact_id: str, **told: Any) -> None:
        """State a fact; what it does not tell is null."""
        row = {"valid_from": None, "valid_to": None, "certainty": 1.0, "row": 1} | told
        lifecycle = {
            "fact_id": fact_id,
            "known_from": self.known_at,
            "source": self.source,
            "batch": f"{self.source}-{self.known_at:%Y%m%d}",
        }
        self.facts.setdefault(kind, []).append(row | lifecycle)


class MemoryLog(FactLog):
    """The batches said, in their order."""

    def __init__(self, said: Sequence[Said] = ()) -> None:
        super().__init__(Path("/nowhere"))
        self._facts: list[dict[str, pa.Table]] = []
        self._ended: list[pa.Table] = []
        self._batches: list[Batch] = []
        self._tables_read: dict[tuple[object, ...], pa.Table] = {}
        for one in said:
            self.say(one)

    def say(self, one: Said, notes: Mapping[str, Any] | None = None) -> None:
        """One batch more; `notes` as ingest would note its delivery."""
        self._facts.append({k: table_of(k, rows) for k, rows in one.facts.items()})
        ended = [{"kind": kind, "fact_id": fact} for kind, fact in one.closed]
        self._ended.append(pa.Table.from_pylist(ended, _CLOSURES))
        self._batches.append(_batch(len(self._batches) + 1, one, notes))
        self._tables_read.clear()

    def batches(self) -> list[Batch]:
        """Every batch, in order."""
        return self._batches

    def facts(self, batch: Batch, kind: str, *, coded: bool = False) -> pa.Table:
        """Facts of one kind that one batch asserted."""
        schema = coded_schema(kind) if coded else arrow_schema(kind)
        table = self._facts[batch.position - 1].get(kind)
        return schema.empty_table() if table is None else _under(table, schema)

    def read(
        self,
        kind: str,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
        coded: bool = False,
    ) -> pa.Table:
        """As a log on disk reads; kept, since many scopes look at one world."""
        asked = kind, as_of, known_at, coded
        if asked not in self._tables_read:
            self._tables_read[asked] = super().read(
                kind, as_of=as_of, known_at=known_at, coded=coded
            )
        return self._tables_read[asked]

    def closures(self, batch: Batch) -> pa.Table:
        """Facts that one batch closed."""
        return self._ended[batch.position - 1]


def table_of(kind: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of the log, columns that they do not tell null."""
    schema = arrow_schema(kind)
    if not rows:
        return schema.empty_table()
    return pa.table(
        {item.name: pa.array([row.get(item.name) for row in rows], item.type) for item in schema},
        schema=schema,
    )


def _under(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        table[item.name].dictionary_encode()
        if pa.types.is_dictionary(item.type)
        else table[item.name]
        for item in schema
    ]
    return pa.table(columns, schema=schema)


def _batch(position: int, said: Said, notes: Mapping[str, Any] | None) -> Batch:
    kinds = sorted({kind for kind, _ in said.closed})
    files: dict[str, dict[str, Any]] = {
        kind: {"rows": len(rows), "sha256": ""} for kind, rows in said.facts.items()
    }
    if kinds:
        files["closures"] = {"rows": len(said.closed), "sha256": "", "kinds": kinds}
    return Batch(
        position=position,
        batch=f"{said.source}-{said.known_at:%Y%m%d}",
        source=said.source,
        file_name="world.csv",
        content_sha256="",
        known_at=said.known_at,
        counts={},
        files=files,
        notes=dict(notes)
        if notes is not None
        else ({"table": _table(said), "of": 1, "part": 1, "list": said.source}),
        previous="",
        hash=f"{position:064x}",
        folder=Path("/nowhere"),
        key="memory",
    )


def _table(said: Said) -> str:
    return said.source.partition("/")[2] or said.source
