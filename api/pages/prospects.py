"""Pages of prospects: how many in which village, and a village's visit sheet to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, see_other, waiting
from api.security import may
from api.security.shown_to import shown_to
from queries.eligibility.decisions.prospects import NOTHING, brought
from queries.eligibility.decisions.visit_sheet import VisitedHousehold, visited_households
from queries.eligibility.scorecard.village import town_of

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry(
        "信贷", 20, "/prospects", "首贷培植", "哪些农户和主体还没有已知贷款，只差什么；打印走访名单"
    ),
)

#: Prospects of the board on a page.
_ON_A_PAGE = 30

_DOING = "正在为全区每一户、每个产品测算：还没有已知贷款的有谁，只差什么。"

Village = Annotated[str, Path(max_length=64)]
Division = Annotated[str, Query(max_length=64)]
Most = Annotated[Whole, Query(ge=0, le=20)]


@router.get("/prospects")
@needs(Act.ASK, *EVERY_CLASS)
def summary(
    request: Request,
    reader: Reading,
    product: Annotated[str, Query(max_length=64)] = "",
    town: Division = "",
    village: Division = "",
    lacks: Annotated[str, Query(max_length=64)] = "",
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> HTMLResponse:
    """By village, and who is nearest, for one product: the one with the most who are ready unless
    another is asked."""
    found = reader.prospects_ready(within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here="/prospects")
    rows = found.summary()
    totals = found.totals()
    if product not in totals:
        product = max(totals, key=lambda name: totals[name].ready, default="")
    places = reader.division_names()
    of_product = [row for row in rows if row.product == product]
    shown = [
        {**vars(row), "town": town_of(row.village)}
        for row in of_product
        if (not town or town_of(row.village) == town) and (not village or row.village == village)
    ]
    board = found.board(
        villages={row["village"] for row in shown} if town or village else None,
        product=product or None, lacks=lacks, limit=rows_shown(_ON_A_PAGE), offset=offset,
    )  # fmt: skip
    return page(
        "prospects.html",
        here="/prospects",
        found=found,
        stated=reader.basis,
        totals=totals,
        product=product,
        rows=shown,
        most=max((row["ready"] + row["one_missing"] for row in shown), default=0) or 1,
        towns=_named({town_of(row.village) for row in of_product}, places),
        villages=_named(
            {row.village for row in of_product if not town or town_of(row.village) == town}, places
        ),
        town=town,
        village=village,
        lacks=lacks,
        nothing=NOTHING,
        board=board,
        offset=offset,
        step=_ON_A_PAGE,
        brought=brought(),
        places=places,
    )


def _named(keys: set[str], places: Mapping[str, str]) -> dict[str, str]:
    """Places by key, in the order of their names; one that nobody names is not offered."""
    told = {key: places[key] for key in keys if key in places}
    return dict(sorted(told.items(), key=lambda one: one[1]))


@router.get("/villages/{village}/prospects")
@needs(Act.ASK, *EVERY_CLASS)
def visit_sheet(
    request: Request,
    reader: Reading,
    village: Village,
    assessor: Annotated[str, Query(max_length=128)] = "",
    product: Annotated[str, Query(max_length=64)] = "",
    most: Most = 1,
) -> HTMLResponse:
    """A village's visit sheet, to print and take along."""
    return _sheet(request, reader, village, assessor, product, most, None)


@router.post("/villages/{village}/prospects")
@needs(Act.ASK, *EVERY_CLASS)
def with_assessor(
    request: Request,
    reader: Reading,
    village: Village,
    who: Annotated[str, Form(max_length=100)] = "",
    product: Annotated[str, Form(max_length=64)] = "",
    most: Annotated[Whole, Form(ge=0, le=20)] = 1,
) -> Response:
    """Who appraises, by name or identity; POST, so that neither stands in a URL."""
    told = reader.search(who).rows if who.strip() else []
    people = [row for row in told if "Person" in row["labels"]]
    named = [row for row in people if row["match"] in ("key", "name")]
    if len(named) == 1:
        people = named
    # who only sounds like it, or lives in a village of that name, is offered and not taken
    if len(people) == 1 and people[0]["match"] not in ("near", "place"):
        request_url = request.url_for("visit_sheet", village=village).include_query_params(
            assessor=people[0]["key"], product=product, most=most
        )
        return see_other(f"{request_url.path}?{request_url.query}")
    return _sheet(request, reader, village, "", product, most, people)


def _sheet(
    request: Request,
    reader: Reading,
    village: str,
    assessor: str,
    product: str,
    most: int,
    choices: list[dict[str, Any]] | None,
) -> HTMLResponse:
    found, asker = reader.prospects_ready(within=PATIENCE), shown_to()
    if found is None:
        return waiting(request, _DOING, here="/prospects")
    titles = {name: item.title for name, item in reader.products.items()}
    names = reader.division_names()
    rows = found.village(village, product=product or None, most=most)
    households = visited_households(one.shown_by(reader.shown) for one in rows)
    conflicts = reader.conflicts(assessor) if assessor else {}
    return page(
        "visit_sheet.html",
        here="/prospects",
        village=village,
        village_name=names.get(village, "村名未知"),
        town_name=names.get(town_of(village), ""),
        brought=brought(),
        found=found,
        stated=reader.basis,
        households=households,
        avoids=_avoids(households, conflicts),
        enters=asker is not None and may(Act.FINANCE, asker),
        titles=titles,
        product=product,
        title=titles.get(product, "全部产品"),
        choices=choices,
        conflicts=conflicts,
        assessor=assessor,
        assessor_name=reader.name(assessor) if assessor else None,
        most=most,
    )


def _avoids(households: Iterable[VisitedHousehold], conflicts: Mapping[str, str]) -> dict[str, str]:
    """Households that an assessor leaves to somebody else, for itself or for any of its applicants."""
    found = {}
    for home in households:
        for key in (*(one.applicant for one in home.products), home.who.unit):
            if key in conflicts:
                found[home.who.unit] = conflicts[key]
                break
    return found
