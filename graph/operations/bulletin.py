"""Bulletins that were frozen: their bytes, who wrote and who signed, and which one each corrects.

The store does not know what a bulletin says.  Its bytes never change; what is wrong in one is put
right by a new edition that names the old.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Bulletins", "KeptBulletin"]


class _Bulletin(Row):
    __tablename__ = "bulletins"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    period: Mapped[str] = mapped_column(String(16), index=True)
    edition: Mapped[int] = mapped_column(Integer)
    corrects: Mapped[str | None] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(500))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    written_by: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime] = mapped_column(Instant)
    signed_by: Mapped[str | None] = mapped_column(String(64))
    signed_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True)
class KeptBulletin:
    """One edition.

    Attributes:
        id: sha256 of `content`.
        period: `2026-03` or `2026-Q1`.
        edition: 1 for the first of its period, then one more each.
        corrects: the edition before, and `why`; None and empty for the first.
        signed_by, signed_at: None while it waits for the second person.
    """

    id: str
    period: str
    edition: int
    corrects: str | None
    why: str
    content: bytes
    written_by: str
    written_at: time.Instant
    signed_by: str | None
    signed_at: time.Instant | None


class Bulletins:
    """Keep, sign, find."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def keep(self, period: str, content: bytes, *, why: str, by: str, at: datetime) -> KeptBulletin:
        """Keep an edition; the same bytes again are the same edition.

        Raises `InputError`: `user_missing`; `correction_unsaid` for another edition of a period
        without saying why there is one.
        """
        name, said = responsible(by, "编制"), redacted(why.strip())
        digest = hashlib.sha256(content).hexdigest()
        with self._store.transaction() as session:
            row = session.get(_Bulletin, digest)
            if row is None:
                before = session.scalars(_of(period)).first()
                if before is not None and not said:
                    raise InputError(
                        f"{period} 已有第 {before.edition} 版通报。更正请写明原因，将另出一版并注明所更正的版本。",
                        f"{period} has edition {before.edition}: say what is corrected.",
                        code="correction_unsaid",
                    )
                row = _Bulletin(
                    id=digest,
                    period=period,
                    edition=before.edition + 1 if before else 1,
                    corrects=before.id if before else None,
                    why=said if before else "",
                    content=content,
                    written_by=name,
                    written_at=at,
                )
                session.add(row)
                session.flush()
            return _value(row)

    def sign(self, digest: str, *, by: str, at: datetime) -> KeptBulletin:
        """Let an edition pass, by another person than who wrote it; once signed it stays so.

        Raises `NotFoundError`, and `InputError` (`user_missing`, `two_persons`).
        """
        name = responsible(by, "签发")
        with self._store.transaction() as session:
            row = session.get(_Bulletin, digest)
            if row is None:
                raise _unknown()
            if row.written_by.strip().casefold() == name.strip().casefold():
                raise InputError(
                    "编制人不能签发自己的通报，请另一位有权人员签发。",
                    "Who wrote a bulletin cannot sign it: another person must.",
                    code="two_persons",
                )
            if row.signed_at is None:
                row.signed_by, row.signed_at = name, at
            return _value(row)

    def find(self, digest: str) -> KeptBulletin:
        """One edition; raises `NotFoundError`."""
        with self._store.reading() as session:
            row = session.get(_Bulletin, digest)
            if row is None:
                raise _unknown()
            return _value(row)

    def all(self) -> list[KeptBulletin]:
        """Every edition, the newest period and edition first."""
        query = select(_Bulletin).order_by(_Bulletin.period.desc(), _Bulletin.edition.desc())
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]


def _of(period: str) -> Any:
    return select(_Bulletin).where(_Bulletin.period == period).order_by(_Bulletin.edition.desc())


def _unknown() -> NotFoundError:
    return NotFoundError(
        "没有这份通报。请核对编号。", "There is no such bulletin.", code="bulletin_unknown"
    )


def _value(row: _Bulletin) -> KeptBulletin:
    return KeptBulletin(**{name: getattr(row, name) for name in KeptBulletin.__dataclass_fields__})
