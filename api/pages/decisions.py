"""Pages of decisions: the board of every product for one party, and what would be if something were
otherwise; and the rules that products follow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.decision_board import board_of
from api.dependencies import Asking, AsOf, Key, Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.navigation import Entry
from api.pages.papers import Laid, grouped, plain, read_form, usual, without_particulars
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from api.security import Asker, may
from graph.errors import InputError
from graph.time import today
from queries.eligibility import Decision
from queries.eligibility.decisions.hypothesis import Supposed, assumable, suppose
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.paper import PARTICULARS, read_papers
from queries.eligibility.rules.difference import said
from queries.eligibility.rules.first_loan import definitions, disagreements
from queries.reader import Reader

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信贷", 90, "/products", "产品规定", "各信贷产品的条件、依据和版本"),)

_OK, _UNPROCESSABLE = 200, 422
#: Fields of the form that are no paper.
_ASSUMED, _ASSUMED_VALUE = "assumed", "assumed_value"


@router.get("/parties/{key}/decisions")
@needs(Act.ASK, *EVERY_CLASS)
def decisions(reader: Reading, key: Key, who: Asking) -> HTMLResponse:
    """The board of every product for the party, from what is known."""
    found = reader.decide_every(key)
    laid = Laid(usual(found, "" if who.is_local else who.name), {})
    return _show(reader, key, found, who, laid=laid)


@router.post("/parties/{key}/decisions")
@needs(Act.DECIDE, *EVERY_CLASS)
def with_papers(
    services: Serving,
    reader: Reading,
    key: Key,
    who: Asking,
    form: TypedForm,
) -> Response:
    """The same with the officer's papers; the button of a card keeps its product's decision.

    POST, so that no personal figure stands in a URL.  A look may try what a paper would change, and
    a supposition what a figure would; a decision that is kept names every paper, and who looked at
    it.
    """
    action, product = form.pop("action", "look"), form.pop("product", "")
    if chosen := form.pop("keep", ""):
        action, product = "keep", chosen
    assumed, value = form.pop(_ASSUMED, ""), form.pop(_ASSUMED_VALUE, "")
    institution = form.pop("institution", "") or None
    laid = read_form(form)
    show = partial(_show, reader, key, who=who, laid=laid, institution=institution, product=product)
    try:
        lacking = without_particulars(read_papers(laid.papers, reader.moment.as_of))
        if action == "keep" and not lacking:
            made = reader.decide(product, key, supplied=laid.papers, institution=institution)
            name = services.keep(made, by=who.name)
            return see_other(f"/decisions/{name}")
        found = reader.decide_every(key, supplied=laid.papers, institution=institution)
    except InputError as error:
        # what was typed stays on the page, with what is wrong with it
        known = reader.decide_every(key, institution=institution)
        return show(known, error=error)
    if action == "suppose" and found:
        told = {assumed: plain(assumed, value)} if assumed and value else {}
        try:
            supposed = suppose(found[0].case, reader.products.values(), told)
        except InputError as error:
            return show(found, wrong_assumption=error, assumed=(assumed, value))
        return show(found, supposed=supposed, assumed=(assumed, value))
    return show(found, lacking=lacking, refused=action == "keep")


@router.get("/products")
@needs(Act.LOOK)
def products(services: Serving, who: Asking, as_of: AsOf = None) -> HTMLResponse:
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
        may_publish=may(Act.RULE, who, only_looks=True),
    )


def _show(
    reader: Reader,
    key: str,
    found: tuple[Decision, ...],
    who: Asker,
    *,
    laid: Laid,
    institution: str | None = None,
    product: str = "",
    lacking: Mapping[str, tuple[str, ...]] | None = None,
    error: InputError | None = None,
    refused: bool = False,
    supposed: Supposed | None = None,
    wrong_assumption: InputError | None = None,
    assumed: tuple[str, str] = ("", ""),
) -> HTMLResponse:
    places, own = reader.division_names(), who.scope.institution
    board = board_of(found, places)
    return page(
        "decisions.html",
        _UNPROCESSABLE if refused or error or wrong_assumption else _OK,
        key=key,
        name=reader.name(key),
        places=places,
        decisions=found,
        board=board,
        groups=grouped([card.decision for card in board.cards]),
        particulars=PARTICULARS,
        given=laid.typed,
        brought=len(laid.papers),
        brought_papers={
            catalogue().facts[name].paper for name in laid.papers if name in catalogue().facts
        },
        lacking=lacking or {},
        error=error,
        refused=refused,
        institution=own or institution,
        product=product,
        # whoever works for one asks for no other (`Reader.case`)
        institutions={
            name: title for name, title in reader.institution_names().items() if own in (None, name)
        },
        is_of_one=own is not None,
        disagreements=disagreements,
        FACTS=catalogue().facts,
        may_keep=may(Act.DECIDE, who),
        assumable=assumable(found),
        supposed=supposed,
        wrong_assumption=wrong_assumption,
        assumed=assumed,
    )
