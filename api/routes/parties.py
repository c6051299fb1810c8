"""A party: found, described, its surroundings, loans, guarantees and risk."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from api.admission import Whole
from api.dependencies import Body, Key, Reading
from api.record_words import adverse_sentence

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


class Search(Body):
    """查找主体."""

    text: str = Field(title="名称、代码或证件号码", min_length=1, max_length=100)


@router.post("/parties/search", summary="查找主体 / find a party")
def search(body: Search, reader: Reading) -> dict[str, Any]:
    """Parties by name, code or identity; the identity is hashed and not kept."""
    return reader.search(body.text).as_dict()


@router.get("/parties/{key}", summary="主体名片 / party card")
def party(key: Key, reader: Reading) -> dict[str, Any]:
    """What each source says of a party."""
    return reader.ask("party_card", key=key).as_dict()


@router.get("/parties/{key}/neighbourhood", summary="周边关系 / neighbourhood")
def neighbourhood(
    key: Key, reader: Reading, hops: Annotated[Whole, Query(title="跳数", ge=1, le=3)] = 1
) -> dict[str, Any]:
    """Ties around a party, within 1 to 3 hops."""
    return reader.ask("neighbourhood", key=key, hops=hops).as_dict()


@router.get("/parties/{key}/loans", summary="贷款 / loans")
def loans(key: Key, reader: Reading) -> dict[str, Any]:
    """Loans of a party."""
    return reader.ask("loans", key=key).as_dict()


@router.get("/parties/{key}/guarantees", summary="担保 / guarantees")
def guarantees(key: Key, reader: Reading) -> dict[str, Any]:
    """Guarantees that a party gave and received."""
    return {
        "given": reader.ask("guarantees_given", key=key).as_dict(),
        "received": reader.ask("guarantees_received", key=key).as_dict(),
    }


@router.get("/parties/{key}/records", summary="登记和记录 / records")
def records(key: Key, reader: Reading) -> dict[str, Any]:
    """Permits, penalties, assets, land, insurance, tax and whatever else is on record."""
    return reader.ask("records", key=key).as_dict()


@router.get("/parties/{key}/adverse", summary="不利记录 / adverse records")
def adverse(key: Key, reader: Reading) -> dict[str, Any]:
    """Own adverse records that may lawfully be used, the sources asked, and kinds nobody brought."""
    found = reader.adverse(key)
    return {**found.as_dict(), "sentence": adverse_sentence(found)}


@router.get("/parties/{key}/risk", summary="风险 / risk")
def risk(key: Key, reader: Reading) -> dict[str, Any]:
    """Score with own facts, and hints by association apart from them."""
    return reader.risk(key).as_dict()
