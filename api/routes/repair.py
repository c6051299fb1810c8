"""Repair, objection, annulment of public records: cases, their acts, and what used a record.

Who acts is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Text, Whole
from api.dependencies import Body, Serving
from api.guarded import editable, if_match
from api.idempotency import once_by_key
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from ingest.repair import (
    CaseFile,
    CaseKind,
    CasePage,
    RecordFile,
    Withdrawn,
    act_on,
    case_of,
    cases,
    open_case,
    records_of,
    withdrawals_of,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1/repairs", tags=["repairs"])

Number = Annotated[Whole, Path(title="件号 / number of a case", ge=1, le=MOST)]
Given = dict[str, Text | list[Text] | dict[str, Text]]


class OpenRequest(Body):
    """申请修复、提出异议、登记撤销、法院屏蔽或期满未纠正."""

    kind: CaseKind = Field(title="事项 / kind of case")
    record_kind: Literal["Penalty", "ListEntry"] = Field(title="记录类别 / kind of record")
    record: str = Field(title="记录编号 / record key", max_length=255)
    by: str = Field(title="办理人 / who acts", max_length=64)
    stated: Given = Field(title="填写内容 / what is stated", default_factory=dict)


class ActRequest(Body):
    """办理一步."""

    act: str = Field(title="步骤 / act", max_length=16)
    by: str = Field(title="办理人 / who acts", max_length=64)
    stated: Given = Field(title="填写内容 / what is stated", default_factory=dict)


class DocumentRequest(Body):
    """按文书号查找记录."""

    document_no: str = Field(title="文书号 / document number", max_length=128)


class RecordRequest(Body):
    """一条记录."""

    record: str = Field(title="记录编号 / record key", max_length=255)


@dataclass(frozen=True)
class RecordsAnswer:
    """Records of one document, ended ones too: for the office that acts on them."""

    records: tuple[RecordFile, ...]


@dataclass(frozen=True)
class WithdrawnAnswer:
    """What used a record; `fact.withdrawn`."""

    record: str
    used_by: tuple[Withdrawn, ...]


@router.get("", summary="办理件 / cases")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("cases", key=lambda row: row.case.number)
def every(
    services: Serving,
    limit: Annotated[Whole, Query(ge=1, le=200)] = 50,
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> CasePage:
    """Cases with their clocks, overdue ones first."""
    return cases(services.office.settings, services.office.store, limit=limit, offset=offset)


@router.post("", status_code=201, summary="申请或登记 / open a case")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def begin(body: OpenRequest, services: Serving) -> CaseFile:
    """The first act of a case; an objection freezes the record at once."""
    return open_case(
        services.office.settings,
        body.kind,
        body.record_kind,
        body.record,
        by=body.by,
        stated=body.stated,
        store=services.office.store,
    )


@router.post("/records", summary="按文书号查找记录 / records of a document")
@needs(Act.OFFICE, *EVERY_CLASS)
def find(body: DocumentRequest, services: Serving) -> RecordsAnswer:
    """Penalties and entries of one document, by its number."""
    return RecordsAnswer(tuple(records_of(services.office.settings, body.document_no)))


@router.post("/withdrawn", summary="使用过该记录的判定、通报和导出 / what used a record")
@needs(Act.OFFICE, *EVERY_CLASS)
def withdrawn(body: RecordRequest, services: Serving) -> WithdrawnAnswer:
    """Kept decisions, bulletins, exports and case files that used a record."""
    found = withdrawals_of(services.office.settings, body.record, store=services.office.store)
    return WithdrawnAnswer(body.record, tuple(found))


@router.get("/{number:int}", summary="一件 / one case")
@needs(Act.OFFICE, *EVERY_CLASS)
@editable
def one(number: Number, services: Serving) -> CaseFile:
    """One case: record, regime, clocks, acts, receivers, and what may come next."""
    return case_of(services.office.settings, number, services.office.store)


@router.post("/{number:int}/acts", summary="办理一步 / act on a case")
@needs(Act.OFFICE, *EVERY_CLASS)
@if_match(one)
def act(number: Number, body: ActRequest, services: Serving) -> CaseFile:
    """One step forward; log and graph follow at once."""
    return act_on(
        services.office.settings,
        number,
        body.act,
        by=body.by,
        stated=body.stated,
        store=services.office.store,
    )
