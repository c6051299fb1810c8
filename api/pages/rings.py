"""The page of one guarantee ring: its members, what they owe, and who stands for whom."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.dependencies import Key, Reading
from api.needs import EVERY_CLASS, needs
from api.pages.rendering import PATIENCE, page, waiting
from api.pages.ring_picture import draw_ring
from api.ring_file import read_ring

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_DOING = "正在按全区的担保关系查找担保圈。"


@router.get("/parties/{key}/ring")
@needs(Act.ASK, *EVERY_CLASS)
def ring(request: Request, reader: Reading, key: Key) -> HTMLResponse:
    """The ring in which a party stands."""
    if reader.structure_ready(within=PATIENCE) is None:
        return waiting(request, _DOING, here="/guarantees")
    file = read_ring(reader, key)
    pairs = [(one.guarantor, one.borrower) for one in file.inside]
    picture = draw_ring(file.ring.members, file.names, pairs)
    return page("ring.html", here="/guarantees", file=file, picture=picture)
