"""Pages of decisions: product by product with every condition, the A4 form of one kept, a village's
visit sheet."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.rendering import page
from queries.eligibility import Decision
from queries.eligibility.catalogue import FactSpec, catalogue
from queries.eligibility.first_loan import definitions, disagreements
from queries.eligibility.rules import read_rules

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/parties/{key}/decisions")
def decisions(request: Request, key: str) -> HTMLResponse:
    """Every product for the party, from what is known."""
    found = request.app.state.workbench.decide_every(key)
    return _show(key, found, {})


@router.post("/parties/{key}/decisions")
async def with_papers(request: Request, key: str) -> Response:
    """The same with the officer's papers; `keep` makes it a decision and keeps it.

    POST, so that no personal figure stands in a URL.
    """
    form = {name: str(value).strip() for name, value in (await request.form()).items()}
    action, product = form.pop("action", "look"), form.pop("product", "")
    given = {name: value for name, value in form.items() if value}
    papers = {name: _in_fen(name, value) for name, value in given.items()}
    bench = request.app.state.workbench
    if action == "keep":
        _, name = bench.decide(product, key, supplied=papers)
        return RedirectResponse(f"/decisions/{name}", status_code=303)
    return _show(key, bench.decide_every(key, supplied=papers), given)


@router.get("/decisions/{decision_id}")
def form(
    request: Request, decision_id: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
) -> HTMLResponse:
    """A kept decision as a form to print and sign, in the words of its own rules."""
    archive = request.app.state.workbench.archive
    kept = archive.find(decision_id)
    record = json.loads(kept.record)
    rules = read_rules(archive.text(record["rules"]))
    return page(
        "decision_form.html",
        id=kept.id,
        decided_at=kept.decided_at,
        record=record,
        specs=rules.known.facts,
        DEFINITIONS={item.id: item for item in rules.defined},
    )


@router.get("/villages/{village}/prospects")
def visit_sheet(
    request: Request,
    village: str,
    assessor: Annotated[str, Query(max_length=128)] = "",
    most: Annotated[int, Query(ge=0, le=20)] = 1,
) -> HTMLResponse:
    """A village's visit sheet, to print and take along."""
    bench = request.app.state.workbench
    found = bench.prospects()
    return page(
        "prospects.html",
        village=village,
        found=found,
        rows=found.village(village, most=most),
        conflicts=bench.conflicts(assessor) if assessor else {},
        assessor=assessor,
        most=most,
    )


def _in_fen(name: str, value: str) -> str:
    """Money is typed in yuan and kept in fen; what is no number is refused where it is read."""
    spec = catalogue().facts.get(name)
    if spec is None or spec.type != "money":
        return value
    try:
        return str(int(Decimal(value.replace(",", "")) * 100))
    except (InvalidOperation, OverflowError, ValueError):
        return value


def _show(key: str, found: tuple[Decision, ...], given: dict[str, Any]) -> HTMLResponse:
    return page(
        "decisions.html",
        key=key,
        decisions=found,
        papers=_papers(found),
        given=given,
        disagreements=disagreements,
        FACTS=catalogue().facts,
    )


def _papers(found: tuple[Decision, ...]) -> list[FactSpec]:
    """Facts that a paper could still bring, those that most products ask for first."""
    asked: dict[str, int] = {}
    defined = [name for item in definitions().values() for name in item.facts]
    for decision in found:
        for name in {*decision.version.facts, *defined}:
            fact = decision.case.facts.get(name)
            if fact is None or fact.value is None or fact.paper:
                asked[name] = asked.get(name, 0) + 1
    order = sorted(asked, key=lambda name: (-asked[name], name))
    return [spec for name in order if (spec := catalogue().facts[name]).paper]
