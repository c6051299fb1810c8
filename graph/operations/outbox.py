"""The outbox: each version of each record that a partner is to have, and what became of it.

    waiting -> sent -> accepted            待上报 -> 待处理 -> 已处理
       |        |-> refused -> waiting     待补充, mended or sent again by somebody
       |        `-> waiting                the partner took nothing of the request
       |-> deferred -> waiting             延期, by somebody, for a reason
       `-> closed                          已完成: a later version stands in its place

An item is named by its content: contract, record, version.  A request is written here before it
leaves, with its number and its items, so that whoever was killed can ask the partner for its answer by
that number; its answer is entered in one transaction.  What is kept of a record is what the partner
holds, or is about to be sent: older rows, and all of a record that was withdrawn there, are deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, defer

from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.exchange import (
    INCOMPLETE,
    LONGEST,
    UNSETTLED,
    ActRow,
    ExchangeAct,
    ExchangeItem,
    ExchangeRequest,
    Intake,
    IntakeRow,
    ItemRow,
    Outcome,
    RequestRow,
    StateRow,
    item_of,
    request_of,
)
from graph.operations.record_use import note_use
from graph.operations.responsible import responsible
from graph.operations.store import OperationsStore

__all__ = ["Outbox"]


class Outbox:
    """Put in, send, answer, try again; one run of one contract at a time (`lease`)."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def put(
        self,
        contract: str,
        items: Sequence[ExchangeItem],
        closed: Mapping[str, str],
        *,
        position: int,
        as_of: date,
        at: datetime,
    ) -> None:
        """Enter new versions and close those in whose place they stand, with why; all or nothing.

        Args:
            position, as_of: of the moment at which the records were read.

        Raises `InputError` (`exchange_behind`) where the outbox was made of later news: a record's
            older version would be sent over its newer one.
        """
        with self._store.transaction() as session:
            state = session.get(StateRow, contract)
            if state is not None and (position < state.position or as_of < state.as_of):
                raise InputError(
                    "待报送的内容是按更新的数据排好的，这次读到的数据较旧，没有改动。请稍后重试。",
                    "The outbox was made of later news than was read now: nothing was changed.",
                    code="exchange_behind",
                )
            session.merge(StateRow(contract=contract, position=position, as_of=as_of))
            for name, why in closed.items():
                row = session.get_one(ItemRow, name)
                if row.state in ("waiting", "refused", "deferred"):
                    row.state, row.message, row.changed_at, row.row = "closed", why, at, None
            names = ExchangeItem.__dataclass_fields__
            if items:
                rows = [{name: getattr(item, name) for name in names} for item in items]
                session.execute(insert(ItemRow), rows)

    def begin(
        self, number: str, contract: str, template: str, items: Sequence[str], *, title: str,
        at: datetime,
    ) -> bool:  # fmt: skip
        """Enter a request before it leaves; that its records were let out is noted with it.

        False, and nothing is entered, where something in it does not wait any more.
        """
        with self._store.transaction() as session:
            rows = [session.get_one(ItemRow, name) for name in items]
            if any(row.state != "waiting" for row in rows):
                return False
            for row in rows:
                row.state, row.request, row.changed_at = "sent", number, at
                row.tries, row.code, row.message = row.tries + 1, None, None
            session.add(
                RequestRow(
                    number=number, contract=contract, template=template, items=[*items],
                    began_at=at, tries=0,
                )
            )  # fmt: skip
            note_use(
                session, "exchange", number, title=title, at=at,
                records=(row.record for row in rows if row.action != "withdraw"),
            )  # fmt: skip
        return True

    def tried(self, number: str, problem: str | None) -> None:
        """A try of a request that brought no answer, and why."""
        with self._store.transaction() as session:
            row = session.get_one(RequestRow, number)
            row.tries += 1
            row.problem = problem and redacted(problem)[:LONGEST]

    def answer(
        self,
        number: str,
        outcomes: Mapping[str, Outcome],
        reply: Mapping[str, Any],
        *,
        at: datetime,
    ) -> None:
        """Enter the answer to a request, item by item; entering it twice is entering it once."""
        with self._store.transaction() as session:
            request = session.get_one(RequestRow, number)
            if request.ended_at is not None:
                return
            if {*outcomes} != {*request.items}:
                raise ValueError("an answer says what became of every item of its request")
            request.ended_at, request.reply, request.problem = at, dict(reply), None
            for name, outcome in outcomes.items():
                item = session.get_one(ItemRow, name)
                item.state, item.changed_at = outcome.state, at
                item.code = outcome.code and outcome.code[:32]
                item.message = outcome.message and redacted(outcome.message)[:LONGEST]
                if outcome.state == "accepted":
                    _forget(session, item)

    def release(self, number: str, problem: str, reply: Mapping[str, Any], *, at: datetime) -> None:
        """A request of which the partner says that it took nothing: its items wait again."""
        with self._store.transaction() as session:
            request = session.get_one(RequestRow, number)
            if request.ended_at is not None:
                return
            request.ended_at, request.reply = at, dict(reply)
            request.problem = redacted(problem)[:LONGEST]
            for name in request.items:
                item = session.get_one(ItemRow, name)
                item.state, item.changed_at, item.message = "waiting", at, request.problem

    def again(self, name: str, *, by: str, reason: str, at: datetime) -> ExchangeItem:
        """Send, unchanged, what a partner refused or somebody put off.

        Raises `NotFoundError`, and `InputError`: `user_missing`, `reason_missing`,
        `exchange_not_refused`, `exchange_incomplete`.
        """
        who, why = responsible(by, "重发"), _reason(reason)
        with self._store.transaction() as session:
            row = _found(session, name)
            if row.state not in ("refused", "deferred"):
                raise InputError(
                    "只有对方退回的和延期的才能重发。",
                    "Only what was refused or put off is sent again.",
                    code="exchange_not_refused",
                )
            if row.code == INCOMPLETE:
                raise InputError(
                    "这条还缺必填内容，不能原样重发。请补正来源数据后重新导入，新版本会自动排队。",
                    "It lacks what is required: mend the record at its source, and take it in.",
                    code="exchange_incomplete",
                )
            return _moved(session, row, "waiting", "again", who, why, at)

    def hand_over_again(
        self, number: str, *, by: str, reason: str, at: datetime
    ) -> ExchangeRequest:
        """Have a request that was never answered handed over once more, under its number.

        Raises `NotFoundError`, and `InputError`: `user_missing`, `reason_missing`,
        `exchange_answered`.
        """
        who, why = responsible(by, "重发"), _reason(reason)
        with self._store.transaction() as session:
            row = session.get(RequestRow, number)
            if row is None:
                raise NotFoundError(
                    "没有这个批号。请核对。",
                    "There is no such request.",
                    code="exchange_request_unknown",
                )
            if row.ended_at is not None:
                raise InputError(
                    "这一批已有答复，不能再次送出。",
                    "It was answered: it is not handed over again.",
                    code="exchange_answered",
                )
            row.tries = 0
            session.add(
                ActRow(contract=row.contract, item=None, act="hand_over", reason=why, by=who, at=at)
            )
            return request_of(row)

    def put_off(self, name: str, *, by: str, reason: str, at: datetime) -> ExchangeItem:
        """Hold back what waits or was refused, until somebody sends it; raises as `again`."""
        who, why = responsible(by, "延期"), _reason(reason)
        with self._store.transaction() as session:
            row = _found(session, name)
            if row.state not in ("waiting", "refused"):
                raise InputError(
                    "只有待上报的和退回的才能延期；已经送出的不能收回。",
                    "Only what waits or was refused is put off; what left has left.",
                    code="exchange_not_waiting",
                )
            return _moved(session, row, "deferred", "put_off", who, why, at)

    def note_act(self, contract: str, act: str, *, by: str, reason: str = "", at: datetime) -> None:
        """Note who had something done with a contract; raises `InputError` (`user_missing`)."""
        who, why = responsible(by, "经办"), redacted(reason.strip())[:LONGEST]
        with self._store.transaction() as session:
            session.add(ActRow(contract=contract, act=act, reason=why, by=who, at=at))

    def acts(self, contract: str) -> list[ExchangeAct]:
        """What was done by hand, the last first."""
        query = select(ActRow).where(ActRow.contract == contract).order_by(ActRow.number.desc())
        with self._store.reading() as session:
            return [
                ExchangeAct(row.contract, row.item, row.act, row.reason, row.by, row.at)
                for row in session.scalars(query)
            ]

    def items(
        self,
        contract: str,
        states: Collection[str] = (),
        *,
        with_rows: bool = True,
        offset: int = 0,
        most: int | None = None,
    ) -> list[ExchangeItem]:
        """Items of a contract in some states (none: in any), in the order in which they came."""
        query = select(ItemRow).where(ItemRow.contract == contract)
        if states:
            query = query.where(ItemRow.state.in_(states))
        query = query.order_by(ItemRow.made_at, ItemRow.template, ItemRow.record, ItemRow.version)
        if not with_rows:
            query = query.options(defer(ItemRow.row))
        with self._store.reading() as session:
            rows = session.scalars(query.offset(offset).limit(most))
            return [item_of(row, with_row=with_rows) for row in rows]

    def of_request(self, number: str) -> list[ExchangeItem]:
        """Items of a request, in its order."""
        with self._store.reading() as session:
            request = session.get_one(RequestRow, number)
            return [item_of(session.get_one(ItemRow, name)) for name in request.items]

    def find(self, name: str) -> ExchangeItem:
        """One item; raises `NotFoundError` (`exchange_item_unknown`)."""
        with self._store.reading() as session:
            return item_of(_found(session, name))

    def open_requests(self, contract: str) -> list[ExchangeRequest]:
        """Requests whose answer is not known, oldest first."""
        query = select(RequestRow).where(
            RequestRow.contract == contract, RequestRow.ended_at.is_(None)
        )
        with self._store.reading() as session:
            return [request_of(row) for row in session.scalars(query.order_by(RequestRow.began_at))]

    def requests(self, contract: str, most: int = 20) -> list[ExchangeRequest]:
        """The last requests, the newest first."""
        query = select(RequestRow).where(RequestRow.contract == contract)
        query = query.order_by(RequestRow.began_at.desc(), RequestRow.number).limit(most)
        with self._store.reading() as session:
            return [request_of(row) for row in session.scalars(query)]

    def counts(self) -> dict[str, dict[str, int]]:
        """How many items are in which state, by contract."""
        query = select(ItemRow.contract, ItemRow.state, func.count()).group_by(
            ItemRow.contract, ItemRow.state
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        with self._store.reading() as session:
            for contract, state, count in session.execute(query):
                found[contract][state] = count
        return found

    def enter_intake(self, intake: Intake) -> None:
        """Note what was taken in, and where the next page begins."""
        values = {name: getattr(intake, name) for name in Intake.__dataclass_fields__}
        values |= {"batches": [*intake.batches], "counts": dict(intake.counts)}
        with self._store.transaction() as session:
            session.add(IntakeRow(**values))

    def intakes(self, contract: str, most: int | None = None) -> list[Intake]:
        """What was taken in, the last first."""
        query = select(IntakeRow).where(IntakeRow.contract == contract)
        query = query.order_by(IntakeRow.number.desc()).limit(most)
        with self._store.reading() as session:
            return [
                Intake(
                    row.contract, row.name, row.next, row.rows, (*row.batches,), row.counts, row.at
                )
                for row in session.scalars(query)
            ]


def _forget(session: Session, accepted: ItemRow) -> None:
    """Delete the rows of versions in whose place an accepted one stands, and of what it withdraws."""
    older = update(ItemRow).where(
        ItemRow.contract == accepted.contract,
        ItemRow.template == accepted.template,
        ItemRow.record == accepted.record,
        ItemRow.version < accepted.version,
        ItemRow.state.not_in(UNSETTLED),
    )
    session.execute(older.values(row=None))
    if accepted.action == "withdraw":
        accepted.row = None


def _found(session: Session, name: str) -> ItemRow:
    row = session.get(ItemRow, name)
    if row is None:
        raise NotFoundError(
            "没有这条报送记录。请核对编号。",
            "There is no such item.",
            code="exchange_item_unknown",
        )
    return row


def _moved(
    session: Session, row: ItemRow, state: str, act: str, by: str, reason: str, at: datetime
) -> ExchangeItem:
    row.state, row.changed_at = state, at
    session.add(ActRow(contract=row.contract, item=row.id, act=act, reason=reason, by=by, at=at))
    return item_of(row)


def _reason(reason: str) -> str:
    told = redacted(reason.strip())[:LONGEST]
    if not told:
        raise InputError("请写明理由。", "Say why.", code="reason_missing")
    return told
