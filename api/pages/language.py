"""The switch between Chinese and English."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.languages import Language
from api.needs import needs, open_to_all
from api.pages.coming_back import came_from
from api.pages.english.speaking import LANGUAGE
from api.pages.rendering import see_other
from api.security.cookies import keep

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.post("/language")
@needs(Act.LOOK)
@open_to_all
def speak(request: Request, language: Annotated[Language, Form()]) -> Response:
    """Write pages in another language from now on, in this browser, and go on where it was chosen."""
    answer = see_other(came_from(request) or "/")
    keep(answer, request, LANGUAGE, language)
    return answer
