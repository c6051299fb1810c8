"""The page of the review queue: both records side by side, the reasons, two buttons."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Scoped, Serving
from api.needs import needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from graph.information import InformationClass
from queries.basis import DataBasis

__all__ = ["ENTRIES", "router"]


router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信用办", 25, "/identity", "主体核对", "疑似同一主体的记录，由人判定"),)

_ON_A_PAGE = 10

User = Annotated[str, Form(max_length=64)]
Note = Annotated[str, Form(max_length=500)]


@router.get("/identity")
@needs(Act.JUDGE, InformationClass.IDENTITY)
def queue(
    services: Serving,
    scope: Scoped,
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
    compared: Annotated[Whole | None, Query(ge=0, le=MOST)] = None,
    found: Annotated[Whole | None, Query(ge=0, le=MOST)] = None,
) -> HTMLResponse:
    """Pairs that wait, conflicts, and what was judged before."""
    judgements, clusters = services.judging.in_force()
    undone = {item.takes_back for item in judgements}
    last = {(item.one, item.other): item.number for item in judgements}
    return page(
        "identity.html",
        here="/identity",
        stated=DataBasis.of(services.deliveries().batches, scope),
        compared=compared,
        found=found,
        pairs=services.judging.queue(limit=rows_shown(_ON_A_PAGE), offset=offset),
        total=services.judging.waiting,
        offset=offset,
        step=_ON_A_PAGE,
        conflicts=clusters.conflicts,
        judgements=list(reversed(judgements))[:50],
        may_undo={
            item.number
            for item in judgements
            if item.verdict != "open"
            and item.number not in undone
            and last[item.one, item.other] == item.number
        },
    )


@router.post("/identity/candidates")
@needs(Act.JUDGE, InformationClass.IDENTITY)
def search(services: Serving) -> Response:
    """Renew the queue; the page then says what was looked at."""
    done = services.judging.refresh()
    told = f"compared={done.compared}&found={len(done.candidates)}"
    return see_other(f"/identity?{told}")


@router.post("/identity/judgements")
@needs(Act.JUDGE, InformationClass.IDENTITY)
def decide(
    services: Serving,
    one: Annotated[str, Form(max_length=128)],
    other: Annotated[str, Form(max_length=128)],
    verdict: Annotated[Literal["same", "different"], Form()],
    user: User = "",
    note: Note = "",
) -> Response:
    """One of the two buttons."""
    services.judging.judge(one, other, verdict, user=user, note=note)
    return see_other("/identity")


@router.post("/identity/judgements/{number}/undo")
@needs(Act.JUDGE, InformationClass.IDENTITY)
def undo(
    services: Serving,
    number: Annotated[Whole, Path(ge=1, le=MOST)],
    user: User = "",
    note: Note = "",
) -> Response:
    """Take a judgement back."""
    services.judging.take_back(number, user=user, note=note)
    return see_other("/identity")
