"""Pages of visits: what was found, entered on a telephone; what it became; the form on paper."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Reading, Scoped, Serving
from api.financing import desk_for, reads_figures_alone
from api.needs import EVERY_CLASS, needs
from api.pages.english.speaking import message_of
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from api.services import Services
from api.visit_form import PAPERS, papers_offered, shown_again, visit_of
from graph.errors import ForbiddenError, InputError
from graph.time import today, utc_now
from ingest.financing import OUTCOMES, VisitDesk
from queries.eligibility.decisions.prospects import brought
from queries.eligibility.scorecard.village import town_of
from queries.reader import Reader
from queries.scope import Scope

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry(
        "信贷", 22, "/visits", "走访记录", "走访结果、看到的材料、下次走访，有意愿的转为融资需求"
    ),
)

_ON_A_PAGE = 50
_OK, _UNPROCESSABLE = 200, 422

Number = Annotated[Whole, Path(ge=1, le=MOST)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]
Place = Annotated[str, Path(max_length=64)]


@router.get("/visits")
@needs(Act.FINANCE, *EVERY_CLASS)
def visits(
    reader: Reading,
    services: Serving,
    scope: Scoped,
    outcome: Annotated[str, Query(max_length=16)] = "",
    due: bool = False,
    offset: Offset = 0,
) -> Response:
    """Visits of one's institution, the newest first; `due`: those that are to be repeated by today."""
    if reads_figures_alone(scope):
        return see_other("/financing/figures")
    every = _desk(services, scope).all(reader)
    day = today()
    last = {one.subject: one.number for one, _ in reversed(every)}
    found = [
        (one, name)
        for one, name in every
        if (not outcome or one.outcome == outcome)
        and (not due or (one.next_on is not None and one.next_on <= day and last[one.subject] == one.number))
    ]  # fmt: skip
    return page(
        "visits.html",
        here="/visits",
        found=found[offset : offset + rows_shown(_ON_A_PAGE)],
        total=len(found),
        outcomes=OUTCOMES,
        outcome=outcome,
        due=due,
        day=day,
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.get("/visits/{number}")
@needs(Act.FINANCE, *EVERY_CLASS)
def visit(number: Number, reader: Reading, services: Serving, scope: Scoped) -> HTMLResponse:
    """One, and whether it may become a demand."""
    return _visit(reader, _desk(services, scope), number)


@router.post("/visits/{number}/demand")
@needs(Act.FINANCE, *EVERY_CLASS)
def demand(
    number: Number, reader: Reading, services: Serving, scope: Scoped, form: TypedForm
) -> Response:
    """Have what is wanted be a demand of the loop; twice is once."""
    desk = _desk(services, scope)
    try:
        made = desk.demand(reader, number, by=form.get("by", ""), at=utc_now())
    except (InputError, ForbiddenError) as error:
        return _visit(reader, desk, number, error=message_of(error))
    return see_other(f"/financing/demands/{made}")


@router.get("/parties/{subject}/visit")
@needs(Act.FINANCE, *EVERY_CLASS)
def blank(
    subject: str,
    reader: Reading,
    services: Serving,
    scope: Scoped,
    village: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """The form, one column wide; it has a number of its own, under which it is kept once."""
    given = {"reference": token_urlsafe(16), "visited_on": today().isoformat(), "village": village}
    return _form(reader, _desk(services, scope), subject, given)


@router.post("/parties/{subject}/visit")
@needs(Act.FINANCE, *EVERY_CLASS)
def keep(
    subject: str, reader: Reading, services: Serving, scope: Scoped, form: TypedForm
) -> Response:
    """Keep what was found."""
    desk = _desk(services, scope)
    try:
        made = desk.keep(reader, subject, at=utc_now(), **visit_of(form))
    except InputError as error:
        return _form(reader, desk, subject, shown_again(form), error=message_of(error))
    return see_other(f"/visits/{made.number}")


@router.get("/visits/{village}/form")
@needs(Act.ASK)
def on_paper(village: Place, reader: Reading) -> HTMLResponse:
    """The same form on paper, for where there is no line; it names nobody."""
    names = reader.division_names()
    return page(
        "visit_paper.html",
        here="/prospects",
        village=village,
        village_name=names.get(village, ""),
        town_name=names.get(town_of(village), ""),
        brought=brought(),
        outcomes=OUTCOMES,
        papers=PAPERS + 2,
    )


def _desk(services: Services, scope: Scope) -> VisitDesk:
    desk = desk_for(services, scope)
    return VisitDesk(desk.office, desk.institution, desk.has_consent, desk.note)


def _visit(reader: Reader, desk: VisitDesk, number: int, *, error: str = "") -> HTMLResponse:
    found = desk.look(reader, number)
    return page(
        "visit.html",
        _UNPROCESSABLE if error else _OK,
        here="/visits",
        one=found,
        name=reader.name(found.subject),
        village_name=reader.division_names().get(found.village, ""),
        outcomes=OUTCOMES,
        may_demand=desk.may_demand(found, at=utc_now()),
        error=error,
    )


def _form(
    reader: Reader, desk: VisitDesk, key: str, given: dict[str, str], *, error: str = ""
) -> HTMLResponse:
    subject = desk.seen(reader, key)
    return page(
        "visit_form.html",
        _UNPROCESSABLE if error else _OK,
        here="/visits",
        subject=subject,
        name=reader.name(subject),
        masked=reader.masked(subject),
        before=[one for one, _ in desk.all(reader, subject=subject)],
        village_name=reader.division_names().get(given.get("village", ""), ""),
        brought=brought(),
        outcomes=OUTCOMES,
        papers=range(1, PAPERS + 1),
        kinds=papers_offered(),
        given=given,
        error=error,
    )
