"""Pages for people: rendered on the server, readable without JavaScript, printed on A4."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from api.pages.exporting import exporting
from api.pages.navigation import page_modules
from api.pages.rendering import page

__all__ = ["render_problem", "router"]

router = APIRouter(
    include_in_schema=False,
    default_response_class=HTMLResponse,
    dependencies=[Depends(exporting)],
)
for _page in page_modules():
    router.include_router(_page.router)


def render_problem(status: int, message_zh: str, message_en: str, trace: str) -> Response:
    """An error as a page that says what to do."""
    return page("problem.html", status, message_zh=message_zh, message_en=message_en, trace=trace)
