"""Pages for people: rendered on the server, readable without JavaScript, printed on A4."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.pages.calibration import router as calibration
from api.pages.decisions import router as decisions
from api.pages.deliveries import router as deliveries
from api.pages.identity import router as identity
from api.pages.money import router as money
from api.pages.parties import router as parties
from api.pages.places import router as places
from api.pages.prospects import router as prospects
from api.pages.rendering import page
from api.pages.sending import router as sending

__all__ = ["render_problem", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
for _part in (
    parties, money, decisions, prospects, places, identity, sending, deliveries, calibration,
):  # fmt: skip
    router.include_router(_part)


def render_problem(status: int, message_zh: str, message_en: str, trace: str) -> Response:
    """An error as a page that says what to do."""
    return page("problem.html", status, message_zh=message_zh, message_en=message_en, trace=trace)
