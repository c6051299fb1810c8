"""Pages of decisions: product by product with every condition, the list of those kept and the A4
form of each, and the rules that they follow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.condition_words import failed_by
from api.dependencies import AsOf, Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.navigation import Entry
from api.pages.papers import Laid, documents, documents_of, read_form, without_particulars
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from graph.errors import InputError
from graph.time import today
from queries.eligibility import Decision
from queries.eligibility.decisions.kept_rules import read_rules
from queries.eligibility.decisions.record import case_from
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.paper import PARTICULARS, read_papers
from queries.eligibility.rules.difference import said
from queries.eligibility.rules.first_loan import definitions, disagreements
from queries.reader import Reader

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信贷", 80, "/decisions", "判定存档", "已存档的判定书，随时重新打印"),
    Entry("信贷", 90, "/products", "产品规定", "各信贷产品的条件、依据和版本"),
)

#: Decisions on the page of those kept.
_SHOWN = 100
_OK, _UNPROCESSABLE = 200, 422


@router.get("/parties/{key}/decisions")
@needs(Act.ASK, *EVERY_CLASS)
def decisions(reader: Reading, key: str) -> HTMLResponse:
    """Every product for the party, from what is known."""
    return _show(reader, key, reader.decide_every(key), laid=Laid({}, {}))


@router.post("/parties/{key}/decisions")
@needs(Act.DECIDE, *EVERY_CLASS)
def with_papers(
    services: Serving,
    reader: Reading,
    key: str,
    form: TypedForm,
) -> Response:
    """The same with the officer's papers; `keep` makes it a decision and keeps it.

    POST, so that no personal figure stands in a URL.  A look may try what a paper would change; a
    decision that is kept names every paper, and who looked at it.
    """
    action, product = form.pop("action", "look"), form.pop("product", "")
    institution = form.pop("institution", "") or None
    laid = read_form(form)
    show = partial(_show, reader, key, laid=laid, institution=institution, product=product)
    try:
        lacking = without_particulars(read_papers(laid.papers, reader.moment.as_of))
        if action == "keep" and not lacking:
            made = reader.decide(product, key, supplied=laid.papers, institution=institution)
            name = services.keep(made)
            return see_other(f"/decisions/{name}")
        found = reader.decide_every(key, supplied=laid.papers, institution=institution)
    except InputError as error:
        # what was typed stays on the page, with what is wrong with it
        known = reader.decide_every(key, institution=institution)
        return show(known, error=error)
    return show(found, lacking=lacking, refused=action == "keep")


@router.get("/decisions")
@needs(Act.DECIDE, *EVERY_CLASS)
def kept(reader: Reading) -> HTMLResponse:
    """The latest decisions that were kept, to be opened and printed again."""
    found = reader.kept_decisions()
    shown = found[: -_SHOWN - 1 : -1]
    return page(
        "kept.html",
        here="/decisions",
        stated=reader.basis if found else None,
        decisions=shown,
        total=len(found),
        names=reader.names(item.party for item in shown),
        titles={name: item.title for name, item in reader.products.items()},
    )


@router.get("/decisions/{decision_id}")
@needs(Act.DECIDE, *EVERY_CLASS)
def form(
    reader: Reading, decision_id: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
) -> HTMLResponse:
    """A kept decision as a form to print and sign, in the words of its own rules."""
    found = reader.kept_decision(decision_id)
    record = json.loads(found.record)
    rules = read_rules(reader.rules_text(record["rules"]))
    places = reader.division_names()
    facts = rules.version.in_time(
        case_from(found.record).facts, date.fromisoformat(record["as_of"])
    )
    return page(
        "decision_form.html",
        here="/decisions",
        stated=reader.basis,
        id=found.id,
        decided_at=found.decided_at,
        record=record,
        name=reader.name(found.party),
        masked=reader.masked(found.party),
        places=places,
        specs=rules.known.facts,
        against={one.id: failed_by(one, facts, places) for one in rules.version.conditions},
        documents=documents_of(record, rules.known.facts),
        DEFINITIONS={item.id: item for item in rules.defined},
    )


@router.get("/products")
@needs(Act.LOOK)
def products(services: Serving, as_of: AsOf = None) -> HTMLResponse:
    """Every product with the conditions of the version in force today, or on another day."""
    day = as_of or today()
    return page(
        "products.html",
        here="/products",
        products=[
            (item, item.at(day) if item.is_at(day) else None)
            for item in services.publishing.products().values()
        ],
        DEFINITIONS=definitions(),
        said=said,
    )


def _show(
    reader: Reader,
    key: str,
    found: tuple[Decision, ...],
    *,
    laid: Laid,
    institution: str | None = None,
    product: str = "",
    lacking: Mapping[str, tuple[str, ...]] | None = None,
    error: InputError | None = None,
    refused: bool = False,
) -> HTMLResponse:
    return page(
        "decisions.html",
        _UNPROCESSABLE if refused or error else _OK,
        key=key,
        name=reader.name(key),
        places=reader.division_names(),
        decisions=found,
        documents=documents(found),
        particulars=PARTICULARS,
        given=laid.typed,
        brought=len(laid.papers),
        lacking=lacking or {},
        error=error,
        refused=refused,
        institution=institution,
        product=product,
        institutions=reader.institution_names(),
        disagreements=disagreements,
        FACTS=catalogue().facts,
    )
