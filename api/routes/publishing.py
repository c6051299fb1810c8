"""Changing a product: tried over past decisions, put forward, let pass by another person.

Nobody can log in yet, so who acts is stated in the body, and the service answers on loopback only.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from api.dependencies import Bench, Body
from graph.operations import Proposals
from graph.time import today, utc_now
from queries.eligibility.decisions.answer import proposed_answer, shadow_answer
from queries.eligibility.decisions.shadow import shadow
from queries.eligibility.rules.product import read_product
from queries.eligibility.rules.publish import approve, is_product, propose, review_proposal

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


@router.post("/products/{product}/shadow", summary="试用改动后的产品 / try a changed product")
def try_out(product: ProductName, body: ShadowRequest, bench: Bench) -> dict[str, Any]:
    """Whose past verdicts would turn, by village, sex, age band and kind; nothing is written."""
    changed = read_product(product, body.text)
    version = changed.version(body.version) if body.version else changed.versions[-1]
    return shadow_answer(shadow(bench.archive.of(product=product), version))


@router.post("/products/{product}/proposals", status_code=201, summary="提出新版本 / propose")
def put(product: ProductName, body: ProposalRequest, bench: Bench) -> dict[str, Any]:
    """Put a version forward: every golden case must hold, and what is in force stays as it is."""
    found = propose(
        bench.store, product, body.text, body.cases, by=body.by, at=utc_now(), day=today()
    )
    return proposed_answer(found)


@router.get("/proposals", summary="各份提案 / proposals")
def proposals(bench: Bench) -> list[dict[str, Any]]:
    """Every proposal, oldest first, with its difference to what is in force."""
    found = filter(is_product, Proposals(bench.store).all())
    return [proposed_answer(review_proposal(bench.store, item)) for item in found]


@router.get("/proposals/{proposal}", summary="一份提案 / a proposal")
def proposal(proposal: ProposalId, bench: Bench) -> dict[str, Any]:
    """What the second person reads: the difference in Chinese, the golden cases, the files."""
    item = Proposals(bench.store).find(proposal)
    files = {"text": item.text.decode(), "cases_text": item.proof.decode()}
    return proposed_answer(review_proposal(bench.store, item)) | files


@router.post("/proposals/{proposal}/approval", summary="批准新版本 / approve")
def approve_proposal(proposal: ProposalId, body: ApprovalRequest, bench: Bench) -> dict[str, Any]:
    """Let a version pass, by another person than its proposer; all is checked again."""
    return proposed_answer(approve(bench.store, proposal, by=body.by, at=utc_now(), day=today()))
