"""The page of one loan: in three seconds who owes what, then who stands for it and how it came there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.dependencies import Reading
from api.loan_file import read_loan
from api.needs import EVERY_CLASS, needs
from api.pages.rendering import PATIENCE, page, waiting
from api.party_timeline import MOST_EVENTS

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_DOING = "正在按全区的担保关系查找这笔贷款的担保和担保圈。"


@router.get("/loans/{loan:path}")
@needs(Act.ASK, *EVERY_CLASS)
def loan(
    request: Request, reader: Reading, loan: Annotated[str, Path(max_length=160)]
) -> HTMLResponse:
    """One loan, by its key."""
    if reader.structure_ready(within=PATIENCE) is None:
        return waiting(request, _DOING)
    return page("loan.html", here="/", file=read_loan(reader, loan), most_events=MOST_EVENTS)
