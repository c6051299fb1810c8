"""The desk of consents: who is meant by what was typed, what is shown of a consent, and its acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from graph.errors import ForbiddenError, InputError, NotFoundError
from graph.identifiers import person_key, resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.information import InformationClass
from graph.operations.consent import Channel, Consent, Consents, Ending, Mode
from graph.operations.consent_terms import BEGUN, CONFIRMED
from graph.operations.evidence import keep_scan, scan_type, scan_with
from graph.operations.office import OfficeBooks
from graph.secrets import make_secrets
from graph.time import Instant
from queries.consent.grants import opens, standing
from queries.consent.purposes import consent_rules, find_purpose
from queries.consent.registering import AskedConsent, register_consent
from queries.scope import Scope

__all__ = [
    "STANDINGS",
    "ConsentItem",
    "ConsentPage",
    "ConsentView",
    "Subject",
    "confirm_consent",
    "consent_view",
    "consents_of",
    "enter_consent",
    "kept_scan",
    "revoke_consent",
    "store_scan",
    "text_of",
    "typed_subject",
    "use_consent",
]

#: Where a consent stands, as it is said.
STANDINGS = {
    "in_force": "有效",
    "waiting": "待复核",
    "coming": "未到起期",
    "expired": "已到期",
    **{ending.value: ending.term for ending in Ending},
}
_KEYS = ("person:", "household:", "org:")
_LONGEST_KEY = 128


@dataclass(frozen=True)
class Subject:
    """Whom a typed number means; `birth_on` where the number says it."""

    key: str
    birth_on: date | None = None


@dataclass(frozen=True)
class ConsentItem:
    """A class of information; `is_open`: while the consent is in force, by its ticks."""

    code: str
    term: str
    is_sensitive: bool
    is_open: bool


@dataclass(frozen=True)
class ActView:
    """What was done with a consent, in words."""

    act: str
    act_label: str
    how: str
    reason: str
    by: str
    at: Instant


@dataclass(frozen=True)
class ConsentView:
    """A consent as it is shown.

    Attributes:
        state: in_force, waiting, coming, expired, revoked, replaced, used.
    """

    number: int
    subject: str
    institution: str
    purpose: str
    purpose_label: str
    items: tuple[ConsentItem, ...]
    mode: str
    mode_label: str
    frequency: str
    from_on: date
    to_on: date
    text_version: str
    text_sha256: str
    channel: str
    channel_label: str
    evidence_sha256: str | None
    sensitive_tick: bool
    onward_tick: bool
    guardian: str | None
    replaces: int | None
    registered_by: str
    registered_at: Instant
    state: str
    state_label: str
    acts: tuple[ActView, ...]

    @property
    def name(self) -> str:
        """The number as it stands on paper."""
        return f"授权〔{self.from_on.year}〕{self.number}号"


@dataclass(frozen=True)
class ConsentPage:
    """Some consents of all that there are."""

    total: int
    rows: tuple[ConsentView, ...]


def typed_subject(books: OfficeBooks, text: str) -> Subject:
    """Whom a resident id, a unified social credit code or a key means; nobody is looked up.

    Raises `InputError` (`subject_unclear`), which does not say what was typed.
    """
    typed = text.strip()
    if typed.startswith(_KEYS) and len(typed) <= _LONGEST_KEY:
        return Subject(typed)
    told = resident_id.check(typed).value
    if told is not None:
        key = person_key(told, make_secrets(books.settings.secrets_file).identity_key)
        return Subject(key, date(int(told[6:10]), int(told[10:12]), int(told[12:14])))
    code = uscc.check(typed).value
    if code is not None:
        return Subject(f"org:{code}")
    raise InputError(
        "认不出这个号码。请输入身份证号、统一社会信用代码，或者系统内的主体编号。",
        "That is no resident id, unified social credit code or key of a party.",
        code="subject_unclear",
    )


def enter_consent(
    books: OfficeBooks,
    scope: Scope,
    asked: AskedConsent,
    *,
    by: str,
    at: datetime,
    replaces: int | None = None,
) -> ConsentView:
    """Register a consent for somebody's own institution.

    Raises `ForbiddenError` (`not_permitted`) for another's, and as `register_consent`.
    """
    _own(scope, asked.institution)
    made = register_consent(books.store, asked, by=by, at=at, replaces=replaces)
    return _view(made, at)


def consents_of(
    books: OfficeBooks,
    scope: Scope,
    *,
    at: datetime,
    subject: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> ConsentPage:
    """Consents, the newest first: who does not see everything sees those to their institution."""
    consents, institution = Consents(books.store), None
    if not scope.is_of_the_office:
        institution = scope.institution or ""
    found = consents.of(subject=subject, institution=institution, limit=limit, offset=offset)
    total = consents.count(subject=subject, institution=institution)
    return ConsentPage(total, tuple(_view(one, at) for one in found))


def consent_view(books: OfficeBooks, scope: Scope, number: int, *, at: datetime) -> ConsentView:
    """One consent; raises `NotFoundError`, also for one to another institution."""
    return _view(_seen(books, scope, number), at)


def text_of(books: OfficeBooks, view: ConsentView) -> str:
    """The text that a consent was given to, as it was then."""
    return Consents(books.store).text(view.text_sha256)


def confirm_consent(
    books: OfficeBooks, scope: Scope, number: int, *, by: str, at: datetime
) -> ConsentView:
    """Confirm a paper as a second person; raises as `Consents.confirm` and `consent_view`."""
    _seen(books, scope, number)
    return _view(Consents(books.store).confirm(number, by=by, at=at), at)


def revoke_consent(
    books: OfficeBooks,
    scope: Scope,
    number: int,
    *,
    how: str,
    reason: str = "",
    by: str,
    at: datetime,
) -> ConsentView:
    """End a consent at the subject's wish; raises as `Consents.revoke` and `consent_view`."""
    _seen(books, scope, number)
    return _view(Consents(books.store).revoke(number, how=how, reason=reason, by=by, at=at), at)


