"""Pages of credit points: who takes part, what one has line by line, and the rules."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Key, Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.english.speaking import message_of
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from graph.errors import InputError, NotFoundError
from graph.schema.public_record import LEVELS
from graph.time import parse_date
from queries.points import (
    NOTICE,
    end_points_share,
    join_points,
    leave_points,
    load_points,
    participants,
    points_of,
    share_points,
)

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信用办", 90, "/points", "信用积分", "自愿参加，只激励：谁参加、每一分从哪里来"),)

#: Rows on a page.
_ON_A_PAGE = 50
_OK, _UNPROCESSABLE = 200, 422

Number = Annotated[Whole, Path(ge=1, le=MOST)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]


@router.get("/points")
@needs(Act.OFFICE, *EVERY_CLASS)
def listed(reader: Reading, services: Serving, offset: Offset = 0) -> HTMLResponse:
    """Who takes part, and the form of an application."""
    return _listed(reader, services, offset=offset)


@router.post("/points")
@needs(Act.OFFICE, *EVERY_CLASS)
def join(reader: Reading, services: Serving, form: TypedForm) -> Response:
    """Take an application."""
    key = form.get("subject", "")
    try:
        join_points(
            reader,
            services.office.store,
            key,
            application=form.get("application", ""),
            by=form.get("by", ""),
        )
    except (InputError, NotFoundError) as error:
        return _listed(reader, services, given=form, error=message_of(error))
    return see_other("/points")


@router.get("/points/rules")
@needs(Act.LOOK)
def rules() -> HTMLResponse:
    """Every configuration, with what was not found."""
    return page(
        "points_rules.html", here="/points", rules=load_points(), levels=LEVELS, notice=NOTICE
    )


@router.get("/parties/{key}/points")
@needs(Act.ASK, *EVERY_CLASS)
def points(key: Key, reader: Reading, services: Serving) -> HTMLResponse:
    """What a participant has, line by line."""
    told = points_of(reader, services.office.store, key)
    names = reader.names(one.institution for one in told.shares)
    return page("points_party.html", here="/points", told=told, names=names)


@router.post("/points/{number}/leaving")
@needs(Act.OFFICE, *EVERY_CLASS)
def leave(number: Number, services: Serving, form: TypedForm) -> Response:
    """A subject takes part no more."""
    leave_points(services.office.store, number, by=form.get("by", ""), why=form.get("why", ""))
    return see_other("/points")


@router.post("/points/{number}/shares")
@needs(Act.OFFICE, *EVERY_CLASS)
def share(number: Number, reader: Reading, services: Serving, form: TypedForm) -> Response:
    """A participant lets an institution see."""
    share_points(
        reader,
        services.office.store,
        number,
        form.get("institution", ""),
        purpose=form.get("purpose", ""),
        until_on=parse_date(form.get("until_on", "")),
        by=form.get("by", ""),
    )
    return see_other("/points")


@router.post("/points/shares/{number}/end")
@needs(Act.OFFICE, *EVERY_CLASS)
def end_share(number: Number, services: Serving, form: TypedForm) -> Response:
    """An institution may see no more."""
    end_points_share(services.office.store, number, by=form.get("by", ""))
    return see_other("/points")


def _listed(
    reader: Reading,
    services: Serving,
    *,
    offset: int = 0,
    given: dict[str, str] | None = None,
    error: str = "",
) -> HTMLResponse:
    return page(
        "points.html",
        _UNPROCESSABLE if error else _OK,
        here="/points",
        found=participants(
            reader, services.office.store, limit=rows_shown(_ON_A_PAGE), offset=offset
        ),
        offset=offset,
        step=_ON_A_PAGE,
        given=given or {},
        error=error,
    )
