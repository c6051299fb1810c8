"""Who sees by consent, and for which purpose they ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from api.security.asker import Asker
from api.security.role import Role
from api.security.roles import policy_of
from graph.errors import ForbiddenError
from queries.consent import Purpose, find_purpose

if TYPE_CHECKING:
    from queries.consent import Consented, ConsentedScopes

__all__ = [
    "PURPOSE_HEADER",
    "asking_for",
    "may_ask_for",
    "on_consent",
    "purpose_of",
    "purposes_for",
    "sees_by_consent",
]

#: By which a client says for which purpose it asks, by its code.
PURPOSE_HEADER = "Purpose"
#: What browsers put there of themselves, of a page that nobody has asked for yet.
_NO_PURPOSE = frozenset({"", "prefetch", "preview", "prefetch;prerender"})
_USER = "user:"


def sees_by_consent(asker: Asker) -> bool:
    """Whether what somebody sees follows from consents (`opened_to` in `roles.yaml`)."""
    return not asker.is_local and policy_of(asker.role).opened_to == "institution"


def purposes_for(asker: Asker | None) -> list[tuple[Purpose, bool]]:
    """The purposes from which a logged-in officer may choose, each with whether it is chosen."""
    if asker is None or not asker.id.startswith(_USER) or not sees_by_consent(asker):
        return []
    chosen = purpose_of(asker)
    found = [find_purpose(code) for code in policy_of(asker.role).purposes]
    return [(one, one == chosen) for one in found]


def may_ask_for(role: Role, stated: str) -> Purpose:
    """A purpose by its code or term, where a role may ask for it.

    Raises `InputError` (`purpose_unknown`), `ForbiddenError` (`purpose_not_permitted`).
    """
    found = find_purpose(stated)
    if found.code not in policy_of(role).purposes:
        raise ForbiddenError(
            f"{role.term}不能以“{found.term}”为目的查询。请核对用途。",
            "That role may not ask for that purpose.",
            code="purpose_not_permitted",
        )
    return found


def purpose_of(asker: Asker) -> Purpose:
    """For what they ask; raises `InputError` (`purpose_unknown`)."""
    return find_purpose(asker.scope.purpose or policy_of(asker.role).purpose)


def asking_for(asker: Asker, stated: str | None) -> Asker:
    """The same, asking for what a request states; raises as `may_ask_for`."""
    if not sees_by_consent(asker) or (stated or "").lower() in _NO_PURPOSE:
        return asker
    return asker.seeing(replace(asker.scope, purpose=may_ask_for(asker.role, stated or "").term))


def on_consent(asker: Asker, consents: ConsentedScopes, *, at: datetime) -> Consented:
    """What somebody sees by consent, at an instant that is now; raises as `purpose_of`."""
    return consents.consented(asker.scope, purpose_of(asker), at)
