"""A partner that accepted a withdrawal has acknowledged it: that is entered in the case about the record.

Whoever shows a record has to stop with the end of it and say so (信用中国: 三个工作日内同步).  Where the
partner is one of these receivers, its acceptance says it.  It is worked out of what the outbox holds, so
that a run that was killed before it was entered enters it the next time, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from graph.operations import Case, ExchangeItem, OperationsStore, Outbox, RepairCases
from graph.operations.repair_moves import TOLD
from graph.time import day_of
from ingest.exchange.contract import Contract

__all__ = ["acknowledge"]


def acknowledge(contract: Contract, store: OperationsStore, *, by: str, at: datetime) -> list[int]:
    """Enter what a partner acknowledged; the numbers of the cases in which it was.

    Raises `InputError` (`user_missing`).
    """
    if not contract.receiver:
        return []
    book, told = RepairCases(store), []
    withdrawn = _withdrawn(Outbox(store).items(contract.name, with_rows=False))
    for case in book.all() if withdrawn else ():
        item = withdrawn.get(case.record)
        if item is None or not _waits(case, contract.receiver):
            continue
        book.act(
            case.number, "acknowledge", by=by, at=at, reason=f"{contract.partner}接收撤回，批号 {item.request}",
            content={
                "receiver": contract.receiver,
                "acknowledged_on": day_of(item.changed_at).isoformat(),
            },
        )  # fmt: skip
        told.append(case.number)
    return told


def _waits(case: Case, receiver: str) -> bool:
    done = (act.content["receiver"] for act in case.acts if act.act == "acknowledge")
    return case.state in TOLD and receiver not in done


def _withdrawn(items: list[ExchangeItem]) -> dict[str, ExchangeItem]:
    """Record -> the withdrawal that was accepted, of those that the partner holds in no table."""
    held: dict[tuple[str, str], ExchangeItem] = {}
    for item in _accepted(items):
        held[item.template, item.record] = item
    still = {item.record for item in held.values() if item.action != "withdraw"}
    # what is on its way may have arrived
    still |= {item.record for item in items if item.state == "sent" and item.action != "withdraw"}
    return {item.record: item for item in held.values() if item.record not in still}


def _accepted(items: list[ExchangeItem]) -> Iterator[ExchangeItem]:
    yield from sorted(
        (one for one in items if one.state == "accepted"), key=lambda one: one.version
    )
