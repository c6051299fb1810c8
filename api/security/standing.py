"""Whether somebody may still ask as they did when they submitted what is still being worked on."""

from __future__ import annotations

from dataclasses import replace

from api.security.asker import Asker, scope_of
from api.security.known import asker_by_id
from api.security.role import Role
from graph.errors import ForbiddenError, NotFoundError
from graph.operations import Clients, OperationsStore
from queries.scope import Scope

__all__ = ["refuse_changed"]

_CLIENT, _USER = "client:", "user:"


def refuse_changed(asker: Asker, store: OperationsStore) -> None:
    """Raises `ForbiddenError` (`not_permitted`) where they are gone, or see something else by now.

    What consents open is no part of it: it is looked up with every line.
    """
    if asker.id.startswith(_USER):
        found = asker_by_id(asker.id, store)
        now = None if found is None else found.scope
    elif asker.id.startswith(_CLIENT):
        now = _of_client(asker.id.removeprefix(_CLIENT), store)
    else:
        return
    if now is None or _without(now) != _without(asker.scope):
        raise ForbiddenError(
            "提交任务时的权限与现在的不同，任务停止。请重新提交。",
            "The job was submitted under another scope: submit it again.",
            code="not_permitted",
        )


def _of_client(client_id: str, store: OperationsStore) -> Scope | None:
    try:
        client = Clients(store).get(client_id)
    except NotFoundError:
        return None
    if client.ended_at is not None:
        return None
    return scope_of(Role.CLIENT, divisions=client.divisions, institution=client.institution)


def _without(scope: Scope) -> str:
    return replace(scope, grants={}, purpose="").id
