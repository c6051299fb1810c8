"""The pages of deliveries: what departments have to put right, how fresh each source is, what is
being received, the latest files; and of one batch: its result, and how it is taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.dependencies import FOR_A_RUN_S, Owned, Received, Scoped, Serving
from api.needs import needs
from api.pages.english.speaking import message_of
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from graph.errors import InputError
from ingest import by_department, load_source, source_names
from queries.basis import DataBasis

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("部门", 30, "/deliveries", "数据接收", "各部门数据的新旧、退回的行和待更正清单"),)

Name = Annotated[str, Path(max_length=128)]


#: Reasons shown of one department's list; the whole of it is a file for the department.
_REASONS = 3


@router.get("/deliveries")
@needs(Act.RECEIVE)
def deliveries(services: Serving, scope: Scoped, inbox: Received, owned: Owned) -> HTMLResponse:
    """Corrections by department, sources, uploads under way or refused, the last fifty files."""
    states = ("receiving", "waiting", "running", "failed", "cancelled")
    uploads = owned.only(inbox.in_state(*states), lambda one: one.source)
    told = services.deliveries()
    sources = owned.only(told.freshness(), lambda one: one.source)
    loads = by_department(owned.only(told.worklist(), lambda one: one.source))
    # a source of which every file was refused was heard too, and has to be told so
    spoke = [bool(item.batches or item.failed_file or item.missing_parts) for item in sources]
    return page(
        "deliveries.html",
        here="/deliveries",
        stated=DataBasis.of(told.batches, scope),
        heard=[item for item, heard in zip(sources, spoke, strict=True) if heard],
        silent=[item for item, heard in zip(sources, spoke, strict=True) if not heard],
        loads=loads,
        held=told.still_kept(name for load in loads for name in load.files),
        most=_REASONS,
        known={name: load_source(name) for name in source_names()},
        uploads=uploads[-20:],
        deliveries=owned.only(told.ledger.latest(50), lambda one: one.source),
    )


@router.get("/deliveries/{name}")
@needs(Act.RECEIVE)
def batch(services: Serving, scope: Scoped, name: Name, owned: Owned) -> HTMLResponse:
    """One batch: what became of its rows, and what its withdrawal would do or did."""
    _own(services, name, owned)
    try:
        seen, refused = services.deliveries().preview_withdrawal(name), None
        found = seen.batch
    except InputError as error:
        # it cannot go now: the page says what has to be done first
        seen, refused = None, message_of(error)
        known = services.deliveries().batch(name)
        assert known is not None
        found = known
    titles = {name: item.title for name, item in services.publishing.products().items()}
    return page(
        "batch.html",
        here="/deliveries",
        stated=DataBasis.of(services.deliveries().batches, scope),
        batch=found,
        seen=seen,
        refused=refused,
        titles=titles,
        # whose decisions they are is for who may ask about them
        names_decisions=owned.department is None,
    )


@router.post("/deliveries/{name}/withdrawal")
@needs(Act.RECEIVE)
def take_back(
    services: Serving,
    name: Name,
    owned: Owned,
    by: Annotated[str, Form(max_length=64)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Withdraw the batch; the page then says so."""
    _own(services, name, owned)
    services.deliveries().withdraw(name, reason=reason, by=by, wait_s=FOR_A_RUN_S)
    return see_other(f"/deliveries/{name}")


def _own(services: Serving, name: str, owned: Owned) -> None:
    kept = services.deliveries().batch(name)
    if kept is not None:
        owned.to_see(kept.source)
