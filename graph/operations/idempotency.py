"""Keys under which clients ask for something once: what was asked, and what was answered.

The key is the client's (`Idempotency-Key`), and each client has its own.  One that was begun and never
answered, because the process died, is free again after a while: what it asks for is itself done
once under its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from graph.errors import BusyError, InputError
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Answered", "IdempotencyKeys"]

#: How long a request may take before another try under its key is let in.
_TAKES = timedelta(seconds=60)
_MOST = 128


class _Key(Row):
    __tablename__ = "idempotency_keys"

    owner: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))


@dataclass(frozen=True)
class Answered:
    """What was answered under a key."""

    status: int
    body: Any


class IdempotencyKeys:
    """Begin, answer, and let go."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def begin(self, owner: str, key: str, digest: str, *, at: datetime) -> Answered | None:
        """What was answered under a key; None: go on, it is yours.

        Raises `InputError` (`idempotency_key_wrong`, `idempotency_key_reused`) and `BusyError`
        (`idempotency_in_progress`).
        """
        if not 0 < len(key) <= _MOST or not key.isascii() or not key.isprintable():
            raise InputError(
                "请求头 Idempotency-Key 须是 1 至 128 个可见英文字符。",
                "Idempotency-Key has 1 to 128 printable ASCII characters.",
                code="idempotency_key_wrong",
            )
        with self._store.transaction() as session:
            row = session.get(_Key, (owner, key))
            if row is None:
                session.add(_Key(owner=owner, key=key, digest=digest, began_at=at))
                return None
            if row.digest != digest:
                raise InputError(
                    "这个 Idempotency-Key 已用于另一内容的请求。新请求请用新的键。",
                    "That Idempotency-Key was used with another body.",
                    code="idempotency_key_reused",
                )
            if row.status is not None:
                return Answered(row.status, row.body)
            if at - row.began_at < _TAKES:
                raise BusyError(
                    "同一请求正在办理，请稍后再查。",
                    "A request of that key is in progress.",
                    code="idempotency_in_progress",
                )
            row.began_at = at
            return None

    def answer(self, owner: str, key: str, status: int, body: Any) -> None:
        """Keep what was answered."""
        with self._store.transaction() as session:
            row = session.get(_Key, (owner, key))
            if row is not None:
                row.status, row.body = status, body

    def let_go(self, owner: str, key: str) -> None:
        """What was refused may be asked for again, put right."""
        with self._store.transaction() as session:
            row = session.get(_Key, (owner, key))
            if row is not None and row.status is None:
                session.delete(row)
