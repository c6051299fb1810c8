"""Pages of money: what may be lost of the loans, and to whom an institution lent how much."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, waiting
from queries.money.losses import GROUPINGS

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信贷", 70, "/money", "贷款损失"),)

_DOING = "正在按全区的贷款计算可能的损失。"
_WAN = 1_000_000  # fen

#: In 万元, as an institution's reports state its capital; an empty field is none stated.
Wan = Annotated[str, Query(max_length=20, pattern=r"^\s*[0-9]*\.?[0-9]*\s*$")]


@router.get("/money")
@needs(Act.ASK, *EVERY_CLASS)
def losses(
    request: Request,
    reader: Reading,
    by: Literal["institution", "village", "security", "purpose"] = "institution",
    who: Annotated[str, Query(max_length=128)] = "",
    percent: Annotated[float, Query(gt=0, le=100)] = 100.0,
) -> HTMLResponse:
    """Losses by one grouping; `who` loses `percent` of its net assets in the scenario."""
    structure = reader.structure_ready(within=PATIENCE)
    if structure is None or reader.risk_ready(within=PATIENCE) is None:
        return waiting(request, _DOING, here="/money")
    found = reader.losses(by, shocks={who.strip(): percent / 100} if who.strip() else {})
    shocked = structure.net.name(*found.shocks) if found.shocks else None
    return page(
        "money.html",
        here="/money",
        found=found,
        groupings=GROUPINGS,
        who=who.strip(),
        shocked=shocked,
        percent_gone=percent,
    )


@router.get("/money/exposures")
@needs(Act.ASK, *EVERY_CLASS)
def exposures(
    request: Request,
    reader: Reading,
    lender: Annotated[str, Query(max_length=128)],
    tier1: Wan = "",
    capital: Wan = "",
) -> HTMLResponse:
    """One institution's clients and groups of connected clients against its capital."""
    if reader.structure_ready(within=PATIENCE) is None:
        return waiting(request, _DOING, here="/money")
    found = reader.exposures(lender, tier1_fen=_fen(tier1), capital_fen=_fen(capital))
    return page("exposures.html", here="/money", found=found, tier1=tier1, capital=capital)


def _fen(wan: str) -> int | None:
    """Money of a form in fen; an empty field, or nothing, is not known."""
    text = wan.strip().strip(".")
    return round(float(text) * _WAN) or None if text else None
