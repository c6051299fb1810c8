"""Money under stress: hypothetical answers about losses and payments, never facts."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from api.acts import Act
from api.admission import Fen, Whole
from api.dependencies import Body, Reading
from api.needs import EVERY_CLASS, needs
from queries.money import Exposures, Losses
from queries.risk.stress import ClearingStress, DistressStress

__all__ = ["router"]

router = APIRouter(prefix="/v1/stress", tags=["v1"])

PartyKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Amounts = Annotated[dict[PartyKey, Fen], Field(max_length=10_000)]
Shocks = Annotated[dict[PartyKey, Annotated[float, Field(gt=0, le=1)]], Field(max_length=10_000)]
Share = Annotated[float | None, Field(ge=0, le=1)]
Count = Annotated[Whole, Query(ge=1, le=10_000, description="最多列出多少个主体 / rows to list")]


class DistressScenario(Body):
    """假设倒闭或部分受损的主体，以及只在本次推演中使用的净资产."""

    failed: list[PartyKey] = Field(default=[], title="假设倒闭的主体", max_length=1_000)
    shocks: Shocks = Field(default_factory=dict, title="净资产损失的比例（0.3 为三成）")
    net_assets_fen: Amounts = Field(default_factory=dict, title="假设的净资产（分）")


class ClearingScenario(Body):
    """只在本次推演中使用的可用资金和收回比例."""

    cash_fen: Amounts = Field(default_factory=dict, title="假设的可用资金（分）")
    keep_external: Share = Field(default=None, title="变卖自有资金的收回比例")
    keep_claims: Share = Field(default=None, title="变卖债权的收回比例")


class LossScenario(Body):
    """按什么分组，以及只在本次推演中使用的情形."""

    by: Literal["institution", "village", "security", "purpose"] = Field(
        default="institution", title="按机构、村、担保方式或用途"
    )
    failed: list[PartyKey] = Field(default=[], title="假设倒闭的主体", max_length=1_000)
    shocks: Shocks = Field(default_factory=dict, title="净资产损失的比例（0.3 为三成）")
    net_assets_fen: Amounts = Field(default_factory=dict, title="假设的净资产（分）")
    loss_given_failure: Share = Field(default=None, title="违约后的损失比例")


class InstitutionCapital(Body):
    """机构自报的资本，只在本次计算中使用."""

    lender: PartyKey = Field(title="放款机构编号")
    tier1_fen: Fen | None = Field(default=None, gt=0, title="一级资本净额（分）")
    capital_fen: Fen | None = Field(default=None, gt=0, title="资本净额（分）")


@router.post("/losses", summary="贷款可能的损失 / what may be lost of the loans")
@needs(Act.ASK, *EVERY_CLASS)
def losses(body: LossScenario, reader: Reading) -> Losses:
    """By institution, village, security or purpose: by score, and under a scenario.

    A score is no probability before its policy is calibrated, and the sum no forecast.
    """
    return reader.losses(
        body.by,
        failed=body.failed,
        shocks=body.shocks,
        net_assets_fen=body.net_assets_fen,
        loss_given_failure=body.loss_given_failure,
    )


@router.post("/exposures", summary="大额风险暴露和关联客户 / large exposures")
@needs(Act.ASK, *EVERY_CLASS)
def exposures(body: InstitutionCapital, reader: Reading, count: Count = 100) -> Exposures:
    """Clients and groups of connected clients against the limits of 商业银行大额风险暴露管理办法.

    The capital is the institution's own word; without it every limit is 待补充.
    """
    found = reader.exposures(body.lender, tier1_fen=body.tier1_fen, capital_fen=body.capital_fen)
    return found.first(count)


@router.post("/distress", summary="倒闭传染推演 / losses by contagion")
@needs(Act.ASK, *EVERY_CLASS)
def distress(body: DistressScenario, reader: Reading, count: Count = 100) -> DistressStress:
    """Who loses how much of its net assets when some fail (linear DebtRank).

    Net assets are those of the annual reports unless the body says others; where nobody knows
    them the answer is a range.
    """
    return reader.distress(
        failed=body.failed, shocks=body.shocks, supplied_fen=body.net_assets_fen
    ).first(count)


@router.post("/clearing", summary="代偿清算推演 / clearing of debts")
@needs(Act.ASK, *EVERY_CLASS)
def clearing(body: ClearingScenario, reader: Reading, count: Count = 100) -> ClearingStress:
    """Who could pay what when every guarantee is called at once (Eisenberg–Noe)."""
    return reader.clearing(
        cash_fen=body.cash_fen,
        keep_external=body.keep_external,
        keep_claims=body.keep_claims,
    ).first(count)


@router.get("/clearing", summary="代偿清算推演（不设资金） / clearing without supplied amounts")
@needs(Act.ASK, *EVERY_CLASS)
def clearing_as_known(reader: Reading, count: Count = 100) -> ClearingStress:
    """The same with nothing supplied: money at hand is unknown of everybody."""
    return clearing(ClearingScenario(), reader, count)
