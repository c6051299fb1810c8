"""Loan products, and the verdict of one on a party."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from api.dependencies import Bench, Body
from queries.eligibility import load_product, product_names

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


class DecisionRequest(Body):
    """申请一次判定."""

    product: str = Field(title="产品编号")
    party: str = Field(title="主体编号", max_length=128)
    supplied: dict[str, bool | int | str] = Field(default_factory=dict, title="补充的事实")


@router.get("/products", summary="产品 / products")
def products() -> list[dict[str, Any]]:
    """Loan products with their conditions."""
    return [load_product(name).model_dump() for name in product_names()]


@router.post("/decisions", summary="首贷判定 / decide")
def decisions(body: DecisionRequest, bench: Bench) -> dict[str, Any]:
    """Every condition of a product for a party."""
    return bench.decide(body.product, body.party, dict(body.supplied)).as_dict()
