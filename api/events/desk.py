"""What is done with events and subscriptions by whoever asks: their own, and what their scope is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, computed_field

from api.events.address import networks, target_of
from api.events.signature import HookSecrets
from api.security import Asker
from graph import time
from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import (
    Event,
    EventKind,
    Events,
    Hook,
    HookAct,
    HookDeliveries,
    HookDelivery,
    Hooks,
    OfficeBooks,
)
from graph.schema import SCHEMA
from queries.events import Coverage, locations

__all__ = [
    "EVENT_KINDS",
    "STATES",
    "EventPage",
    "HookFile",
    "HookSecret",
    "ToldDelivery",
    "ToldEvent",
    "change_hook",
    "deliveries_of",
    "events_after",
    "hook_file",
    "hooks_of",
    "last_event",
    "newest_events",
    "replay_hook",
    "send_again",
    "subscribe",
    "told_to",
]

#: Code of a kind of event -> its term.
EVENT_KINDS = {kind.value: kind.term for kind in EventKind}
#: Code of what became of a delivery, of a hook's state and of an act -> its term.
STATES = {
    "waiting": "等待发送", "acknowledged": "已收下", "dead": "停止重试", "beyond": "超出权限，未发送",
    "active": "发送中", "paused": "已暂停", "ended": "已停用",
    "subscribe": "订阅", "rotate": "更换密钥", "pause": "暂停", "resume": "恢复", "end": "停用",
    "replay": "重放", "send_again": "重发",
}  # fmt: skip
#: Events that are looked at for one page of them.
_MOST_LOOKED_AT = 1_000


@dataclass(frozen=True)
class ToldEvent:
    """One event as it is told: keys and kinds; what it is about is asked for by these.

    Attributes:
        cursor: go on from here.
        about: key of the record, decision, consent or demand; empty where it is the subject itself.
        kinds: kinds of facts that are concerned.
    """

    cursor: int
    id: str
    kind: str
    subject: str
    about: str
    kinds: tuple[str, ...]
    at: time.Instant

    @computed_field
    @property
    def kind_label(self) -> str:
        """The kind in Chinese."""
        return EVENT_KINDS[self.kind]

    @computed_field
    @property
    def kind_labels(self) -> tuple[str, ...]:
        """The kinds of facts in Chinese."""
        return tuple(SCHEMA.kind(kind).term for kind in self.kinds)


@dataclass(frozen=True)
class EventPage:
    """Events behind a cursor.

    Attributes:
        cursor: from where to go on; also where nothing was told.
        last: number of the last event there is: at it, there is nothing more.
    """

    events: tuple[ToldEvent, ...]
    cursor: int
    last: int


@dataclass(frozen=True)
class ToldDelivery:
    """One event to one subscription, and what became of it."""

    event: ToldEvent
    state: str
    tries: int
    next_at: time.Instant | None
    changed_at: time.Instant
    status: Annotated[int | None, Field(title="对方答复的状态码")]
    problem: str | None

    @computed_field
    @property
    def state_label(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]


@dataclass(frozen=True)
class HookFile:
    """One subscription; its secret is shown when it is made or replaced, and never again."""

    id: str
    title: str
    url: str
    kinds: tuple[str, ...]
    divisions: tuple[str, ...] | None
    subjects: int | None
    owner_name: str
    state: str
    problem: str | None
    two_secrets_until: time.Instant | None
    cursor: int
    counts: dict[str, int]
    made_at: time.Instant
    acts: tuple[HookAct, ...]

    @computed_field
    @property
    def state_label(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]


@dataclass(frozen=True)
class HookSecret:
    """A subscription and its secret, to be entered at the receiver now."""

    hook: HookFile
    secret: str


def subscribe(
    office: OfficeBooks, asker: Asker, url: str, *, title: str, by: str, at: datetime,
    kinds: Collection[str] = (), divisions: Collection[str] | None = None,
    subjects: Collection[str] | None = None,
) -> HookSecret:  # fmt: skip
    """Subscribe for who asks; what is told follows from what they may see when it is sent.

    Raises `InputError`, as `api.events.address.target_of` and `graph.operations.Hooks.add`, and
    `hook_divisions` for what is no code of a division.
    """
    target_of(url, allowed=networks(office.settings.hook_networks))
    for code in divisions or ():
        if not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6, 9, 12)):
            raise InputError(
                "区划代码应为 2、4、6、9 或 12 位数字。",
                "A division is a code of 2, 4, 6, 9 or 12 digits.",
                code="hook_divisions",
            )
    made = Hooks(office.store).add(
        url, title=title, owner=asker.id, by=by, at=at, kinds=kinds,
        divisions=divisions or None, subjects=subjects or None,
    )  # fmt: skip
    return HookSecret(_file(office, made, {}), HookSecrets(office.settings).shown(made))


def hooks_of(office: OfficeBooks, asker: Asker) -> list[HookFile]:
    """The subscriptions of who asks; of everybody, for who sees everything.  Oldest first."""
    owner = None if asker.scope.sees_everything else asker.id
    counts = HookDeliveries(office.store).counts()
    return [_file(office, hook, counts) for hook in Hooks(office.store).all(owner=owner)]


def hook_file(office: OfficeBooks, asker: Asker, name: str) -> HookFile:
    """One subscription; raises `NotFoundError` (`hook_unknown`), also for another's."""
    return _file(office, _own(office, asker, name), HookDeliveries(office.store).counts())


