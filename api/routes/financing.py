"""The financing loop: demands, applications, every act on them, figures, and links for applicants.

Each act has a number of whoever acts (`reference`; without one its Idempotency-Key stands for it), so
that what is sent twice is done once.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Count, Integer, Whole
from api.dependencies import Body, Reading, Scoped, Serving
from api.financing import carried, desk_for, figures_for
from api.guarded import IfMatch, as_seen, editable
from api.idempotency import IdempotencyKey, once
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from graph.errors import InputError, NotFoundError
from graph.information import InformationClass
from graph.time import today, utc_now
from ingest.financing import Done, FinancingDesk, FinancingFile
from queries.financing import Inbox, LoopFigure, financing_limits
from queries.financing.limits import FinancingLimits
from queries.lending import Period

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["financing"])

Number = Annotated[Whole, Path(ge=1, le=MOST, description="编号 / number")]
By = Annotated[str, Field(title="办理人姓名或工号", max_length=64)]
Reference = Annotated[str, Field(title="办理机构的编号", max_length=96)]
Reason = Annotated[str, Field(title="原因", max_length=300)]


class NewDemand(Body):
    """一项融资需求."""

    subject: str = Field(title="主体编号", min_length=1, max_length=128)
    amount_fen: Count = Field(title="金额（分）", gt=0, le=10**13)
    months: Count = Field(title="期限（月）", gt=0, le=600)
    purpose: str = Field(title="用途", min_length=1, max_length=200)
    security_kinds: list[str] = Field(default=[], title="可提供的担保方式", max_length=10)
    reference: Reference = ""
    by: By


class Numbered(Body):
    """一件按编号只办一次的事."""

    reference: Reference = ""
    by: By


class Push(Numbered):
    """推送给一家机构."""

    institution: str = Field(title="机构编号", min_length=1, max_length=128)
    product: str = Field(title="产品", min_length=1, max_length=64)


class Withdrawal(Numbered):
    """申请人撤回."""

    reason: Reason


class CaseAct(Numbered):
    """一项办理."""

    act: str = Field(title="办理事项", max_length=24)
    reason: Reason = ""
    content: dict[str, str | Integer | bool] = Field(default={}, title="内容", max_length=20)


class Paper(Numbered):
    """一份附件."""

    kind: str = Field(title="附件类型", max_length=16)
    name: str = Field(title="附件名称", min_length=1, max_length=128)
    content: str = Field(title="内容（Base64）", max_length=11_500_000)


class LinkFor(Body):
    """给申请人的查询链接."""

    by: By


class Link(Body):
    """只告知一次的链接."""

    path: str


@router.get("/financing/applications", summary="融资申请 / applications, what is overdue first")
@needs(Act.FINANCE, InformationClass.CREDIT)
@paged("rows", key=lambda row: row.case)
def applications(
    services: Serving,
    scope: Scoped,
    limit: Annotated[Whole, Query(ge=1, le=200)] = 50,
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> Inbox:
    """Those of the own institution; of an applicant who took consent back, only how far they are."""
    return desk_for(services, scope).inbox(at=utc_now(), limit=limit, offset=offset)


@router.get("/financing/limits", summary="办理时限 / terms of each step")
@needs(Act.LOOK)
def limits() -> FinancingLimits:
    """By when each step is expected, with the rule that says so."""
    return financing_limits()


@router.get("/financing/indicators", summary="闭环指标 / figures of the loop")
@needs(Act.FINANCE, InformationClass.CREDIT)
def indicators(
    services: Serving,
    scope: Scoped,
    period: Annotated[str, Query(max_length=7, description="2026、2026Q1、2026-03")] = "",
) -> tuple[LoopFigure, ...]:
    """Each with numerator, denominator and the numbers of its rows; to the credit office without these."""
    chosen = Period.of(period, today())
    return figures_for(services, scope, chosen.begins, chosen.ends)


@router.get("/financing/demands/{number}", summary="一项融资需求 / a demand and what became of it")
@needs(Act.FINANCE, *EVERY_CLASS)
@editable
def demand(number: Number, services: Serving, scope: Scoped) -> FinancingFile:
    """Its applications, notes and acts; to an institution its own, while the applicant consents."""
    return desk_for(services, scope).look(number, at=utc_now())


@router.post(
    "/financing/demands",
    status_code=201,
    response_model=Done,
    summary="登记融资需求 / take a demand",
)
@needs(Act.FINANCE, *EVERY_CLASS)
def register(
    body: NewDemand, request: Request, reader: Reading, services: Serving, scope: Scoped,
    key: IdempotencyKey = None,
) -> JSONResponse:  # fmt: skip
    """Under one number of one channel there is one demand."""
    desk = desk_for(services, scope)
    return once(request, services, key, body, lambda: desk.register(
        reader, body.subject, channel=scope.institution or "window",
        reference=body.reference or key or "", amount_fen=body.amount_fen, months=body.months,
        purpose=body.purpose, security_kinds=body.security_kinds, by=body.by, at=utc_now(),
    ), status=201)  # fmt: skip


@router.post(
    "/financing/demands/{number}/matching", response_model=Done, summary="匹配产品 / match products"
)
@needs(Act.FINANCE, *EVERY_CLASS)
def match(
    number: Number, body: Numbered, request: Request, reader: Reading, services: Serving,
    scope: Scoped, key: IdempotencyKey = None, matched: IfMatch = None,
) -> JSONResponse:  # fmt: skip
    """Every product that is for such an applicant with its verdict, what fits first."""
    desk = desk_for(services, scope)
    return once(request, services, key, body, lambda: as_seen(
        request, matched, demand, lambda: desk.match(
            reader, number, reference=body.reference or key or "", by=body.by, at=utc_now(),
        ), number=number, services=services, scope=scope,
    ))  # fmt: skip


@router.post(
    "/financing/demands/{number}/pushes", status_code=201, response_model=Done,
    summary="推送给金融机构 / push to an institution",
)  # fmt: skip
@needs(Act.FINANCE, *EVERY_CLASS)
def push(
    number: Number, body: Push, request: Request, reader: Reading, services: Serving,
    scope: Scoped, background: BackgroundTasks, key: IdempotencyKey = None, matched: IfMatch = None,
) -> JSONResponse:  # fmt: skip
    """Only with the applicant's consent to that institution."""
    desk = desk_for(services, scope)
    background.add_task(carried, desk)
    return once(request, services, key, body, lambda: as_seen(
        request, matched, demand, lambda: desk.push(
            reader, number, body.institution, product=body.product,
            reference=body.reference or key or "", by=body.by, at=utc_now(),
        ), number=number, services=services, scope=scope,
    ), status=201)  # fmt: skip


