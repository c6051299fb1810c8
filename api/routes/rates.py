"""Rates of departments (双公示): numbers with the rows behind them, and what an inspector found."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Day, Whole
from api.dependencies import Body, Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from ingest.department_rates import DepartmentRates
from queries.indicators import Rates, RatesHistory, Rows
from queries.indicators.concealed import Concealment, conceal, take_back

__all__ = ["router"]

router = APIRouter(prefix="/v1/rates", tags=["rates"])

Period = Annotated[
    str,
    Query(
        title="月份或季度", description="2026-03 或 2026-Q1；不写为最近有数据的月份", max_length=7
    ),
]
ChannelAsked = Annotated[
    Literal["credit_platform", "market_supervision"],
    Query(title="渠道", description="信用信息平台，或企业信用信息公示系统（市场监管）"),
]
Department = Annotated[str | None, Query(title="部门编号", max_length=128)]
ActClass = Annotated[str | None, Query(title="行政行为类别", max_length=32)]
Limit = Annotated[Whole, Query(title="最多几条", ge=1, le=1000)]
Offset = Annotated[Whole, Query(title="从第几条起", ge=0, le=MOST)]


class ConcealmentRequest(Body):
    """瞒报认定."""

    department: str = Field(title="部门编号", max_length=128)
    act_class: str = Field(title="行政行为类别", max_length=32)
    document_no: str = Field(title="决定书文号", min_length=1, max_length=256)
    decided_on: Day = Field(title="决定日期")
    evidence: str = Field(title="查到之处（案卷、检查记录）", max_length=500)
    user: str = Field(title="认定人", max_length=64)


class WithdrawalRequest(Body):
    """撤销一项认定."""

    why: str = Field(title="原因", max_length=500)
    user: str = Field(title="办理人", max_length=64)


@router.get("", summary="双公示各率 / rates by department and class")
@needs(Act.OFFICE, *EVERY_CLASS)
def rates(
    reader: Reading,
    services: Serving,
    period: Period = "",
    channel: ChannelAsked = "credit_platform",
) -> Rates:
    """Of a month or a quarter; a rate of nothing is null, and `status` says why.

    On the channel of market supervision only 及时率 is a rate: by the day of publication that a record
    states, and by none where it states none.
    """
    told = DepartmentRates(services.office, reader)
    book = told.book_of(channel)
    return told.rates(period or told.newest(book), book)


@router.get("/history", summary="双公示走势 / the four rates by month")
@needs(Act.OFFICE, *EVERY_CLASS)
def history(
    reader: Reading,
    services: Serving,
    department: Department = None,
    period: Annotated[
        str,
        Query(title="到哪个月", description="2026-03；不写为最近有数据的月份", max_length=7),
    ] = "",
) -> RatesHistory:
    """Thirteen months of one department or of all, as known now; a rate of nothing is null."""
    told = DepartmentRates(services.office, reader)
    book = told.book
    return told.history(period or told.newest(book), department=department, book=book)


@router.get("/rows", summary="数字背后的各件 / the decisions behind a number")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows", key=lambda row: row)
def rows(
    reader: Reading,
    services: Serving,
    measure: Annotated[str, Query(title="统计项", max_length=32)],
    period: Period = "",
    department: Department = None,
    act_class: ActClass = None,
    limit: Limit = 100,
    offset: Offset = 0,
    channel: ChannelAsked = "credit_platform",
) -> Rows:
    """Nothing in them says whom a decision concerns; `total` is the number."""
    told = DepartmentRates(services.office, reader)
    book = told.book_of(channel)
    return told.rows(
        period or told.newest(book), measure,
        department=department, act_class=act_class, limit=limit, offset=offset, book=book,
    )  # fmt: skip


@router.get("/attention", summary="临近期限、逾期、迟报 / near their day, past it, late")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows", key=lambda row: row)
def wanted(
    reader: Reading,
    services: Serving,
    kind: Annotated[Literal["near", "overdue", "late"], Query(title="清单")] = "near",
    department: Department = None,
    act_class: ActClass = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Rows:
    """Of whatever month, the earliest day first."""
    return DepartmentRates(services.office, reader).attention(
        kind, department=department, act_class=act_class, limit=limit, offset=offset
    )


@router.post("/concealments", summary="认定瞒报 / enter a concealed decision")
@needs(Act.OFFICE, *EVERY_CLASS)
def found(body: ConcealmentRequest, services: Serving) -> Concealment:
    """What an inspector found; nothing computes one."""
    return conceal(
        services.office.store, body.department, body.act_class, body.document_no, body.decided_on,
        evidence=body.evidence, by=body.user,
    )  # fmt: skip


@router.post("/concealments/{number}/withdraw", summary="撤销认定 / take a finding back")
@needs(Act.OFFICE, *EVERY_CLASS)
def undone(
    number: Annotated[Whole, Path(title="编号", ge=1, le=MOST)],
    body: WithdrawalRequest,
    services: Serving,
) -> Concealment:
    """It stays on record, with who took it back and why."""
    return take_back(services.office.store, number, why=body.why, by=body.user)
