"""Pages of bulletins: the editions, one of them as it is printed, its rows and its workbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.bulletin_workbook import workbook
from api.dependencies import Now, Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, see_other, waiting
from graph.schema.ledger import DECISION_CLASSES
from ingest.department_rates import DepartmentRates
from queries.bulletins import BulletinContent, bulletins, sign_bulletin, withheld
from queries.indicators import MEASURES, RATES

__all__ = ["ENTRIES", "Bar", "bars", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信用办", 70, "/bulletins", "通报", "双公示月通报、季点评：编制、签发、下载、打印"),
)

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ON_A_PAGE = 100
_LINE, _LEFT, _WIDTH = 26, 180, 400
_LONGEST = 12
_DOING = "正在核对通报中的记录是否已经停止公示。"

Digest = Annotated[str, Path(min_length=64, max_length=64)]
By = Annotated[str, Form(max_length=64)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]


@dataclass(frozen=True)
class Bar:
    """A department in the picture of 上报率: its line, how long, and what stands behind it."""

    name: str
    y: int
    width: float
    said: str


def bars(content: BulletinContent) -> tuple[tuple[Bar, ...], int]:
    """The departments that have a rate, in the order of rank, and how high the picture is."""
    ranked = [unit for unit in content.units if unit.rank is not None]
    drawn = tuple(
        Bar(
            unit.name if len(unit.name) <= _LONGEST else unit.name[: _LONGEST - 1] + "…",
            place * _LINE + 4,
            round(_WIDTH * (unit.reporting.value or 0.0), 1),
            f"{unit.reporting.value or 0.0:.1%}",
        )
        for place, unit in enumerate(ranked)
    )
    return drawn, len(drawn) * _LINE + 8


@router.get("/bulletins")
@needs(Act.OFFICE, *EVERY_CLASS)
def listed(reader: Reading, services: Serving) -> HTMLResponse:
    """Every edition, and the form to write one."""
    period = DepartmentRates(services.office, reader).last_month()
    return page(
        "bulletins.html", here="/bulletins", found=bulletins(services.office.store), period=period
    )


@router.post("/bulletins")
@needs(Act.OFFICE, *EVERY_CLASS)
def written(
    reader: Reading,
    services: Serving,
    period: Annotated[str, Form(max_length=7)],
    remarks: Annotated[str, Form(max_length=5000)] = "",
    why: Annotated[str, Form(max_length=500)] = "",
    user: By = "",
) -> Response:
    """Freeze one."""
    made = DepartmentRates(services.office, reader).write(period, by=user, remarks=remarks, why=why)
    return see_other(f"/bulletins/{made.id}")


@router.get("/bulletins/{digest}")
@needs(Act.OFFICE, *EVERY_CLASS)
def one(request: Request, digest: Digest, reader: Now, services: Serving) -> HTMLResponse:
    """As it is read and printed."""
    shown = DepartmentRates(services.office, reader).bulletin(digest, within=PATIENCE)
    if shown is None:
        return waiting(request, _DOING, here="/bulletins")
    told, content = shown
    drawn, height = bars(content)
    return page(
        "bulletin.html", here="/bulletins", told=told, found=content, bars=drawn, height=height,
        left=_LEFT, width=_WIDTH, rates=RATES, measures=MEASURES, withheld=withheld(content),
    )  # fmt: skip


@router.get("/bulletins/{digest}/rows")
@needs(Act.OFFICE, *EVERY_CLASS)
def rows(
    request: Request,
    digest: Digest,
    reader: Now,
    services: Serving,
    measure: Annotated[str, Query(max_length=32)],
    department: Annotated[str | None, Query(max_length=128)] = None,
    act_class: Annotated[str | None, Query(max_length=32)] = None,
    offset: Offset = 0,
) -> HTMLResponse:
    """The decisions behind a number of it, by what they are called."""
    shown = DepartmentRates(services.office, reader).bulletin(digest, within=PATIENCE)
    if shown is None:
        return waiting(request, _DOING, here="/bulletins")
    told, content = shown
    every = content.rows(measure, department, act_class) if measure in content.measures else []
    return page(
        "bulletin_rows.html", here="/bulletins", told=told, title=MEASURES.get(measure, measure),
        rows=every[offset : offset + rows_shown(_ON_A_PAGE)], total=len(every), offset=offset,
        step=_ON_A_PAGE, measure=measure, department=department, act_class=act_class,
        classes=DECISION_CLASSES, names={unit.department: unit.name for unit in content.units},
    )  # fmt: skip


@router.post("/bulletins/{digest}/sign")
@needs(Act.OFFICE, *EVERY_CLASS)
def signed(digest: Digest, services: Serving, user: By = "") -> Response:
    """Let it pass."""
    sign_bulletin(services.office.store, digest, by=user)
    return see_other(f"/bulletins/{digest}")


@router.get("/bulletins/{digest}/workbook")
@needs(Act.OFFICE, *EVERY_CLASS)
def sheet(digest: Digest, reader: Now, services: Serving) -> Response:
    """As a workbook."""
    shown = DepartmentRates(services.office, reader).bulletin(digest)
    assert shown is not None
    told, content = shown
    name = f"bulletin-{told.period}-{told.edition}.xlsx"
    return Response(
        workbook(told, content),
        media_type=_SHEET,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
