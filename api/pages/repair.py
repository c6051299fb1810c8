"""The pages of repair and objection: cases with their clocks, one case, a new one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Serving
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from graph.schema import SCHEMA
from ingest.repair import (
    ACTS,
    KINDS,
    ONLY,
    STATES,
    CaseKind,
    OnlyCases,
    act_on,
    case_of,
    cases,
    open_case,
    records_of,
    withdrawals_of,
)
from ingest.repair.stated import fields_of, titles
from queries.lawful import repair_law

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信用办", 40, "/repairs", "名单与修复", "修复、异议、撤销的办理和时限"),)

_ON_A_PAGE = 30
_LONG = 500
#: First acts by kind, in the order of the page.
_FIRST = {"repair": "apply", "objection": "file", "annulment": "propose", "shield": "propose", "expiry": "note"}  # fmt: skip


class _Form(BaseModel):
    """Everything that a form of an act may hold; empty is not stated."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(default="", max_length=64)
    reason: str = Field(default="", max_length=_LONG)
    corrected: str = Field(default="", max_length=_LONG)
    duties_performed: str = Field(default="", max_length=_LONG)
    minimum_over: str = Field(default="", max_length=_LONG)
    commitment: str = Field(default="", max_length=_LONG)
    documents: list[str] = Field(default_factory=list, max_length=8)
    credit_class: str = Field(default="", max_length=32)
    classed_by: str = Field(default="", max_length=128)
    decision_served_on: str = Field(default="", max_length=16)
    notice_served_on: str = Field(default="", max_length=16)
    applicant: str = Field(default="", max_length=128)
    evidence: str = Field(default="", max_length=_LONG)
    document_no: str = Field(default="", max_length=128)
    annulled_on: str = Field(default="", max_length=16)
    court: str = Field(default="", max_length=128)
    ruling_no: str = Field(default="", max_length=128)
    begins: str = Field(default="", alias="from", max_length=16)
    to: str = Field(default="", max_length=16)
    authority: str = Field(default="", max_length=128)
    clause: str = Field(default="", max_length=_LONG)
    until: str = Field(default="", max_length=16)
    receiver: str = Field(default="", max_length=32)
    acknowledged_on: str = Field(default="", max_length=16)

    def stated(self) -> dict[str, Any]:
        """What was filled in, as an act takes it."""
        given = {name: value for name, value in self.model_dump(by_alias=True).items() if value}
        conditions = {name: given.pop(name) for name in repair_law().conditions if name in given}
        return {name: value for name, value in given.items() if name not in ("by", "act")} | (
            {"conditions": conditions} if conditions else {}
        )


class _Opening(_Form):
    kind: CaseKind
    record_kind: Literal["Penalty", "ListEntry"]
    record: str = Field(max_length=255)

    def stated(self) -> dict[str, Any]:
        """What was filled in, without what it is about."""
        about = ("kind", "record_kind", "record")
        return {name: value for name, value in super().stated().items() if name not in about}


class _Acting(_Form):
    act: str = Field(max_length=16)


@router.get("/repairs")
@needs(Act.OFFICE, *EVERY_CLASS)
def desk(
    services: Serving, only: OnlyCases = "", offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0
) -> HTMLResponse:
    """Cases, overdue ones first; or those alone whose clock runs, or has run out."""
    found = cases(
        services.office.settings, services.office.store,
        limit=rows_shown(_ON_A_PAGE), offset=offset, only=only,
    )  # fmt: skip
    return page(
        "repairs.html",
        here="/repairs",
        found=found,
        only=only,
        choices=ONLY,
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.post("/repairs/records")
@needs(Act.OFFICE, *EVERY_CLASS)
def records(
    services: Serving, document_no: Annotated[str, Form(max_length=128)] = ""
) -> HTMLResponse:
    """Records of a document, each with the forms by which a case about it is opened."""
    return page(
        "repair_new.html",
        here="/repairs",
        document_no=document_no,
        records=records_of(services.office.settings, document_no),
        forms=[(kind, KINDS[kind], act, ACTS[act], fields_of(kind, act)) for kind, act in _FIRST.items()],
        law=repair_law(),
        SCHEMA_TERMS={kind: SCHEMA.nodes[kind].term for kind in ("Penalty", "ListEntry")},
    )  # fmt: skip


@router.post("/repairs")
@needs(Act.OFFICE, *EVERY_CLASS)
def begin(services: Serving, form: Annotated[_Opening, Form()]) -> Response:
    """Open a case."""
    made = open_case(
        services.office.settings,
        form.kind,
        form.record_kind,
        form.record,
        by=form.by,
        stated=form.stated(),
        store=services.office.store,
    )
    return see_other(f"/repairs/{made.case.number}")


@router.get("/repairs/{number}")
@needs(Act.OFFICE, *EVERY_CLASS)
def one(services: Serving, number: Annotated[Whole, Path(ge=1, le=MOST)]) -> HTMLResponse:
    """One case with its clocks and the forms of what may come next."""
    held = case_of(services.office.settings, number, services.office.store)
    return page(
        "repair_case.html",
        here="/repairs",
        item=held,
        law=repair_law(),
        used_by=withdrawals_of(
            services.office.settings, held.case.record, store=services.office.store
        ),
        ACT_WORDS=ACTS,
        titles=titles,
        STATE_WORDS=STATES,
    )


@router.post("/repairs/{number}/acts")
@needs(Act.OFFICE, *EVERY_CLASS)
def act(
    services: Serving,
    number: Annotated[Whole, Path(ge=1, le=MOST)],
    form: Annotated[_Acting, Form()],
) -> Response:
    """One step forward."""
    act_on(
        services.office.settings,
        number,
        form.act,
        by=form.by,
        stated=form.stated(),
        store=services.office.store,
    )
    return see_other(f"/repairs/{number}")
