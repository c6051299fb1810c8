"""One who asks, of one request or one command: by which name, as what, and what they see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from api.acts import Act
from api.security.role import Role
from api.who_asks import local_scope
from queries.scope import Scope

__all__ = ["Asker", "local_asker"]


@dataclass(frozen=True)
class Asker:
    """Who asks.

    Attributes:
        id: `user:…`, `client:…`, or `local` for whoever uses this machine; it stays the same for
            life, and the audit keeps it.
        name: as acts and papers name them.
        role: as what they work.
        scope: what they see; its institution and purpose are those for which they ask.
        acts: what they may do.
    """

    id: str
    name: str
    role: Role
    scope: Scope
    acts: frozenset[Act]

    def seeing(self, scope: Scope) -> Self:
        """The same, seeing what a scope sees."""
        return replace(self, scope=scope)


def local_asker() -> Asker:
    """Whoever uses this machine: they can reach the data folder, and see and may do everything."""
    return Asker("local", "本机管理员", Role.ADMINISTRATOR, local_scope(), frozenset(Act))
