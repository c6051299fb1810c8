"""Pages of decisions: product by product with every condition, the list of those kept and the A4
form of each, and the rules that they follow."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import Bench
from api.pages.rendering import page
from api.workbench import Workbench
from graph.time import today
from queries.eligibility import Decision
from queries.eligibility.catalogue import FactSpec, catalogue
from queries.eligibility.difference import said
from queries.eligibility.first_loan import definitions, disagreements
from queries.eligibility.rules import read_rules

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

#: Decisions on the page of those kept.
_SHOWN = 100


async def _papers_brought(request: Request) -> dict[str, str]:
    """The fields of the form.  Only this is awaited: what is decided runs beside the others."""
    form = await request.form()
    return {name: str(value).strip() for name, value in form.items()}


@router.get("/parties/{key}/decisions")
def decisions(bench: Bench, key: str) -> HTMLResponse:
    """Every product for the party, from what is known."""
    return _show(bench, key, bench.decide_every(key), {})


@router.post("/parties/{key}/decisions")
def with_papers(
    bench: Bench, key: str, form: Annotated[dict[str, str], Depends(_papers_brought)]
) -> Response:
    """The same with the officer's papers; `keep` makes it a decision and keeps it.

    POST, so that no personal figure stands in a URL.
    """
    action, product = form.pop("action", "look"), form.pop("product", "")
    institution = form.pop("institution", "") or None
    given = {name: value for name, value in form.items() if value}
    papers = {name: _in_fen(name, value) for name, value in given.items()}
    if action == "keep":
        _, name = bench.decide(product, key, supplied=papers, institution=institution)
        return RedirectResponse(f"/decisions/{name}", status_code=303)
    found = bench.decide_every(key, supplied=papers, institution=institution)
    return _show(bench, key, found, given, institution)


@router.get("/decisions")
def kept(bench: Bench) -> HTMLResponse:
    """The latest decisions that were kept, to be opened and printed again."""
    found = bench.archive.of()
    shown = found[: -_SHOWN - 1 : -1]
    return page(
        "kept.html",
        here="/decisions",
        decisions=shown,
        total=len(found),
        names={party: bench.name(party) for party in {item.party for item in shown}},
        titles={name: item.title for name, item in bench.products().items()},
    )


@router.get("/decisions/{decision_id}")
def form(bench: Bench, decision_id: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> HTMLResponse:
    """A kept decision as a form to print and sign, in the words of its own rules."""
    found = bench.archive.find(decision_id)
    record = json.loads(found.record)
    rules = read_rules(bench.archive.text(record["rules"]))
    return page(
        "decision_form.html",
        here="/decisions",
        id=found.id,
        decided_at=found.decided_at,
        record=record,
        name=bench.name(found.party),
        masked=bench.masked(found.party),
        places=bench.division_names(),
        specs=rules.known.facts,
        DEFINITIONS={item.id: item for item in rules.defined},
    )


@router.get("/products")
def products(bench: Bench) -> HTMLResponse:
    """Every product with the conditions of the version in force today."""
    day = today()
    return page(
        "products.html",
        here="/products",
        products=[
            (item, item.at(day) if item.is_at(day) else None) for item in bench.products().values()
        ],
        DEFINITIONS=definitions(),
        said=said,
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


def _show(
    bench: Workbench,
    key: str,
    found: tuple[Decision, ...],
    given: dict[str, Any],
    institution: str | None = None,
) -> HTMLResponse:
    return page(
        "decisions.html",
        key=key,
        name=bench.name(key),
        places=bench.division_names(),
        decisions=found,
        papers=_papers(found),
        given=given,
        institution=institution,
        institutions=bench.institution_names(),
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
