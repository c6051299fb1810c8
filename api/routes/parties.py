"""A party: found, described, its surroundings, loans, guarantees and risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.acts import Act
from api.admission import Whole
from api.conditional import of_one_state
from api.dependencies import Body, Key, Reading
from api.needs import EVERY_CLASS, asked, needs
from api.record_words import adverse_sentence
from queries import RiskAnswer
from queries.adverse import adverse_model
from queries.library import answers
from queries.typed_answer import QuestionAnswer

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


class Search(Body):
    """查找主体."""

    text: str = Field(title="名称、代码或证件号码", min_length=1, max_length=100)


@router.post(
    "/parties/search", summary="查找主体 / find a party", response_model=answers("find_party")
)
@needs(Act.ASK, *asked("find_party"))
def search(body: Search, reader: Reading) -> QuestionAnswer:
    """Parties by name, code or identity; the identity is hashed and not kept."""
    return reader.search(body.text).typed()


@router.get("/parties/{key}", summary="主体名片 / party card", response_model=answers("party_card"))
@needs(Act.ASK, *asked("party_card"))
@of_one_state
def party(key: Key, reader: Reading) -> QuestionAnswer:
    """What each source says of a party."""
    return reader.ask("party_card", key=key).typed()


@router.get(
    "/parties/{key}/neighbourhood",
    summary="周边关系 / neighbourhood",
    response_model=answers("neighbourhood"),
)
@needs(Act.ASK, *asked("neighbourhood"))
@of_one_state
def neighbourhood(
    key: Key, reader: Reading, hops: Annotated[Whole, Query(title="跳数", ge=1, le=3)] = 1
) -> QuestionAnswer:
    """Ties around a party, within 1 to 3 hops."""
    return reader.ask("neighbourhood", key=key, hops=hops).typed()


@router.get("/parties/{key}/loans", summary="贷款 / loans", response_model=answers("loans"))
@needs(Act.ASK, *asked("loans"))
@of_one_state
def loans(key: Key, reader: Reading) -> QuestionAnswer:
    """Loans of a party."""
    return reader.ask("loans", key=key).typed()


@dataclass(frozen=True)
class Guarantees:
    """Those that a party gave, and those that it received."""

    given: answers("guarantees_given")  # type: ignore[valid-type]
    received: answers("guarantees_received")  # type: ignore[valid-type]


@router.get("/parties/{key}/guarantees", summary="担保 / guarantees")
@needs(Act.ASK, *asked("guarantees_given", "guarantees_received"))
@of_one_state
def guarantees(key: Key, reader: Reading) -> Guarantees:
    """Guarantees that a party gave and received."""
    return Guarantees(
        given=reader.ask("guarantees_given", key=key).typed(),
        received=reader.ask("guarantees_received", key=key).typed(),
    )


@router.get(
    "/parties/{key}/records", summary="登记和记录 / records", response_model=answers("records")
)
@needs(Act.ASK, *asked("records"))
@of_one_state
def records(key: Key, reader: Reading) -> QuestionAnswer:
    """Permits, penalties, assets, land, insurance, tax and whatever else is on record."""
    return reader.ask("records", key=key).typed()


@router.get(
    "/parties/{key}/adverse", summary="不利记录 / adverse records", response_model=adverse_model()
)
@needs(Act.ASK, *asked("adverse_records"))
@of_one_state
def adverse(key: Key, reader: Reading) -> QuestionAnswer:
    """Own adverse records that may lawfully be used, the sources asked, and kinds nobody brought."""
    found = reader.adverse(key)
    return found.typed(adverse_sentence(found))


@router.get("/parties/{key}/risk", summary="风险 / risk")
@needs(Act.ASK, *EVERY_CLASS)
@of_one_state
def risk(key: Key, reader: Reading) -> RiskAnswer:
    """Score with own facts, and hints by association apart from them."""
    return reader.risk(key)
