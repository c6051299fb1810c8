"""Exchange with other systems: how things stand, queueing, sending, taking in, what was refused.

Who acts is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import Whole
from api.dependencies import Body, Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from ingest.exchange import (
    ContractState,
    ItemState,
    Queued,
    Received,
    Sent,
    contract_items,
    contract_state,
    enqueue,
    hand_over_again,
    overview,
    put_off_item,
    receive,
    send,
    send_item_again,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1/exchange", tags=["exchange"])

ContractName = Annotated[str, Path(title="交换约定的名称", pattern="^[a-z][a-z0-9_]{0,63}$")]
RequestNumber = Annotated[str, Path(title="批号", pattern="^[a-z][a-z0-9_]{0,63}-[0-9a-f]{24}$")]
ItemId = Annotated[str, Path(title="报送记录编号", pattern="^[0-9a-f]{64}$")]
By = Annotated[str, Field(title="经办人", min_length=2, max_length=64)]
State = Annotated[str, Query(title="状态代码", max_length=16)]


class ExchangeActBody(Body):
    """Who has it done.

    Attributes:
        reason: why a large part of what the partner holds may be withdrawn, where it is to be.
    """

    by: By
    reason: str = Field(default="", title="理由", max_length=500)


class ItemActBody(Body):
    """Who decides about one item, and why."""

    by: By
    reason: str = Field(title="理由", min_length=1, max_length=500)


@router.get("", summary="交换情况 / how things stand")
@needs(Act.OFFICE, *EVERY_CLASS)
def standing(services: Serving) -> tuple[ContractState, ...]:
    """Every contract: whether it is connected, what waits, what was refused, what came."""
    return overview(services.office.settings, services.office.store)


@router.get("/{contract}", summary="一个单位的交换情况 / one partner")
@needs(Act.OFFICE, *EVERY_CLASS)
def one(contract: ContractName, services: Serving) -> ContractState:
    """One contract as it stands."""
    return contract_state(services.office.settings, services.office.store, contract)


@router.get("/{contract}/items", summary="报送记录 / items")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged(key=lambda row: row.id)
def items(
    contract: ContractName,
    reader: Reading,
    services: Serving,
    state: State = "",
    offset: Annotated[Whole, Query(title="从第几条起", ge=0, le=10_000_000)] = 0,
    limit: Annotated[Whole, Query(title="至多几条", ge=1, le=1_000)] = 100,
) -> tuple[ItemState, ...]:
    """Items of a contract in one state, or in any; not whom they name and not what they say."""
    return contract_items(reader, services.office.store, contract, state, offset=offset, most=limit)


@router.post("/{contract}/queue", summary="排队 / fill the outbox")
@needs(Act.OFFICE, *EVERY_CLASS)
def queue(
    contract: ContractName, body: ExchangeActBody, reader: Reading, services: Serving
) -> Queued:
    """Put into the outbox what the partner lacks; nothing is sent."""
    office = services.office
    return enqueue(reader, office.settings, office.store, contract, by=body.by, reason=body.reason)


@router.post("/{contract}/sending", summary="报送 / send")
@needs(Act.OFFICE, *EVERY_CLASS)
def sending(contract: ContractName, body: ExchangeActBody, services: Serving) -> Sent:
    """Ask for answers that were lost, then send what waits."""
    office = services.office
    return send(office.settings, office.store, contract, by=body.by)


@router.post("/{contract}/reception", summary="接收 / take in")
@needs(Act.OFFICE, *EVERY_CLASS)
def reception(contract: ContractName, body: ExchangeActBody, services: Serving) -> Received:
    """Take in, by the ordinary ingest, what the partner has."""
    office = services.office
    return receive(office.settings, office.store, contract, by=body.by)


@router.post("/requests/{request_number}/again", summary="重新送出 / hand over again")
@needs(Act.OFFICE, *EVERY_CLASS)
def request_again(
    request_number: RequestNumber, body: ItemActBody, services: Serving
) -> ContractState:
    """Have a request that the partner lost handed over once more, under its number."""
    office = services.office
    return hand_over_again(
        office.settings, office.store, request_number, by=body.by, reason=body.reason
    )


@router.post("/items/{item}/again", summary="重发 / send again")
@needs(Act.OFFICE, *EVERY_CLASS)
def again(item: ItemId, body: ItemActBody, services: Serving) -> ItemState:
    """Send again, unchanged, what was refused or put off."""
    return send_item_again(services.office.store, item, by=body.by, reason=body.reason)


@router.post("/items/{item}/deferral", summary="延期 / put off")
@needs(Act.OFFICE, *EVERY_CLASS)
def deferral(item: ItemId, body: ItemActBody, services: Serving) -> ItemState:
    """Hold back what has not left."""
    return put_off_item(services.office.store, item, by=body.by, reason=body.reason)
