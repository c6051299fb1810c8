"""The financing loop: demands, applications at institutions, and every act on them, forward only.

Whoever acts says under which number of its own: the same number with the same content is the same
act, told twice or ten times; with another content it is refused.  An act and what follows from it for
the application are one transaction.  Under a credit no more is disbursed than it says, and only
while it holds.  What follows for readers of the graph is carried into the log (`ingest.financing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.event import EventKind, note_event
from graph.operations.financing_effect import follow
from graph.operations.financing_moves import (
    ACTS,
    BOTH,
    BY_THE_BANK,
    MOVES,
    STATES,
    moves,
)
from graph.operations.financing_rows import (
    ActRow,
    CaseRow,
    DemandRow,
    DrawdownRow,
    FinancingAct,
    FinancingCase,
    FinancingDemand,
    FinancingDrawdown,
    act_digest,
    act_of,
    case_of,
    demand_of,
    drawdown_of,
)
from graph.operations.financing_terms import SECURITIES, fen, reason_of, terms
from graph.operations.responsible import responsible
from graph.operations.store import OperationsStore
from graph.time import day_of

__all__ = ["PLATFORM", "Done", "FinancingBook", "FinancingFile"]

#: Under whose numbers the platform's own acts stand.
PLATFORM = "platform"

_MOST_MONTHS = 600
_MOST_REFERENCE = 96


@dataclass(frozen=True)
class Done:
    """What an act did; `is_new` is False where it had been done under that number."""

    act: FinancingAct
    is_new: bool


@dataclass(frozen=True)
class FinancingFile:
    """A demand with all that became of it, the oldest first."""

    demand: FinancingDemand
    cases: tuple[FinancingCase, ...]
    drawdowns: tuple[FinancingDrawdown, ...]
    acts: tuple[FinancingAct, ...]


class FinancingBook:
    """Take demands, push them, act on them, find them; nothing is ever removed."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def register(
        self, subject: str, *, channel: str, reference: str, amount_fen: int, months: int,
        purpose: str, security_kinds: Sequence[str] = (), by: str, at: datetime,
    ) -> Done:  # fmt: skip
        """Take a demand; raises `InputError` (`financing_terms`, `reference_reused`, `user_missing`)."""
        kinds = sorted({*security_kinds})
        if {*kinds} - {*SECURITIES} or not 0 < months <= _MOST_MONTHS or not purpose.strip():
            raise InputError(
                "需求须写明金额、期限（月）、用途，担保方式按代码表填写。没有登记任何内容。",
                "A demand states amount, months, purpose, and securities by their codes.",
                code="financing_terms",
            )
        what_for = redacted(purpose.strip(), strict=False)[:200]
        content = {
            "subject": subject, "amount_fen": fen(amount_fen), "months": months,
            "purpose": what_for, "security_kinds": kinds,
        }  # fmt: skip
        digest = act_digest("register", None, "", content)
        number = _reference(reference)
        with self._store.transaction() as session:
            if known := _known(session, channel, number, digest):
                return Done(known, False)
            row = DemandRow(
                channel=channel[:64], reference=number, subject=subject, amount_fen=amount_fen,
                months=months, purpose=what_for, security_kinds=kinds, state="registered",
                made_at=at, changed_at=at,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return Done(
                _add(session, row, None, "register", channel, number, digest, by, at, "", content),
                True,
            )

    def match(
        self, demand: int, products: Sequence[Mapping[str, str]], *, reference: str, by: str,
        at: datetime,
    ) -> Done:  # fmt: skip
        """Keep which products were looked at and what each answered, in order.

        Raises `NotFoundError`, and `InputError` (`financing_step`, `reference_reused`).
        """
        content = {"products": [dict(item) for item in products]}
        digest, number = act_digest("match", demand, "", content), _reference(reference)
        with self._store.transaction() as session:
            if known := _known(session, PLATFORM, number, digest):
                return Done(known, False)
            row = _demand(session, demand)
            if row.state == "withdrawn":
                raise _step(row.state, "match", ())
            if row.state == "registered":
                row.state, row.changed_at = "matched", at
            return Done(
                _add(session, row, None, "match", PLATFORM, number, digest, by, at, "", content),
                True,
            )

    def push(
        self, demand: int, institution: str, *, product: str, reference: str, by: str, at: datetime
    ) -> Done:
        """Open an application at an institution; a demand has one at each.

        Whether the applicant agreed to it, whoever calls has asked (`ingest.financing`).

        Raises `NotFoundError`, and `InputError` (`financing_step`, `reference_reused`).
        """
        content = {"institution": institution, "product": product}
        digest, number = act_digest("push", demand, "", content), _reference(reference)
        with self._store.transaction() as session:
            if known := _known(session, PLATFORM, number, digest):
                return Done(known, False)
            row = _demand(session, demand)
            there = select(CaseRow).where(
                CaseRow.demand == demand, CaseRow.institution == institution
            )
            if session.scalars(there).first() is not None:
                raise InputError(
                    "这项需求已经推送给该机构，请在原申请上继续办理。",
                    "The demand was pushed to that institution already.",
                    code="financing_pushed",
                )
            if row.state == "withdrawn":
                raise _step(row.state, "push", ())
            row.state, row.changed_at = "pushed", at
            case = CaseRow(
                demand=demand, institution=institution, product=product[:64], state="pushed",
                made_at=at, changed_at=at, disbursed_fen=0, repaid_fen=0,
            )  # fmt: skip
            session.add(case)
            session.flush()
            return Done(
                _add(session, row, case, "push", PLATFORM, number, digest, by, at, "", content),
                True,
            )

    def act(
        self, case: int, act: str, *, institution: str, reference: str, by: str, at: datetime,
        reason: str = "", content: Mapping[str, Any] | None = None,
    ) -> Done:  # fmt: skip
        """Go one step forward, or note something.

        Args:
            institution: who acts: the one that the demand was pushed to, or `PLATFORM`.

        Raises:
            NotFoundError: there is no such application, or it is another institution's.
            InputError: `financing_step` (it does not come next), `reference_reused`,
                `financing_terms`, `credit_exceeded`, `credit_not_in_force`, `note_reused`,
                `note_unknown`, `repaid_too_much`, `still_owed`, `reason_missing`, `user_missing`.
        """
        if act not in {*BY_THE_BANK, *BOTH, "withdraw"}:
            raise InputError(
                "没有这种办理事项。请核对代码。", "There is no such act.", code="act_unknown"
            )
        stated, why = terms(act, content or {}, day_of(at)), reason_of(act, reason)
        digest, number = act_digest(act, case, why, _told(stated)), _reference(reference)
        with self._store.transaction() as session:
            if known := _known(session, institution, number, digest):
                return Done(known, False)
            row = _case(session, case)
            if row.institution != institution and (institution != PLATFORM or act in BY_THE_BANK):
                raise _no_case()
            state = row.state if act in BOTH else MOVES.get((row.state, act))
            if state is None:
                raise _step(row.state, act, moves(row.state))
            said_before = follow(session, row, act, stated, day_of(at))
            if said_before:
                # the same note under another number: the bank said it twice
                return Done(_first_said(session, row, stated["note_no"]), False)
            if act == "repay" and state == "overdue" and not _late(session, row):
                state = "repaying"
            if state != row.state:
                row.state, row.changed_at = state, at
            demand = _demand(session, row.demand)
            return Done(
                _add(session, demand, row, act, institution, number, digest, by, at, why, stated),
                True,
            )

    def withdraw(self, demand: int, *, reference: str, by: str, at: datetime, reason: str) -> Done:
        """For the applicant: a demand that nobody signed for goes no further anywhere.

        Raises `NotFoundError`, and `InputError` (`financing_step`, `reason_missing`).
        """
        why = reason_of("withdraw", reason)
        digest, number = act_digest("withdraw", demand, why, {}), _reference(reference)
        with self._store.transaction() as session:
            if known := _known(session, PLATFORM, number, digest):
                return Done(known, False)
            row = _demand(session, demand)
            cases = session.scalars(
                select(CaseRow).where(CaseRow.demand == demand).order_by(CaseRow.number)
            ).all()
            going = [one for one in cases if (one.state, "withdraw") in MOVES]
            if row.state == "withdrawn" or any(
                moves(one.state) and one not in going and one.state not in ("refused", "lapsed")
                for one in cases
            ):
                told = next((one.state for one in cases if one not in going), row.state)
                raise _step(told, "withdraw", ())
            for one in going:
                one.state, one.changed_at = "withdrawn", at
                _add(
                    session, row, one, "withdraw", PLATFORM, f"{number[:80]}/{one.number}",
                    act_digest("withdraw", one.number, why, {}), by, at, why, {},
                )  # fmt: skip
            row.state, row.changed_at = "withdrawn", at
            return Done(
                _add(session, row, None, "withdraw", PLATFORM, number, digest, by, at, why, {}),
                True,
            )

    def file(self, demand: int) -> FinancingFile:
        """A demand with all that became of it; raises `NotFoundError` (`demand_unknown`)."""
        with self._store.reading() as session:
            row = _demand(session, demand)
            return _file(session, row)

    def case(self, number: int) -> FinancingCase:
        """One application; raises `NotFoundError` (`case_unknown`)."""
        with self._store.reading() as session:
            return case_of(_case(session, number))

    def find(self, channel: str, reference: str) -> FinancingDemand | None:
        """The demand that a channel brought under its number; None where there is none."""
        query = select(DemandRow).where(
            DemandRow.channel == channel, DemandRow.reference == reference
        )
        with self._store.reading() as session:
            row = session.scalars(query).first()
            return None if row is None else demand_of(row)

    def demands(
        self, *, states: Sequence[str] = (), limit: int | None = None, offset: int = 0
    ) -> list[FinancingDemand]:
        """Demands, the newest first."""
        query: Select[DemandRow] = select(DemandRow).order_by(DemandRow.number.desc())
        if states:
            query = query.where(DemandRow.state.in_(states))
        with self._store.reading() as session:
            return [demand_of(row) for row in session.scalars(query.limit(limit).offset(offset))]

    def demands_of(self, subject: str) -> list[FinancingDemand]:
        """Demands of a subject, the newest first."""
        query = select(DemandRow).where(DemandRow.subject == subject)
        with self._store.reading() as session:
            return [
                demand_of(row) for row in session.scalars(query.order_by(DemandRow.number.desc()))
            ]

    def cases(
        self, *, institution: str | None = None, states: Sequence[str] = ()
    ) -> list[tuple[FinancingDemand, FinancingCase]]:
        """Applications with their demands: of one institution or all, in some states or all, those
        that changed longest ago first."""
        query = select(DemandRow, CaseRow).join(CaseRow, CaseRow.demand == DemandRow.number)
        if institution is not None:
            query = query.where(CaseRow.institution == institution)
        if states:
            query = query.where(CaseRow.state.in_(states))
        with self._store.reading() as session:
            rows = session.execute(query.order_by(CaseRow.changed_at, CaseRow.number))
            return [(demand_of(demand), case_of(case)) for demand, case in rows]

    def drawdowns(self) -> list[FinancingDrawdown]:
        """Every loan note, by number."""
        with self._store.reading() as session:
            rows = session.scalars(select(DrawdownRow).order_by(DrawdownRow.number))
            return [drawdown_of(row) for row in rows]

    def touched(self, after: int) -> tuple[list[FinancingFile], int]:
        """Demands on which somebody acted after an act, whole, and the number of the last act."""
        with self._store.reading() as session:
            last = session.scalar(select(func.max(ActRow.number))) or 0
            numbers = select(ActRow.demand).where(ActRow.number > after)
            rows = session.scalars(
                select(DemandRow).where(DemandRow.number.in_(numbers)).order_by(DemandRow.number)
            )
            return [_file(session, row) for row in rows.all()], last


def _file(session: Session, row: DemandRow) -> FinancingFile:
    cases = session.scalars(
        select(CaseRow).where(CaseRow.demand == row.number).order_by(CaseRow.number)
    ).all()
    drawn = session.scalars(
        select(DrawdownRow)
        .where(DrawdownRow.case_number.in_([one.number for one in cases]))
        .order_by(DrawdownRow.number)
    )
    acts = session.scalars(
        select(ActRow).where(ActRow.demand == row.number).order_by(ActRow.number)
    )
    return FinancingFile(
        demand_of(row),
        tuple(map(case_of, cases)),
        tuple(map(drawdown_of, drawn)),
        tuple(map(act_of, acts)),
    )


def _told(stated: Mapping[str, Any]) -> dict[str, Any]:
    """What was stated by whoever acts: our own check of it may say another thing another time."""
    return {name: value for name, value in stated.items() if name != "checked_first"}


def _known(session: Session, institution: str, reference: str, digest: str) -> FinancingAct | None:
    """The act of a number, where it says the same; raises `InputError` (`reference_reused`)."""
    query = select(ActRow).where(ActRow.institution == institution, ActRow.reference == reference)
    row = session.scalars(query).first()
    if row is not None and row.digest != digest:
        raise InputError(
            "这个编号已用于另一内容的办理事项。同一事项重发时内容须相同，新事项请用新编号。",
            "That number stands for another act: repeat it unchanged, or use a new one.",
            code="reference_reused",
        )
    return None if row is None else act_of(row)


def _first_said(session: Session, case: CaseRow, note_no: str) -> FinancingAct:
    query = select(ActRow).where(ActRow.case_number == case.number, ActRow.act == "disburse")
    found = (act_of(row) for row in session.scalars(query.order_by(ActRow.number)))
    return next(act for act in found if act.content["note_no"] == note_no)


def _late(session: Session, case: CaseRow) -> bool:
    query = select(DrawdownRow.overdue_days).where(DrawdownRow.case_number == case.number)
    return any(session.scalars(query))


def _add(
    session: Session, demand: DemandRow, case: CaseRow | None, act: str, institution: str,
    reference: str, digest: str, by: str, at: datetime, reason: str, content: Mapping[str, Any],
) -> FinancingAct:  # fmt: skip
    row = ActRow(
        demand=demand.number,
        case_number=None if case is None else case.number,
        institution=institution,
        reference=reference,
        digest=digest,
        act=act,
        state=(case or demand).state,
        by=responsible(by, "办理")[:64],
        at=at,
        reason=reason,
        content=dict(content),
    )
    session.add(row)
    session.flush()
    note_event(
        session, EventKind.FINANCING_STATE, demand.subject,
        about=f"demand:{demand.number}",
        institution=None if institution == PLATFORM else institution, at=at,
    )  # fmt: skip
    return act_of(row)


def _reference(reference: str) -> str:
    text = reference.strip()
    if not text or len(text) > _MOST_REFERENCE or not text.isprintable() or redacted(text) != text:
        raise InputError(
            "请写明这件事在办理机构的编号（不超过 96 字，不含证件号码）：同一编号重发不会重复办理。",
            "Say under which number of yours: what comes twice under it is done once.",
            code="reference_missing",
        )
    return text


def _demand(session: Session, number: int) -> DemandRow:
    row = session.get(DemandRow, number)
    if row is None:
        raise NotFoundError(
            "没有这项融资需求。请核对编号。",
            "There is no demand of that number.",
            code="demand_unknown",
        )
    return row


def _case(session: Session, number: int) -> CaseRow:
    row = session.get(CaseRow, number)
    if row is None:
        raise _no_case()
    return row


def _no_case() -> NotFoundError:
    return NotFoundError(
        "没有这件融资申请。请核对编号。", "There is no such application.", code="financing_unknown"
    )


def _step(state: str, act: str, coming: Sequence[str]) -> InputError:
    from graph.operations.financing_moves import DEMAND_STATES

    told = "、".join(ACTS[item] for item in coming) or "无"
    now = STATES.get(state) or DEMAND_STATES[state]
    return InputError(
        f"现为“{now}”，不能办理“{ACTS[act]}”。下一步可办理：{told}。",
        f"It is {state}: {act} does not come next.",
        code="financing_step",
    )
