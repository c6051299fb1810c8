"""Turns of retention: what was deleted because its term had ended, and the rows that end.

A turn is kept for ever: it says how much went of which kind by which rules, and nothing of whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import JSON, Column, Date, String, Table, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from graph.errors import OperationsError
from graph.operations.store import Instant, OperationsStore, Row
from graph.operations.tables import every_table

__all__ = ["RetentionTurn", "RetentionTurns", "end_rows", "ended_rows", "refuse_undeclared"]


class _Turn(Row):
    __tablename__ = "retention_turns"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - as the library wants it

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Instant)
    turned_on: Mapped[date] = mapped_column(Date, index=True)
    rules: Mapped[str] = mapped_column(String(64))
    rows: Mapped[dict[str, int]] = mapped_column(JSON)
    facts: Mapped[dict[str, int]] = mapped_column(JSON)
    waiting: Mapped[dict[str, int]] = mapped_column(JSON)
    tombstone: Mapped[int | None]


@dataclass(frozen=True)
class RetentionTurn:
    """One turn.

    Attributes:
        turned_on: the day in China.  rules: the file by which, with its hash.
        rows: rule of the stores -> rows that went.
        facts: kind -> facts that went from the log, under the number of its `tombstone`.
        waiting: kind -> facts whose term has ended and that wait until no service runs.
    """

    number: int
    at: datetime
    turned_on: date
    rules: str
    rows: Mapping[str, int]
    facts: Mapping[str, int]
    waiting: Mapping[str, int]
    tombstone: int | None


class RetentionTurns:
    """The turns of one office."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def note(
        self,
        *,
        at: datetime,
        turned_on: date,
        rules: str,
        rows: Mapping[str, int],
        facts: Mapping[str, int],
        waiting: Mapping[str, int],
        tombstone: int | None,
    ) -> RetentionTurn:
        """Enter a turn."""
        row = _Turn(
            at=at, turned_on=turned_on, rules=rules, rows=dict(rows), facts=dict(facts),
            waiting=dict(waiting), tombstone=tombstone,
        )  # fmt: skip
        with self._store.transaction() as session:
            session.add(row)
            session.flush()
            return _value(row)

    def last(self) -> RetentionTurn | None:
        """The one before."""
        with self._store.reading() as session:
            row = session.scalar(select(_Turn).order_by(_Turn.number.desc()).limit(1))
            return None if row is None else _value(row)

    def all(self, *, most: int = 100) -> list[RetentionTurn]:
        """The newest first."""
        query = select(_Turn).order_by(_Turn.number.desc()).limit(most)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]


def ended_rows(store: OperationsStore, table: str, column: str, before: datetime) -> int:
    """How many rows ended before an instant, or on an earlier day."""
    found, at = _column(table, column)
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(found).where(at < before)) or 0


def end_rows(store: OperationsStore, table: str, column: str, before: datetime) -> int:
    """Delete them; returns how many."""
    found, at = _column(table, column)
    with store.transaction() as session:
        count = session.scalar(select(func.count()).select_from(found).where(at < before)) or 0
        if count:
            session.execute(delete(found).where(at < before))
    return count


def refuse_undeclared(declared: Mapping[str, str]) -> None:
    """Raise `OperationsError` (`retention_undeclared`) where a table has no term, or one is none.

    Args:
        declared: table -> the rule under which it stands.
    """
    wrong = sorted(every_table().tables.keys() ^ declared.keys())
    if wrong:
        raise OperationsError(
            f"retention.yaml 没有说清这些表保存多久：{'、'.join(wrong)}",
            f"retention.yaml does not say how long {wrong} are kept",
            code="retention_undeclared",
        )


def _column(table: str, column: str) -> tuple[Table, Column[datetime]]:
    found = every_table().tables[table]
    return found, found.c[column]


def _value(row: _Turn) -> RetentionTurn:
    names = RetentionTurn.__dataclass_fields__
    return RetentionTurn(**{name: getattr(row, name) for name in names})
