"""A batch of a synthetic log, stated by columns: what a bench writes before it measures anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from graph.facts import arrow_schema
from graph.log import FactLog

__all__ = ["ColumnBatch", "column_batch"]


class ColumnBatch:
    """Facts of one batch, a column at a time; whatever is one value is every fact's.

    Args:
        pending: the batch that is written (`FactLog.append`).
        name: of the batch; `source` and `known_at`: what each fact says of where it is from.
    """

    def __init__(self, pending: Any, source: str, name: str, known_at: datetime) -> None:
        self._pending, self._tables = pending, dict[str, list[pa.Table]]()
        self._common = {
            "source": source, "batch": name, "known_from": known_at, "certainty": 1.0, "row": 1,
            "discriminator": "",
        }  # fmt: skip

    def node(self, kind: str, keys: Any, *, label: str | None = None, **said: Any) -> None:
        """Facts about parties or things; `label` where it is not the kind's own name."""
        self._state(kind, len(keys), {"key": keys, "label": label or kind, **said})

    def tie(
        self, kind: str, sources: Any, source_label: Any, targets: Any, target_label: Any,
        **said: Any,
    ) -> None:  # fmt: skip
        """Ties from each of the sources to the target at its place."""
        ends = {"from_key": sources, "from_label": source_label,
                "to_key": targets, "to_label": target_label}  # fmt: skip
        self._state(kind, len(sources), {**ends, **said})

    def loans(
        self, series: str, borrowers: Any, label: str, is_bad: Any, *,
        principal_fen: int, purpose: str, bad: str, overdue_days: int,
    ) -> None:  # fmt: skip
        """One loan to each borrower, half of it paid back; `bad` is the class of those that `is_bad`."""
        keys = np.array([f"loan:{series}:{n:09d}" for n in range(len(borrowers))])
        self.node("Loan", keys, granted_on=np.full(len(keys), np.datetime64("2025-01-01")),
                  principal_fen=principal_fen, purpose=purpose)  # fmt: skip
        self.node("LoanState", keys, label="Loan", loan_class=np.where(is_bad, bad, "pass"),
                  overdue_days=np.where(is_bad, overdue_days, 0), balance_fen=principal_fen // 2)  # fmt: skip
        self.tie("BORROWED", borrowers, label, keys, "Loan")

    def write(self) -> None:
        """Hand it all to the batch, which takes every kind once."""
        for kind, tables in self._tables.items():
            self._pending.assert_facts(kind, pa.concat_tables(tables).combine_chunks())
        self._pending.counts.update(rows_in=0, accepted=0, unchanged=0, quarantined=0)

    def _state(self, kind: str, count: int, said: dict[str, Any]) -> None:
        schema, before = arrow_schema(kind), self._tables.setdefault(kind, [])
        unknown = {*said} - {*schema.names}
        if unknown:
            raise ValueError(f"{kind} says nothing of {sorted(unknown)}")
        first = sum(map(len, before))
        ids = [f"{self._common['batch']}-{kind}-{n:08d}" for n in range(first, first + count)]
        told = {**self._common, "fact_id": pa.array(ids, pa.string()), **said}
        columns = [_column(told.get(field.name), field.type, count) for field in schema]
        before.append(pa.table(columns, schema=schema))


@contextmanager
def column_batch(
    log: FactLog, source: str, known_at: datetime, **notes: Any
) -> Iterator[ColumnBatch]:
    """A batch of a log, kept when the block ends; `notes` are those of a batch that was taken in."""
    name = f"{source}-1"
    with log.append(
        source=source, batch=name, file_name=f"{source}.csv", content_sha256="a" * 64,
        known_at=known_at, notes=notes,
    ) as pending:  # fmt: skip
        batch = ColumnBatch(pending, source, name, known_at)
        yield batch
        batch.write()


def _column(value: Any, kind: pa.DataType, count: int) -> pa.Array:
    if value is None:
        return pa.nulls(count, kind)
    if isinstance(value, pa.Array):
        return value.cast(kind)
    if isinstance(value, np.ndarray):
        return pa.array(value.tolist() if value.dtype == object else value).cast(kind)
    return pa.repeat(pa.scalar(value, kind), count)
