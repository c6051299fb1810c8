"""Pages of measures: what goes too far, the catalogue, what was applied here, and incentives."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
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
from graph.errors import InputError, NotFoundError
from queries.measures import (
    FAULTS,
    ROLES,
    VERDICTS,
    Admission,
    MeasureRequest,
    OverreachAnswer,
    approve_measure,
    check_measure,
    lift_measure,
    load_incentives,
    load_measures,
    load_overreach,
    measure_register,
    propose_measure,
    use_incentive,
    used_incentives,
)
from queries.measures.catalogue import SURE

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信用办", 50, "/measures", "措施与越权", "惩戒措施逐项核对，不当的列出依法怎样办"),
)

#: Rows on a page.
_ON_A_PAGE = 50
_OK, _UNPROCESSABLE = 200, 422

MeasureId = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Offset = Annotated[Whole, Query(ge=0, le=1_000_000)]


@router.get("/measures")
@needs(Act.OFFICE, *EVERY_CLASS)
def overreach(
    reader: Reading,
    services: Serving,
    kind: Annotated[str, Query(max_length=64)] = "",
    area: Annotated[str, Query(max_length=32)] = "",
    offset: Offset = 0,
) -> HTMLResponse:
    """What goes too far, by kind; each with the clauses that were checked and the lawful way."""
    found = OverreachAnswer.of(
        measure_register(reader, services.office.store), code=kind, area=area
    )
    return page(
        "measures.html",
        here="/measures",
        found=found,
        shown=found.findings[offset : offset + rows_shown(_ON_A_PAGE)],
        kind=kind,
        area=area,
        offset=offset,
        step=_ON_A_PAGE,
        kinds=load_overreach().kinds,
        faults=FAULTS,
        areas=load_measures().areas,
        roles=ROLES,
        verdicts=VERDICTS,
    )


@router.get("/measures/catalogue")
@needs(Act.OFFICE, *EVERY_CLASS)
def catalogue(area: Annotated[str, Query(max_length=32)] = "") -> HTMLResponse:
    """Every lawful measure with its clause."""
    book = load_measures()
    return page(
        "measure_catalogue.html",
        here="/measures",
        book=book,
        area=area,
        measures=[item for item in book.measures if area in ("", item.area)],
        sure=SURE,
        roles=ROLES,
    )


@router.get("/measures/applied")
@needs(Act.OFFICE, *EVERY_CLASS)
def applied(reader: Reading, services: Serving) -> HTMLResponse:
    """What was put forward here and what became of it, and the form for another."""
    return _applied(reader, services, {})


@router.post("/measures/applied")
@needs(Act.OFFICE, *EVERY_CLASS)
def put(reader: Reading, services: Serving, form: TypedForm) -> Response:
    """Check every clause; `action=keep` puts the measure forward where all hold."""
    action, by = form.pop("action", "look"), form.pop("by", "")
    given = dict(form)
    try:
        asked = MeasureRequest.of(form)
        if action == "keep":
            propose_measure(reader, services.office.store, asked, by=by)
            return see_other("/measures/applied")
        answer = check_measure(reader, asked)
    except (InputError, NotFoundError) as error:
        return _applied(reader, services, given, error=message_of(error))
    return _applied(reader, services, given, answer=answer)


@router.post("/measures/applied/{measure}/approval")
@needs(Act.OFFICE, *EVERY_CLASS)
def let_pass(reader: Reading, services: Serving, measure: MeasureId, form: TypedForm) -> Response:
    """The second person."""
    approve_measure(reader, services.office.store, measure, by=form.get("by", ""))
    return see_other("/measures/applied")


@router.post("/measures/applied/{measure}/lifting")
@needs(Act.OFFICE, *EVERY_CLASS)
def lift(services: Serving, measure: MeasureId, form: TypedForm) -> Response:
    """Lift, or withdraw what waits."""
    lift_measure(services.office.store, measure, by=form.get("by", ""), why=form.get("why", ""))
    return see_other("/measures/applied")


@router.get("/measures/incentives")
@needs(Act.OFFICE, *EVERY_CLASS)
def incentives(
    reader: Reading,
    services: Serving,
    incentive: Annotated[str, Query(max_length=64)] = "",
    offset: Offset = 0,
) -> HTMLResponse:
    """What may be offered, how often it was used and by whom."""
    used = used_incentives(reader, measure_register(reader, services.office.store))
    rows = [item for item in used.uses if incentive in ("", item.incentive)]
    return page(
        "incentives.html",
        here="/measures",
        book=load_incentives(),
        titles={item.id: item.title for item in load_incentives().incentives},
        used=used,
        rows=rows[offset : offset + rows_shown(_ON_A_PAGE)],
        total=len(rows),
        incentive=incentive,
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.post("/measures/incentives")
@needs(Act.OFFICE, *EVERY_CLASS)
def use(reader: Reading, services: Serving, form: TypedForm) -> Response:
    """Note that somebody was given an incentive."""
    use_incentive(
        reader,
        services.office.store,
        form.get("incentive", ""),
        form.get("subject", ""),
        ground=form.get("ground", ""),
        provider=form.get("provider", ""),
        by=form.get("by", ""),
    )
    return see_other("/measures/incentives")


def _applied(
    reader: Reading,
    services: Serving,
    given: dict[str, str],
    *,
    answer: Admission | None = None,
    error: str = "",
) -> HTMLResponse:
    register = measure_register(reader, services.office.store)
    return page(
        "measures_applied.html",
        _UNPROCESSABLE if error else _OK,
        here="/measures",
        applied=[item for item in register.applied if item.kept.kind == "punishment"][::-1][
            :_ON_A_PAGE
        ],
        total=len(register.applied),
        basis_told=register.basis,
        book=load_measures(),
        given=given,
        answer=answer,
        error=error,
        roles=ROLES,
        verdicts=VERDICTS,
    )
