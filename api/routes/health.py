"""Alive, and ready to answer."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.dependencies import Bench
from graph.errors import XinnongError
from graph.projection import projected_to

__all__ = ["router"]

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="进程是否在运行 / alive")
def healthz() -> dict[str, str]:
    """Alive: says nothing of the graph."""
    return {"status": "ok"}


@router.get("/readyz", summary="能否回答问题 / ready")
def readyz(bench: Bench) -> JSONResponse:
    """Ready: the graph answers and holds the whole log."""
    try:
        held = projected_to(bench.graph)
    except XinnongError as error:
        return JSONResponse({"status": "no_graph", "code": error.cause_code}, status_code=503)
    batches = bench.log.batches()
    graph_at, log_at = held.position if held else 0, len(batches)
    whole = graph_at == log_at
    return JSONResponse(
        {
            "status": "ok" if whole else "behind",
            "graph_position": graph_at,
            "log_position": log_at,
        },
        status_code=200 if whole else 503,
    )
