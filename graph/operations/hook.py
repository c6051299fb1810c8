"""Subscriptions to events: to which address, of which kinds, whom about, for whom.

A hook keeps no secret: what its messages are signed with is worked out of the installation's own key,
the hook's name and a generation (`api.events.signature`); a rotation makes a new generation, and the one
of before signs beside it until its end.  Nothing is deleted: a hook ends, and every act on it is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import JSON, ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.event import EventKind, last_event
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["OVERLAP", "Hook", "HookAct", "HookRow", "HookState", "Hooks", "note_hook_act"]

#: How long the secret of before signs beside a new one.
OVERLAP = timedelta(hours=24)

#: Hooks of one owner at once, and subjects of one hook.
_MOST_HOOKS, _MOST_SUBJECTS = 20, 10_000
_MOST_TEXT = 500

#: `paused`: nothing is sent until somebody resumes it; `ended`: for good.
HookState: TypeAlias = Literal["active", "paused", "ended"]


class HookRow(Row):
    """One subscription."""

    __tablename__ = "hooks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000))
    kinds: Mapped[list[str]] = mapped_column(JSON)
    divisions: Mapped[list[str] | None] = mapped_column(JSON)
    subjects: Mapped[list[str] | None] = mapped_column(JSON)
    owner: Mapped[str] = mapped_column(String(128), index=True)
    owner_name: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    problem: Mapped[str | None] = mapped_column(String(500))
    generation: Mapped[int] = mapped_column(Integer)
    before_until: Mapped[datetime | None] = mapped_column(Instant)
    position: Mapped[int] = mapped_column(Integer)
    failures: Mapped[int] = mapped_column(Integer)
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)


class _Act(Row):
    __tablename__ = "hook_acts"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    hook: Mapped[str] = mapped_column(ForeignKey("hooks.id"), index=True)
    act: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(String(500))


@dataclass(frozen=True)
class HookAct:
    """Who did what with a hook, when."""

    act: str
    by: str
    at: time.Instant
    note: str


@dataclass(frozen=True)
class Hook:
    """One subscription.

    Attributes:
        kinds: of events; none: all.
        divisions, subjects: the only ones that it is about; None: whatever its owner sees.
        owner: `user:…`, `client:…` or `local`: what it is told follows from what they may see.
        problem: why it is paused or ended.
        generation: of its secret; before_until: until when the one of before signs as well.
        position: number of the last event that was looked at for it.
        failures: tries without an answer since the last one that was taken.
    """

    id: str
    title: str
    url: str
    kinds: tuple[str, ...]
    divisions: tuple[str, ...] | None
    subjects: tuple[str, ...] | None
    owner: str
    owner_name: str
    state: str
    problem: str | None
    generation: int
    before_until: time.Instant | None
    position: int
    failures: int
    failing_since: time.Instant | None
    next_at: time.Instant | None
    made_at: time.Instant

    def wants(self, kind: str, subject: str) -> bool:
        """Whether it is about events of a kind of a subject, as far as it says itself."""
        return (not self.kinds or kind in self.kinds) and (
            self.subjects is None or subject in self.subjects
        )


class Hooks:
    """Subscribe, rotate, pause, resume, end."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def add(
        self, url: str, *, title: str, owner: str, by: str, at: datetime,
        kinds: Collection[str] = (), divisions: Collection[str] | None = None,
        subjects: Collection[str] | None = None,
    ) -> Hook:  # fmt: skip
        """Subscribe from now on; `url` is one that may be sent to (`api.events.address`).

        Raises `InputError`: `user_missing`, `hook_title_missing`, `hook_kinds`, `hook_subjects`,
        `hooks_full`.
        """
        who, name = responsible(by, "订阅"), redacted(title.strip())[:200]
        if not name:
            raise InputError(
                "请写明订阅的名称或用途。", "Say what it is for.", code="hook_title_missing"
            )
        if unknown := {*kinds} - {*EventKind}:
            raise InputError(
                f"没有这种事件：{'、'.join(sorted(unknown))}。可选：{'、'.join(EventKind)}。",
                f"There are no such events; there are: {', '.join(EventKind)}.",
                code="hook_kinds",
            )
        if subjects is not None and not 0 < len(subjects) <= _MOST_SUBJECTS:
            raise InputError(
                f"主体名单须有 1 至 {_MOST_SUBJECTS} 个；不写名单则为权限内的全部主体。",
                f"A list names 1 to {_MOST_SUBJECTS} subjects.",
                code="hook_subjects",
            )
        with self._store.transaction() as session:
            held = select(HookRow.id).where(HookRow.owner == owner, HookRow.state != "ended")
            if len(session.scalars(held).all()) >= _MOST_HOOKS:
                raise InputError(
                    f"最多同时有 {_MOST_HOOKS} 项订阅。请先停用不用的。",
                    f"There are {_MOST_HOOKS} hooks already: end one first.",
                    code="hooks_full",
                )
            row = HookRow(
                id=uuid.uuid4().hex, title=name, url=url, kinds=sorted({*kinds}),
                divisions=None if divisions is None else sorted({*divisions}),
                subjects=None if subjects is None else sorted({*subjects}),
                owner=owner, owner_name=who, state="active", generation=1,
                position=last_event(session), failures=0, made_at=at,
            )  # fmt: skip
            session.add(row)
            session.flush()
            note_hook_act(session, row.id, "subscribe", who, at)
            return hook_of(row)

    def rotate(self, name: str, *, by: str, at: datetime) -> Hook:
        """Begin a new secret; that of before signs beside it for `OVERLAP`; raises as `end`."""
        with self._store.transaction() as session:
            row = _changing(session, name, "更换密钥", "rotate", by, at)
            row.generation += 1
            row.before_until = at + OVERLAP
            return hook_of(row)

    def pause(self, name: str, *, by: str, at: datetime) -> Hook:
        """Send nothing until it is resumed: what happens meanwhile waits; raises as `end`."""
        with self._store.transaction() as session:
            row = _changing(session, name, "暂停", "pause", by, at)
            row.state, row.problem = "paused", "由人暂停"
            return hook_of(row)

    def resume(self, name: str, *, by: str, at: datetime) -> Hook:
        """Send again, at once; raises as `end`."""
        with self._store.transaction() as session:
            row = _changing(session, name, "恢复", "resume", by, at)
            row.state, row.problem = "active", None
            row.failures, row.failing_since, row.next_at = 0, None, None
            return hook_of(row)

    def end(self, name: str, *, by: str, at: datetime) -> Hook:
        """End a subscription for good.

        Raises `NotFoundError` (`hook_unknown`), `InputError` (`user_missing`, `hook_ended`).
        """
        with self._store.transaction() as session:
            row = _changing(session, name, "停用", "end", by, at)
            row.state, row.problem = "ended", "由人停用"
            return hook_of(row)

    def find(self, name: str) -> Hook:
        """One subscription; raises `NotFoundError` (`hook_unknown`)."""
        with self._store.reading() as session:
            return hook_of(_found(session, name))

    def all(self, *, owner: str | None = None, state: str | None = None) -> list[Hook]:
        """Subscriptions of an owner (None: of everybody) in a state (None: in any), oldest first."""
        query = select(HookRow).order_by(HookRow.made_at, HookRow.id)
        if owner is not None:
            query = query.where(HookRow.owner == owner)
        if state is not None:
            query = query.where(HookRow.state == state)
        with self._store.reading() as session:
            return [hook_of(row) for row in session.scalars(query)]

    def acts(self, name: str) -> list[HookAct]:
        """What was done with a subscription, the last first."""
        query = select(_Act).where(_Act.hook == name).order_by(_Act.number.desc())
        with self._store.reading() as session:
            return [HookAct(row.act, row.by, row.at, row.note) for row in session.scalars(query)]


def note_hook_act(
    session: Session, hook: str, act: str, by: str, at: datetime, note: str = ""
) -> None:
    """Note an act, in its own transaction."""
    session.add(_Act(hook=hook, act=act, by=by, at=at, note=redacted(note)[:_MOST_TEXT]))


def _changing(session: Session, name: str, act_zh: str, act: str, by: str, at: datetime) -> HookRow:
    who = responsible(by, act_zh)
    row = _found(session, name)
    if row.state == "ended":
        raise InputError(
            "这项订阅已经停用，不能再办理。需要时请重新订阅。",
            "The subscription has ended: subscribe anew.",
            code="hook_ended",
        )
    note_hook_act(session, name, act, who, at)
    return row


def _found(session: Session, name: str) -> HookRow:
    row = session.get(HookRow, name)
    if row is None:
        raise NotFoundError(
            "没有这项订阅。请核对编号。", "There is no such subscription.", code="hook_unknown"
        )
    return row


def hook_of(row: HookRow) -> Hook:
    """A row as a value."""
    told: dict[str, Any] = {name: getattr(row, name) for name in Hook.__dataclass_fields__}
    for name in ("kinds", "divisions", "subjects"):
        told[name] = None if told[name] is None else (*told[name],)
    return Hook(**told)
