"""Sending what waits in the outbox: a request at a time, each until its answer is known.

A request is entered with its number before it leaves.  Whatever happens then (a kill, a connection
that breaks, an answer that is lost or cut), the partner is first asked for its answer by that number,
and only where it has not heard of it is the same request sent again.  While an answer is not known,
none of its records is sent in another request.  What the answers say that a case about a record waits
for is entered there (`acknowledging`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from graph.operations import (
    ExchangeItem,
    ExchangeRequest,
    OperationsStore,
    Outbox,
    lease,
)
from graph.progress import Progress, silent
from graph.settings import Settings
from graph.time import utc_now
from ingest.exchange.acknowledging import acknowledge
from ingest.exchange.connection import connection_of
from ingest.exchange.contract import Contract, contract_for
from ingest.exchange.ends import end_of
from ingest.exchange.reply import NoAnswer, NotYet, Unheard, outcomes
from ingest.exchange.request import End, Outgoing

__all__ = ["Sent", "request_number", "send", "send_by"]

_WAIT_S = 60.0
#: Seconds between two tries of one request, the second after twice as long.
_PAUSE_S = 1.0


@dataclass(frozen=True)
class Sent:
    """What one run did.

    Attributes:
        requests: that have an answer now; accepted and refused count their rows.
        unanswered: requests whose answer is still not known.
        problem: why the run ended before all was sent; None where nothing stood in the way.
    """

    contract: str
    requests: int
    accepted: int
    refused: int
    unanswered: int
    problem: str | None


def send(
    settings: Settings,
    store: OperationsStore,
    name: str,
    *,
    by: str,
    progress: Progress | None = None,
) -> Sent:
    """Send what waits, and settle what was sent before.

    Raises `InputError` (`user_missing`, `exchange_direction`), and as `connection_of`; what the partner says or
    fails to say is in the answer.
    """
    contract = contract_for(name, "out")
    connection = connection_of(settings, contract)
    with lease(store, settings, f"exchange-{name}", wait_s=_WAIT_S):
        outbox = Outbox(store)
        outbox.note_act(name, "send", by=by, at=utc_now())
        sent = send_by(contract, outbox, end_of(contract, connection), progress=progress or silent)
        acknowledge(contract, store, by=by, at=utc_now())
        return sent


def send_by(
    contract: Contract,
    outbox: Outbox,
    end: End,
    *,
    progress: Progress = silent,
    pause: Callable[[float], None] = time.sleep,
) -> Sent:
    """The same by an end that is handed down; who calls it keeps other runs apart."""
    run = _Run(contract, outbox, end, pause)
    for request in outbox.open_requests(contract.name):
        progress(f"查询回执 {request.number}", run.requests, None)
        run.settle(request, is_new=False)
    waiting = outbox.items(contract.name, ("waiting",))
    for table, items in _by_request(contract, waiting):
        # a partner that did not answer the last one is not sent the next
        if run.problem is not None:
            break
        number = request_number(contract, items)
        title = f"{contract.partner}：{contract.outgoing[table].title} {len(items)} 行"
        progress(f"报送 {number}", run.requests, None)
        named = [item.id for item in items]
        if not outbox.begin(number, contract.name, table, named, title=title, at=utc_now()):
            continue  # somebody held one of them back: the next run sends the others
        run.settle(
            ExchangeRequest(
                number, contract.name, table, (*named,), utc_now(), None, 0,
                None, None,
            ),
            is_new=True,
        )  # fmt: skip
    return Sent(
        contract.name, run.requests, run.accepted, run.refused,
        len(outbox.open_requests(contract.name)), run.problem,
    )  # fmt: skip


def request_number(contract: Contract, items: list[ExchangeItem]) -> str:
    """The number of the request in which these items leave: of what is in it, and which time."""
    said = "\n".join(f"{item.id} {item.tries}" for item in items)
    return f"{contract.name}-{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def _by_request(
    contract: Contract, items: list[ExchangeItem]
) -> Iterator[tuple[str, list[ExchangeItem]]]:
    most = contract.limits.rows
    for table in contract.outgoing:
        own = [item for item in items if item.template == table]
        for start in range(0, len(own), most):
            yield table, own[start : start + most]


class _Run:
    """One run over one contract."""

    def __init__(
        self, contract: Contract, outbox: Outbox, end: End, pause: Callable[[float], None]
    ) -> None:
        self.requests = self.accepted = self.refused = 0
        self.problem: str | None = None
        self._contract, self._outbox, self._end, self._pause = contract, outbox, end, pause

    def settle(self, request: ExchangeRequest, *, is_new: bool) -> None:
        """Have the answer to a request and enter it, or leave it open."""
        items = self._outbox.of_request(request.number)
        tries, problem = request.tries, ""
        for turn in range(self._contract.limits.tries):
            sent = Outgoing(
                request.number, request.template, self._contract.outgoing[request.template],
                items, tries,
            )  # fmt: skip
            try:
                if self._answered(sent, may_be_there=bool(turn) or not is_new):
                    return
                self._outbox.tried(request.number, None)
                return  # the partner has it, and answers later
            except NoAnswer as error:
                self._outbox.tried(request.number, str(error))
                problem = str(error)
            tries += 1
            if turn + 1 < self._contract.limits.tries:
                self._pause(_PAUSE_S * 2**turn)
        self.problem = (
            f"{problem}。批号 {request.number} 的结果还不清楚，下次先查询回执，不会重复报送。"
        )

    def _answered(self, sent: Outgoing, *, may_be_there: bool) -> bool:
        """Whether the answer is known by now; raises `NoAnswer`."""
        told = self._end.ask(sent) if may_be_there else Unheard()
        if isinstance(told, Unheard):
            told = self._end.hand_over(sent)
        if isinstance(told, NotYet):
            return False
        if told.means == "nothing":
            self._outbox.release(sent.number, told.message, told.told, at=utc_now())
            self.problem = f"对方没有接收批号 {sent.number}：{told.message}"
            return True
        found = outcomes(self._contract, sent.items, told)
        self._outbox.answer(sent.number, found, told.told, at=utc_now())
        self.requests += 1
        self.accepted += sum(one.state == "accepted" for one in found.values())
        self.refused += sum(one.state == "refused" for one in found.values())
        return True
