"""Heads of the audit: at the end of a day its last hash is signed, and laid down in a second place.

Whoever owns the database can write a whole chain anew that is right in itself.  What he cannot change
is a head that somebody else holds: a file in another machine's folder (`XINNONG_AUDIT_HEADS`), or a
printed sheet.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Date, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.operations.audit.entry import last_of
from graph.operations.audit.key import audit_signer, is_signed_by, sign
from graph.operations.store import Instant, OperationsStore, Row
from graph.settings import Settings

__all__ = [
    "AuditHead",
    "Head",
    "export_heads",
    "exported_heads",
    "heads",
    "is_true",
    "seal",
    "seal_in",
]

_logger = logging.getLogger("xinnong.audit")
_FILE = "audit-head-{:012d}.json"


class Head(Row):
    """A signed head."""

    __tablename__ = "audit_heads"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ended_on: Mapped[date] = mapped_column(Date, index=True)
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))


@dataclass(frozen=True)
class AuditHead:
    """A head: the entry that was the last one, signed.

    Attributes:
        number, hash: of the entry.  ended_on: its day, in China.  at: when it was signed.
        key: the public key (Ed25519, hex).  signature: over day, number, hash and instant.
    """

    number: int
    ended_on: date
    hash: str
    at: time.Instant
    key: str
    signature: str


def seal(store: OperationsStore, *, at: datetime) -> AuditHead | None:
    """Sign the last entry, unless it is signed; None where there is no entry.

    Raises `OperationsError`, and `SettingsError` (`signing_key_damaged`).
    """
    with store.transaction() as session:
        seal_in(session, store.settings, at=at)
        row = session.scalars(select(Head).order_by(Head.number.desc()).limit(1)).first()
        found = None if row is None else _value(row)
    export_heads(store)
    return found


def seal_in(session: Session, settings: Settings, *, at: datetime) -> bool:
    """As `seal`, within a transaction that holds the chain; whether one was made."""
    number, last, last_on = last_of(session)
    if last_on is None or session.get(Head, number) is not None:
        return False
    key = audit_signer(settings)
    told = _signed(number, last_on, last, at)
    session.add(
        Head(
            number=number,
            ended_on=last_on,
            hash=last,
            at=at,
            key=key.public,
            signature=sign(key, told),
        )
    )
    session.flush()
    return True


def heads(store: OperationsStore) -> list[AuditHead]:
    """Every head, oldest first."""
    with store.reading() as session:
        return [_value(row) for row in session.scalars(select(Head).order_by(Head.number))]


def export_heads(store: OperationsStore) -> list[Path]:
    """Lay down the heads that the second place lacks; what lies there is never written over.

    Where it cannot be written nothing is lost: the next one lays down all that lacks, and the check of
    the chain says which do.
    """
    folder = store.settings.audit_heads
    if folder is None:
        return []
    made = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for head in heads(store):
            path = folder / _FILE.format(head.number)
            if not path.exists():
                _write(path, head)
                made.append(path)
    except OSError:
        _logger.warning("heads of the audit cannot be laid down in the second place")
    return made


def exported_heads(folder: Path) -> list[AuditHead]:
    """What lies in the second place, oldest first; a file that is none is left out."""
    found = []
    for path in sorted(folder.glob("audit-head-*.json")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            found.append(
                AuditHead(
                    int(told["number"]),
                    date.fromisoformat(told["ended_on"]),
                    str(told["hash"]),
                    datetime.fromisoformat(told["at"]),
                    str(told["key"]),
                    str(told["signature"]),
                )
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def is_true(head: AuditHead) -> bool:
    """Whether the key that a head names signed it."""
    return is_signed_by(
        head.key, _signed(head.number, head.ended_on, head.hash, head.at), head.signature
    )


def _signed(number: int, ended_on: date, hash_: str, at: datetime) -> dict[str, Any]:
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    return {"number": number, "ended_on": ended_on.isoformat(), "hash": hash_, "at": instant}


def _write(path: Path, head: AuditHead) -> None:
    told = {**asdict(head), "ended_on": head.ended_on.isoformat(), "at": head.at.isoformat()}
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _value(row: Head) -> AuditHead:
    return AuditHead(**{name: getattr(row, name) for name in AuditHead.__dataclass_fields__})
