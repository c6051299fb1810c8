"""Whether somebody may still ask as they did when they submitted what is still being worked on."""

from __future__ import annotations

from dataclasses import replace

from api.security.asker import Asker, scope_of
from api.security.clients import CLIENT_ACTS
from api.security.known import asker_by_id
from api.security.role import Role
from graph.errors import ForbiddenError, NotFoundError
from graph.operations import Clients, OperationsStore
from queries.scope import Scope

__all__ = ["asker_now", "refuse_changed"]

_CLIENT, _USER = "client:", "user:"


def refuse_changed(asker: Asker, store: OperationsStore) -> None:
    """Raises `ForbiddenError` (`not_permitted`) where they are gone, or see something else by now.

    What consents open is no part of it: it is looked up with every line.
    """
    if not asker.id.startswith((_USER, _CLIENT)):
        return
    now = asker_now(asker.id, store)
    if now is None or _without(now.scope) != _without(asker.scope):
        raise ForbiddenError(
            "提交任务时的权限与现在的不同，任务停止。请重新提交。",
            "The job was submitted under another scope: submit it again.",
            code="not_permitted",
        )


def asker_now(asker_id: str, store: OperationsStore) -> Asker | None:
    """Who asks, by an identifier that was kept, as they would be known now; None where they may ask no
    more.  What consents open is no part of it."""
    if not asker_id.startswith(_CLIENT):
        return asker_by_id(asker_id, store)
    try:
        client = Clients(store).get(asker_id.removeprefix(_CLIENT))
    except NotFoundError:
        return None
    if client.ended_at is not None:
        return None
    scope = scope_of(
        Role.CLIENT,
        divisions=client.divisions,
        institution=client.institution,
        purpose=client.purposes[0],
    )
    acts = frozenset(act for act in CLIENT_ACTS if act in client.acts)
    return Asker(asker_id, client.name, Role.CLIENT, scope, acts)


def _without(scope: Scope) -> str:
    return replace(scope, grants={}, purpose="").id
