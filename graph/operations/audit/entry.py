"""One entry of the audit: what is noted, its tables, and how each is bound to the one before.

    hash(n) = SHA-256 of JSON [n, at, who, …, subjects_digest, …, hash(n-1)]

Kept is what 征信业管理条例 第二十二条 asks of whoever lets credit information be queried (who, when,
what, why), and nothing of anybody's data: marks of subjects, codes of classes, hashes of answers.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Integer, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.operations.store import Instant, Row

__all__ = [
    "GENESIS",
    "Anchor",
    "AuditEntry",
    "AuditNote",
    "Batch",
    "Entry",
    "Subject",
    "content_of",
    "hash_of",
    "last_of",
]

#: What the first entry follows.
GENESIS = "0" * 64


class Entry(Row):
    """A row of the chain."""

    __tablename__ = "audit_entries"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    entered_on: Mapped[date] = mapped_column(Date, index=True)
    who: Mapped[str] = mapped_column(String(128), index=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    institution: Mapped[str | None] = mapped_column(String(128))
    act: Mapped[str] = mapped_column(String(32))
    way: Mapped[str] = mapped_column(String(200))
    thing: Mapped[str] = mapped_column(String(200))
    items: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(String(200))
    consents: Mapped[str] = mapped_column(Text)
    subjects: Mapped[int] = mapped_column(Integer)
    subjects_digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    address: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(String(32), index=True)
    trace: Mapped[str] = mapped_column(String(32))
    follows: Mapped[int | None] = mapped_column(Integer)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Subject(Row):
    """That an entry is about a subject; of an entry with few."""

    __tablename__ = "audit_subjects"

    entry: Mapped[int] = mapped_column(
        ForeignKey("audit_entries.number"), primary_key=True, autoincrement=False
    )
    subject: Mapped[str] = mapped_column(String(128), primary_key=True, index=True)


class Batch(Row):
    """Whom an entry with many is about: their digests, in order and joined."""

    __tablename__ = "audit_batches"

    entry: Mapped[int] = mapped_column(
        ForeignKey("audit_entries.number"), primary_key=True, autoincrement=False
    )
    digests: Mapped[bytes] = mapped_column(LargeBinary)


class Anchor(Row):
    """That entries through a number are gone by law, and what the last of them was."""

    __tablename__ = "audit_anchors"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    before_on: Mapped[date] = mapped_column(Date)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))


@dataclass(frozen=True, kw_only=True)
class AuditNote:
    """What is to be entered.

    Attributes:
        who, name, role, institution: who asked, as `api.security.Asker` has them.
        act: code of the act.
        way: template of the route with its method, or the command; never what was typed.
        thing: the numbers by which the address names what was acted on (`number=5`).
        subjects: keys of the parties that were read or acted on; kept as marks.
        items: codes of the information classes that the way reads.
        purpose: why, in Chinese; empty where none is stated.
        consents: numbers of the consents that it stands on.
        result: SHA-256 of the answer, hex; empty where it is not known yet.
        status: HTTP status, or exit status of a command; 0 where it is not known yet.
        address: of the network, or 本机.
        document: number of what was printed or exported; empty where nothing was.
        trace: trace id of the request.
        follows: number of the entry of which this is more, of an answer that came in parts.
    """

    at: datetime
    who: str
    name: str
    role: str
    act: str
    way: str
    institution: str | None = None
    thing: str = ""
    subjects: frozenset[str] = frozenset()
    items: tuple[str, ...] = ()
    purpose: str = ""
    consents: tuple[str, ...] = ()
    result: str = ""
    status: int = 0
    address: str = ""
    document: str = ""
    trace: str = ""
    follows: int | None = None


@dataclass(frozen=True)
class AuditEntry:
    """One entry as it is kept; as `AuditNote`, and:

    Attributes:
        subjects: how many it is about.  subjects_digest: SHA-256 of their digests.
        previous, hash: of the entry before, and of this one.
    """

    number: int
    at: time.Instant
    who: str
    name: str
    role: str
    institution: str | None
    act: str
    way: str
    thing: str
    items: tuple[str, ...]
    purpose: str
    consents: tuple[str, ...]
    subjects: int
    subjects_digest: str
    result: str
    status: int
    address: str
    document: str
    trace: str
    follows: int | None
    previous: str
    hash: str


#: What the hash of an entry is of, in this order; `items` and `consents` joined by commas.
_BOUND = (
    "number", "at", "who", "name", "role", "institution", "act", "way", "thing", "items", "purpose",
    "consents", "subjects", "subjects_digest", "result", "status", "address", "document", "trace",
    "follows", "previous",
)  # fmt: skip


def content_of(values: dict[str, Any]) -> bytes:
    """The bytes that are hashed, of the columns of an entry."""
    told = {**values, "at": values["at"].astimezone(UTC).isoformat(timespec="microseconds")}
    return json.dumps(
        [told[name] for name in _BOUND], ensure_ascii=False, separators=(",", ":")
    ).encode()


def hash_of(values: dict[str, Any]) -> str:
    """The hash that an entry of such columns has."""
    return hashlib.sha256(content_of(values)).hexdigest()


def last_of(session: Session) -> tuple[int, str, date | None]:
    """Number, hash and day of the last entry; after a cut that left none, of what was cut."""
    last = select(Entry.number, Entry.hash, Entry.entered_on).order_by(Entry.number.desc()).limit(1)
    if found := session.execute(last).first():
        return found[0], found[1], found[2]
    cut = select(Anchor.number, Anchor.hash).order_by(Anchor.number.desc()).limit(1)
    if gone := session.execute(cut).first():
        return gone[0], gone[1], None
    return 0, GENESIS, None
