"""The description of the interface, in Chinese, in English, or with both side by side."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.acts import Act
from api.languages import Language, described
from api.needs import needs, open_to_all

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
    told = described(request.app, language)
    return Response(json.dumps(told, ensure_ascii=False), media_type="application/json")
