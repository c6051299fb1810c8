"""Pages of parties: the search, the borrower page, and who stands for whom in the district."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.dependencies import Reading, Serving, asker
from api.needs import EVERY_CLASS, asked, needs
from api.pages.navigation import Entry
from api.pages.picture import draw
from api.pages.rendering import PATIENCE, page, see_other, waiting
from api.pages.start import start_of
from api.party_file import read_party_file
from api.record_words import unpublished_said
from api.security import Asker, may
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.rules.first_loan import disagreements
from queries.search import is_personal

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信贷", 10, "/", "查找主体", act=Act.ASK),
    Entry("信贷", 50, "/guarantees", "担保圈链", "互保、联保、担保圈、一人担保多户"),
)

_DOING = "正在按最新的数据计算全区的风险传导、股权和担保结构。"


@router.get("/")
@needs(Act.LOOK)
def home(who: Annotated[Asker, Depends(asker)]) -> Response:
    """The search page; whoever may not search is led to where they begin."""
    if not may(Act.ASK, who):
        return see_other(start_of(who))
    return page("home.html", here="/", text="", told="", answer=None)


@router.post("/")
@needs(Act.ASK, *asked("find_party"))
def search(reader: Reading, text: Annotated[str, Form(max_length=100)] = "") -> HTMLResponse:
    """Search results; POST, so that no name or identity stands in a URL."""
    wanted = text.strip()
    if not wanted:
        return page(
            "home.html", here="/", text="", told="请输入名称、代码或证件号码。", answer=None
        )
    # an identity is not written back into the page
    answer, shown = reader.search(wanted), not is_personal(wanted)
    return page(
        "home.html",
        here="/",
        text=wanted if shown else "",
        told="" if shown else "已按号码查找；号码没有保存。",
        answer=answer,
    )


@router.get("/parties/{key}")
@needs(Act.ASK, *EVERY_CLASS)
def party(request: Request, services: Serving, reader: Reading, key: str) -> HTMLResponse:
    """The borrower page."""
    if not services.is_warm(reader, within=PATIENCE):
        return waiting(request, _DOING)
    file = read_party_file(reader, key)
    return page(
        "party.html",
        here="/",
        file=file,
        picture=draw(file),
        disagreements=disagreements,
        FACTS=catalogue().facts,
        places=reader.division_names(),
        unpublished=lambda row: unpublished_said(row, file.key, reader.moment.lawful_on),
        names={
            file.key: file.name,
            **{
                row["member_key"]: row["member_name"]
                for row in file.answers["household_members"].rows
            },
        },
    )


@router.get("/guarantees")
@needs(Act.ASK, *EVERY_CLASS)
def guarantees(request: Request, reader: Reading) -> HTMLResponse:
    """Every ring, chain, mutual pair, joint group and star of the district."""
    found = reader.structure_ready(within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here="/guarantees")
    return page("guarantees.html", here="/guarantees", found=found.overview)
