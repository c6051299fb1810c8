"""Pages of the exchange with other systems: what waits, what left, what was refused and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import Whole
from api.dependencies import Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.english.speaking import message_of
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from api.services import Services
from graph.errors import BusyError, InputError, SettingsError
from ingest.exchange import (
    STATES,
    contract_acts,
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
from queries.reader import Reader

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry(
        "信用办",
        85,
        "/exchange",
        "数据交换",
        "与省平台、12345等系统的报送和接收，退回的逐条补正重发",
    ),
)

#: Rows on a page.
_ON_A_PAGE = 50
_OK, _UNPROCESSABLE = 200, 422
_ACTS = {
    "queue": "排队",
    "send": "报送",
    "receive": "接收",
    "again": "重发",
    "put_off": "延期",
    "hand_over": "重新送出",
}

ContractName = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,63}$")]
RequestNumber = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,63}-[0-9a-f]{24}$")]
ItemId = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Offset = Annotated[Whole, Query(ge=0, le=10_000_000)]
State = Annotated[str, Query(max_length=16)]


@router.get("/exchange")
@needs(Act.OFFICE, *EVERY_CLASS)
def partners(services: Serving) -> HTMLResponse:
    """Every partner, and how things stand."""
    office = services.office
    return page(
        "exchange.html",
        here="/exchange",
        found=overview(office.settings, office.store),
        states=STATES,
    )


@router.get("/exchange/{contract}")
@needs(Act.OFFICE, *EVERY_CLASS)
def partner(
    contract: ContractName,
    reader: Reading,
    services: Serving,
    state: State = "refused",
    offset: Offset = 0,
) -> HTMLResponse:
    """One partner: its items, first those that somebody must look at."""
    return _partner(reader, services, contract, state=state, offset=offset)


@router.post("/exchange/{contract}")
@needs(Act.OFFICE, *EVERY_CLASS)
def act(contract: ContractName, reader: Reading, services: Serving, form: TypedForm) -> Response:
    """Queue, send or take in."""
    office, by = services.office, form.get("by", "")
    try:
        if form.get("action") == "queue":
            queued = enqueue(
                reader, office.settings, office.store, contract,
                by=by, reason=form.get("reason", ""),
            )  # fmt: skip
            said = (
                f"已排队：新增 {queued.new}，更新 {queued.updates}，撤回 {queued.withdrawals}；"
                f"缺必填内容 {queued.incomplete}。还没有发送。"
            )
        elif form.get("action") == "send":
            sent = send(office.settings, office.store, contract, by=by)
            said = f"对方接收 {sent.accepted} 条，退回 {sent.refused} 条，没有答复的批次 {sent.unanswered}。{sent.problem or ''}"
        else:
            taken = receive(office.settings, office.store, contract, by=by)
            said = f"接收 {taken.rows} 行：采纳 {taken.accepted}，不变 {taken.unchanged}，隔离 {taken.quarantined}。{taken.problem or ''}"
    except (InputError, SettingsError, BusyError) as error:
        return _partner(reader, services, contract, error=message_of(error))
    return _partner(reader, services, contract, said=said)


@router.post("/exchange/requests/{request_number}")
@needs(Act.OFFICE, *EVERY_CLASS)
def request_act(request_number: RequestNumber, services: Serving, form: TypedForm) -> Response:
    """Have a request that the partner lost handed over once more."""
    office = services.office
    kept = hand_over_again(
        office.settings, office.store, request_number,
        by=form.get("by", ""), reason=form.get("reason", ""),
    )  # fmt: skip
    return see_other(f"/exchange/{kept.name}")


@router.post("/exchange/items/{item}")
@needs(Act.OFFICE, *EVERY_CLASS)
def item_act(item: ItemId, services: Serving, form: TypedForm) -> Response:
    """Send one again, or put it off."""
    does = put_off_item if form.get("action") == "put_off" else send_item_again
    kept = does(services.office.store, item, by=form.get("by", ""), reason=form.get("reason", ""))
    return see_other(f"/exchange/{kept.contract}?state={kept.state}")


def _partner(
    reader: Reader,
    services: Services,
    contract: str,
    *,
    state: str = "refused",
    offset: int = 0,
    error: str = "",
    said: str = "",
) -> HTMLResponse:
    office = services.office
    found = contract_state(office.settings, office.store, contract)
    shown = contract_items(
        reader, office.store, contract, state, offset=offset, most=rows_shown(_ON_A_PAGE)
    )
    return page(
        "exchange_partner.html",
        _UNPROCESSABLE if error else _OK,
        here="/exchange",
        found=found,
        items=shown,
        total=found.counts.get(state, 0) if state else sum(found.counts.values()),
        state=state,
        states=STATES,
        offset=offset,
        step=_ON_A_PAGE,
        acts=contract_acts(office.store, contract)[:_ON_A_PAGE],
        act_words=_ACTS,
        error=error,
        said=said,
    )