@router.post(
    "/financing/demands/{number}/withdrawal", response_model=Done, summary="申请人撤回 / withdraw"
)
@needs(Act.FINANCE, *EVERY_CLASS)
def withdraw(
    number: Number, body: Withdrawal, request: Request, services: Serving, scope: Scoped,
    background: BackgroundTasks, key: IdempotencyKey = None, matched: IfMatch = None,
) -> JSONResponse:  # fmt: skip
    """Until a contract is signed somewhere."""
    desk = desk_for(services, scope)
    background.add_task(carried, desk)
    return once(request, services, key, body, lambda: as_seen(
        request, matched, demand, lambda: desk.withdraw(
            number, reference=body.reference or key or "", by=body.by, at=utc_now(),
            reason=body.reason,
        ), number=number, services=services, scope=scope,
    ))  # fmt: skip


@router.post(
    "/financing/applications/{number}/acts",
    response_model=Done,
    summary="办理 / act on an application",
)
@needs(Act.FINANCE, *EVERY_CLASS)
def act(
    number: Number, body: CaseAct, request: Request, reader: Reading, services: Serving,
    scope: Scoped, background: BackgroundTasks, key: IdempotencyKey = None, matched: IfMatch = None,
) -> JSONResponse:  # fmt: skip
    """One step forward, or a note: accept, investigate, grant, refuse, sign, disburse, repay …

    `If-Match` is the tag of its demand, where the application is shown.
    """
    desk = desk_for(services, scope)
    background.add_task(carried, desk)
    return once(request, services, key, body, lambda: as_seen(
        request, matched, demand, lambda: desk.act(
            reader, number, body.act, reference=body.reference or key or "", by=body.by,
            at=utc_now(), reason=body.reason, content=body.content,
        ), number=_demand_of(desk, number), services=services, scope=scope,
    ))  # fmt: skip


@router.post(
    "/financing/applications/{number}/papers", status_code=201, response_model=Done,
    summary="附件 / attach a paper",
)  # fmt: skip
@needs(Act.FINANCE, *EVERY_CLASS)
def attach(
    number: Number, body: Paper, request: Request, reader: Reading, services: Serving,
    scope: Scoped, key: IdempotencyKey = None, matched: IfMatch = None,
) -> JSONResponse:  # fmt: skip
    """Kept by its hash, its owner's alone; `If-Match` as for acts."""
    desk = desk_for(services, scope)
    try:
        paper = base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(
            "附件内容不是 Base64。", "The paper is not Base64.", code="paper_encoding"
        ) from None
    return once(request, services, key, body, lambda: as_seen(
        request, matched, demand, lambda: desk.attach(
            reader, number, paper, kind=body.kind, name=body.name,
            reference=body.reference or key or "", by=body.by, at=utc_now(),
        ), number=_demand_of(desk, number), services=services, scope=scope,
    ), status=201)  # fmt: skip


def _demand_of(desk: FinancingDesk, application: int) -> int:
    """Where an application is shown; 0, which is nobody's, where there is none."""
    try:
        return desk.book.case(application).demand
    except NotFoundError:
        return 0


@router.post(
    "/financing/demands/{number}/links",
    status_code=201,
    summary="给申请人的链接 / a link to follow it",
)
@needs(Act.FINANCE, *EVERY_CLASS)
def link(number: Number, body: LinkFor, services: Serving, scope: Scoped) -> Link:
    """Opens the applicant's own page for ninety days; told once."""
    token = desk_for(services, scope).link(number, by=body.by, at=utc_now())
    return Link(path=f"/financing/progress/{token}")
