"""The page of the risk policy's calibration, with its curves as SVG: no script, prints well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, waiting

if TYPE_CHECKING:
    from queries.risk.calibration import Judged

__all__ = ["ENTRIES", "Chart", "Mark", "charts", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信贷", 60, "/calibration", "风险校准"),)

_SIDE = 260.0
_EDGE = 36.0


@dataclass(frozen=True)
class Mark:
    """A part of debtors in the reliability picture: where it lies, and from where to where its
    observed share may be."""

    x: float
    y: float
    low: float
    high: float
    agrees: bool


@dataclass(frozen=True)
class Chart:
    """One policy's pictures, in the units of the drawing.

    Attributes:
        curve: points of the ROC curve, as SVG writes them.
        marks: parts of debtors, foretold to the right and observed upwards.
        most: the share at the right and upper edge of the reliability picture.
    """

    title: str
    judged: Judged
    curve: str
    marks: tuple[Mark, ...]
    most: float


@router.get("/calibration")
@needs(Act.ASK, *EVERY_CLASS)
def calibration(request: Request, reader: Reading) -> HTMLResponse:
    """How the policy in force did, and what would fit better."""
    found = reader.calibration_ready(within=PATIENCE)
    if found is None:
        doing = "正在用以往各年的违约检验风险政策。"
        return waiting(request, doing, here="/calibration")
    shown = charts([("现行政策", found.present), ("拟合后的政策", found.fitted)])
    return page(
        "calibration.html",
        here="/calibration",
        found=found,
        charts=shown,
        names=reader.division_names(),
        side=_SIDE,
        edge=_EDGE,
    )


def charts(judged: Sequence[tuple[str, Judged | None]]) -> tuple[Chart, ...]:
    """What is drawn of each that was judged; both reliability pictures on one scale."""
    told = [(title, one) for title, one in judged if one is not None]
    reach = [max(part.foretold, part.high) for _, one in told for part in one.bins]
    most = min(1.0, ceil(max([*reach, 0.05]) * 20) / 20)
    return tuple(_drawn(title, one, most) for title, one in told)


def _drawn(title: str, judged: Judged, most: float) -> Chart:
    curve = " ".join(f"{_across(x):.1f},{_up(y):.1f}" for x, y in judged.curve)
    marks = tuple(
        Mark(_across(part.foretold / most), _up(part.observed / most), _up(part.low / most),
             _up(part.high / most), part.agrees)
        for part in judged.bins
    )  # fmt: skip
    return Chart(title, judged, curve, marks, most)


def _across(share: float) -> float:
    return round(_EDGE + share * _SIDE, 1)


def _up(share: float) -> float:
    return round(_EDGE + (1 - min(share, 1.0)) * _SIDE, 1)
