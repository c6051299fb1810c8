"""Pages for people: rendered on the server, readable without JavaScript, printed on A4."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.pages.decisions import router as decisions
from api.pages.deliveries import router as deliveries
from api.pages.identity import router as identity
from api.pages.picture import draw
from api.pages.rendering import page
from queries.eligibility.first_loan import disagreements

__all__ = ["render_problem", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
router.include_router(decisions)
router.include_router(deliveries)
router.include_router(identity)


def render_problem(status: int, message_zh: str, message_en: str, trace: str) -> Response:
    """An error as a page that says what to do."""
    return page("problem.html", status, message_zh=message_zh, message_en=message_en, trace=trace)


@router.get("/")
def home() -> HTMLResponse:
    """The search page."""
    return page("home.html", text="", answer=None)


@router.post("/")
def search(request: Request, text: Annotated[str, Form(max_length=100)] = "") -> HTMLResponse:
    """Search results; POST, so that no name or identity stands in a URL."""
    answer = request.app.state.workbench.search(text) if text.strip() else None
    return page("home.html", text=text, answer=answer)


@router.get("/parties/{key}")
def party(request: Request, key: str) -> HTMLResponse:
    """The borrower page."""
    file = request.app.state.workbench.party_file(key)
    return page("party.html", file=file, picture=draw(file), disagreements=disagreements)
