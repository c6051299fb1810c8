"""From a session, or from a user, to who asks: role, institution, department and area are the
user's, and nothing of them is the request's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.security.asker import Asker, scope_of
from api.security.role import Role, role_of
from api.security.roles import policy_of
from graph.errors import NotFoundError
from graph.operations import LoginSession, OperationsStore, Sessions, User, Users

__all__ = ["COOKIE", "Known", "asker_by_id", "asker_of", "askers", "known_by"]

#: Name of the cookie that carries a session's token.
COOKIE = "xinnong_session"
_USER = "user:"


@dataclass(frozen=True)
class Known:
    """Somebody logged in: who asks, in which session, as which user."""

    asker: Asker
    session: LoginSession
    user: User

    @property
    def looks_as(self) -> str:
        """Names the session where it is kept what was looked at in it."""
        return f"session:{self.session.number}"


def asker_of(user: User, *, purpose: str | None = None) -> Asker:
    """Who asks when a user does.

    Args:
        purpose: code of the purpose that they chose; None for the usual one of the role, which is
            asked for as well where the role may not ask for the chosen one (any more).
    """
    role = role_of(user.role)
    policy = policy_of(role)
    if purpose not in policy.purposes:
        purpose = None
    return Asker(
        id=_USER + user.id,
        name=user.display_name,
        role=role,
        scope=scope_of(
            role, divisions=user.divisions, institution=user.institution, purpose=purpose
        ),
        acts=frozenset(policy.acts),
        looks=frozenset(policy.looks),
        # a clerk of no department sends nobody's sources
        department=user.department or ("" if role is Role.CLERK else None),
    )


def known_by(token: str, store: OperationsStore, *, at: datetime) -> Known | None:
    """Whose a token of a session is; None where it is nobody's any more."""
    found = Sessions(store).find(token, at=at)
    if found is None:
        return None
    session, user = found
    return Known(asker_of(user, purpose=session.purpose), session, user)


def askers(store: OperationsStore) -> list[Asker]:
    """Everybody who may log in now."""
    return [asker_of(user) for user in Users(store).every() if user.is_active]


def asker_by_id(asker: str, store: OperationsStore) -> Asker | None:
    """Who asks, by an identifier that was kept with a job; None where nobody may ask by it now."""
    if not asker.startswith(_USER):
        return None
    try:
        user = Users(store).get(asker.removeprefix(_USER))
    except NotFoundError:
        return None
    return asker_of(user) if user.is_active else None
