"""The description of the interface, in Chinese, in English, or with both side by side."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.acts import Act
from api.languages import Language, in_language
from api.needs import needs, open_to_all, routes_of

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])

Wanted = Annotated[
    Language | None,
    Query(title="语言", description="zh 中文，en 英文；不写为两种并列 / both by default"),
]


@router.get("/openapi.json", include_in_schema=False, summary="接口说明 / OpenAPI")
@needs(Act.LOOK)
@open_to_all
def openapi(request: Request, language: Wanted = None) -> Response:
    """OpenAPI 3.1; made once of each language."""
    state = request.app.state
    if not hasattr(state, "descriptions"):
        state.descriptions = {}
    if language not in state.descriptions:
        told = request.app.openapi()
        if language is not None:
            told = in_language(told, routes_of([request.app]), language)
        state.descriptions[language] = json.dumps(told, ensure_ascii=False).encode()
    return Response(state.descriptions[language], media_type="application/json")
