"""One who asks, of one request or one command: by which name, as what, and what they see."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from api import who_asks
from api.acts import Act
from api.security.role import Role
from api.security.roles import policy_of
from queries.consent import find_purpose
from queries.scope import Scope

__all__ = ["Asker", "local_asker", "scope_of", "visitor"]

#: For what those ask whom a law lets look, by code.
_DUTIES = {"statutory_duty": "履行法定职责", "audit": "审计监督"}
#: Scopes that are remembered, each with what follows from it.
_SCOPES = 1_000


@dataclass(frozen=True)
class Asker:
    """Who asks.

    Attributes:
        id: `user:…`, `client:…`, `visitor`, or `local:…` for whoever uses this machine; it stays the
            same for life, and the audit keeps it.
        name: as acts and papers name them.
        role: as what they work.
        scope: what they see; its institution and purpose are those for which they ask.
        acts: what they may do.
        looks: acts of which they may read what was done, and do nothing.
        department: whose sources they send, where that is all they send; None for every source.
    """

    id: str
    name: str
    role: Role
    scope: Scope
    acts: frozenset[Act]
    looks: frozenset[Act] = frozenset()
    department: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether nobody logged in: it is whoever uses this machine."""
        return self.id.startswith("local:")

    def seeing(self, scope: Scope) -> Self:
        """The same, seeing what a scope sees."""
        return replace(self, scope=scope)


def local_asker() -> Asker:
    """Whoever uses this machine, by the name of their account: they can reach the data folder, and
    see and may do everything."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError):
        account = "unknown"
    return Asker(
        f"local:{account}", account, Role.ADMINISTRATOR, who_asks.local_scope(), frozenset(Act)
    )


def visitor() -> Asker:
    """Whoever did not log in: what is published is for them."""
    return Asker(
        "visitor", Role.VISITOR.term, Role.VISITOR, scope_of(Role.VISITOR),
        frozenset(policy_of(Role.VISITOR).acts),
    )  # fmt: skip


@lru_cache(maxsize=_SCOPES)
def scope_of(
    role: Role,
    *,
    divisions: tuple[str, ...] | None = None,
    institution: str | None = None,
    purpose: str | None = None,
) -> Scope:
    """What a role sees without anybody's consent, in some divisions, for an institution.

    Args:
        purpose: code; by default the usual one of the role.
    """
    policy = policy_of(role)
    return Scope(
        role.term,
        divisions=None if policy.area == "district" else divisions,
        institution=institution,
        purpose=_said(policy.purpose if purpose is None else purpose),
        open_classes=frozenset(policy.open),
    )


def _said(purpose: str) -> str:
    """A purpose in Chinese: of those to which somebody consents, or of a duty by law."""
    if not purpose or purpose in _DUTIES:
        return _DUTIES.get(purpose, "")
    return find_purpose(purpose).term
