"""Pages of places: credit villages and towns against the thresholds of the place, grades by group."""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, waiting
from graph.errors import NotFoundError
from queries.eligibility.scorecard.village import town_of
from queries.lending import village_loans
from queries.reader import Reader

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信贷", 30, "/places", "信用村镇", "各村信用户占比、当地标准、是否达标、何时复评"),
    Entry("信贷", 40, "/grades", "信用等级", "等级按性别、年龄段、村的分布，哪些项目不得使用"),
)

#: Loans of a village that its page shows; all of them are in its file.
_LOANS = 50
_DOING = "正在按全区的农户和贷款计算信用村镇和等级分布。"


@router.get("/places")
@needs(Act.ASK, *EVERY_CLASS)
def places(request: Request, reader: Reading) -> HTMLResponse:
    """Every town with its villages."""
    found = reader.places_ready(within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here="/places")
    return page("places.html", here="/places", found=found)


@router.get("/places/{division}")
@needs(Act.ASK, *EVERY_CLASS)
def place(
    request: Request, reader: Reading, division: Annotated[str, Path(max_length=64)]
) -> HTMLResponse:
    """One village or town."""
    found = reader.places_ready(within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here="/places")
    check = found.find(division)
    division = check.division  # asked for by a former code, it is told under that of today
    loans = () if division in found.towns else village_loans(reader, division, within=PATIENCE)
    if loans is None:
        return waiting(request, _DOING, here="/places")
    shown = loans[: rows_shown(_LOANS)]
    return page(
        "place.html",
        here="/places",
        found=found,
        check=check,
        is_town=division in found.towns,
        town=town_of(division),
        named=found.rules.named_for(division),
        grades=found.grades_of(division),
        summary=_summary(reader, division) if division not in found.towns else None,
        loans=shown,
        more_loans=len(loans) - len(shown),
        called=reader.names({loan.unit for loan in shown}),
        lenders=reader.institution_names(),
    )


def _summary(reader: Reader, village: str) -> dict[str, Any] | None:
    """What the village has in all; of a place that the graph does not know, nothing."""
    with suppress(NotFoundError):
        return next(iter(reader.ask("village_summary", key=village).rows), None)
    return None


@router.get("/grades")
@needs(Act.ASK, *EVERY_CLASS)
def grades(request: Request, reader: Reading) -> HTMLResponse:
    """Grades by sex, age band and village, with what may not be used and why."""
    found = reader.places_ready(within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here="/grades")
    order = sorted(found.grades, key=lambda row: ["sex", "age_band", "village"].index(row.by))
    groups = [(by, list(rows)) for by, rows in groupby(order, key=lambda row: row.by)]
    return page("grades.html", here="/grades", found=found, groups=groups, card=reader.card)
