"""What consents open to an institution for a purpose at an instant: the definition, in plain Python.

A consent opens its classes to its institution, for its purpose, from its first to its last day in
China, unless something ended it before; a paper that was brought later opens nothing until a second
person confirmed it.  Of a natural person or a household it opens nothing without the tick that who
holds the information provides it to somebody else (个人信息保护法 第二十三条), and nothing sensitive
without the tick for that (第二十九条).  Several consents open together what each opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from graph.operations.consent import Channel, Consent, ConsentTerms
from graph.time import day_of
from queries.consent.purposes import consent_rules

__all__ = ["grants_of", "is_in_force", "is_personal", "opened_by", "opens", "standing"]

#: What stands before the key of a natural person, and of a household, which is of natural persons.
_PERSONAL = ("person:", "household:")


def is_personal(subject: str) -> bool:
    """Whether the law of personal information is for a party: by its key, as nothing else may be
    known of it before it consents."""
    return subject.startswith(_PERSONAL)


def opened_by(
    subject: str, items: Iterable[str], *, sensitive_tick: bool, onward_tick: bool
) -> frozenset[str]:
    """Classes that a consent with these ticks opens while it is in force."""
    if not is_personal(subject):
        return frozenset(items)
    if not onward_tick:
        return frozenset()
    shut = frozenset() if sensitive_tick else consent_rules().sensitive.classes
    return frozenset(items) - shut


def opens(terms: ConsentTerms) -> frozenset[str]:
    """`opened_by` of the terms of a consent."""
    return opened_by(
        terms.subject,
        terms.items,
        sensitive_tick=terms.sensitive_tick,
        onward_tick=terms.onward_tick,
    )


def is_in_force(consent: Consent, at: datetime) -> bool:
    """Whether a consent opens anything at an instant."""
    return standing(consent, at) == "in_force"


def standing(consent: Consent, at: datetime) -> str:
    """Where a consent stands: in_force, waiting (for its confirmation), coming, expired, or how it
    ended (`Ending`)."""
    ended, day = consent.ending(at), day_of(at)
    if ended is not None:
        return ended.act
    if day > consent.terms.to_on:
        return "expired"
    if not consent.is_confirmed(at):
        return "waiting"
    return "coming" if day < consent.terms.from_on else "in_force"


def grants_of(
    consents: Iterable[Consent], institution: str, purpose: str, at: datetime
) -> dict[str, frozenset[str]]:
    """Party -> classes that it opened to an institution for a purpose, by its code."""
    found: dict[str, frozenset[str]] = {}
    for consent in consents:
        terms = consent.terms
        if (terms.institution, terms.purpose) == (institution, purpose) and is_in_force(
            consent, at
        ):
            classes = found.get(terms.subject, frozenset()) | opens(terms)
            if classes:
                found[terms.subject] = classes
    return found


def needs_second(channel: str) -> bool:
    """Whether a consent that came by a channel opens nothing before it is confirmed."""
    return channel == Channel.PAPER


def covers(day: date, from_on: date, to_on: date) -> bool:
    """Whether a day is among those of a consent; both ends are."""
    return from_on <= day <= to_on
