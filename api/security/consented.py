"""Who sees by consent, and for which purpose they ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from api.security.asker import Asker
from api.security.role import Role
from api.security.roles import policy_of
from queries.consent import ConsentedScopes, Purpose, find_purpose
from queries.scope import Scope

__all__ = ["PURPOSE_HEADER", "asking_for", "on_consent", "purpose_of", "sees_by_consent"]

#: By which a client says for which purpose it asks, by its code.
PURPOSE_HEADER = "Purpose"
#: What browsers put there of themselves, of a page that nobody has asked for yet.
_NO_PURPOSE = frozenset({"", "prefetch", "preview", "prefetch;prerender"})

#: Roles that see of a party what it opened to their institution, besides what is public.
_ON_CONSENT = frozenset({Role.LOAN_OFFICER, Role.MANAGER, Role.CLIENT})


def sees_by_consent(asker: Asker) -> bool:
    """Whether what somebody sees follows from consents."""
    return asker.role in _ON_CONSENT


def purpose_of(asker: Asker) -> Purpose:
    """For what they ask; raises `InputError` (`purpose_unknown`)."""
    return find_purpose(asker.scope.purpose or policy_of(asker.role).purpose)


def asking_for(asker: Asker, stated: str | None) -> Asker:
    """The same, asking for what a request states; raises `InputError` (`purpose_unknown`)."""
    if not sees_by_consent(asker) or (stated or "").lower() in _NO_PURPOSE:
        return asker
    return asker.seeing(replace(asker.scope, purpose=find_purpose(stated or "").term))


def on_consent(asker: Asker, consents: ConsentedScopes, *, at: datetime) -> Scope:
    """What somebody sees by consent, at an instant that is now; raises as `purpose_of`."""
    return consents.scope(asker.scope, purpose_of(asker), at)
