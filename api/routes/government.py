"""Integrity of public bodies: arrears, commitments, disclosures, listed bodies, evaluation, staff checks.

Who acts is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Count, Whole
from api.dependencies import Body, Reading, Serving
from api.idempotency import once_by_key
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from queries.government import (
    Claims,
    Commitments,
    Disclosures,
    Evaluation,
    FigureRows,
    ListedBodies,
    StaffAnswer,
    StaffLog,
    Summary,
    check_staff,
    claims,
    commitments,
    disclosure_list,
    enter_value,
    evaluate,
    figure_rows,
    government_book,
    listed,
    staff_log,
    summary,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1/government", tags=["government"])

State = Annotated[str, Query(title="状态代码", max_length=32)]
Of = Annotated[str, Query(title="单位编号", max_length=128)]
Limit = Annotated[Whole, Query(title="条数", ge=1, le=1_000)]
Offset = Annotated[Whole, Query(title="跳过", ge=0, le=MOST)]
Year = Annotated[Whole | None, Query(title="年度；不写为查询日所在年", ge=2020, le=2100)]


class StaffCheckBody(Body):
    """录用核查：一个人是否依法在列."""

    resident_id: str = Field(title="公民身份号码", min_length=1, max_length=32, repr=False)
    ground: str = Field(title="法律依据代码", max_length=64)
    authority: str = Field(title="招录机关统一社会信用代码", max_length=32)
    purpose: str = Field(title="用途", max_length=200)
    by: str = Field(title="办理人姓名或工号", max_length=64)


class ValueBody(Body):
    """填报一项评价数据."""

    year: Count = Field(title="年度", ge=2020, le=2100)
    body: str = Field(title="单位编号", min_length=1, max_length=128)
    indicator: str = Field(title="指标代码", min_length=1, max_length=64)
    numerator: Count = Field(title="分子", ge=0, le=MOST)
    denominator: Count | None = Field(title="分母", default=None, ge=0, le=MOST)
    evidence: str = Field(title="依据材料", min_length=1, max_length=500)
    by: str = Field(title="填报人姓名或工号", max_length=64)


@dataclass(frozen=True)
class ValueAnswer:
    """What was entered."""

    number: int
    year: int
    body: str
    indicator: str
    by: str


@router.get("", summary="政务诚信概况 / figures and the alarm")
@needs(Act.OFFICE, *EVERY_CLASS)
def figures(reader: Reading) -> Summary:
    """How many contracts, commitments and disclosures stand how; whether a body is on the courts' list."""
    return summary(government_book(reader))


@router.get("/arrears", summary="拖欠账款 / arrears with interest")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows")
def arrears(
    reader: Reading,
    state: State = "",
    body: Of = "",
    finding: Annotated[str, Query(title="问题代码", max_length=32)] = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> Claims:
    """Contracts with state, days, rate, its ground, and interest to the fen; or what lacks for it."""
    book = government_book(reader)
    return claims(book, state=state, body=body, finding=finding, limit=limit, offset=offset)


@router.get("/commitments", summary="政务承诺 / commitments")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows")
def promised(
    reader: Reading, state: State = "", body: Of = "", limit: Limit = 100, offset: Offset = 0
) -> Commitments:
    """Kept, not kept, not yet due, not known; with the paper."""
    return commitments(
        government_book(reader), state=state, body=body, limit=limit, offset=offset
    )  # fmt: skip


@router.get("/disclosures", summary="逾期未付款项公开 / disclosures by 31 March")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows")
def disclosed(
    reader: Reading, state: State = "", body: Of = "", limit: Limit = 100, offset: Offset = 0
) -> Disclosures:
    """By body and year: in time, late, not seen; what was published beside what is known here."""
    book = government_book(reader)
    return disclosure_list(book, state=state, body=body, limit=limit, offset=offset)


@router.get("/debtors", summary="机关列入失信名单 / public bodies on lists")
@needs(Act.OFFICE, *EVERY_CLASS)
def debtors(reader: Reading) -> ListedBodies:
    """Public bodies among the judgment defaulters, by exact code or exact full name: must be none."""
    return listed(government_book(reader))


@router.get("/evaluation", summary="政务诚信评价表 / evaluation")
@needs(Act.OFFICE, *EVERY_CLASS)
def evaluation(reader: Reading, services: Serving, year: Year = None, body: Of = "") -> Evaluation:
    """Each line with numerator and denominator, computed or entered by whom; no score."""
    wanted = year or reader.moment.as_of.year
    return evaluate(reader, services.office.store, wanted, body=body)


@router.get("/evaluation/rows", summary="指标的明细 / rows of a number")
@needs(Act.OFFICE, *EVERY_CLASS)
def evaluation_rows(
    reader: Reading,
    services: Serving,
    body: Annotated[str, Query(title="单位编号", max_length=128)],
    indicator: Annotated[str, Query(title="指标代码", max_length=64)],
    year: Year = None,
) -> FigureRows:
    """Keys of the rows behind both numbers."""
    wanted = year or reader.moment.as_of.year
    return figure_rows(reader, services.office.store, wanted, body, indicator)


@router.post("/evaluation/values", status_code=201, summary="填报评价数据 / enter a value")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def value(body: ValueBody, reader: Reading, services: Serving) -> ValueAnswer:
    """Enter what no fact gives, with the paper; a later entry stands for an earlier one."""
    kept = enter_value(
        reader, services.office.store, body.year, body.body, body.indicator,
        numerator=body.numerator, denominator=body.denominator, evidence=body.evidence, by=body.by,
    )  # fmt: skip
    return ValueAnswer(kept.number, kept.year, kept.body, kept.indicator, kept.by)


@router.post("/staff-checks", status_code=201, summary="录用核查 / staff check")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def staff_check(body: StaffCheckBody, reader: Reading, services: Serving) -> StaffAnswer:
    """Whether a person is lawfully listed: yes or no. Needs a legal basis; that one asked is kept."""
    return check_staff(
        reader, services.office.store, services.office.settings, body.resident_id,
        ground=body.ground, authority=body.authority, purpose=body.purpose, by=body.by,
    )  # fmt: skip


@router.get("/staff-checks", summary="录用核查登记 / log of staff checks")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows", key=lambda row: row.number)
def staff_checks(services: Serving, limit: Limit = 100, offset: Offset = 0) -> StaffLog:
    """Who asked, for which authority, on which basis and for what; not about whom, nor the answer."""
    return staff_log(services.office.store, limit=limit, offset=offset)
