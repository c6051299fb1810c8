"""Alive, and ready to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.acts import Act
from api.needs import needs, open_to_all
from api.services import Services
from graph.errors import XinnongError

__all__ = ["router"]

router = APIRouter(tags=["health"])


#: Threads that look whether we are ready: slow requests may hold all the others.
_LOOKING = 2


@dataclass(frozen=True)
class Alive:
    """The process runs."""

    status: Literal["ok"] = "ok"


@dataclass(frozen=True)
class Ready:
    """Whether the graph answers (`no_graph`) and holds the whole log (`behind`)."""

    status: Literal["ok", "behind", "no_graph"]
    graph_position: int | None = None
    log_position: int | None = None
    code: str | None = None


@router.get("/healthz", summary="进程是否在运行 / alive")
@needs(Act.LOOK)
@open_to_all
async def healthz() -> Alive:
    """Alive: says nothing of the graph, and needs no thread."""
    return Alive()


@router.get(
    "/readyz",
    summary="能否回答问题 / ready",
    response_model=Ready,
    responses={503: {"model": Ready}},
)
@needs(Act.LOOK)
@open_to_all
async def readyz(request: Request) -> JSONResponse:
    """Ready: the graph answers and holds the whole log."""
    state = request.app.state
    if not hasattr(state, "looking"):
        state.looking = anyio.CapacityLimiter(_LOOKING)
    return await anyio.to_thread.run_sync(_ready, state.services, limiter=state.looking)


def _ready(services: Services) -> JSONResponse:
    try:
        graph_at, log_at = services.positions()
    except XinnongError as error:
        return _answer({"status": "no_graph", "code": error.cause_code}, ready=False)
    whole = graph_at == log_at
    status = "ok" if whole else "behind"
    return _answer(
        {"status": status, "graph_position": graph_at, "log_position": log_at}, ready=whole
    )


def _answer(told: dict[str, Any], *, ready: bool) -> JSONResponse:
    again = {} if ready else {"Retry-After": "2"}
    return JSONResponse(told, status_code=200 if ready else 503, headers=again)
