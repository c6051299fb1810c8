"""What a partner is to have, held against what it has: the difference is put into the outbox.

Of each record one version at a time is on its way: while nobody knows whether the last one arrived,
nothing more of it is decided.  What ended, or may be shared no more, is withdrawn where the partner
holds it and closed where it never left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from graph.errors import InputError
from graph.operations import ExchangeItem, OperationsStore, Outbox, lease
from graph.operations.exchange import INCOMPLETE, item_id
from graph.settings import Settings
from graph.time import today, utc_now
from ingest.exchange.connection import connection_of
from ingest.exchange.contract import Contract, contract_for
from ingest.exchange.rendering import Rendered, for_action, render
from ingest.exchange.shared_records import shared_records
from queries.district import DistrictReader

__all__ = ["Queued", "difference", "enqueue"]

#: So few withdrawals at once are nobody's mistake.
_FEW = 10
_WAIT_S = 60.0
_ENDED = "记录已终止或者不再共享，没有送出。"
_NEWER = "内容已变更，由新版本代替。"
_BACK = "内容又与对方持有的一致，不必报送。"


@dataclass(frozen=True)
class Queued:
    """What was put into the outbox.

    Attributes:
        shared: records that the partner is to have.
        new, updates, withdrawals: put in now; `incomplete` of the first two lack something.
        closed: versions that will not be sent any more.
        kept_back: what is not shared, by template and reason.
    """

    contract: str
    shared: int
    new: int
    updates: int
    withdrawals: int
    incomplete: int
    closed: int
    kept_back: Mapping[str, Mapping[str, int]]


def enqueue(
    reader: DistrictReader,
    settings: Settings,
    store: OperationsStore,
    name: str,
    *,
    by: str,
    reason: str = "",
) -> Queued:
    """Put into the outbox what a partner lacks, at the reader's moment; nothing is sent.

    Args:
        reason: why a large part of what the partner holds may be withdrawn, where it is to be.

    Raises:
        ForbiddenError: as `shared_records`.
        InputError: `user_missing`, `exchange_direction`, `exchange_past`, `exchange_many_withdrawals`, and as
            `connection_of` and `Outbox.put`.
    """
    contract = contract_for(name, "out")
    if reader.moment.as_of != today():
        raise InputError(
            "报送只按今天的数据进行，不能指定截至日期。", "What is sent is of today.",
            code="exchange_past",
        )  # fmt: skip
    connection = connection_of(settings, contract)
    outbox, at = Outbox(store), utc_now()
    with lease(store, settings, f"exchange-{name}", wait_s=_WAIT_S):
        shared = shared_records(reader, contract)
        wanted = {
            (one.template, one.record): render(
                contract, contract.outgoing[one.template], one, connection
            )
            for one in shared.records
        }
        held = outbox.items(name)
        made, closed = difference(contract, held, wanted, at)
        withdrawals = [item for item in made if item.action == "withdraw"]
        if not reason.strip():
            _refuse_many(contract, len(withdrawals), held)
        outbox.note_act(name, "queue", by=by, reason=reason, at=at)
        outbox.put(
            name, made, closed,
            position=reader.moment.position, as_of=reader.moment.as_of, at=at,
        )  # fmt: skip
    return Queued(
        name,
        len(wanted),
        sum(item.action == "new" for item in made),
        sum(item.action == "update" for item in made),
        len(withdrawals),
        sum(item.code == INCOMPLETE for item in made),
        len(closed),
        shared.kept_back,
    )


def difference(
    contract: Contract,
    held: Iterable[ExchangeItem],
    wanted: Mapping[tuple[str, str], Rendered],
    at: datetime,
) -> tuple[list[ExchangeItem], dict[str, str]]:
    """New items, and those to be closed with why; pure.

    Args:
        held: every item of the contract.
        wanted: what the partner is to have, by template and record.
    """
    of: dict[tuple[str, str], list[ExchangeItem]] = {}
    for item in sorted(held, key=lambda one: one.version):
        of.setdefault((item.template, item.record), []).append(item)
    made: list[ExchangeItem] = []
    closed: dict[str, str] = {}
    for place in sorted({*of, *wanted}):
        items = of.get(place, [])
        state = _History.of(items)
        for item, why in state.decide(wanted.get(place)):
            if why is not None:
                closed[item.id] = why
        told = state.next(wanted.get(place))
        if told is not None:
            made.append(_made(contract, place, len(items) + 1, *told, at))
    return made, closed


@dataclass(frozen=True)
class _History:
    """What became of one record: what the partner holds, and what is on its way."""

    held: ExchangeItem | None
    open: ExchangeItem | None

    @classmethod
    def of(cls, items: list[ExchangeItem]) -> _History:
        accepted = [item for item in items if item.state == "accepted"]
        held = accepted[-1] if accepted and accepted[-1].action != "withdraw" else None
        last = items[-1] if items else None
        is_open = last is not None and last.state in ("waiting", "sent", "refused", "deferred")
        return cls(held, last if is_open else None)

    def decide(self, wanted: Rendered | None) -> Iterator[tuple[ExchangeItem, str | None]]:
        """What is on its way, and why it is closed; None: it stays."""
        if self.open is None or self.open.state == "sent":
            return
        yield self.open, self._why_closed(self.open, wanted)

    def _why_closed(self, item: ExchangeItem, wanted: Rendered | None) -> str | None:
        if wanted is None:
            return None if item.action == "withdraw" else _ENDED
        if item.action != "withdraw" and item.digest == wanted.digest:
            return None
        if self.held is not None and self.held.digest == wanted.digest:
            return _BACK
        return _NEWER

    def next(
        self, wanted: Rendered | None
    ) -> tuple[str, Rendered | None, ExchangeItem | None, str] | None:
        """The action of a new version, what it says or withdraws, and the state it begins in."""
        if self.open is not None and (
            self.open.state == "sent" or self._why_closed(self.open, wanted) is None
        ):
            return None
        if wanted is None:
            return None if self.held is None else ("withdraw", None, self.held, "waiting")
        if self.held is not None and self.held.digest == wanted.digest:
            return None
        # what somebody held back stays held back, whatever it says by now
        was_put_off = self.open is not None and self.open.state == "deferred"
        state = "deferred" if was_put_off else "waiting"
        return ("new" if self.held is None else "update", wanted, None, state)


def _made(
    contract: Contract, place: tuple[str, str], version: int, action: str,
    wanted: Rendered | None, withdrawn: ExchangeItem | None, state: str, at: datetime,
) -> ExchangeItem:  # fmt: skip
    template, record = place
    said = wanted.row if wanted else (withdrawn.row if withdrawn else None) or {}
    problems = wanted.problems if wanted else ()
    return ExchangeItem(
        id=item_id(contract.name, template, record, version),
        contract=contract.name,
        template=template,
        record=record,
        version=version,
        action=action,
        digest=wanted.digest if wanted else "",
        row=None if problems else for_action(contract.outgoing[template], said, action),
        state="refused" if problems else state,
        request=None,
        tries=0,
        code=INCOMPLETE if problems else None,
        message="；".join(problems)[:500] if problems else None,
        made_at=at,
        changed_at=at,
    )


def _refuse_many(contract: Contract, withdrawals: int, held: Iterable[ExchangeItem]) -> None:
    """A register that was taken in empty, say, must not empty the partner's."""
    has = len(
        {(item.template, item.record) for item in held if item.state == "accepted" and item.row}
    )
    if withdrawals > _FEW and withdrawals > has * contract.limits.withdrawn_ratio:
        raise InputError(
            f"这次要向“{contract.partner}”撤回 {withdrawals} 条，占对方持有的 {has} 条的大部分，没有排队。"
            "请先核对来源数据是否完整；确属应当撤回的，请写明理由后再排队。",
            f"{withdrawals} of {has} records would be withdrawn: somebody must confirm it with a reason.",
            code="exchange_many_withdrawals",
        )
