"""The page of deliveries: what departments have to put right, how fresh each source is, what is
being received, the latest files."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.dependencies import Bench
from api.pages.rendering import page
from graph.operations import Ledger, OperationsStore, Uploads
from graph.time import utc_now
from ingest import by_department, worklist
from ingest.delivery.freshness import freshness

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

#: Reasons shown of one department's list; the whole of it is a file for the department.
_REASONS = 3


@router.get("/deliveries")
def deliveries(bench: Bench) -> HTMLResponse:
    """Corrections by department, sources, uploads under way or refused, the last fifty files."""
    with OperationsStore(bench.settings) as store:
        ledger = Ledger(store)
        found, latest = ledger.deliveries(), ledger.latest(50)
        uploads = Uploads(store).in_state("receiving", "waiting", "running", "failed")
    sources = freshness(bench.log, found, utc_now())
    # a source of which every file was refused was heard too, and has to be told so
    told = [bool(item.batches or item.failed_file or item.missing_parts) for item in sources]
    return page(
        "deliveries.html",
        here="/deliveries",
        heard=[item for item, heard in zip(sources, told, strict=True) if heard],
        silent=[item for item, heard in zip(sources, told, strict=True) if not heard],
        loads=by_department(worklist(bench.log)),
        most=_REASONS,
        uploads=uploads[-20:],
        deliveries=latest,
    )
