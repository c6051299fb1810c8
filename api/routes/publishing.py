"""Changing a product: tried over past decisions, put forward, let pass by another person.

Who acts is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from api.acts import Act
from api.dependencies import Body, Serving
from api.guarded import editable, if_match
from api.idempotency import once_by_key
from api.needs import EVERY_CLASS, needs
from queries.eligibility.decisions.answer import (
    ProposedAnswer,
    ShadowAnswer,
    proposed_answer,
    shadow_answer,
)
from queries.eligibility.rules.product import read_product

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])

ProductName = Annotated[
    str, Path(description="产品编号 / product", pattern="^[a-z][a-z0-9_]{0,63}$")
]
ProposalId = Annotated[str, Path(description="提案编号 / proposal", pattern="^[0-9a-f]{64}$")]
ProductText = Annotated[str, Field(title="产品文件（YAML）", min_length=1, max_length=200_000)]


class ShadowRequest(Body):
    """用改动后的产品重看历次判定."""

    text: ProductText
    version: str | None = Field(default=None, title="哪个版本，默认最后一个", max_length=32)


class ProposalRequest(Body):
    """提出产品新版本."""

    text: ProductText
    cases: str = Field(title="用例文件（YAML）", min_length=1, max_length=200_000)
    by: str = Field(title="提出人姓名或工号", max_length=64)


class ApprovalRequest(Body):
    """批准产品新版本."""

    by: str = Field(title="批准人姓名或工号", max_length=64)


@dataclass(frozen=True)
class ProposalAnswer(ProposedAnswer):
    """A proposal with its files."""

    text: str
    cases_text: str


@router.post("/products/{product}/shadow", summary="试用改动后的产品 / try a changed product")
@needs(Act.RULE, *EVERY_CLASS)
def try_out(product: ProductName, body: ShadowRequest, services: Serving) -> ShadowAnswer:
    """Whose past verdicts would turn, by village, sex, age band and kind; nothing is written."""
    changed = read_product(product, body.text)
    return shadow_answer(services.publishing.shadow(changed, body.version))


@router.post("/products/{product}/proposals", status_code=201, summary="提出新版本 / propose")
@needs(Act.RULE)
@once_by_key
def put(product: ProductName, body: ProposalRequest, services: Serving) -> ProposedAnswer:
    """Put a version forward: every golden case must hold, and what is in force stays as it is."""
    found = services.publishing.propose_product(product, body.text, body.cases, by=body.by)
    return proposed_answer(found)


@router.get("/proposals", summary="各份提案 / proposals")
@needs(Act.RULE)
def proposals(services: Serving) -> list[ProposedAnswer]:
    """Every proposal, oldest first, with its difference to what is in force."""
    return [proposed_answer(item) for item in services.publishing.proposals()]


@router.get("/proposals/{proposal}", summary="一份提案 / a proposal")
@needs(Act.RULE)
@editable
def proposal(proposal: ProposalId, services: Serving) -> ProposalAnswer:
    """What the second person reads: the difference in Chinese, the golden cases, the files."""
    found = services.publishing.proposal(proposal)
    item = found.proposal
    return ProposalAnswer(
        **vars(proposed_answer(found)),
        text=item.text.decode(),
        cases_text=item.proof.decode(),
    )


@router.post("/proposals/{proposal}/approval", summary="批准新版本 / approve")
@needs(Act.RULE)
@if_match(proposal)
def let_pass(proposal: ProposalId, body: ApprovalRequest, services: Serving) -> ProposedAnswer:
    """Let a version pass, by another person than its proposer; all is checked again."""
    return proposed_answer(services.publishing.approve_product(proposal, by=body.by))
