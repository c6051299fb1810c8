"""Pages of linked dishonesty: the district's lists, one party, and its case file to print or take along."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import Whole
from api.case_workbook import workbook_answer
from api.dependencies import Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, waiting
from graph.time import parse_date
from queries.linked_dishonesty import (
    LISTS,
    ListFilter,
    ListName,
    file_case,
    linked_lists,
    load_links,
    party_links,
)

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信用办", 60, "/linked", "关联失信", "谁与失信主体有关联，凭什么关系，自何时起"),)

_ON_A_PAGE = 50
_DOING = "正在按全区的关系查找与失信主体有关联的主体。"


@router.get("/linked")
@needs(Act.OFFICE, *EVERY_CLASS)
def lists(
    request: Request,
    reader: Reading,
    name: ListName = "linked",
    town: Annotated[str, Query(max_length=32)] = "",
    tie: Annotated[str, Query(max_length=64)] = "",
    nearest: Annotated[Whole, Query(ge=0, le=9)] = 0,
    since: Annotated[str, Query(max_length=10)] = "",
    dishonest: bool = False,
    offset: Annotated[Whole, Query(ge=0, le=1_000_000)] = 0,
    who: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:
    """One list, cut down; never a label on anybody in it.  `who` finds a party to look into."""
    cut = ListFilter(town, tie, nearest, parse_date(since) if since else None, dishonest)
    found = linked_lists(
        reader, name, cut, limit=rows_shown(_ON_A_PAGE), offset=offset, within=PATIENCE
    )
    if found is None:
        return waiting(request, _DOING, here="/linked")
    places = reader.division_names()
    return page(
        "linked.html",
        here="/linked",
        found=found,
        lists=LISTS,
        name=name,
        cut=cut,
        since=since,
        ties=load_links().ties,
        hops=load_links().hops,
        towns={key: term for key, term in places.items() if len(key) == len("division:") + 9},
        places=places,
        asked=who,
        people=reader.search(who).rows[:_ON_A_PAGE] if who.strip() else None,
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.get("/linked/{key}")
@needs(Act.OFFICE, *EVERY_CLASS)
def one_party(reader: Reading, services: Serving, key: str) -> HTMLResponse:
    """Own, linked, measures and former ties of one party, each apart."""
    return page(
        "linked_party.html",
        here="/linked",
        found=party_links(reader, services.office.store, key),
        kept=None,
        shown=_ON_A_PAGE,
    )


@router.post("/linked/{key}")
@needs(Act.OFFICE, *EVERY_CLASS)
def case_file(
    reader: Reading,
    services: Serving,
    key: str,
    purpose: Annotated[str, Form(max_length=200)] = "",
    by: Annotated[str, Form(max_length=64)] = "",
    form: Annotated[str, Form(pattern="^(print|xlsx)$")] = "print",
) -> Response:
    """The numbered case file: a sheet to print, or a workbook.  POST, as each one is counted."""
    made = file_case(reader, services.office.store, key, purpose=purpose, by=by)
    if form == "xlsx":
        return workbook_answer(made)
    return page(
        "linked_party.html", here="/linked", found=made.links, kept=made.kept, shown=1_000_000
    )
