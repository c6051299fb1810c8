"""Working with partners: take what fronts bring, hand over, take what back offices tell, apply it.

Every message is kept before anything is made of it (`graph.operations.financing_messages`), so that a
run that is cut anywhere loses nothing, and what comes twice is applied once.  What came too early
waits for what comes before it; what came too late is past; what contradicts waits for somebody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.errors import InputError, NotFoundError
from graph.operations import FinancingBook, FinancingMessages, Handovers, Marks, Message
from graph.operations.financing_moves import RANK
from graph.operations.store import OperationsStore
from ingest.exchange.reply import NoAnswer
from ingest.financing.partner import FinancingPartner, UntranslatableError
from ingest.financing.partner_end import PartnerEnd, RefusedByPartnerError
from ingest.financing.translate import acts_of, demand_said, handover_of

__all__ = ["FinancingPartnerDesk"]

#: Refusals after which a message may still come true: something before it has not come yet.
_EARLY = frozenset({"financing_step", "note_unknown"})
_REACHED = {
    "accept": "accepted", "investigate": "investigating", "grant": "granted", "refuse": "refused",
    "sign": "signed", "disburse": "disbursed", "disbursement_failed": "disbursed",
}  # fmt: skip
_PAGES = 1_000


@dataclass(frozen=True)
class FinancingPartnerDesk:
    """Where one partner is worked with; every method may be run again after any cut."""

    store: OperationsStore
    partner: FinancingPartner
    end: PartnerEnd

    @property
    def channel(self) -> str:
        """Under which its demands and messages stand."""
        return self.partner.name

    def receive(self, *, at: datetime) -> Counter[str]:
        """Keep what the partner has to tell, page by page; raises `NoAnswer`,
        `RefusedByPartnerError`."""
        marks, messages = Marks(self.store), FinancingMessages(self.store)
        name, counts = f"financing/{self.channel}", Counter[str]()
        path = self.partner.feedback_path or self.partner.http.path
        for _ in range(_PAGES):
            cursor = marks.at(name)
            rows, following = self.end.rows(path, cursor)
            for row in rows:
                counts[self._keep(messages, row, at)] += 1
            if following == cursor or not rows:
                break
            marks.move(name, following)
        return counts

    def _keep(self, messages: FinancingMessages, row: Mapping[str, Any], at: datetime) -> str:
        number = str(row.get("eventId") or row.get("takeDmdId") or "")[:80]
        if not number:
            return "nameless"
        try:
            if self.partner.shape == "front":
                body: dict[str, Any] = demand_said(self.partner, row)
            else:
                body = {"demand": str(row.get("id") or ""), "acts": acts_of(self.partner, row)}
        except UntranslatableError as error:
            body = {"untranslatable": str(error)}
        return messages.keep(self.channel, number, body, at=at)

    def hand_over(self) -> Counter[str]:
        """Send what waits; what may have been taken without an answer is asked for first."""
        handovers, book = Handovers(self.store), FinancingBook(self.store)
        counts = Counter[str]()
        for waiting in handovers.waiting(self.channel):
            case = book.case(waiting.case_number)
            demand = book.file(case.demand).demand
            number = f"{case.number}"
            try:
                told = handover_of(
                    self.partner, case.number, institution=case.institution, product=case.product,
                    amount_fen=demand.amount_fen, months=demand.months, purpose=demand.purpose,
                    subject=demand.subject,
                )  # fmt: skip
                if not waiting.tries:
                    # from here on nobody knows whether it left
                    handovers.not_taken(waiting.number, "没有收到答复", is_final=False)
                    theirs = self.end.hand_over(number, told)
                else:
                    theirs = self.end.find(number) or self.end.hand_over(number, told)
                handovers.taken(waiting.number, theirs)
                counts["taken"] += 1
            except NoAnswer as error:
                handovers.not_taken(waiting.number, str(error), is_final=False)
                counts["unknown"] += 1
            except (RefusedByPartnerError, UntranslatableError) as error:
                handovers.not_taken(waiting.number, str(error), is_final=True)
                counts["refused"] += 1
        return counts

    def apply(self, *, at: datetime) -> Counter[str]:
        """Make of every kept message what it says, until none goes any further."""
        messages, counts = FinancingMessages(self.store), Counter[str]()
        going = True
        while going:
            going = False
            for message in messages.waiting(self.channel):
                state, problem = self._applied(message, at)
                if state != "waiting":
                    messages.settle(message.number, state, problem)  # type: ignore[arg-type]
                    counts[state] += 1
                    going = True
        counts["waiting"] = len(messages.waiting(self.channel))
        return counts

    def _applied(self, message: Message, at: datetime) -> tuple[str, str | None]:
        body = message.body
        if "untranslatable" in body:
            return "refused", str(body["untranslatable"])
        try:
            if self.partner.shape == "front":
                return self._demand(message, at)
            return self._acts(message, at)
        except (InputError, NotFoundError) as error:
            return "refused", error.message_zh

    def _demand(self, message: Message, at: datetime) -> tuple[str, str | None]:
        said = dict(message.body)
        try:
            if not self.end.is_authorised(str(said.pop("authorisation", ""))):
                return "waiting", None
        except (NoAnswer, RefusedByPartnerError):
            return "waiting", None
        FinancingBook(self.store).register(
            **said,
            channel=self.channel,
            reference=message.reference,
            by=self.partner.partner,
            at=at,
        )
        return "applied", None

    def _acts(self, message: Message, at: datetime) -> tuple[str, str | None]:
        book = FinancingBook(self.store)
        handover = Handovers(self.store).of_number(self.channel, str(message.body["demand"]))
        if handover is None:
            return "waiting", None
        acts = message.body["acts"]
        case = book.case(handover.case_number)
        if RANK[case.state] > RANK[_REACHED[acts[0]["act"]]] and acts[-1]["act"] == "accept":
            return "late", None
        for act in acts:
            try:
                book.act(
                    case.number, act["act"], institution=case.institution,
                    reference=f"{self.channel}/{message.reference}/{act['act']}"[:96],
                    by=self.partner.partner, at=at, reason=act.get("reason", ""),
                    content=act.get("content", {}),
                )  # fmt: skip
            except InputError as error:
                state = book.case(case.number).state
                if error.cause_code == "financing_step":
                    past = RANK[state] >= RANK[_REACHED[act["act"]]]
                    if act.get("implied") and past:
                        continue
                    if past and act["act"] not in ("disburse", "disbursement_failed"):
                        return ("late", None) if state not in ("refused", "withdrawn") else (
                            "refused", error.message_zh
                        )  # fmt: skip
                    if past and RANK[state] > RANK["overdue"]:
                        return "refused", error.message_zh
                if error.cause_code in _EARLY:
                    return "waiting", None
                return "refused", error.message_zh
        return "applied", None
