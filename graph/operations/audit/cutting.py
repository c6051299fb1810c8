"""Ending what was kept long enough: the oldest entries go, and a signed anchor says up to which.

征信业管理条例 asks for a record of queries and 深圳经济特区社会信用条例 for five years of it; the longer
time is kept.  What is younger is cut by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, select

from graph import time
from graph.errors import InputError
from graph.operations.audit.entry import Anchor, Batch, Entry, Subject
from graph.operations.audit.key import audit_signer, is_signed_by, sign
from graph.operations.responsible import responsible
from graph.operations.store import OperationsStore

__all__ = ["KEPT_YEARS", "AuditAnchor", "anchors", "cut", "is_lawful"]

#: How long an entry is kept at least, in years.
KEPT_YEARS = 5


@dataclass(frozen=True)
class AuditAnchor:
    """A cut.

    Attributes:
        number, hash: of the last entry that went.  before_on: entries of days before it went.
        by, at: who cut, and when.  key, signature: as of a head.
    """

    number: int
    hash: str
    before_on: date
    by: str
    at: time.Instant
    key: str
    signature: str


def cut(store: OperationsStore, before_on: date, *, by: str, at: datetime) -> AuditAnchor | None:
    """End the entries of days before a day; None where there are none.

    Raises `InputError` (`audit_kept`: younger than `KEPT_YEARS`; `user_missing`).
    """
    who = responsible(by, "清理")
    if time.months_after(before_on, KEPT_YEARS * 12) > time.day_of(at):
        raise InputError(
            f"审计记录至少保存{KEPT_YEARS}年，{before_on} 以后的还不能清理。",
            f"Entries are kept for {KEPT_YEARS} years at least.",
            code="audit_kept",
        )
    with store.transaction() as session:
        # the chain goes up to the first entry that stays: clocks may have gone back
        stays = session.scalar(
            select(Entry.number)
            .where(Entry.entered_on >= before_on)
            .order_by(Entry.number)
            .limit(1)
        )
        query = select(Entry.number, Entry.hash).order_by(Entry.number.desc()).limit(1)
        last = session.execute(
            query if stays is None else query.where(Entry.number < stays)
        ).first()
        if last is None:
            return None
        key = audit_signer(store.settings)
        row = Anchor(number=last[0], hash=last[1], before_on=before_on, by=who, at=at,
                     key=key.public, signature="")  # fmt: skip
        row.signature = sign(key, _signed(_value(row)))
        session.add(row)
        session.flush()
        for column in (Subject.entry, Batch.entry, Entry.number):
            session.execute(delete(column.class_).where(column <= last[0]))
        return _value(row)


def anchors(store: OperationsStore) -> list[AuditAnchor]:
    """Every cut, oldest first."""
    with store.reading() as session:
        return [_value(row) for row in session.scalars(select(Anchor).order_by(Anchor.number))]


def is_lawful(anchor: AuditAnchor) -> bool:
    """Whether the key that a cut names signed it."""
    return is_signed_by(anchor.key, _signed(anchor), anchor.signature)


def _signed(anchor: AuditAnchor) -> dict[str, Any]:
    return {
        "cut": anchor.number,
        "hash": anchor.hash,
        "before_on": anchor.before_on.isoformat(),
        "by": anchor.by,
        "at": anchor.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def _value(row: Anchor) -> AuditAnchor:
    return AuditAnchor(**{name: getattr(row, name) for name in AuditAnchor.__dataclass_fields__})
