"""The page of the house: where the administrator begins."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.administration import house_lines
from api.dependencies import Asking, Serving
from api.needs import needs
from api.pages.navigation import Entry
from api.pages.rendering import page
from api.pages.start import may_open
from graph.time import utc_now

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE = "/administration"
ENTRIES = (Entry("管理", 10, _HERE, "系统状况", "用户、规则、备份、保存期限、引擎是否正常"),)


@router.get("/administration")
@needs(Act.KEEP)
def house(services: Serving, who: Asking) -> HTMLResponse:
    """Every thing of the house, what is wrong marked; nothing of any party."""
    at = utc_now()
    return page(
        "administration.html",
        here=_HERE,
        parts=house_lines(services, partial(may_open, who), at=at),
        checked_at=at,
    )
