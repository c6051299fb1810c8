"""Consents: for what they may be asked, what they say, and what they open to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.lazy import attribute_of

if TYPE_CHECKING:
    from graph.operations.consent import Channel, Mode
    from queries.consent.consented import Consented, ConsentedScopes
    from queries.consent.grants import grants_of, is_in_force, is_personal, opens, standing
    from queries.consent.purposes import (
        ConsentRules,
        Purpose,
        consent_rules,
        find_purpose,
        is_written,
    )
    from queries.consent.registering import (
        AskedConsent,
        consent_terms,
        has_consent,
        register_consent,
    )
    from queries.consent.text import EDITION, ConsentText, consent_text

__all__ = [
    "EDITION",
    "AskedConsent",
    "Channel",
    "ConsentRules",
    "ConsentText",
    "Consented",
    "ConsentedScopes",
    "Mode",
    "Purpose",
    "consent_rules",
    "consent_terms",
    "consent_text",
    "find_purpose",
    "grants_of",
    "has_consent",
    "is_in_force",
    "is_personal",
    "is_written",
    "opens",
    "register_consent",
    "standing",
]

__getattr__ = attribute_of(__name__, __file__)
