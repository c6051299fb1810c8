"""Adding to the audit, and looking something up in it.

Many processes add to one chain: who adds holds the chain for the length of a transaction, in SQLite
by its one writer, in PostgreSQL by a lock of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import func, insert, select, union
from sqlalchemy.orm import Session

from graph.errors import InputError
from graph.identifiers.redaction import redacted
from graph.operations.audit.entry import (
    AuditEntry,
    AuditNote,
    Batch,
    Entry,
    Subject,
    hash_of,
    last_of,
)
from graph.operations.audit.heads import export_heads, seal_in
from graph.operations.audit.mark import digest_of, digests_of, mark_of, marks_digest
from graph.operations.store import OperationsStore
from graph.secrets import make_secrets
from graph.time import day_of

__all__ = ["FoundEntries", "Trail"]

#: An entry about more subjects keeps their digests in one piece.
_FEW = 200
_WIDTH = 16


@dataclass(frozen=True)
class FoundEntries:
    """Entries that were looked for, newest first; `total` counts those not shown as well."""

    total: int
    entries: list[AuditEntry]


class Trail:
    """The audit of one installation."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    @cached_property
    def _identity_key(self) -> str:
        return make_secrets(self._store.settings.secrets_file).identity_key

    def append(self, notes: Sequence[AuditNote]) -> list[int]:
        """Enter some, all or none, in their order; returns their numbers.

        At the first entry of a day the head of the day before is signed.

        Raises `OperationsError`, and `SettingsError` where secrets or key cannot be read.
        """
        prepared = [self._prepared(note) for note in notes]
        signed = False
        with self._store.transaction() as session:
            number, last, last_on = last_of(session)
            rows: list[dict[str, Any]] = []
            subjects: list[dict[str, Any]] = []
            batches: list[dict[str, Any]] = []
            for values, marks in prepared:
                if last_on is not None and values["entered_on"] > last_on:
                    self._add(session, rows, subjects, batches)
                    signed |= seal_in(session, self._store.settings, at=values["at"])
                number += 1
                values |= {"number": number, "previous": last}
                values["hash"] = last = hash_of(values)
                last_on = values["entered_on"]
                rows.append(values)
                if values["subjects"] > _FEW:
                    batches.append({"entry": number, "digests": digests_of(marks)})
                else:
                    subjects += [{"entry": number, "subject": mark} for mark in sorted(marks)]
            self._add(session, rows, subjects, batches)
        if signed:
            export_heads(self._store)
        return list(range(number - len(prepared) + 1, number + 1))

    def find(self, number: int) -> AuditEntry | None:
        """One entry; None where there is none of that number."""
        with self._store.reading() as session:
            row = session.get(Entry, number)
            return None if row is None else value_of(row)

    def last(self) -> AuditEntry | None:
        """The newest entry; None where there is none."""
        with self._store.reading() as session:
            row = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).first()
            return None if row is None else value_of(row)

    def after(self, number: int, *, limit: int) -> list[AuditEntry]:
        """Entries that follow one, oldest first."""
        query = select(Entry).where(Entry.number > number).order_by(Entry.number).limit(limit)
        with self._store.reading() as session:
            return [value_of(row) for row in session.scalars(query)]

    def leading_to(self, number: int, *, since: datetime, who: Collection[str]) -> list[AuditEntry]:
        """What some did with anybody from an instant on, before an entry, oldest first."""
        query = select(Entry).where(
            Entry.number < number, Entry.at >= since, Entry.who.in_(who), Entry.subjects > 0
        )
        with self._store.reading() as session:
            return [value_of(row) for row in session.scalars(query.order_by(Entry.number))]

    def marks(self, *numbers: int) -> dict[int, set[str]]:
        """Marks of the subjects of some entries; of one with many they are not told."""
        query = select(Subject.entry, Subject.subject).where(Subject.entry.in_(numbers))
        found: dict[int, set[str]] = {number: set() for number in numbers}
        with self._store.reading() as session:
            for entry, subject in session.execute(query):
                found[entry].add(subject)
        return found

    def mark(self, key: str) -> str:
        """The mark under which a subject stands here."""
        return mark_of(key, lambda: self._identity_key)

    def about(self, *subjects: str) -> list[AuditEntry]:
        """Everything that was read of a subject or done to it, newest first.

        Args:
            subjects: keys of one party: its own, and those that turned out to be the same one.
        """
        query = select(Entry).where(Entry.number.in_(self._numbers_about(subjects)))
        with self._store.reading() as session:
            return [value_of(row) for row in session.scalars(query.order_by(Entry.number.desc()))]

    def search(
        self,
        *,
        who: str | None = None,
        subject: str | None = None,
        from_on: date | None = None,
        to_on: date | None = None,
        act: str | None = None,
        document: str | None = None,
        before: int | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> FoundEntries:
        """Entries to which all that is given applies, newest first.

        Args:
            who: identifier or name of who asked.  subject: key or mark.  act: code.
            from_on, to_on: first and last day, in China.
            document: number that a print or an export carries.
            before: only what was entered before this entry, for who reads on: what is entered
                meanwhile (this search, say) moves nothing.  The total is of all the same.
        """
        query = select(Entry)
        if who is not None:
            query = query.where((Entry.who == who) | (Entry.name == who))
        if act is not None:
            query = query.where(Entry.act == act)
        if from_on is not None:
            query = query.where(Entry.entered_on >= from_on)
        if to_on is not None:
            query = query.where(Entry.entered_on <= to_on)
        if document is not None:
            query = query.where(Entry.document == document.strip(), Entry.document != "")
        if subject is not None:
            query = query.where(Entry.number.in_(self._numbers_about([subject])))
        with self._store.reading() as session:
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            rest = query if before is None else query.where(Entry.number < before)
            shown = rest.order_by(Entry.number.desc()).limit(limit).offset(offset)
            found: list[Entry] = list(session.scalars(shown))
            return FoundEntries(total, [value_of(row) for row in found])

    def _numbers_about(self, subjects: Sequence[str]) -> Any:
        marks = {self.mark(key) for key in subjects}
        wanted = [digest_of(mark) for mark in marks]
        every = select(Batch.entry, Batch.digests).execution_options(yield_per=20)
        with self._store.reading() as session:
            among = [
                entry
                for entry, digests in session.execute(every)
                if any(_holds(digests, one) for one in wanted)
            ]
        of_few = select(Subject.entry).where(Subject.subject.in_(marks))
        return union(of_few, select(Batch.entry).where(Batch.entry.in_(among)))

    def _prepared(self, note: AuditNote) -> tuple[dict[str, Any], set[str]]:
        marks = {self.mark(key) for key in note.subjects}
        if note.at.tzinfo is None:
            raise InputError("审计时间须带时区。", "An instant needs its zone.", code="instant")
        return {
            "at": note.at,
            "entered_on": day_of(note.at),
            "who": note.who[:128],
            "name": note.name[:64],
            "role": note.role[:32],
            "institution": note.institution and note.institution[:128],
            "act": note.act[:32],
            "way": note.way[:200],
            "thing": redacted(note.thing)[:200],
            "items": ",".join(sorted(note.items)),
            "purpose": redacted(note.purpose)[:200],
            "consents": ",".join(sorted(note.consents)),
            "subjects": len(marks),
            "subjects_digest": marks_digest(digests_of(marks)),
            "result": note.result,
            "status": note.status,
            "address": note.address[:64],
            "document": note.document[:32],
            "trace": note.trace[:32],
            "follows": note.follows,
        }, marks

    @staticmethod
    def _add(session: Session, *lots: list[dict[str, Any]]) -> None:
        for table, rows in zip((Entry, Subject, Batch), lots, strict=True):
            if rows:
                session.execute(insert(table), rows)
                rows.clear()


def value_of(row: Entry) -> AuditEntry:
    """An entry as it is told."""
    told = {name: getattr(row, name) for name in AuditEntry.__dataclass_fields__}
    for name in ("items", "consents"):
        told[name] = tuple(told[name].split(",")) if told[name] else ()
    return AuditEntry(**told)


def _holds(digests: bytes, wanted: bytes) -> bool:
    """Whether one of some digests, in order and joined, is that one."""
    count = len(digests) // _WIDTH
    at = bisect_left(
        range(count), wanted, key=lambda place: digests[place * _WIDTH : (place + 1) * _WIDTH]
    )
    return at < count and digests[at * _WIDTH : (at + 1) * _WIDTH] == wanted
