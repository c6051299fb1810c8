"""The pages of the lists: the catalogue of rules, and the entries that are in force."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Reading
from api.needs import needs
from api.pages.exporting import rows_shown
from api.pages.rendering import page
from graph.information import InformationClass
from queries.public_lists import list_entries, list_states

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_ON_A_PAGE = 30
_COLOURS = {
    "black": "严重失信", "abnormal": "异常", "light": "轻微失信", "record": "违法记录", "red": "守信", "measure": "措施",
}  # fmt: skip
_SURE = {"found": "已核对原文", "known_high": "通行规定", "unsure": "未核实，只按文书"}


@router.get("/lists")
@needs(Act.ASK, InformationClass.PUBLIC_RECORD)
def lists(reader: Reading) -> HTMLResponse:
    """Every list with its rule."""
    return page(
        "lists.html",
        here="/repairs",
        lists=list_states(reader),
        COLOURS=_COLOURS,
        SURE=_SURE,
        told=reader.basis,
    )


@router.get("/lists/entries")
@needs(Act.ASK, InformationClass.PUBLIC_RECORD)
def entries(
    reader: Reading,
    list_kind: Annotated[str, Query(max_length=64)] = "",
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> HTMLResponse:
    """Entries of one list, or of all."""
    found = list_entries(reader, list_kind, limit=rows_shown(_ON_A_PAGE), offset=offset)
    return page(
        "list_entries.html",
        here="/repairs",
        found=found,
        titles={item.code: item.title for item in list_states(reader)},
        list_kind=list_kind,
        offset=offset,
        step=_ON_A_PAGE,
        told=reader.basis,
    )
