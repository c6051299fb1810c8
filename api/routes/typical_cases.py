"""Typical cases: what everybody sees, and the office's acts on them.

Who acts is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Day, Whole
from api.dependencies import Body, Now, Reading, Serving
from api.idempotency import once_by_key
from api.needs import EVERY_CLASS, needs, open_to_all
from graph.information import InformationClass
from queries.typical_cases import (
    CaseBoard,
    CaseRequest,
    ShownCases,
    approve_case,
    case_board,
    propose_case,
    shown_cases,
    withdraw_case,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["typical cases"])

Number = Annotated[Whole, Path(title="案例编号 / number", ge=1, le=MOST)]
By = Annotated[str, Field(title="办理人姓名或工号", max_length=64)]


class CaseBody(Body):
    """拟公开的典型案例."""

    kind: Literal["good", "bad"] = Field(title="诚信典型或失信案例")
    subject: str = Field(title="单位全称或统一社会信用代码", min_length=2, max_length=200)
    document_no: str = Field(title="所依据记录的文书号", min_length=1, max_length=200)
    title: str = Field(title="标题", min_length=2, max_length=100)
    story: str = Field(title="案例内容", min_length=2, max_length=2000)
    reason: str = Field(title="公开的理由", min_length=1, max_length=500)
    until: Day | None = Field(title="公开到哪天", default=None)
    by: By


class CaseApproval(Body):
    """批准一个案例."""

    by: By


class CaseEnd(Body):
    """撤下一个案例."""

    by: By
    because: str = Field(title="理由", min_length=1, max_length=500)


@dataclass(frozen=True)
class CaseAct:
    """What was done."""

    number: int
    proposed_by: str
    approved_by: str | None
    ended_by: str | None


@router.get("/public/typical-cases", summary="典型案例 / typical cases")
@needs(Act.LOOK, InformationClass.PUBLIC_RECORD, InformationClass.REGISTER)
@open_to_all
def shown(reader: Now, services: Serving) -> ShownCases:
    """Cases of organisations that are shown today; with the end of its record a case is gone."""
    return shown_cases(reader, services.office.store)


@router.get("/typical-cases", summary="全部案例和状态 / every case")
@needs(Act.OFFICE, *EVERY_CLASS)
def board(reader: Reading, services: Serving) -> CaseBoard:
    """Every case ever put forward, and what has become of it."""
    return case_board(reader, services.office.store)


@router.post("/typical-cases", status_code=201, summary="提出案例 / put forward")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def put(body: CaseBody, reader: Now, services: Serving) -> CaseAct:
    """Put a case forward; another person lets it pass."""
    told = body.model_dump()
    by = told.pop("by")
    made = propose_case(reader, services.office.store, CaseRequest(**told), by=by)
    return CaseAct(made.number, made.proposed_by, made.approved_by, made.ended_by)


@router.post("/typical-cases/{number:int}/approval", summary="批准案例 / approve")
@needs(Act.OFFICE, *EVERY_CLASS)
def let_pass(number: Number, body: CaseApproval, reader: Now, services: Serving) -> CaseAct:
    """By another person than its proposer; all is looked at again."""
    made = approve_case(reader, services.office.store, number, by=body.by)
    return CaseAct(made.number, made.proposed_by, made.approved_by, made.ended_by)


@router.post("/typical-cases/{number:int}/withdrawal", summary="撤下案例 / take back")
@needs(Act.OFFICE, *EVERY_CLASS)
def take_back(number: Number, body: CaseEnd, services: Serving) -> CaseAct:
    """Take a case back, or withdraw what waits."""
    made = withdraw_case(services.office.store, number, by=body.by, because=body.because)
    return CaseAct(made.number, made.proposed_by, made.approved_by, made.ended_by)
