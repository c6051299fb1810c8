"""The audit: searched, checked, signed; what is unusual in it, and what was found of that."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Count, Day, Flag, Whole
from api.audit_book import (
    AlertPage,
    AuditBook,
    AuditCheck,
    AuditHead,
    AuditLine,
    AuditPage,
    KeptAlert,
    Wanted,
    Watch,
)
from api.dependencies import Body, Serving
from api.idempotency import once_by_key
from api.needs import needs
from api.paging import paged

__all__ = ["router"]

router = APIRouter(prefix="/v1/audit", tags=["audit"])

Number = Annotated[Whole, Path(ge=1, le=MOST, description="编号 / number")]
Limit = Annotated[Whole, Query(ge=1, le=200)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]
By = Annotated[str, Field(title="审计人姓名或工号", max_length=64)]


class Search(Body):
    """查找的条件；不写的不作条件."""

    who: str | None = Field(None, title="查阅人编号或姓名", max_length=128)
    subject: str | None = Field(None, title="主体编号", max_length=128)
    from_on: Day | None = Field(None, title="自哪一天")
    to_on: Day | None = Field(None, title="到哪一天")
    act: Act | None = Field(None, title="事项代码", strict=False)
    number: str | None = Field(None, title="打印件或导出件编号", max_length=32)
    before: Annotated[Count, Field(ge=1, le=MOST)] | None = Field(
        None,
        title="只看早于这一条的",
        description="上一次答复中 next 的值 / `next` of the answer before",
    )
    limit: Annotated[Count, Field(ge=1, le=200)] = 50
    offset: Annotated[Count, Field(ge=0, le=MOST)] = 0


class Finding(Body):
    """核查情况."""

    by: By
    finding: str = Field(title="核查情况", max_length=500)


class Watching(Body):
    """登记一个重点主体，或者登记查阅人本人."""

    subject: str = Field(title="主体编号", min_length=1, max_length=128)
    who: str = Field("", title="查阅人编号；登记查阅人本人时填写", max_length=128)
    why: str = Field(title="理由", max_length=200)
    by: By


class EndOfWatching(Body):
    """不再关注."""

    by: By


@router.post("/search", summary="查找审计记录 / search")
@needs(Act.AUDIT)
def search(body: Search, services: Serving) -> AuditPage:
    """Who looked at whom, who did what, when and why; newest first."""
    wanted = Wanted(body.who, body.subject, body.from_on, body.to_on, body.act, body.number)
    return AuditBook(services).search(
        wanted, before=body.before, limit=body.limit, offset=body.offset
    )


@router.get("/check", summary="校验审计链 / check the chain")
@needs(Act.AUDIT)
def check(services: Serving) -> AuditCheck:
    """Whether any entry was changed, taken out or put elsewhere; the first one is named."""
    return AuditBook(services).check()


@router.get("/heads", summary="审计日首 / signed heads")
@needs(Act.AUDIT)
def heads(services: Serving) -> list[AuditHead]:
    """Signed heads, oldest first, to be kept where nobody of this house can write."""
    return AuditBook(services).heads()


@router.post("/heads", summary="签署审计日首 / sign the last entry")
@needs(Act.AUDIT)
def seal(services: Serving) -> AuditHead | None:
    """Sign the last entry now; null where there is none."""
    return AuditBook(services).seal()


@router.get("/alerts", summary="异常查阅预警 / alerts")
@needs(Act.AUDIT)
@paged("alerts", key=lambda line: line.alert.number)
def alerts(
    services: Serving,
    is_open: Annotated[Flag | None, Query(title="只看未核查的")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> AlertPage:
    """Unusual reading by the rules, each occasion once."""
    return AuditBook(services).alerts(is_open=is_open, limit=limit, offset=offset)


@router.post("/alerts/{number}/finding", summary="核查一条预警 / what was found")
@needs(Act.AUDIT)
def look_into(number: Number, body: Finding, services: Serving) -> KeptAlert:
    """Note what was found; a second time changes nothing."""
    return AuditBook(services).look_into(number, by=body.by, finding=body.finding)


@router.get("/watches", summary="重点名单 / who is watched")
@needs(Act.AUDIT)
def watches(services: Serving) -> list[Watch]:
    """Subjects that are watched, and which reader is whom."""
    return AuditBook(services).watches()


@router.post("/watches", status_code=201, summary="登记重点主体 / watch")
@needs(Act.AUDIT)
@once_by_key
def watch(body: Watching, services: Serving) -> Watch:
    """Watch a subject, or say which subject a reader is, so that their own family is known."""
    return AuditBook(services).watch(body.subject, why=body.why, by=body.by, who=body.who)


@router.post("/watches/{number}/end", summary="不再关注 / end")
@needs(Act.AUDIT)
def end_watch(number: Number, body: EndOfWatching, services: Serving) -> Watch:
    """End one."""
    return AuditBook(services).end_watch(number, by=body.by)


@router.get("/{number:int}", summary="一条审计记录 / one entry")
@needs(Act.AUDIT)
def entry(number: Number, services: Serving) -> AuditLine:
    """One entry, with whom it is about: bodies by code, persons by a mark."""
    return AuditBook(services).entry(number)
