"""Money under stress: hypothetical answers about losses and payments, never facts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from api.admission import Fen, Whole
from api.dependencies import Bench, Body
from queries.risk import clearing_stress, distress_stress

__all__ = ["router"]

router = APIRouter(prefix="/v1/stress", tags=["v1"])

PartyKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Amounts = Annotated[dict[PartyKey, Fen], Field(max_length=10_000)]
Share = Annotated[float | None, Field(ge=0, le=1)]
Count = Annotated[Whole, Query(ge=1, le=10_000, description="最多列出多少个主体 / rows to list")]


class DistressScenario(Body):
    """假设倒闭的主体，以及只在本次推演中使用的净资产."""

    failed: list[PartyKey] = Field(title="假设倒闭的主体", min_length=1, max_length=1_000)
    net_assets_fen: Amounts = Field(default_factory=dict, title="假设的净资产（分）")


class ClearingScenario(Body):
    """只在本次推演中使用的可用资金和收回比例."""

    cash_fen: Amounts = Field(default_factory=dict, title="假设的可用资金（分）")
    keep_external: Share = Field(default=None, title="变卖自有资金的收回比例")
    keep_claims: Share = Field(default=None, title="变卖债权的收回比例")


@router.post("/distress", summary="倒闭传染推演 / losses by contagion")
def distress(body: DistressScenario, bench: Bench, count: Count = 100) -> dict[str, Any]:
    """Who loses how much of its net assets when some fail (linear DebtRank).

    Net assets are those of the annual reports unless the body says others; where nobody knows
    them the answer is a range.
    """
    net = bench.structure().net
    return distress_stress(
        net.snapshot,
        failed=body.failed,
        buffers_fen=net.net_assets,
        supplied_fen=body.net_assets_fen,
    ).as_dict(count)


@router.post("/clearing", summary="代偿清算推演 / clearing of debts")
def clearing(body: ClearingScenario, bench: Bench, count: Count = 100) -> dict[str, Any]:
    """Who could pay what when every guarantee is called at once (Eisenberg–Noe)."""
    return clearing_stress(
        bench.risk_run().snapshot,
        cash_fen=body.cash_fen,
        keep_external=body.keep_external,
        keep_claims=body.keep_claims,
    ).as_dict(count)


@router.get("/clearing", summary="代偿清算推演（不设资金） / clearing without supplied amounts")
def clearing_as_known(bench: Bench, count: Count = 100) -> dict[str, Any]:
    """The same with nothing supplied: money at hand is unknown of everybody."""
    return clearing(ClearingScenario(), bench, count)
