"""Identity in the operations store: pairs that wait for an officer, and every judgement ever made.

A pair is two party keys, the smaller first.  Judgements are only ever added: to take one back is
another judgement, `open`, that names the one it takes back.  What counts of a pair is its last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, Integer, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Judgement", "JudgementBook", "QueuedPair", "Verdict", "pair_of"]

Verdict = Literal["same", "different", "open"]


class _Pair(Row):
    __tablename__ = "identity_pairs"

    one: Mapped[str] = mapped_column(String(128), primary_key=True)
    other: Mapped[str] = mapped_column(String(128), primary_key=True)
    probability: Mapped[float]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    policy: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime] = mapped_column(Instant)


class _Judgement(Row):
    __tablename__ = "identity_judgements"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    one: Mapped[str] = mapped_column(String(128), index=True)
    other: Mapped[str] = mapped_column(String(128), index=True)
    verdict: Mapped[str] = mapped_column(String(16))
    user: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(String(500))
    takes_back: Mapped[int | None]


@dataclass(frozen=True)
class QueuedPair:
    """A pair as it was last compared; `reasons` as they are shown, `policy` names what weighed them."""

    one: str
    other: str
    probability: float
    reasons: tuple[dict[str, Any], ...]
    policy: str
    found_at: time.Instant


@dataclass(frozen=True)
class Judgement:
    """One judgement; `takes_back` is the number of the one that an `open` undoes."""

    number: int
    one: str
    other: str
    verdict: Verdict
    user: str
    at: time.Instant
    note: str
    takes_back: int | None


def pair_of(a: str, b: str) -> tuple[str, str]:
    """Two keys as a pair; raises `InputError` for a key with itself."""
    if a == b:
        raise InputError(
            "两个编号相同，无需核对。", "A party is itself: two keys.", code="same_key"
        )
    return (a, b) if a < b else (b, a)


class JudgementBook:
    """Write and read the queue and the judgements."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    # ------------------------------------------------------------------ queue

    def replace_queue(self, pairs: Iterable[QueuedPair]) -> int:
        """Put a new search in place of the last; judged pairs keep their judgements."""
        rows = [_Pair(**{name: getattr(item, name) for name in _PAIR_COLUMNS}) for item in pairs]
        with self._store.transaction() as session:
            session.execute(delete(_Pair))
            session.add_all(rows)
        return len(rows)

    def waiting(self, *, limit: int, offset: int = 0) -> list[QueuedPair]:
        """Pairs without a judgement in force, the most probable first."""
        with self._store.reading() as session:
            settled = {
                (item.one, item.other) for item in _in_force(session) if item.verdict != "open"
            }
            query = select(_Pair).order_by(_Pair.probability.desc(), _Pair.one, _Pair.other)
            open_pairs = [
                _pair(row) for row in session.scalars(query) if (row.one, row.other) not in settled
            ]
        return open_pairs[offset : offset + limit]

    def count_waiting(self) -> int:
        """How many pairs are without a judgement in force."""
        return len(self.waiting(limit=1 << 31))

    def pair(self, a: str, b: str) -> QueuedPair | None:
        """A pair of the queue, judged or not; None where the rules never put it there."""
        with self._store.reading() as session:
            row = session.get(_Pair, pair_of(a, b))
            return None if row is None else _pair(row)

    def hints(self, key: str) -> list[QueuedPair]:
        """Waiting pairs of one party: what may be shown of it as 疑似, and nothing more."""
        return [item for item in self.waiting(limit=1 << 31) if key in (item.one, item.other)]

    # -------------------------------------------------------------- judgements

    def judge(
        self, a: str, b: str, verdict: Literal["same", "different"], *, user: str, at: datetime,
        note: str = "",
    ) -> Judgement:  # fmt: skip
        """Add a judgement; it counts from now on instead of an earlier one of the same pair."""
        one, other = pair_of(a, b)
        with self._store.transaction() as session:
            return _add(session, one, other, verdict, responsible(user, "核对"), at, note, None)

    def take_back(self, number: int, *, user: str, at: datetime, note: str = "") -> Judgement:
        """Undo a judgement by another; raises where it is unknown or no longer in force."""
        with self._store.transaction() as session:
            undone = session.get(_Judgement, number)
            if undone is None:
                raise NotFoundError(
                    "没有这条核对记录。请用 xinnong identity clusters 或核对页查看编号。",
                    "There is no judgement of that number.",
                    code="judgement_unknown",
                )
            last = {(item.one, item.other): item for item in _in_force(session)}
            if last[undone.one, undone.other].number != number or undone.verdict == "open":
                raise InputError(
                    "这条核对已被后来的核对取代，不能再撤销。请撤销最近的一条。",
                    "The judgement is no longer in force: take back the last one of the pair.",
                    code="judgement_not_in_force",
                )
            return _add(
                session,
                undone.one,
                undone.other,
                "open",
                responsible(user, "核对"),
                at,
                note,
                number,
            )

    def judgements(self) -> list[Judgement]:
        """Every judgement ever made, in order."""
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(_all())]

    def in_force(self) -> list[Judgement]:
        """Of each pair the last judgement, where it says same or different."""
        with self._store.reading() as session:
            return [_value(row) for row in _in_force(session) if row.verdict != "open"]


_PAIR_COLUMNS = tuple(QueuedPair.__dataclass_fields__)


def _all() -> Any:
    return select(_Judgement).order_by(_Judgement.number)


def _in_force(session: Session) -> list[_Judgement]:
    last = select(func.max(_Judgement.number)).group_by(_Judgement.one, _Judgement.other)
    query = select(_Judgement).where(_Judgement.number.in_(last)).order_by(_Judgement.number)
    return list(session.scalars(query))


def _add(
    session: Session, one: str, other: str, verdict: Verdict, user: str, at: datetime, note: str,
    takes_back: int | None,
) -> Judgement:  # fmt: skip
    row = _Judgement(one=one, other=other, verdict=verdict, user=user, at=at, note=redacted(note.strip()),
                     takes_back=takes_back)  # fmt: skip
    session.add(row)
    session.flush()
    return _value(row)


def _pair(row: _Pair) -> QueuedPair:
    stated = {name: getattr(row, name) for name in _PAIR_COLUMNS}
    return QueuedPair(**{**stated, "reasons": tuple(row.reasons)})


def _value(row: _Judgement) -> Judgement:
    return Judgement(**{name: getattr(row, name) for name in Judgement.__dataclass_fields__})