def use_consent(
    books: OfficeBooks, scope: Scope, number: int, *, reason: str, by: str, at: datetime
) -> ConsentView:
    """A consent for once was used; raises as `Consents.use` and `consent_view`."""
    _seen(books, scope, number)
    return _view(Consents(books.store).use(number, reason=reason, by=by, at=at), at)


def store_scan(books: OfficeBooks, content: bytes) -> str:
    """Keep a scan; raises as `graph.operations.evidence.keep_scan`."""
    return keep_scan(books.settings, content)


def kept_scan(books: OfficeBooks, view: ConsentView) -> tuple[bytes, str]:
    """The scan of a consent and its media type; raises `NotFoundError`."""
    content = scan_with(books.settings, view.evidence_sha256 or "")
    return content, scan_type(content)


def _seen(books: OfficeBooks, scope: Scope, number: int) -> Consent:
    found = Consents(books.store).find(number)
    if not scope.is_of_the_office and found.terms.institution != scope.institution:
        raise NotFoundError(
            "没有这份授权。请核对编号。", "There is no such consent.", code="consent_unknown"
        )
    return found


def _own(scope: Scope, institution: str) -> None:
    if not scope.is_of_the_office and institution != scope.institution:
        raise ForbiddenError(
            "只能登记对本机构的授权。",
            "A consent to another institution is not yours to register.",
            code="not_permitted",
        )


def _view(consent: Consent, at: datetime) -> ConsentView:
    terms, state, open_now = consent.terms, standing(consent, at), opens(consent.terms)
    mode, channel = _MODES[terms.mode], _CHANNELS[terms.channel]
    return ConsentView(
        number=consent.number,
        subject=terms.subject,
        institution=terms.institution,
        purpose=terms.purpose,
        purpose_label=find_purpose(terms.purpose).term,
        items=items_of(terms.items, open_now),
        mode=mode.value,
        mode_label=mode.term,
        frequency=terms.frequency,
        from_on=terms.from_on,
        to_on=terms.to_on,
        text_version=terms.text_version,
        text_sha256=terms.text_sha256,
        channel=channel.value,
        channel_label=channel.term,
        evidence_sha256=terms.evidence_sha256,
        sensitive_tick=terms.sensitive_tick,
        onward_tick=terms.onward_tick,
        guardian=terms.guardian,
        replaces=consent.replaces,
        registered_by=consent.registered_by,
        registered_at=consent.registered_at,
        state=state,
        state_label=STANDINGS[state],
        acts=tuple(
            ActView(act.act, _ACTS[act.act], act.how, act.reason, act.by, act.at)
            for act in consent.acts
        ),
    )


def items_of(codes: Sequence[str], opened: frozenset[str]) -> tuple[ConsentItem, ...]:
    """Classes by their codes, in words."""
    sensitive = consent_rules().sensitive.classes
    return tuple(
        ConsentItem(code, _CLASSES[code].term, _CLASSES[code] in sensitive, code in opened)
        for code in codes
    )


_CLASSES = {item.value: item for item in InformationClass}
_MODES = {mode.value: mode for mode in Mode}
_CHANNELS = {channel.value: channel for channel in Channel}
_ACTS = {
    CONFIRMED: "复核",
    BEGUN: "开始使用（当日有效）",
    **{ending.value: ending.term for ending in Ending},
}