def change_hook(
    office: OfficeBooks, asker: Asker, name: str, act: str, *, by: str, at: datetime
) -> HookFile | HookSecret:
    """Rotate (with the new secret), pause, resume or end; raises as `graph.operations.Hooks`."""
    _own(office, asker, name)
    hook: Hook = getattr(Hooks(office.store), act)(name, by=by, at=at)
    told = _file(office, hook, HookDeliveries(office.store).counts())
    if act == "rotate":
        return HookSecret(told, HookSecrets(office.settings).shown(hook))
    return told


def replay_hook(
    office: OfficeBooks, asker: Asker, name: str, after: int, *, by: str, at: datetime
) -> HookFile:
    """Send every event behind a cursor again; raises as `HookDeliveries.replay`."""
    _own(office, asker, name)
    hook = HookDeliveries(office.store).replay(name, after, by=by, at=at)
    return _file(office, hook, HookDeliveries(office.store).counts())


def send_again(
    office: OfficeBooks, asker: Asker, name: str, event: int, *, by: str, at: datetime
) -> ToldDelivery:
    """Send a dead delivery again; raises as `HookDeliveries.send_again`."""
    _own(office, asker, name)
    return _delivery(HookDeliveries(office.store).send_again(name, event, by=by, at=at))


def deliveries_of(
    office: OfficeBooks, asker: Asker, name: str, *, states: Collection[str] = (), most: int = 50
) -> list[ToldDelivery]:
    """Deliveries of a subscription, the last changed first, without what its owner may not see now."""
    _own(office, asker, name)
    found = HookDeliveries(office.store).of(name, states=states, most=most)
    shown = {each.cursor for each in told_to(office, asker, [item.event for item in found])}
    return [_delivery(item) for item in found if item.event.number in shown]


def events_after(
    office: OfficeBooks, asker: Asker, cursor: int, *, most: int, kinds: Collection[str] = (),
    subject: str = "",
) -> EventPage:  # fmt: skip
    """Events behind a cursor, as far as who asks is told; raises `InputError` (`events_dropped`)."""
    events = Events(office.store)
    last = events.last()
    found = events.after(cursor, most=_MOST_LOOKED_AT, kinds=kinds, subject=subject)
    told = told_to(office, asker, found)
    if len(told) > most:
        return EventPage((*told[:most],), told[most - 1].cursor, last)
    end = found[-1].number if len(found) == _MOST_LOOKED_AT else max(last, cursor)
    return EventPage((*told,), end, last)


def newest_events(office: OfficeBooks, asker: Asker, *, most: int) -> tuple[ToldEvent, ...]:
    """The last of the events that who asks is told, among those that were noted last, in order."""
    return tuple(told_to(office, asker, Events(office.store).newest(_MOST_LOOKED_AT))[-most:])


def last_event(office: OfficeBooks) -> int:
    """How far events go: behind it is what nobody was shown yet."""
    return Events(office.store).last()


def told_to(office: OfficeBooks, asker: Asker, events: Iterable[Event]) -> list[ToldEvent]:
    """Some events as who asks is told of them now."""
    listed = list(events)
    places: dict[str, set[str]] = {}
    if listed and Coverage(asker.scope, {}).needs_places:
        log = FactLog(office.settings.log_dir)
        batches = log.batches()
        if batches:
            places = locations(log, Moment.of(batches), (each.subject for each in listed))
    coverage = Coverage(asker.scope, places)
    return [_told(each) for event in listed if (each := coverage.told(event)) is not None]


def _own(office: OfficeBooks, asker: Asker, name: str) -> Hook:
    hook = Hooks(office.store).find(name)
    if hook.owner != asker.id and not asker.scope.sees_everything:
        raise NotFoundError(
            "没有这项订阅。请核对编号。", "There is no such subscription.", code="hook_unknown"
        )
    return hook


def _file(office: OfficeBooks, hook: Hook, counts: dict[tuple[str, str], int]) -> HookFile:
    told: dict[str, Any] = {
        name: getattr(hook, name)
        for name in ("id", "title", "url", "kinds", "divisions", "owner_name", "state", "problem",
                     "made_at")
    }  # fmt: skip
    return HookFile(
        **told,
        subjects=None if hook.subjects is None else len(hook.subjects),
        two_secrets_until=hook.before_until,
        cursor=hook.position,
        counts={state: count for (name, state), count in counts.items() if name == hook.id},
        acts=(*Hooks(office.store).acts(hook.id),),
    )


def _told(event: Event) -> ToldEvent:
    return ToldEvent(
        event.number, event.id, event.kind.value, event.subject, event.about, event.kinds, event.at
    )


def _delivery(item: HookDelivery) -> ToldDelivery:
    return ToldDelivery(
        _told(item.event), item.state, item.tries, item.next_at, item.changed_at, item.status,
        item.problem,
    )  # fmt: skip
