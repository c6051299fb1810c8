"""Hypotheses about the risk of a party; the risk itself is with the other answers about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from api.acts import Act
from api.dependencies import Body, Key, Reading
from api.needs import EVERY_CLASS, needs
from queries.risk.what_if import WhatIfAnswer

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])

FactIds = Annotated[list[Annotated[str, StringConstraints(max_length=128)]], Field(max_length=100)]


class WhatIfRequest(Body):
    """假设去掉哪些关系或事实（编号见风险说明）."""

    without_ties: FactIds = Field(default_factory=list, title="去掉的关系")
    without_facts: FactIds = Field(default_factory=list, title="去掉的事实")


@router.post("/parties/{key}/risk/what-if", summary="风险假设推演 / what if")
@needs(Act.ASK, *EVERY_CLASS)
def what_if(key: Key, body: WhatIfRequest, reader: Reading) -> WhatIfAnswer:
    """The score without some ties or facts; marked as hypothetical, and no fact."""
    return reader.what_if(key, without_ties=body.without_ties, without_facts=body.without_facts)
