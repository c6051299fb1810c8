"""`/v1`: the same functions as the commands, as JSON.  Searches are POST: no identity in a URL."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.workbench import Workbench
from graph.errors import XinnongError
from graph.projection import projected_to
from queries import library
from queries.eligibility import load_product, product_names

__all__ = ["Bench", "health", "router", "workbench"]

health = APIRouter(tags=["health"])
router = APIRouter(prefix="/v1", tags=["v1"])


def workbench(request: Request) -> Workbench:
    """The open workbench of this application."""
    found: Workbench = request.app.state.workbench
    return found


Bench = Annotated[Workbench, Depends(workbench)]
Key = Annotated[str, Path(description="主体编号 / party key", max_length=128)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Search(_Body):
    """查找主体."""

    text: str = Field(title="名称、代码或证件号码", min_length=1, max_length=100)


class DecisionRequest(_Body):
    """申请一次判定."""

    product: str = Field(title="产品编号")
    party: str = Field(title="主体编号", max_length=128)
    supplied: dict[str, bool | int | str] = Field(default_factory=dict, title="补充的事实")


@health.get("/healthz", summary="进程是否在运行 / alive")
def healthz() -> dict[str, str]:
    """Alive: says nothing of the graph."""
    return {"status": "ok"}


@health.get("/readyz", summary="能否回答问题 / ready")
def readyz(bench: Bench) -> JSONResponse:
    """Ready: the graph answers and holds the whole log."""
    try:
        held = projected_to(bench.graph)
    except XinnongError as error:
        return JSONResponse({"status": "no_graph", "code": error.cause_code}, status_code=503)
    batches = bench.log.batches()
    graph_at, log_at = held.position if held else 0, len(batches)
    whole = graph_at == log_at
    return JSONResponse(
        {
            "status": "ok" if whole else "behind",
            "graph_position": graph_at,
            "log_position": log_at,
        },
        status_code=200 if whole else 503,
    )


@router.post("/parties/search", summary="查找主体 / find a party")
def search(body: Search, bench: Bench) -> dict[str, Any]:
    """Parties by name, code or identity; the identity is hashed and not kept."""
    return bench.search(body.text).as_dict()


@router.get("/parties/{key}", summary="主体名片 / party card")
def party(key: Key, bench: Bench) -> dict[str, Any]:
    """What each source says of a party."""
    return bench.ask("party_card", key=key).as_dict()


@router.get("/parties/{key}/neighbourhood", summary="周边关系 / neighbourhood")
def neighbourhood(key: Key, bench: Bench, hops: int = 1) -> dict[str, Any]:
    """Ties around a party, within 1 to 3 hops."""
    return bench.ask("neighbourhood", key=key, hops=hops).as_dict()


@router.get("/parties/{key}/loans", summary="贷款 / loans")
def loans(key: Key, bench: Bench) -> dict[str, Any]:
    """Loans of a party."""
    return bench.ask("loans", key=key).as_dict()


@router.get("/parties/{key}/guarantees", summary="担保 / guarantees")
def guarantees(key: Key, bench: Bench) -> dict[str, Any]:
    """Guarantees that a party gave and received."""
    return {
        "given": bench.ask("guarantees_given", key=key).as_dict(),
        "received": bench.ask("guarantees_received", key=key).as_dict(),
    }


@router.get("/parties/{key}/risk", summary="风险 / risk")
def risk(key: Key, bench: Bench) -> dict[str, Any]:
    """Score with own facts, and hints by association apart from them."""
    return bench.risk(key).as_dict()


@router.get("/products", summary="产品 / products")
def products() -> list[dict[str, Any]]:
    """Loan products with their conditions."""
    return [load_product(name).model_dump() for name in product_names()]


@router.post("/decisions", summary="首贷判定 / decide")
def decisions(body: DecisionRequest, bench: Bench) -> dict[str, Any]:
    """Every condition of a product for a party."""
    return bench.decide(body.product, body.party, dict(body.supplied)).as_dict()


@router.get("/questions", summary="查询目录 / questions")
def questions() -> list[dict[str, Any]]:
    """All questions with their parameters and columns."""
    return [
        {
            "name": item.name,
            "title": item.title,
            "question": item.question,
            "basis": item.basis,
            "parameters": {each.name: each.term for each in item.parameters},
            "columns": {each.name: each.term for each in item.columns},
        }
        for item in library().values()
    ]


@router.post("/questions/{name}", summary="提问 / ask")
def ask_question(
    name: str, bench: Bench, parameters: Annotated[dict[str, str | int | float], Body()]
) -> dict[str, Any]:
    """Ask any question of the library."""
    return bench.ask(name, **parameters).as_dict()
