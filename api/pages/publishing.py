"""Pages of publishing a product: a version is written and tried, put forward by one person with its
golden cases, and let pass by another who reads what changes in Chinese."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.dependencies import Asking, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.english.speaking import message_of
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.security import Asker, may
from api.services import Services
from graph.errors import InputError
from queries.eligibility.decisions.shadow import Shadow

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE = "/publishing"
ENTRIES = (Entry("信贷", 95, _HERE, "产品发布", "产品新版本由一人提出、另一人批准"),)

_OK, _UNPROCESSABLE = 200, 422
_LONGEST = 200_000
#: Groups of parties in a rehearsal's table.
_BY = {"village": "村", "sex": "性别", "age_band": "年龄段", "kind": "主体类别"}

Name = Annotated[str, Form(pattern="^[a-z][a-z0-9_]{0,63}$")]
ProposalId = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.get(_HERE)
@needs(Act.RULE)
def proposals(services: Serving, who: Asking) -> HTMLResponse:
    """What was put forward, the newest first, and the products of which a version can be written."""
    found = services.publishing.proposals()
    return page(
        "publishing.html",
        here=_HERE,
        proposals=found[::-1],
        products=services.publishing.products(),
        may_write=may(Act.RULE, who),
    )


@router.get("/products/draft")
@needs(Act.RULE)
def draft(
    services: Serving,
    product: Annotated[str, Query(pattern="^[a-z][a-z0-9_]{0,63}$")] = "",
) -> HTMLResponse:
    """The files of a product, to write its next version in; without one, the first product's."""
    name = product or next(iter(services.publishing.products()))
    text, cases = services.publishing.product_files(name)
    return _draft(services, name, text, cases)


@router.post(_HERE)
@needs(Act.RULE, *EVERY_CLASS)
def write(
    services: Serving,
    product: Name,
    text: Annotated[str, Form(max_length=_LONGEST)] = "",
    cases: Annotated[str, Form(max_length=_LONGEST)] = "",
    action: Annotated[Literal["try", "put"], Form()] = "try",
    by: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Try a version over its cases and past decisions, of which only counts are shown; or put it
    forward."""
    # a browser ends its lines otherwise than a file does
    text, cases = (told.replace("\r\n", "\n") for told in (text, cases))
    try:
        if action == "put":
            put = services.publishing.propose_product(product, text, cases, by=by)
            return see_other(f"/publishing/{put.proposal.id}")
        changed, changes = services.publishing.rehearse_product(product, text, cases)
        tried = services.publishing.shadow(changed)
    except InputError as error:
        return _draft(services, product, text, cases, error=message_of(error))
    return _draft(services, product, text, cases, changes=changes, tried=tried)


@router.get("/publishing/{proposal}")
@needs(Act.RULE)
def proposal(services: Serving, who: Asking, proposal: ProposalId) -> HTMLResponse:
    """What the second person reads: what changes in Chinese, the golden cases, the files."""
    return _proposal(services, who, proposal)


@router.post("/publishing/{proposal}")
@needs(Act.RULE)
def approve(
    services: Serving,
    who: Asking,
    proposal: ProposalId,
    by: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Let a version pass, by another person than its proposer; all is checked again."""
    try:
        services.publishing.approve_product(proposal, by=by)
    except InputError as error:
        return _proposal(services, who, proposal, error=message_of(error))
    return see_other(f"/publishing/{proposal}")


def _draft(
    services: Services, product: str, text: str, cases: str, *, error: str = "",
    changes: tuple[str, ...] = (), tried: Shadow | None = None,
) -> HTMLResponse:  # fmt: skip
    return page(
        "product_draft.html",
        _UNPROCESSABLE if error else _OK,
        here=_HERE,
        product=product,
        products=services.publishing.products(),
        text=text,
        cases=cases,
        error=error,
        changes=changes,
        tried=tried,
        turned=[] if tried is None else _turned(tried),
    )


def _turned(tried: Shadow) -> list[tuple[str, str, int, int, str]]:
    """Groups in which something would turn: by what, which, of how many, how many, and how."""
    return [
        (
            _BY.get(group.by, group.by), group.value, group.decisions, group.flips,
            "；".join(f"{then.value}变{now.value} {n} 份" for (then, now), n in group.turns.items()),
        )
        for group in tried.groups if group.turns and group.by != "village"
    ]  # fmt: skip


def _proposal(services: Services, who: Asker, name: str, *, error: str = "") -> HTMLResponse:
    found = services.publishing.proposal(name)
    put = found.proposal
    given: dict[str, Any] = {"text": put.text.decode(), "cases_text": put.proof.decode()}
    return page(
        "product_proposal.html",
        _UNPROCESSABLE if error else _OK,
        here=_HERE,
        found=found,
        put=put,
        error=error,
        is_mine=not who.is_local and put.proposed_by == who.name,
        may_approve=may(Act.RULE, who) and put.approved_at is None,
        **given,
    )
