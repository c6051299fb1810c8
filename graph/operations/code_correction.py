"""Rounds of correcting codes: which operations a round takes, what was chosen, what was sent.

A choice is about one line of the province's list (round, code, name); what counts of a line is its
last choice.  A file that was sent is kept whole under its hash, so that it can be shown again and
never differs from what left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["CodeChoice", "CodeCorrections", "CodeReturn", "CodeRound"]


class _Round(Row):
    __tablename__ = "code_rounds"

    round: Mapped[str] = mapped_column(String(32), primary_key=True)
    allowed: Mapped[list[int]] = mapped_column(JSON)
    notice: Mapped[str] = mapped_column(String(255))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


class _Choice(Row):
    __tablename__ = "code_choices"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    round: Mapped[str] = mapped_column(String(32), index=True)
    item: Mapped[str] = mapped_column(String(128))
    operation: Mapped[int] = mapped_column(Integer)
    new_code: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


class _Return(Row):
    __tablename__ = "code_returns"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    round: Mapped[str] = mapped_column(String(32), index=True)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class CodeRound:
    """A round that the office entered: the operations that its notice takes."""

    round: str
    allowed: tuple[int, ...]
    notice: str
    by: str
    at: time.Instant


@dataclass(frozen=True)
class CodeChoice:
    """What is to be done with one line of a round.

    Attributes:
        item: key of the line.
        operation: 0 a new code, 1 delete, 2 keep.
    """

    number: int
    round: str
    item: str
    operation: int
    new_code: str
    note: str
    by: str
    at: time.Instant


@dataclass(frozen=True)
class CodeReturn:
    """A correction file that left; `id` is the hash of its rows, which both copies carry."""

    id: str
    round: str
    rows: tuple[dict[str, Any], ...]
    counts: dict[str, int]
    by: str
    at: time.Instant


class CodeCorrections:
    """Rounds, choices and files; whatever was done stays."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def enter_round(
        self, name: str, allowed: Sequence[int], *, notice: str, by: str, at: datetime
    ) -> CodeRound:
        """Enter what a round takes, or correct it; raises `InputError` without who or notice."""
        who, said = responsible(by, "登记"), redacted(notice.strip())
        if not name.strip() or not allowed or not {*allowed} <= {0, 1, 2} or not said:
            raise InputError(
                "请写明轮次、允许的数据操作标识位（0、1、2 中的几个）和通知文号。",
                "Give the round, its operations (some of 0, 1, 2) and the notice.",
                code="round_incomplete",
            )
        with self._store.transaction() as session:
            row = session.merge(
                _Round(round=name.strip(), allowed=sorted({*allowed}), notice=said, by=who, at=at)
            )
            return _round(row)

    def rounds(self) -> dict[str, CodeRound]:
        """Rounds that the office entered, by name."""
        with self._store.reading() as session:
            return {row.round: _round(row) for row in session.scalars(select(_Round))}

    def choose(
        self,
        round_: str,
        item: str,
        operation: int,
        *,
        new_code: str = "",
        note: str = "",
        by: str,
        at: datetime,
    ) -> CodeChoice:
        """Say what is to be done with a line; a later word counts."""
        who = responsible(by, "填报")
        with self._store.transaction() as session:
            row = _Choice(
                round=round_, item=item, operation=operation, new_code=new_code,
                note=redacted(note.strip()), by=who, at=at,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return _choice(row)

    def choices(self, round_: str) -> dict[str, CodeChoice]:
        """The last choice of each line of a round."""
        query = select(_Choice).where(_Choice.round == round_).order_by(_Choice.number)
        with self._store.reading() as session:
            return {row.item: _choice(row) for row in session.scalars(query)}

    def keep(
        self, name: str, round_: str, rows: Sequence[Mapping[str, Any]], counts: Mapping[str, int],
        *, by: str, at: datetime,
    ) -> CodeReturn:  # fmt: skip
        """Keep a file that leaves; the same rows again are the same file."""
        who = responsible(by, "报送")
        with self._store.transaction() as session:
            row = session.get(_Return, name)
            if row is None:
                row = _Return(
                    id=name, round=round_, rows=[dict(each) for each in rows], counts=dict(counts),
                    by=who, at=at,
                )  # fmt: skip
                session.add(row)
            return _return(row)

    def returned(self, name: str) -> CodeReturn:
        """A file that left; raises `NotFoundError`."""
        with self._store.reading() as session:
            row = session.get(_Return, name)
            if row is None:
                raise NotFoundError(
                    "没有这份纠错回传表。请核对校验码。",
                    "There is no correction file of that hash.",
                    code="return_unknown",
                )
            return _return(row)

    def returns(self, round_: str | None = None) -> list[CodeReturn]:
        """Files that left, oldest first."""
        query = select(_Return).order_by(_Return.at, _Return.id)
        with self._store.reading() as session:
            return [_return(row) for row in session.scalars(query) if round_ in (None, row.round)]


def _round(row: _Round) -> CodeRound:
    return CodeRound(row.round, tuple(row.allowed), row.notice, row.by, row.at)


def _choice(row: _Choice) -> CodeChoice:
    return CodeChoice(**{name: getattr(row, name) for name in CodeChoice.__dataclass_fields__})


def _return(row: _Return) -> CodeReturn:
    return CodeReturn(row.id, row.round, tuple(row.rows), dict(row.counts), row.by, row.at)
