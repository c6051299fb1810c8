"""Pages of the integrity of public bodies: figures, lists, the evaluation table, staff checks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import Whole
from api.dependencies import Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.english.speaking import message_of
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from graph.errors import ForbiddenError, InputError, NotFoundError
from graph.identifiers.redaction import redacted
from queries.government import (
    DISCLOSURE_STATES,
    FINDINGS,
    OUTCOMES,
    STATES,
    StaffAnswer,
    check_rules,
    check_staff,
    claims,
    commitments,
    disclosure_list,
    enter_value,
    evaluate,
    figure_rows,
    government_book,
    interest_rules,
    listed,
    staff_log,
    summary,
)

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE = "/government"
ENTRIES = (
    Entry("信用办", 94, _HERE, "政务诚信", "拖欠账款和利息、政务承诺、公开、评价，录用核查"),
)

#: Rows on a page.
_ON_A_PAGE = 50
_OK, _FORBIDDEN, _UNPROCESSABLE = 200, 403, 422
_FIRST_YEAR = 2020

Of = Annotated[str, Query(max_length=128)]
State = Annotated[str, Query(max_length=32)]
Offset = Annotated[Whole, Query(ge=0, le=1_000_000)]
Year = Annotated[Whole | None, Query(ge=_FIRST_YEAR, le=2100)]


@router.get("/government")
@needs(Act.OFFICE, *EVERY_CLASS)
def government(reader: Reading) -> HTMLResponse:
    """The alarm, the figures, and who is listed."""
    book = government_book(reader)
    return page(
        "government.html",
        here=_HERE,
        found=summary(book),
        listed=listed(book),
        rules=interest_rules(),
    )


@router.get("/government/arrears")
@needs(Act.OFFICE, *EVERY_CLASS)
def arrears(
    reader: Reading, state: State = "", body: Of = "", finding: State = "", offset: Offset = 0
) -> HTMLResponse:
    """Contracts with what is owed, and how the interest comes about."""
    found = claims(
        government_book(reader), state=state, body=body, finding=finding, limit=rows_shown(_ON_A_PAGE),
        offset=offset,
    )  # fmt: skip
    return page(
        "government_arrears.html",
        here=_HERE,
        found=found,
        states=STATES,
        findings=FINDINGS,
        state=state,
        body=body,
        finding=finding,
        step=_ON_A_PAGE,
        rules=interest_rules(),
    )


@router.get("/government/commitments")
@needs(Act.OFFICE, *EVERY_CLASS)
def promised(reader: Reading, state: State = "", body: Of = "", offset: Offset = 0) -> HTMLResponse:
    """Commitments and what became of them."""
    found = commitments(
        government_book(reader), state=state, body=body, limit=rows_shown(_ON_A_PAGE), offset=offset
    )
    return page(
        "government_commitments.html", here=_HERE, found=found, states=OUTCOMES, state=state,
        body=body, step=_ON_A_PAGE,
    )  # fmt: skip


@router.get("/government/disclosures")
@needs(Act.OFFICE, *EVERY_CLASS)
def disclosed(
    reader: Reading, state: State = "", body: Of = "", offset: Offset = 0
) -> HTMLResponse:
    """By body and year: whether it was told to the public by 31 March."""
    found = disclosure_list(
        government_book(reader), state=state, body=body, limit=rows_shown(_ON_A_PAGE), offset=offset
    )
    return page(
        "government_disclosures.html", here=_HERE, found=found, states=DISCLOSURE_STATES,
        state=state, body=body, step=_ON_A_PAGE,
    )  # fmt: skip


@router.get("/government/evaluation")
@needs(Act.OFFICE, *EVERY_CLASS)
def evaluation(
    reader: Reading, services: Serving, year: Year = None, offset: Offset = 0
) -> HTMLResponse:
    """The table of a year, and the form for what facts do not give."""
    return _evaluation(reader, services, year, offset)


@router.get("/government/evaluation/rows")
@needs(Act.OFFICE, *EVERY_CLASS)
def rows(
    reader: Reading,
    services: Serving,
    body: Annotated[str, Query(max_length=128)],
    indicator: Annotated[str, Query(max_length=64)],
    year: Annotated[Whole, Query(ge=_FIRST_YEAR, le=2100)],
) -> HTMLResponse:
    """What was counted in one number."""
    store = services.office.store
    table = evaluate(reader, store, year, body=body)
    return page(
        "government_rows.html",
        here=_HERE,
        table=table,
        line=next((one for one in table.indicators if one.id == indicator), None),
        body=body,
        found=figure_rows(reader, store, year, body, indicator),
        shown=_ON_A_PAGE,
    )


@router.post("/government/evaluation/values")
@needs(Act.OFFICE, *EVERY_CLASS)
def value(reader: Reading, services: Serving, form: TypedForm) -> Response:
    """Enter a value by hand."""
    year = form.get("year", "")
    try:
        wanted, numerator = _number(year), _number(form.get("numerator", ""), of="分子")
        if wanted is None or numerator is None:
            raise InputError(
                "请选择年度，并填写分子。",
                "Choose a year and give a numerator.",
                code="value_wrong",
            )
        enter_value(
            reader, services.office.store, wanted, form.get("body", ""), form.get("indicator", ""),
            numerator=numerator,
            denominator=_number(form.get("denominator", ""), of="分母"),
            evidence=form.get("evidence", ""), by=form.get("by", ""),
        )  # fmt: skip
    except (InputError, NotFoundError) as error:
        known = int(year) if year.isdecimal() and _FIRST_YEAR <= int(year) <= 2100 else None
        return _evaluation(reader, services, known, 0, given=form, error=message_of(error))
    return see_other(f"/government/evaluation?year={wanted}")


@router.get("/government/staff-checks")
@needs(Act.OFFICE, *EVERY_CLASS)
def staff_checks(services: Serving, offset: Offset = 0) -> HTMLResponse:
    """The form, and who asked before."""
    return _staff(services, {}, offset=offset)


@router.post("/government/staff-checks")
@needs(Act.OFFICE, *EVERY_CLASS)
def staff_check(reader: Reading, services: Serving, form: TypedForm) -> HTMLResponse:
    """Ask about one person; his number comes back on no page."""
    number = form.pop("resident_id", "")
    # a number typed into another field comes back as little
    shown = {name: redacted(value) for name, value in form.items()}
    try:
        answer = check_staff(
            reader, services.office.store, services.office.settings, number,
            ground=form.get("ground", ""), authority=form.get("authority", ""),
            purpose=form.get("purpose", ""), by=form.get("by", ""),
        )  # fmt: skip
    except (InputError, ForbiddenError) as error:
        status = _FORBIDDEN if isinstance(error, ForbiddenError) else _UNPROCESSABLE
        return _staff(services, shown, error=message_of(error), status=status)
    return _staff(services, shown, answer=answer)


def _staff(
    services: Serving,
    given: dict[str, str],
    *,
    answer: StaffAnswer | None = None,
    error: str = "",
    status: int = _OK,
    offset: int = 0,
) -> HTMLResponse:
    return page(
        "government_staff.html",
        status,
        here=_HERE,
        given=given,
        answer=answer,
        error=error,
        grounds=check_rules().grounds,
        log=staff_log(services.office.store, limit=rows_shown(_ON_A_PAGE), offset=offset),
        step=_ON_A_PAGE,
    )


def _evaluation(
    reader: Reading,
    services: Serving,
    year: int | None,
    offset: int,
    *,
    given: dict[str, str] | None = None,
    error: str = "",
) -> HTMLResponse:
    chosen = year or max(reader.moment.as_of.year, _FIRST_YEAR)
    found = evaluate(reader, services.office.store, chosen)
    return page(
        "government_evaluation.html",
        _UNPROCESSABLE if error else _OK,
        here=_HERE,
        found=found,
        shown=list(found.bodies)[offset : offset + rows_shown(_ON_A_PAGE)],
        offset=offset,
        step=_ON_A_PAGE,
        given=given or {},
        error=error,
        figures={(one.body, one.indicator): one for one in found.figures},
        every=government_book(reader).bodies,
    )


def _number(text: str, *, of: str = "") -> int | None:
    """A whole number; None where nothing was written.  Raises `InputError` (`value_wrong`)."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise InputError(f"{of or '年度'}应为整数。", "Not a whole number.", code="value_wrong")
    return int(text)
