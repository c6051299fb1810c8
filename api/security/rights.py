"""Two persons for rights: what gives somebody rights is put forward by one administrator, and in force
when another confirms it; what takes rights away is done at once, and not here.

As long as no second administrator was ever entered there is nobody to confirm: then a change is in
force at once, is kept as one that was made `alone`, and the page and the audit say so.  Once there
were two, the rule holds for good: an administrator who puts the other out of use does not get rid of
it, and whoever works at this machine is the second person.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.security.asker import Asker
from api.security.people import link_for
from api.security.rights_effects import EFFECTS, Effected, Kind
from api.security.role import Role
from graph.errors import InputError
from graph.operations import (
    OfficeBooks,
    OperationsStore,
    RightsActor,
    RightsChange,
    RightsChanges,
    Users,
)
from graph.time import Instant

__all__ = [
    "ALONE",
    "Effected",
    "Kind",
    "RightsAnswer",
    "RightsView",
    "actor_of",
    "confirm_change",
    "is_alone",
    "latest_changes",
    "put_change",
    "refuse_change",
    "view_of_change",
]

#: What is said of a change that nobody could confirm.
ALONE = "尚无第二位管理员"
_LAPSED = "lapsed"
_OUTCOMES = {
    None: "待确认", "confirmed": "已确认", "refused": "已退回", "alone": f"立即生效（{ALONE}）",
    _LAPSED: "已失效",
}  # fmt: skip
_USER = "user:"


_KINDS = {str(kind): kind for kind in Kind}
_OF_CLIENTS = frozenset({Kind.NEW_CLIENT, Kind.CLIENT, Kind.SECRET, Kind.KEY})


@dataclass(frozen=True)
class RightsView:
    """A change as it is shown.

    Attributes:
        said: in words, what is changed.
        state: waiting, confirmed, refused, alone, lapsed.
    """

    number: int
    kind: str
    kind_label: str
    about: str
    said: str
    by: str
    at: Instant
    ends_at: Instant
    state: str
    state_label: str
    decided_by: str | None
    decided_at: Instant | None
    why: str | None


@dataclass(frozen=True)
class RightsAnswer(Effected):
    """A change, and what came of it: nothing while it waits."""

    change: RightsView | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether somebody else has to confirm it."""
        return self.change is not None and self.change.state == "waiting"

    @property
    def noted(self) -> str:
        """What the audit keeps of it beside what was asked."""
        if self.change is None:
            return ""
        alone = f" {ALONE}" if self.change.state == "alone" else ""
        return f"change={self.change.number}{alone}"


def actor_of(asker: Asker, by: str = "") -> RightsActor:
    """Who acts: whoever is logged in by their name, who uses this machine by the name they state."""
    stated = by.strip() if asker.is_local else ""
    # an account of this machine may have a name of one letter; what is stated is held to the rule
    return RightsActor(asker.id, stated or (asker.name if len(asker.name) > 1 else asker.id))


def is_alone(store: OperationsStore) -> bool:
    """Whether there never was a second administrator who could confirm."""
    return sum(user.role == Role.ADMINISTRATOR for user in Users(store).every()) < 2


def put_change(
    office: OfficeBooks,
    kind: Kind,
    about: str,
    told: Mapping[str, Any],
    *,
    said: str,
    actor: RightsActor,
    at: datetime,
) -> RightsAnswer:
    """Put a change forward; where there is nobody to confirm it, it is in force.

    What cannot be done is not put forward either: it is tried, and undone.
    Raises as what is done, and as `RightsChanges.put`.
    """

    def kept(store: OperationsStore, *, alone: bool) -> RightsView:
        put = RightsChanges(store).put(
            kind, about, told, said=said, is_of_client=kind in _OF_CLIENTS, actor=actor, at=at,
            alone=alone,
        )  # fmt: skip
        return view_of_change(put, at)

    with office.store.together() as store:
        # looked at before it is done: what makes a second administrator is still done alone
        if is_alone(store):
            view = kept(store, alone=True)
            books = OfficeBooks(office.settings, store)
            return _answer(view, EFFECTS[kind](books, told, actor.name, at))
    with suppress(_TriedError), office.store.together() as store:
        EFFECTS[kind](OfficeBooks(office.settings, store), told, actor.name, at)
        raise _TriedError
    return RightsAnswer(change=kept(office.store, alone=False))


def confirm_change(
    office: OfficeBooks, number: int, *, actor: RightsActor, at: datetime
) -> RightsAnswer:
    """Let a change pass, and do it: both or neither, and once.

    Raises as `RightsChanges.confirm`, as what is done, and `InputError` (`own_change`) for the user
    whom it is about.
    """
    with office.store.together() as store:
        change = RightsChanges(store).confirm(number, actor=actor, at=at)
        _refuse_own(store, change, actor)
        books, kind = OfficeBooks(office.settings, store), _KINDS[change.kind]
        done = EFFECTS[kind](books, change.told, change.by, at)
        path = done.path
        if kind is Kind.NEW_USER and done.user is not None:
            path = link_for(store, done.user.name, by=actor.name, at=at)
        return _answer(view_of_change(change, at), done, path=path)


def refuse_change(
    office: OfficeBooks, number: int, *, why: str = "", actor: RightsActor, at: datetime
) -> RightsAnswer:
    """Let a change not pass, or take one's own back; raises as `RightsChanges.refuse`."""
    made = RightsChanges(office.store).refuse(number, why=why, actor=actor, at=at)
    return RightsAnswer(change=view_of_change(made, at))


def latest_changes(
    store: OperationsStore, *, of_clients: bool, at: datetime, waiting: bool = False
) -> list[RightsView]:
    """The newest changes, the newest first; `waiting`: only those that can be confirmed."""
    found = RightsChanges(store).latest(is_of_client=of_clients)
    return [view_of_change(one, at) for one in found if not waiting or one.is_waiting(at)]


def view_of_change(change: RightsChange, at: datetime) -> RightsView:
    """A change as it is shown at an instant."""
    state = change.outcome
    if state is None and not change.is_waiting(at):
        state = _LAPSED
    return RightsView(
        change.number, change.kind, _KINDS[change.kind].term, change.about, change.said, change.by,
        change.at, change.ends_at, state or "waiting", _OUTCOMES[state], change.outcome_by,
        change.outcome_at, change.outcome_why,
    )  # fmt: skip


class _TriedError(Exception):
    """It can be done; what was done is undone."""


def _answer(view: RightsView, done: Effected, *, path: str | None = None) -> RightsAnswer:
    return RightsAnswer(
        done.user, path or done.path, done.client, done.credential, done.secret, view
    )


def _refuse_own(store: OperationsStore, change: RightsChange, actor: RightsActor) -> None:
    """Nobody confirms their own rights: who is to get them is not the second person."""
    if change.is_of_client or not actor.id.startswith(_USER):
        return
    user = Users(store).by_name(change.about)
    if user is not None and actor.id == _USER + user.id:
        raise InputError(
            "不能确认涉及本人的变更，请另一位管理员（或者本机操作员用 xinnong users confirm）确认。",
            "Nobody confirms a change of their own rights.",
            code="own_change",
        )
