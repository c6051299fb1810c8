"""How things stand with each partner: what waits, what left, what was refused and why, what came.

An answer that is late is told by the office's calendar of working days.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import computed_field

from graph import time
from graph.calendar import WorkingCalendar
from graph.errors import InputError
from graph.operations import (
    ExchangeAct,
    ExchangeItem,
    ExchangeRequest,
    Intake,
    OperationsStore,
    Outbox,
)
from graph.settings import Settings
from graph.time import day_of, today, utc_now
from ingest.exchange.connection import connections
from ingest.exchange.contract import Contract, Incoming, Template, contract_named, contracts
from queries.district import DistrictReader
from queries.working_days import calendar_in_force

__all__ = [
    "ACTIONS",
    "STATES",
    "ContractState",
    "ItemState",
    "OpenRequest",
    "contract_acts",
    "contract_items",
    "contract_state",
    "hand_over_again",
    "overview",
    "put_off_item",
    "send_item_again",
]

#: States of an item, in the words of the partner's task list.
STATES: Mapping[str, str] = {
    "waiting": "待上报", "sent": "待处理", "accepted": "已处理", "refused": "待补充",
    "deferred": "延期", "closed": "已完成（未送出）",
}  # fmt: skip
ACTIONS: Mapping[str, str] = {"new": "新增", "update": "更新", "withdraw": "撤回"}


@dataclass(frozen=True)
class OpenRequest:
    """A request whose answer is not known.

    Attributes:
        due_on: by when the partner answers; None where the calendar does not hold the year.
    """

    number: str
    rows: int
    began_at: time.Instant
    tries: int
    problem: str | None
    due_on: date | None
    is_late: bool


@dataclass(frozen=True)
class ContractState:
    """One partner as it stands.

    Attributes:
        is_connected: whether this installation is connected with it.
        end: http or file; None where it is not.
        counts: items by state.
        open_requests: whose answer is not known, oldest first.
        intakes: what came last, the newest first.
    """

    name: str
    title: str
    partner: str
    direction: str
    legal_basis: str
    editions: tuple[str, ...]
    is_connected: bool
    end: str | None
    counts: Mapping[str, int]
    open_requests: tuple[OpenRequest, ...]
    intakes: tuple[Intake, ...]

    @computed_field
    @property
    def direction_label(self) -> str:
        """In Chinese."""
        return {"out": "报送", "in": "接收"}[self.direction]

    @computed_field
    @property
    def end_label(self) -> str:
        """In Chinese."""
        return {"http": "接口", "file": "文件"}.get(self.end or "", "未配置")


@dataclass(frozen=True)
class ItemState:
    """One item as it is shown: not whom it names, and not what it says.

    Attributes:
        template_label: title of the partner's table.
        record, document_no: key and number of the record, while law lets it be used; of what has
            ended neither, though it is still to be withdrawn.
        code, message: what the partner said of it, or what it lacks.
    """

    id: str
    contract: str
    template: str
    template_label: str
    record: str | None
    document_no: str | None
    version: int
    action: str
    state: str
    request: str | None
    tries: int
    code: str | None
    message: str | None
    changed_at: time.Instant

    @computed_field
    @property
    def state_label(self) -> str:
        """In Chinese."""
        return STATES[self.state]

    @computed_field
    @property
    def action_label(self) -> str:
        """In Chinese."""
        return ACTIONS[self.action]


def overview(settings: Settings, store: OperationsStore) -> tuple[ContractState, ...]:
    """Every contract; raises as `connections`."""
    outbox, connected = Outbox(store), connections(settings)
    counts, calendar = outbox.counts(), calendar_in_force(store)
    return tuple(
        ContractState(
            contract.name,
            contract.title,
            contract.partner,
            contract.direction,
            contract.legal_basis,
            tuple(dict.fromkeys(table.edition for table in _tables(contract))),
            contract.name in connected,
            connected[contract.name].end if contract.name in connected else None,
            {state: counts.get(contract.name, {}).get(state, 0) for state in STATES},
            tuple(
                _open(contract, request, calendar)
                for request in outbox.open_requests(contract.name)
            ),
            tuple(outbox.intakes(contract.name, 10)),
        )
        for contract in contracts().values()
    )


def contract_state(settings: Settings, store: OperationsStore, name: str) -> ContractState:
    """One contract; raises `NotFoundError`."""
    contract_named(name)
    return next(one for one in overview(settings, store) if one.name == name)


def contract_items(
    reader: DistrictReader,
    store: OperationsStore,
    name: str,
    state: str = "",
    *,
    offset: int = 0,
    most: int | None = None,
) -> tuple[ItemState, ...]:
    """Items of a contract, of one state or of all.

    Raises `NotFoundError`, and `InputError` (`exchange_state`) for a state that there is none of.
    """
    contract = contract_named(name)
    if state and state not in STATES:
        raise InputError(
            f"没有“{state}”这种状态。可以是：{'、'.join(STATES)}。",
            f"There is no such state; these are: {', '.join(STATES)}.",
            code="exchange_state",
        )
    found = Outbox(store).items(
        name, (state,) if state else (), with_rows=False, offset=offset, most=most
    )
    numbers = _numbers(reader, contract, found)
    return tuple(_item(contract, item, numbers) for item in found)


def _numbers(
    reader: DistrictReader, contract: Contract, items: Collection[ExchangeItem]
) -> dict[str, str | None]:
    """Record -> its number, of those that may be used."""
    found: dict[str, str | None] = {}
    for name in {item.template for item in items} & {*contract.outgoing}:
        keys = pa.array({item.record for item in items if item.template == name}, pa.string())
        table = reader.whenever(contract.outgoing[name].kind)
        table = table.filter(pc.is_in(table["key"].cast(pa.string()), value_set=keys))
        column = "document_no" if "document_no" in table.column_names else "case_no"
        found |= dict(zip(table["key"].to_pylist(), table[column].to_pylist(), strict=True))
    return found


def contract_acts(store: OperationsStore, name: str) -> tuple[ExchangeAct, ...]:
    """What was done by hand, the last first; raises `NotFoundError`."""
    return tuple(Outbox(store).acts(contract_named(name).name))


def send_item_again(store: OperationsStore, item: str, *, by: str, reason: str) -> ItemState:
    """Put what was refused, or held back, in the queue again, unchanged; raises as `Outbox.again`."""
    kept = Outbox(store).again(item, by=by, reason=reason, at=utc_now())
    return _item(contract_named(kept.contract), kept)


def hand_over_again(
    settings: Settings, store: OperationsStore, number: str, *, by: str, reason: str
) -> ContractState:
    """Have a request that the partner lost handed over once more, under its number, at the next
    sending; raises as `Outbox.hand_over_again`."""
    kept = Outbox(store).hand_over_again(number, by=by, reason=reason, at=utc_now())
    return contract_state(settings, store, kept.contract)


def put_off_item(store: OperationsStore, item: str, *, by: str, reason: str) -> ItemState:
    """Hold back what has not left; raises as `Outbox.put_off`."""
    kept = Outbox(store).put_off(item, by=by, reason=reason, at=utc_now())
    return _item(contract_named(kept.contract), kept)


def _tables(contract: Contract) -> list[Template | Incoming]:
    return [*contract.outgoing.values(), *contract.incoming.values()]


def _item(
    contract: Contract, item: ExchangeItem, numbers: Mapping[str, str | None] | None = None
) -> ItemState:
    told = numbers or {}
    same = {*ItemState.__dataclass_fields__} - {"template_label", "record", "document_no"}
    table = contract.outgoing.get(item.template)
    return ItemState(
        **{name: getattr(item, name) for name in same},
        template_label=table.title if table else item.template,
        record=item.record if item.record in told else None,
        document_no=told.get(item.record),
    )


def _open(contract: Contract, request: ExchangeRequest, calendar: WorkingCalendar) -> OpenRequest:
    try:
        due = calendar.after(day_of(request.began_at), contract.answer_days)
    except InputError:
        due = None
    return OpenRequest(
        request.number, len(request.items), request.began_at, request.tries, request.problem, due,
        due is not None and due < today(),
    )  # fmt: skip
