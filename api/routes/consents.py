"""Consents: for what they may be asked, registering, confirming, revoking; and links to one's own view.

Who asks for an institution registers and sees the consents to that institution, and no others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Count, Day, Whole
from api.dependencies import Body, Scoped, Serving
from api.guarded import editable, if_match
from api.idempotency import once_by_key
from api.needs import needs
from api.paging import paged
from graph.time import today, utc_now
from queries.consent import AskedConsent, Channel, ConsentRules, Mode, consent_rules
from queries.consent.desk import (
    ConsentPage,
    ConsentView,
    confirm_consent,
    consent_view,
    consents_of,
    enter_consent,
    revoke_consent,
    typed_subject,
    use_consent,
)
from queries.consent.own_view import make_link

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["consents"])

Number = Annotated[Whole, Path(ge=1, le=MOST, description="授权编号 / number")]
By = Annotated[str, Field(title="办理人姓名或工号", max_length=64)]
Reason = Annotated[str, Field(title="情况", max_length=500)]


class NewConsent(Body):
    """一份授权."""

    subject: str = Field(title="身份证号、统一社会信用代码或主体编号", min_length=1, max_length=128)
    institution: str = Field(title="被授权机构编号", min_length=1, max_length=128)
    institution_name: str = Field(default="", title="被授权机构名称", max_length=200)
    purpose: str = Field(title="目的代码", max_length=64)
    items: list[str] = Field(title="信息类别代码", min_length=1, max_length=40)
    mode: str = Field(default="continuous", title="使用方式", pattern="^(once|continuous)$")
    channel: str = Field(default="online", title="办理渠道", pattern="^(window|online|paper)$")
    frequency: str = Field(default="按业务需要", title="查询频次", max_length=64)
    from_on: Day | None = Field(default=None, title="起期，不写为今天")
    to_on: Day | None = Field(default=None, title="止期，不写为目的所定的最长期限")
    sensitive_tick: bool = Field(title="单独同意处理敏感个人信息")
    onward_tick: bool = Field(title="单独同意由平台提供给该机构")
    evidence_sha256: str | None = Field(default=None, title="扫描件摘要", pattern="^[0-9a-f]{64}$")
    guardian: str = Field(default="", title="监护人（不满十四周岁）", max_length=64)
    replaces: Annotated[Count, Field(ge=1, le=MOST)] | None = Field(
        default=None, title="替代哪一份授权"
    )
    by: By


class Revocation(Body):
    """撤回授权."""

    how: str = Field(title="撤回方式", max_length=64)
    reason: Reason = ""
    by: By


class Confirmation(Body):
    """复核纸质授权."""

    by: By


class Use(Body):
    """登记一次性授权已使用."""

    reason: Reason
    by: By


class OwnLink(Body):
    """为本人办理查询链接."""

    subject: str = Field(title="身份证号、统一社会信用代码或主体编号", min_length=1, max_length=128)
    by: By


class ConsentSearch(Body):
    """查找一个主体的授权."""

    subject: str = Field(title="身份证号、统一社会信用代码或主体编号", min_length=1, max_length=128)


@dataclass(frozen=True)
class OwnLinkAnswer:
    """The address of a link, which is kept nowhere; within how many days it is opened."""

    path: str
    days: int


@router.get("/consents", summary="授权列表 / consents")
@needs(Act.CONSENT)
@paged("rows", key=lambda row: row.number)
def listed(
    scope: Scoped,
    services: Serving,
    limit: Annotated[Whole, Query(ge=1, le=200)] = 50,
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> ConsentPage:
    """Consents to one's institution, the newest first."""
    return consents_of(services.office, scope, at=utc_now(), limit=limit, offset=offset)


@router.get("/consents/purposes", summary="授权目的 / purposes")
@needs(Act.LOOK)
def purposes() -> ConsentRules:
    """Purposes with clause, longest term and the classes that may be asked; what is sensitive."""
    return consent_rules()


@router.post("/consents/search", summary="查找授权 / consents of a subject")
@needs(Act.CONSENT)
def of_subject(body: ConsentSearch, scope: Scoped, services: Serving) -> ConsentPage:
    """Those of a subject; by POST, as a number of a person stands in no address."""
    key = typed_subject(services.office, body.subject).key
    return consents_of(services.office, scope, at=utc_now(), subject=key, limit=200)


@router.post("/consents", status_code=201, summary="登记授权 / register")
@needs(Act.CONSENT)
@once_by_key
def register(body: NewConsent, scope: Scoped, services: Serving) -> ConsentView:
    """Register what a subject agreed to; it opens what it opens with the next request."""
    subject = typed_subject(services.office, body.subject)
    asked = AskedConsent(
        subject=subject.key,
        birth_on=subject.birth_on,
        institution=body.institution,
        institution_name=body.institution_name,
        purpose=body.purpose,
        items=tuple(body.items),
        mode=_MODES[body.mode],
        channel=_CHANNELS[body.channel],
        frequency=body.frequency,
        from_on=body.from_on or today(),
        to_on=body.to_on,
        sensitive_tick=body.sensitive_tick,
        onward_tick=body.onward_tick,
        evidence_sha256=body.evidence_sha256,
        guardian=body.guardian,
    )
    return enter_consent(
        services.office, scope, asked, by=body.by, at=utc_now(), replaces=body.replaces
    )


@router.get("/consents/{number:int}", summary="一份授权 / one consent")
@needs(Act.CONSENT)
@editable
def one(number: Number, scope: Scoped, services: Serving) -> ConsentView:
    """What was agreed to, and what became of it."""
    return consent_view(services.office, scope, number, at=utc_now())


@router.post("/consents/{number:int}/confirmation", summary="复核纸质授权 / confirm")
@needs(Act.CONSENT)
@if_match(one)
def confirm(number: Number, body: Confirmation, scope: Scoped, services: Serving) -> ConsentView:
    """A second person has looked at the paper."""
    return confirm_consent(services.office, scope, number, by=body.by, at=utc_now())


@router.post("/consents/{number:int}/revocation", summary="撤回授权 / revoke")
@needs(Act.CONSENT)
@if_match(one)
def revoke(number: Number, body: Revocation, scope: Scoped, services: Serving) -> ConsentView:
    """End a consent at the subject's wish: nothing is seen by it from the next request on."""
    return revoke_consent(
        services.office,
        scope,
        number,
        how=body.how,
        reason=body.reason,
        by=body.by,
        at=utc_now(),
    )


@router.post("/consents/{number:int}/use", summary="登记已使用 / used up")
@needs(Act.CONSENT)
@if_match(one)
def use(number: Number, body: Use, scope: Scoped, services: Serving) -> ConsentView:
    """A consent for once was used, for what."""
    return use_consent(services.office, scope, number, reason=body.reason, by=body.by, at=utc_now())


@router.post("/own-links", status_code=201, summary="本人查询链接 / a subject's own link")
@needs(Act.CONSENT)
def own_link(body: OwnLink, services: Serving) -> OwnLinkAnswer:
    """A link by which a subject sees what is held of it; it opens once, with the subject's own number."""
    subject = typed_subject(services.office, body.subject)
    token = make_link(services.office, subject.key, by=body.by, at=utc_now())
    return OwnLinkAnswer(f"/mine/links/{token}", 7)


_MODES = {mode.value: mode for mode in Mode}
_CHANNELS = {channel.value: channel for channel in Channel}
