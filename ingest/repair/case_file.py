"""A case as it is shown: the record, its regime and window, what is due by when, who was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from pydantic import computed_field

from graph.log import FactLog
from graph.operations import Case
from graph.operations.repair_moves import ACTS, KINDS, STATES
from graph.time import day_of
from ingest.repair.carry_out import not_carried_out
from ingest.repair.record import RECORD_KINDS, RecordFile, record_files
from ingest.repair.stated import Stated, fields_of
from queries.lawful import Window, repair_effects, repair_law
from queries.lawful.repair import CALENDAR, Calendar, Due

__all__ = [
    "ONLY",
    "CaseFile",
    "CasePage",
    "Clock",
    "Move",
    "OnlyCases",
    "Receiver",
    "case_file",
    "case_files",
    "dues_of",
]

#: Which cases are listed: all, those that wait for somebody, those whose clock has run out.
OnlyCases: TypeAlias = Literal["", "waiting", "overdue"]
ONLY: dict[OnlyCases, str] = {"": "全部", "waiting": "有时限在走", "overdue": "逾期"}

#: States after which those who were told have to acknowledge it.
_TOLD = ("repaired", "withdrawn", "final")


@dataclass(frozen=True)
class Clock:
    """Something that is waited for; `on` is None where the calendar of that year is not known."""

    code: str
    title: str
    on: date | None
    clause: str
    overdue: bool


@dataclass(frozen=True)
class Receiver:
    """One who was told, and on which day it acknowledged; None: not yet."""

    code: str
    title: str
    acknowledged_on: date | None


@dataclass(frozen=True)
class Move:
    """An act that may come next, with what is to be stated."""

    act: str
    title: str
    fields: tuple[Stated, ...]


@dataclass(frozen=True)
class CaseFile:
    """One case with all that follows from it on a day.

    Attributes:
        record: None where the log does not hold it any more.
        missing: conditions without evidence.
        results: what follows from the decision; `flag` is what the office has to look at.
        carried_out: the log says what the case says, so that every reader sees it.
    """

    case: Case
    title: str
    state: str
    record: RecordFile | None
    window: Window | None
    clocks: tuple[Clock, ...]
    missing: tuple[str, ...]
    results: tuple[str, ...]
    flag: str
    receivers: tuple[Receiver, ...]
    moves: tuple[Move, ...]
    carried_out: bool
    labels: dict[str, str] = field(default_factory=dict)

    @computed_field
    @property
    def overdue(self) -> bool:
        """Whether some clock has run out."""
        return any(item.overdue for item in self.clocks)


@dataclass(frozen=True)
class CasePage:
    """Some of the cases, overdue ones first.

    Attributes:
        total: of those that are asked for.  overdue: of all cases, whichever are asked for.
    """

    total: int
    overdue: int
    cases: tuple[CaseFile, ...]


def case_files(
    log: FactLog,
    cases: Sequence[Case],
    day: date,
    *,
    calendar: Calendar = CALENDAR,
    limit: int | None = None,
    offset: int = 0,
    only: OnlyCases = "",
) -> CasePage:
    """Cases as they are on a day: what is overdue first, then by what is due first, closed ones last.

    The records are read for those that are shown, all at once.
    """
    dues = {case.number: _waiting(case, calendar) for case in cases}

    def urgency(case: Case) -> tuple[bool, bool, date, int]:
        told = dues[case.number]
        first = min((item.on or date.max for item in told), default=date.max)
        return first >= day, not (told or case.open), first, case.number

    late = {
        number for number, told in dues.items() if any(item.on and item.on < day for item in told)
    }
    waiting = {number for number, told in dues.items() if told}
    left = {"": dues.keys(), "waiting": waiting, "overdue": late}[only]
    listed = sorted((case for case in cases if case.number in left), key=urgency)
    shown = listed[offset : None if limit is None else offset + limit]
    records = {
        kind: record_files(
            log, kind, [case.record for case in shown if case.record_kind == kind], day
        )
        for kind in RECORD_KINDS
    }
    pending = not_carried_out(log, cases)
    files = (
        _file(case, records[case.record_kind].get(case.record), dues[case.number], day, pending)
        for case in shown
    )
    return CasePage(len(listed), len(late), tuple(files))


def case_file(log: FactLog, case: Case, day: date, *, calendar: Calendar = CALENDAR) -> CaseFile:
    """One case as it is on a day."""
    return case_files(log, [case], day, calendar=calendar).cases[0]


def _file(
    case: Case, record: RecordFile | None, dues: Sequence[Due], day: date, pending: frozenset[int]
) -> CaseFile:
    law, regime = repair_law(), case.stated("regime")
    told = case.stated("conditions") or {}
    asked = law.regimes[regime].conditions if regime else ()
    effects = repair_effects(regime, day) if regime and case.state == "repaired" else None
    receivers = _receivers(case)
    return CaseFile(
        case=case,
        title=KINDS[case.kind],
        state=STATES[case.state],
        record=record,
        window=record.window(day, _gravity(case)) if record and case.kind == "repair" else None,
        clocks=tuple(
            Clock(item.clock, _title(item), item.on, item.clause, bool(item.on and item.on < day))
            for item in dues
        ),
        missing=tuple(name for name in asked if not told.get(name)),
        results=tuple(law.results[name] for name in effects.results) if effects else (),
        flag=effects.flag if effects else "",
        receivers=receivers,
        moves=tuple(
            Move(act, ACTS[act], fields_of(case.kind, act))
            for act in (*case.next_acts, *(["acknowledge"] if receivers else []))
        ),
        carried_out=case.number not in pending,
        labels={name: item.title for name, item in law.conditions.items()},
    )


def _waiting(case: Case, calendar: Calendar) -> list[Due]:
    dues = dues_of(case, calendar=calendar)
    if all(item.acknowledged_on for item in _receivers(case)):
        return [item for item in dues if item.clock != "acknowledge"]
    return dues


def dues_of(case: Case, *, calendar: Calendar = CALENDAR) -> list[Due]:
    """What is waited for in a case, and by when; nothing where it waits for nobody."""
    law, began = repair_law(), day_of(case.acts[0].at)
    at, regime = (case.kind, case.state), case.stated("regime") or ""
    found: list[Due | None] = []
    if at == ("repair", "applied"):
        found = [law.due("accept", began, regime, calendar=calendar)]
    elif case.kind == "repair" and case.state in ("accepted", "proposed"):
        found = [law.due("answer", _day(case, "accept"), regime, calendar=calendar)]
    elif case.kind == "objection" and case.open and case.state != "annulled":
        checked = case.state != "frozen"
        found = [] if checked else [law.due("objection_check", began, calendar=calendar)]
        found.append(law.due("objection_answer", began, calendar=calendar))
    elif case.state == "annulled":
        annulled = case.stated("annulled_on")
        since = date.fromisoformat(annulled) if annulled else _day(case, "approve")
        found = [law.due("withdraw", since, calendar=calendar)]
    elif case.state in ("shielded", "performance_stated"):
        until = date.fromisoformat(case.stated("to"))
        found = [Due("shield_ends", until, "法院裁定载明的期限")]
    elif case.state in _TOLD:
        act = "withdraw" if case.state == "withdrawn" else "approve"
        found = [law.due("acknowledge", _day(case, act), calendar=calendar)]
    return [item for item in found if item is not None]


def _day(case: Case, act: str) -> date:
    done = case.last(act)
    assert done is not None
    return day_of(done.at)


def _gravity(case: Case) -> dict[str, str]:
    return {name: case.stated(name) for name in ("credit_class", "classed_by")}


def _title(due: Due) -> str:
    own = {
        "accept": "决定是否受理",
        "answer": "答复申请",
        "shield_ends": "屏蔽期满",
        "withdraw": "撤回公示并说明理由",
    }
    return own.get(due.clock) or repair_law().clocks[due.clock].title


def _receivers(case: Case) -> tuple[Receiver, ...]:
    if case.state not in _TOLD:
        return ()
    done = {
        item.content["receiver"]: item.content.get("acknowledged_on") or day_of(item.at).isoformat()
        for item in case.acts
        if item.act == "acknowledge"
    }
    return tuple(
        Receiver(code, title, date.fromisoformat(done[code]) if code in done else None)
        for code, title in repair_law().receivers.items()
    )
