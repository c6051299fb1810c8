"""The audit for whoever may read it, by page, route or command: one way to each answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from api.acts import Act
from api.audit_keys import keys_in
from api.security import Role
from api.who_asks import local_scope
from graph import time
from graph.errors import InputError, NotFoundError
from graph.operations import CalendarEdits, Trail
from graph.operations.audit import (
    AlertBook,
    AuditAnchor,
    AuditCheck,
    AuditEntry,
    AuditHead,
    KeptAlert,
    Watch,
    check_chain,
    cut,
    heads,
    seal,
)
from graph.time import utc_now
from queries.audit import load_alert_rules, raise_alerts
from queries.consent.own_view import Asked

if TYPE_CHECKING:
    from api.services import Services

__all__ = [
    "AlertLine",
    "AlertPage",
    "AuditAnchor",
    "AuditBook",
    "AuditCheck",
    "AuditHead",
    "AuditLine",
    "AuditPage",
    "KeptAlert",
    "Wanted",
    "Watch",
]

_ACTS = {act.value: act.term for act in Act}
_ROLES = {role.value: role.term for role in Role}
#: Entries that are read at once for an export.
_AT_ONCE = 1_000
_REFUSED = 400


@dataclass(frozen=True)
class Wanted:
    """What is looked for; None is not asked for.

    Attributes:
        who: identifier or name.  subject: key of a party.  number: of a print or an export.
    """

    who: str | None = None
    subject: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    act: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class AuditLine:
    """An entry with its terms; as `graph.operations.AuditEntry`.

    Attributes:
        entry: its number.  subjects: how many parties it is about.
        parties: of one that is looked at alone, under which each of them stands; a person under a
            mark.
    """

    entry: int
    at: time.Instant
    who: str
    name: str
    role: str
    role_label: str
    institution: str | None
    act: str
    act_label: str
    way: str
    thing: str
    items: tuple[str, ...]
    purpose: str
    consents: tuple[str, ...]
    subjects: int
    result: str
    status: int
    address: str
    document: str
    trace: str
    follows: int | None
    hash: str
    parties: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuditPage:
    """Entries that were looked for, newest first.

    Attributes:
        next: what is asked for as `before` to read on; None where the oldest is here.
    """

    total: int
    entries: list[AuditLine]
    next: int | None = None


@dataclass(frozen=True)
class AlertLine:
    """An alert with the title of its rule."""

    alert: KeptAlert
    title: str


@dataclass(frozen=True)
class AlertPage:
    """Alerts, newest first; `rules` is the file that they were raised by."""

    total: int
    alerts: list[AlertLine]
    rules: str


class AuditBook:
    """The audit of an office."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.store

    def search(
        self, wanted: Wanted, *, before: int | None = None, limit: int = 50, offset: int = 0
    ) -> AuditPage:
        """Entries to which all that is wanted applies, and that are older than `before`.

        Raises `InputError` (`subject_no_key`): a number or a name finds nothing here.
        """
        if wanted.subject and not (keys_in(wanted.subject.encode()) or ":" in wanted.subject):
            raise InputError(
                "请填写主体编号（在主体的页面上可以复制），不要填写姓名或者证件号码。",
                "Name the subject by its key.",
                code="subject_no_key",
            )
        found = Trail(self._store).search(
            who=wanted.who or None,
            subject=wanted.subject or None,
            from_on=wanted.from_on,
            to_on=wanted.to_on,
            act=wanted.act or None,
            document=wanted.number or None,
            before=before,
            limit=limit + 1,
            offset=offset,
        )
        shown = [line_of(entry) for entry in found.entries[:limit]]
        goes_on = len(found.entries) > limit
        return AuditPage(found.total, shown, shown[-1].entry if goes_on else None)

    def entry(self, number: int) -> AuditLine:
        """One entry, with whom it is about; raises `NotFoundError` (`entry_unknown`)."""
        trail = Trail(self._store)
        found = trail.find(number)
        if found is None:
            raise NotFoundError(
                "没有这条审计记录。请核对编号。", "There is no such entry.", code="entry_unknown"
            )
        return line_of(found, tuple(sorted(trail.marks(number)[number])))

    def every(self, wanted: Wanted) -> Iterator[AuditLine]:
        """All of them, oldest first, to be written into a file."""
        trail, at = Trail(self._store), 0
        while lot := trail.after(at, limit=_AT_ONCE):
            at = lot[-1].number
            for entry in lot:
                day = time.day_of(entry.at)
                if (wanted.from_on and day < wanted.from_on) or (
                    wanted.to_on and day > wanted.to_on
                ):
                    continue
                yield line_of(entry)

    def asked(self, subject: str) -> list[Asked]:
        """Who asked about somebody, as they may know it: as what and for which institution (个人信息
        保护法 第四十五条); what was refused told nobody anything."""
        found = [entry for entry in Trail(self._store).about(subject) if entry.status < _REFUSED]
        names = self._services.reader(local_scope()).names(
            {entry.institution for entry in found if entry.institution}
        )
        return [
            Asked(
                entry.at,
                f"{names.get(entry.institution or '') or '本系统'}（{_ROLES.get(entry.role, entry.role)}）",
                _ACTS.get(entry.act, entry.act),
                entry.purpose or "依法履职",
            )
            for entry in found
        ]

    def check(self) -> AuditCheck:
        """Whether the chain is whole, here and in the second place."""
        return check_chain(self._store, self._services.settings.audit_heads)

    def heads(self) -> list[AuditHead]:
        """Signed heads, oldest first."""
        return heads(self._store)

    def seal(self) -> AuditHead | None:
        """Sign the last entry; None where there is none."""
        return seal(self._store, at=utc_now())

    def cut(self, before_on: date, *, by: str) -> AuditAnchor | None:
        """End entries of days before a day; raises as `graph.operations.audit.cut`."""
        return cut(self._store, before_on, by=by, at=utc_now())

    def alerts(self, *, is_open: bool | None = None, limit: int = 50, offset: int = 0) -> AlertPage:
        """Alerts, those of the entries since the last look raised first."""
        rules = load_alert_rules()
        # families are looked up in the whole district, whatever the auditor sees of it
        reader = self._services.reader(local_scope())
        calendar = CalendarEdits(self._store).in_force()
        raise_alerts(self._store, reader, calendar, at=utc_now())
        total, found = AlertBook(self._store).alerts(is_open=is_open, limit=limit, offset=offset)
        titles = rules.titles
        lines = [AlertLine(one, titles.get(one.rule, one.rule)) for one in found]
        return AlertPage(total, lines, rules.name)

    def look_into(self, number: int, *, by: str, finding: str) -> KeptAlert:
        """Note what was found of an alert; raises as `graph.operations.audit.AlertBook`."""
        return AlertBook(self._store).look_into(number, by=by, finding=finding, at=utc_now())

    def watches(self) -> list[Watch]:
        """Who is watched, and which reader is whom."""
        return AlertBook(self._store).watches()

    def watch(self, subject: str, *, why: str, by: str, who: str = "") -> Watch:
        """Watch a subject, or say that a reader `who` is that subject; raises as the book."""
        book, told = AlertBook(self._store), {"why": why, "by": by, "at": utc_now()}
        if who.strip():
            return book.watch("reader", subject, who=who, **told)  # type: ignore[arg-type]
        return book.watch("listed", subject, **told)  # type: ignore[arg-type]

    def end_watch(self, number: int, *, by: str) -> Watch:
        """End one; raises as the book."""
        return AlertBook(self._store).end_watch(number, by=by, at=utc_now())


def line_of(entry: AuditEntry, parties: tuple[str, ...] = ()) -> AuditLine:
    """An entry with its terms."""
    told = {
        name: getattr(entry, name)
        for name in AuditLine.__dataclass_fields__
        if name not in ("entry", "role_label", "act_label", "parties")
    }
    return AuditLine(
        entry=entry.number,
        role_label=_ROLES.get(entry.role, entry.role),
        act_label=_ACTS.get(entry.act, entry.act),
        parties=parties,
        **told,
    )
