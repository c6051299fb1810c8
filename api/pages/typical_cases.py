"""Pages of typical cases: what everybody sees, and the office's work on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Now, Reading, Serving
from api.needs import EVERY_CLASS, needs, open_to_all
from api.pages.english.speaking import message_of
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from graph.errors import InputError
from graph.information import InformationClass
from queries.reader import Reader
from queries.typical_cases import (
    CASE_KINDS,
    CaseRequest,
    approve_case,
    case_board,
    propose_case,
    shown_cases,
    withdraw_case,
)

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信用办", 99, "/typical-cases", "典型案例", "两人批准、到期撤下，不写自然人"),)

_ON_A_PAGE = 50
_OK, _UNPROCESSABLE = 200, 422
_FIELDS = (*CaseRequest.__dataclass_fields__, "by")

Number = Annotated[Whole, Path(ge=1, le=MOST)]
Offset = Annotated[Whole, Query(ge=0, le=1_000_000)]


@router.get("/public/typical-cases")
@needs(Act.LOOK, InformationClass.PUBLIC_RECORD, InformationClass.REGISTER)
@open_to_all
def shown(reader: Now, services: Serving, offset: Offset = 0) -> HTMLResponse:
    """What everybody sees."""
    told = shown_cases(reader, services.office.store)
    return page(
        "public_cases.html",
        here="/public",
        told=told,
        cases=told.cases[offset : offset + rows_shown(_ON_A_PAGE)],
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.get("/typical-cases")
@needs(Act.OFFICE, *EVERY_CLASS)
def board(reader: Reading, services: Serving, offset: Offset = 0) -> HTMLResponse:
    """Every case, and the form for another."""
    return _board(reader, services, {}, offset=offset)


@router.post("/typical-cases")
@needs(Act.OFFICE, *EVERY_CLASS)
def put(reader: Now, services: Serving, form: TypedForm) -> Response:
    """Put a case forward."""
    try:
        propose_case(reader, services.office.store, CaseRequest.of(form), by=form.get("by", ""))
    except InputError as error:
        return _board(reader, services, form, error=message_of(error))
    return see_other("/typical-cases")


@router.post("/typical-cases/{number:int}/approval")
@needs(Act.OFFICE, *EVERY_CLASS)
def let_pass(number: Number, reader: Now, services: Serving, form: TypedForm) -> Response:
    """The second person."""
    approve_case(reader, services.office.store, number, by=form.get("by", ""))
    return see_other("/typical-cases")


@router.post("/typical-cases/{number:int}/withdrawal")
@needs(Act.OFFICE, *EVERY_CLASS)
def take_back(number: Number, services: Serving, form: TypedForm) -> Response:
    """Take it back."""
    withdraw_case(
        services.office.store, number, by=form.get("by", ""), because=form.get("because", "")
    )
    return see_other("/typical-cases")


def _board(
    reader: Reader, services: Serving, given: dict[str, str], *, error: str = "", offset: int = 0
) -> HTMLResponse:
    told = case_board(reader, services.office.store)
    return page(
        "typical_cases.html",
        _UNPROCESSABLE if error else _OK,
        here="/typical-cases",
        told=told,
        cases=told.cases[offset : offset + rows_shown(_ON_A_PAGE)],
        offset=offset,
        step=_ON_A_PAGE,
        kinds=CASE_KINDS,
        given={**dict.fromkeys(_FIELDS, ""), **given},
        error=error,
    )
