"""The pages of deliveries: what departments have to put right, how fresh each source is, what is
being received, the latest files; and of one batch: its result, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, Response

from api.dependencies import FOR_A_RUN_S, Bench, Received
from api.pages.rendering import lead_on, page
from api.workbench import Workbench
from graph.errors import InputError
from graph.operations import Ledger, OperationsStore
from graph.time import utc_now
from ingest import (
    Quarantine,
    by_department,
    load_source,
    preview_withdrawal,
    source_names,
    withdraw,
    worklist,
)
from ingest.correction.workbook import refused_lines
from ingest.delivery.freshness import freshness

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Name = Annotated[str, Path(max_length=128)]


#: Reasons shown of one department's list; the whole of it is a file for the department.
_REASONS = 3


@router.get("/deliveries")
def deliveries(bench: Bench, inbox: Received) -> HTMLResponse:
    """Corrections by department, sources, uploads under way or refused, the last fifty files."""
    with OperationsStore(bench.settings) as store:
        ledger = Ledger(store)
        found, latest = ledger.deliveries(), ledger.latest(50)
    uploads = inbox.in_state("receiving", "waiting", "running", "failed", "cancelled")
    sources = freshness(bench.log, found, utc_now())
    loads = by_department(worklist(bench.log))
    # a source of which every file was refused was heard too, and has to be told so
    told = [bool(item.batches or item.failed_file or item.missing_parts) for item in sources]
    return page(
        "deliveries.html",
        here="/deliveries",
        heard=[item for item, heard in zip(sources, told, strict=True) if heard],
        silent=[item for item, heard in zip(sources, told, strict=True) if not heard],
        loads=loads,
        held=_held(bench, [name for load in loads for name in load.files]),
        most=_REASONS,
        known={name: load_source(name) for name in source_names()},
        uploads=uploads[-20:],
        deliveries=latest,
    )


def _held(bench: Workbench, sources: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(source, table) whose refused rows are still there in words: of the others there is no
    workbook to fetch, and the department sends the rows anew."""
    quarantine = Quarantine(bench.settings.quarantine_dir)
    known = set(source_names())
    return frozenset(
        (name, table)
        for name in known.intersection(sources)
        for table in refused_lines(bench.log, quarantine, load_source(name))
    )


@router.get("/deliveries/{name}")
def batch(bench: Bench, name: Name) -> HTMLResponse:
    """One batch: what became of its rows, and what its withdrawal would do or did."""
    try:
        seen, refused = preview_withdrawal(name, settings=bench.settings), None
        found = seen.batch
    except InputError as error:
        # it cannot go now: the page says what has to be done first
        seen, refused = None, error.message_zh
        found = next(
            item for item in bench.log.batches() if name in (item.batch, str(item.position))
        )
    titles = {name: item.title for name, item in bench.products().items()}
    return page(
        "batch.html", here="/deliveries", batch=found, seen=seen, refused=refused, titles=titles
    )


@router.post("/deliveries/{name}/withdrawal")
def take_back(
    bench: Bench,
    name: Name,
    by: Annotated[str, Form(max_length=64)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Withdraw the batch; the page then says so."""
    withdraw(name, reason=reason, by=by, settings=bench.settings, wait_s=FOR_A_RUN_S)
    return lead_on(f"/deliveries/{name}")
