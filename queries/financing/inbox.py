"""What officers and applicants see of the loop: the inbox of an institution, one file, the own progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from graph.calendar import WorkingCalendar
from graph.operations import FinancingBook, FinancingCase, FinancingDemand, FinancingFile
from graph.operations.financing_moves import ACTS, DEMAND_STATES, REFUSALS, STATES, moves
from graph.time import Instant, day_of
from queries.financing.consent import PURPOSE, HasConsent
from queries.financing.limits import Waiting, waiting_for

__all__ = [
    "Inbox",
    "InboxRow",
    "Progress",
    "ProgressAt",
    "cut_to",
    "inbox_of",
    "progress_of",
]


@dataclass(frozen=True)
class InboxRow:
    """One application.

    Attributes:
        may_look: whether the applicant still lets the institution look; where not, `subject` is None,
            and of the application only how far it is.
        next_acts: code and word of what may come next.
    """

    case: int
    demand: int
    institution: str
    product: str
    state: str
    state_label: str
    since: Instant
    subject: str | None
    amount_fen: int
    months: int
    may_look: bool
    waiting: Waiting | None
    next_acts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Inbox:
    """Applications, what is overdue first, then by the day by which something is due."""

    total: int
    overdue: int
    rows: tuple[InboxRow, ...]


@dataclass(frozen=True)
class ProgressAt:
    """How far a demand is at one institution; what a refusal says, the applicant is told."""

    institution: str
    product: str
    state: str
    steps: tuple[tuple[str, date], ...]
    refusal: str | None
    reason: str | None
    credit_fen: int | None
    disbursed_fen: int


@dataclass(frozen=True)
class Progress:
    """A demand as its applicant sees it: no officer's name, no note of theirs."""

    number: int
    state: str
    amount_fen: int
    months: int
    purpose: str
    at: tuple[ProgressAt, ...]


def inbox_of(
    book: FinancingBook, *, institution: str | None, has_consent: HasConsent, at: datetime,
    calendar: WorkingCalendar, states: Sequence[str] = (), limit: int = 50, offset: int = 0,
) -> Inbox:  # fmt: skip
    """The applications of an institution; of all, without asking consent, for the platform itself."""
    day = day_of(at)
    found = [
        (demand, case, waiting_for(case, day, calendar))
        for demand, case in book.cases(institution=institution, states=states)
        if states or moves(case.state)
    ]

    def urgency(item: tuple[FinancingDemand, FinancingCase, Waiting | None]) -> tuple[date, int]:
        waiting = item[2]
        return waiting.on if waiting and waiting.on else date.max, item[1].number

    found.sort(key=urgency)
    rows = (
        _row(demand, case, waiting, institution is None or has_consent(
            demand.subject, case.institution, PURPOSE, at))
        for demand, case, waiting in found[offset : offset + limit]
    )  # fmt: skip
    late = sum(bool(waiting and waiting.overdue) for _, _, waiting in found)
    return Inbox(len(found), late, tuple(rows))


def _row(
    demand: FinancingDemand, case: FinancingCase, waiting: Waiting | None, may_look: bool
) -> InboxRow:
    return InboxRow(
        case.number,
        demand.number,
        case.institution,
        case.product,
        case.state,
        STATES[case.state],
        case.changed_at,
        demand.subject if may_look else None,
        demand.amount_fen,
        demand.months,
        may_look,
        waiting,
        tuple((act, ACTS[act]) for act in moves(case.state)),
    )


def cut_to(file: FinancingFile, institution: str | None) -> FinancingFile:
    """A file as one institution sees it: its own application and acts, and none of others; what was
    done before the push where the demand came by it."""
    if institution is None:
        return file
    cases = tuple(one for one in file.cases if one.institution == institution)
    numbers = {one.number for one in cases}
    return replace(
        file,
        cases=cases,
        drawdowns=tuple(one for one in file.drawdowns if one.case_number in numbers),
        acts=tuple(
            one
            for one in file.acts
            if one.case_number in numbers
            or (one.case_number is None and file.demand.channel == institution)
        ),
    )


def progress_of(file: FinancingFile) -> Progress:
    """What an applicant is shown."""
    return Progress(
        file.demand.number,
        DEMAND_STATES[file.demand.state],
        file.demand.amount_fen,
        file.demand.months,
        file.demand.purpose,
        tuple(_at(file, case) for case in file.cases),
    )


def _at(file: FinancingFile, case: FinancingCase) -> ProgressAt:
    acts = [one for one in file.acts if one.case_number == case.number]
    steps = [
        (ACTS[one.act], day_of(one.at))
        for one in acts
        if one.act not in ("note", "paper", "remind")
    ]
    told = next((one.reason for one in acts if one.act == "refuse"), None)
    return ProgressAt(
        case.institution,
        case.product,
        STATES[case.state],
        tuple(steps),
        REFUSALS[case.refusal] if case.refusal else None,
        told,
        case.credit_fen,
        case.disbursed_fen,
    )
