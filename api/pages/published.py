"""The public page: what is published of organisations, and how a wrong record is put right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.dependencies import Now
from api.needs import needs, open_to_all
from api.pages.navigation import Entry
from api.pages.rendering import page
from api.rate_limit import PUBLIC_SEARCH
from graph.information import InformationClass
from queries.lawful import repair_law
from queries.published import KINDS, published

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry(
        "信用办", 75, "/public", "公示查询", "社会公众看到的公示信息，只含组织，只按全称或代码查"
    ),
)


@router.get("/public")
@needs(Act.LOOK, InformationClass.PUBLIC_RECORD, InformationClass.REGISTER)
@open_to_all
def start(reader: Now) -> HTMLResponse:
    """The search, how many records are published, and the guide."""
    return _told(reader, "", asked=False)


@router.post("/public", dependencies=[Depends(PUBLIC_SEARCH)])
@needs(Act.LOOK, InformationClass.PUBLIC_RECORD, InformationClass.REGISTER)
@open_to_all
def search(reader: Now, text: Annotated[str, Form(min_length=2, max_length=200)]) -> HTMLResponse:
    """Records of one organisation."""
    return _told(reader, text, asked=True)


def _told(reader: Now, text: str, *, asked: bool) -> HTMLResponse:
    told = published(reader)
    counts = dict.fromkeys(KINDS, 0)
    for one in told.notices:
        counts[one.kind] += 1
    return page(
        "published.html",
        here="/public",
        told=told,
        counts=counts,
        kinds=KINDS,
        text=text,
        found=told.of(text) if asked else None,
        law=repair_law(),
    )
