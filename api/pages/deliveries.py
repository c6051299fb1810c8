"""The page of deliveries: how fresh each source is, what is being received, the latest files."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import page
from graph.operations import Ledger, OperationsStore, Uploads
from graph.time import utc_now
from ingest.delivery.freshness import freshness

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/deliveries")
def deliveries(request: Request) -> HTMLResponse:
    """Sources, uploads under way or refused, and the last fifty files."""
    bench = request.app.state.workbench
    with OperationsStore(bench.settings) as store:
        ledger = Ledger(store)
        found, latest = ledger.deliveries(), ledger.latest(50)
        uploads = Uploads(store).in_state("receiving", "waiting", "running", "failed")
    return page(
        "deliveries.html",
        sources=freshness(bench.log, found, utc_now()),
        uploads=uploads[-20:],
        deliveries=latest,
    )
