"""Consents of the sample district: which households opened what to its main bank.

Worked out from keys alone, so that the same district has the same consents.  Of a hundred households
70 agreed to everything, 5 left the tick for sensitive information empty, 5 agreed long ago, 5 agreed
and took it back, and 15 were not asked or said no.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from graph.operations.consent import Channel, Consents, ConsentTerms
from graph.operations.office import OfficeBooks
from graph.time import day_of
from queries.consent import AskedConsent, consent_terms, find_purpose
from queries.reader import Reader

__all__ = [
    "MAIN_BANK",
    "SHARES",
    "SampleConsent",
    "households_of",
    "kind_of",
    "register_sample",
    "sample_consents",
]

#: 样本农村商业银行, which lends to most of the district.
MAIN_BANK, _NAME = "institution:C1402610305001", "样本农村商业银行"
_PURPOSE = "credit_approval"
_CLERK = "样本登记员"

#: What became of the consent of how many households of a hundred; of the rest there is none.
SHARES = {"agreed": 70, "not_sensitive": 5, "expired": 5, "revoked": 5}
_ROLES = ("householder", "spouse")


@dataclass(frozen=True)
class SampleConsent:
    """One consent; `kind` as in `SHARES`."""

    kind: str
    asked: AskedConsent


def sample_consents(
    households: Iterable[tuple[str, tuple[str, ...]]], on: date
) -> Iterator[SampleConsent]:
    """Consents of households (key, keys of householder and spouse), as they stand on a day.

    Each household agreed for itself, and whoever leads it for themselves: a consent is of one subject.
    """
    purpose = find_purpose(_PURPOSE)
    items = tuple(sorted(item.value for item in purpose.classes))
    for household, leading in households:
        kind = kind_of(household)
        if kind is None:
            continue
        begins = on - timedelta(days=500 if kind == "expired" else 30)
        for subject in (household, *leading):
            yield SampleConsent(
                kind,
                AskedConsent(
                    subject=subject,
                    institution=MAIN_BANK,
                    institution_name=_NAME,
                    purpose=_PURPOSE,
                    items=items,
                    from_on=begins,
                    channel=Channel.ONLINE,
                    sensitive_tick=kind != "not_sensitive",
                    onward_tick=True,
                ),
            )


def households_of(reader: Reader) -> list[tuple[str, tuple[str, ...]]]:
    """Households of a district with who leads them, by key."""
    found: dict[str, list[str]] = {}
    for row in reader.table("BELONGS_TO").to_pylist():
        leads = found.setdefault(row["to_key"], [])
        if row["role"] in _ROLES:
            leads.append(row["from_key"])
    return [(household, tuple(sorted(leads))) for household, leads in sorted(found.items())]


def register_sample(
    books: OfficeBooks, households: Iterable[tuple[str, tuple[str, ...]]], *, at: datetime
) -> int:
    """Register them where none is registered yet; returns how many."""
    consents = Consents(books.store)
    if consents.count():
        return 0
    made = list(sample_consents(households, day_of(at)))
    terms: list[ConsentTerms] = []
    for one in made:
        # what ended long ago was lawful on the day when it was given
        agreed, text = consent_terms(one.asked, one.asked.from_on)
        if not terms or agreed.text_sha256 != terms[-1].text_sha256:
            consents.keep_text(text.sha256, text.version, text.text)
        terms.append(agreed)
    consents.register_many(terms, by=_CLERK, at=at)
    over = {one.asked.subject for one in made if one.kind == "revoked"}
    for consent in consents.of(institution=MAIN_BANK, limit=len(made)):
        if consent.terms.subject in over:
            consents.revoke(consent.number, how="窗口", reason="本人申请", by=_CLERK, at=at)
    return len(made)


def kind_of(household: str) -> str | None:
    """What became of the consent of a household (`SHARES`); None: it was not asked, or said no."""
    place = int(hashlib.sha256(household.encode()).hexdigest()[:8], 16) % 100
    for kind, share in SHARES.items():
        if place < share:
            return kind
        place -= share
    return None
