"""Registering a consent: what is lawful to ask, and what must be there before it is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from graph.errors import InputError
from graph.identifiers.redaction import redacted
from graph.information import InformationClass
from graph.operations.consent import Channel, Consent, Consents, ConsentTerms, Mode
from graph.operations.store import OperationsStore
from graph.time import day_of
from queries.consent.grants import is_in_force, is_personal, opens
from queries.consent.purposes import consent_rules, find_purpose, is_written
from queries.consent.text import ConsentText, consent_text

__all__ = ["AskedConsent", "consent_terms", "has_consent", "register_consent"]

_OF_AGE = 14


@dataclass(frozen=True)
class AskedConsent:
    """What was filled in at a window, or sent.

    Attributes:
        institution_name: as the text says it; the key where nobody says one.
        purpose: code or Chinese term.
        items: codes of classes of information.
        to_on: None for as long as the purpose has it.
        birth_on: of the subject, where it is known: under 14 a guardian agrees.
    """

    subject: str
    institution: str
    purpose: str
    items: tuple[str, ...]
    from_on: date
    to_on: date | None = None
    mode: Mode = Mode.CONTINUOUS
    channel: Channel = Channel.WINDOW
    frequency: str = "按业务需要"
    sensitive_tick: bool = False
    onward_tick: bool = False
    evidence_sha256: str | None = None
    guardian: str = ""
    institution_name: str = ""
    contact: str = ""
    office_contact: str = ""
    birth_on: date | None = None


def register_consent(
    store: OperationsStore,
    asked: AskedConsent,
    *,
    by: str,
    at: datetime,
    replaces: int | None = None,
) -> Consent:
    """Keep the text and note the consent; raises as `consent_terms` and `Consents.register`."""
    terms, text = consent_terms(asked, day_of(at))
    consents = Consents(store)
    consents.keep_text(text.sha256, text.version, text.text)
    return consents.register(terms, by=by, at=at, replaces=replaces)


def consent_terms(asked: AskedConsent, today: date) -> tuple[ConsentTerms, ConsentText]:
    """What is agreed to, with its text.

    Raises `InputError`:
        `consent_incomplete`: no subject, institution or class.
        `purpose_unknown`: no such purpose.
        `class_unknown`, `class_not_needed`: none of that code, or more than the purpose needs.
        `consent_days`: it ends before it begins or today, or later than a consent may.
        `guardian_missing`: the subject is under 14.
        `evidence_missing`: what needs writing has neither a scan nor was given online.
    """
    rules, purpose = consent_rules(), find_purpose(asked.purpose)
    subject, institution = asked.subject.strip(), asked.institution.strip()
    items = _classes(asked.items)
    if not subject or not institution or not items:
        raise InputError(
            "授权须写明信息主体、被授权机构和至少一类信息。",
            "A consent names the subject, the institution and at least one class of information.",
            code="consent_incomplete",
        )
    if more := sorted(items - purpose.classes):
        named = "、".join(item.term for item in more)
        raise InputError(
            f"“{purpose.term}”不需要这些信息：{named}。只能请求实现目的所必需的信息。",
            f"The purpose does not need {', '.join(more)}: no more than it needs may be asked.",
            code="class_not_needed",
        )
    days = rules.once_days if asked.mode == Mode.ONCE else purpose.days
    to_on = asked.to_on or asked.from_on + timedelta(days=days - 1)
    if to_on < asked.from_on or to_on < today or (to_on - asked.from_on).days >= days:
        raise InputError(
            f"期限不对：止期不得早于起期和今天，“{purpose.term}”的授权不得超过 {days} 天。",
            f"The days are wrong: it ends before it begins or today, or is longer than {days} days.",
            code="consent_days",
        )
    guardian = redacted(asked.guardian.strip())[:64] or None
    if guardian is None and asked.birth_on is not None and _age(asked.birth_on, today) < _OF_AGE:
        raise InputError(
            "信息主体不满十四周岁，须由父母或者其他监护人同意，请填写监护人姓名。",
            "The subject is under 14: a parent or guardian agrees, and is named.",
            code="guardian_missing",
        )
    personal = is_personal(subject)
    text = consent_text(
        institution=redacted(asked.institution_name.strip()) or institution,
        purpose=purpose,
        items=items,
        mode=asked.mode,
        frequency=redacted(asked.frequency.strip())[:64] or "按业务需要",
        from_on=asked.from_on,
        to_on=to_on,
        personal=personal,
        contact=asked.contact.strip()[:100],
        office_contact=asked.office_contact.strip()[:100],
    )
    written = [item for item in items if is_written(item)]
    if personal and written and not asked.evidence_sha256 and asked.channel != Channel.ONLINE:
        raise InputError(
            "其中有须书面同意的信息（征信业管理条例 第十四条），请上传签字的授权书扫描件。",
            "Some of the classes need written consent: the scan of what was signed is missing.",
            code="evidence_missing",
        )
    terms = ConsentTerms(
        subject=subject,
        institution=institution,
        purpose=purpose.code,
        items=tuple(sorted(items)),
        mode=asked.mode,
        frequency=redacted(asked.frequency.strip())[:64] or "按业务需要",
        from_on=asked.from_on,
        to_on=to_on,
        text_version=text.version,
        text_sha256=text.sha256,
        channel=asked.channel,
        evidence_sha256=asked.evidence_sha256,
        sensitive_tick=asked.sensitive_tick,
        onward_tick=asked.onward_tick,
        guardian=guardian,
    )
    return terms, text


def has_consent(
    store: OperationsStore, subject: str, institution: str, purpose: str, *, at: datetime
) -> bool:
    """Whether a subject opens anything to an institution for a purpose at an instant.

    Raises `InputError` (`purpose_unknown`).
    """
    wanted, consents = find_purpose(purpose).code, Consents(store)
    held = consents.of(subject=subject, institution=institution, limit=_EVERY)
    return any(
        one.terms.purpose == wanted and is_in_force(one, at) and opens(one.terms) for one in held
    )


_BY_CODE = {item.value: item for item in InformationClass}
#: More than anybody gave to one institution.
_EVERY = 10_000


def _classes(codes: Iterable[str]) -> frozenset[InformationClass]:
    try:
        return frozenset(_BY_CODE[code] for code in codes)
    except KeyError:
        raise InputError(
            "有一类信息没有这种代码。请从授权书列出的类别中选择。",
            "There is no class of information of that code.",
            code="class_unknown",
        ) from None


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
