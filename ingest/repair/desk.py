"""Acts on a public record, each checked against the law and then carried into the log at once.

The act is kept first and carried out after it: a run that is killed between them has lost nothing, and
the next act, or the start of the service, carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from graph.errors import InputError
from graph.log import FactLog
from graph.operations import Case, OperationsStore, RepairCases, store_for
from graph.operations.repair_moves import ACTS, KINDS, CaseKind
from graph.settings import Settings
from graph.time import day_of, months_after, today, utc_now
from ingest.pipeline import bring_up
from ingest.repair.carry_out import carry_out, effect_of
from ingest.repair.case_file import CaseFile, CasePage, OnlyCases, case_file, case_files
from ingest.repair.record import RecordFile, find_records, record_file
from ingest.repair.stated import read_stated
from queries.lawful import repair_law
from queries.working_days import calendar_in_force

__all__ = ["act_on", "case_of", "cases", "open_case", "records_of"]

_FIRST = {"repair": "apply", "objection": "file", "annulment": "propose", "shield": "propose", "expiry": "note"}  # fmt: skip
#: 征信业管理条例 第十六条: nothing goes on past it.
_MOST_MONTHS = 60


def open_case(
    settings: Settings, kind: CaseKind, record_kind: str, record: str, *, by: str,
    stated: Mapping[str, Any] | None = None, at: datetime | None = None,
    store: OperationsStore | None = None, into_graph: bool = True,
) -> CaseFile:  # fmt: skip
    """Begin a case about a record; an objection freezes it at once.

    Args:
        stated: what `ingest.repair.stated.fields_of` asks for, with `reason`.

    Raises:
        NotFoundError: `record_unknown`.
        InputError: `case_open`, `record_ended`, `repair_too_early`, `repair_class_missing`,
            `not_expired`, `user_missing`, and as `read_stated`.
    """
    log, at = FactLog(settings.log_dir), at or utc_now()
    day, given = day_of(at), dict(stated or {})
    act = _FIRST[kind]
    held = record_file(log, record_kind, record, day)
    told = read_stated(kind, act, given)
    with store_for(settings, store) as operations:
        book = RepairCases(operations)
        _refuse_ended(book.about(record))
        if kind == "repair":
            told |= _may_apply(held, told, day)
        elif kind == "expiry" and held.ended != "expired":
            raise InputError(
                "这条记录还没有期满，不能登记为“期满未纠正”。",
                "The record's term is not over.",
                code="not_expired",
            )
        elif kind == "shield" and told["from"] > told["to"]:
            raise InputError(
                "屏蔽截止日不能早于起始日。", "The shield ends before it begins.", code="date"
            )
        elif kind == "annulment" and told["annulled_on"] > day.isoformat():
            raise InputError("撤销日期不能晚于今天。", "Annulled in the future.", code="date")
        reason = str(given.get("reason") or "")
        made = book.open(kind, record_kind, record, by=by, at=at, reason=reason, content=told)
    return _carried(settings, made, store, into_graph=into_graph)


def act_on(
    settings: Settings, number: int, act: str, *, by: str,
    stated: Mapping[str, Any] | None = None, at: datetime | None = None,
    store: OperationsStore | None = None, into_graph: bool = True,
) -> CaseFile:  # fmt: skip
    """Go one step forward in a case.

    Raises:
        NotFoundError: `case_unknown`.
        InputError: `case_step`, `two_persons`, `repair_evidence_missing`, `receiver_unknown`,
            `extension_too_long`, `user_missing`, and as `read_stated`.
    """
    at, given = at or utc_now(), dict(stated or {})
    if act not in ACTS:
        raise InputError(
            f"没有“{act}”这一步。可用：{'、'.join(ACTS)}。", "No such act.", code="case_step"
        )
    with store_for(settings, store) as operations:
        book = RepairCases(operations)
        case = book.find(number)
        told = read_stated(case.kind, act, given)
        _check(settings, case, act, told, day_of(at))
        reason = str(given.get("reason") or "")
        made = book.act(number, act, by=by, at=at, reason=reason, content=told)
    return _carried(settings, made, store, into_graph=into_graph)


def cases(
    settings: Settings, store: OperationsStore | None = None, *, limit: int | None = None, offset: int = 0,
    day: date | None = None, only: OnlyCases = "",
) -> CasePage:  # fmt: skip
    """Cases as they are on a day, by default today, overdue ones first (`case_files`).

    Args:
        only: those with a clock that runs, or has run out; empty: all.
    """
    with store_for(settings, store) as operations:
        held, calendar = RepairCases(operations).all(), calendar_in_force(operations)
    return case_files(
        FactLog(settings.log_dir),
        held,
        day or today(),
        calendar=calendar.after,
        limit=limit,
        offset=offset,
        only=only,
    )


def case_of(settings: Settings, number: int, store: OperationsStore | None = None) -> CaseFile:
    """One case; raises `NotFoundError` (`case_unknown`)."""
    with store_for(settings, store) as operations:
        held, calendar = RepairCases(operations).find(number), calendar_in_force(operations)
    return case_file(FactLog(settings.log_dir), held, today(), calendar=calendar.after)


def records_of(settings: Settings, document_no: str) -> list[RecordFile]:
    """Records of one document, by its number."""
    return find_records(FactLog(settings.log_dir), document_no, today())


def _carried(
    settings: Settings, case: Case, store: OperationsStore | None, *, into_graph: bool
) -> CaseFile:
    if carry_out(settings, store=store) and into_graph:
        bring_up(settings, store=store)
    return case_of(settings, case.number, store)


def _refuse_ended(about: list[Case]) -> None:
    for case in about:
        said = effect_of(case)
        if "removed_on" in said or said.get("record_state") == "annulled":
            raise InputError(
                f"这条记录已由第 {case.number} 号{KINDS[case.kind]}办结，不能再办理。",
                f"Case {case.number} has ended the record.",
                code="record_ended",
            )


def _may_apply(record: RecordFile, told: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The regime of an application, and the class with who classed it, where no paper says it."""
    if told.get("credit_class") and not told.get("classed_by") and not record.classed_by:
        raise InputError(
            "请写明失信等级由哪个单位认定。",
            "Say who classed the record.",
            code="repair_class_missing",
        )
    window = record.window(day, told)
    may = window.may_apply(day)
    if may is None:
        raise InputError(
            "文书没有写明失信等级。请向处罚（认定）机关查明，并填写等级和认定单位；系统不自行划分等级。",
            "Nobody said the class of the record: ask its authority.",
            code="repair_class_missing",
        )
    if not may:
        raise InputError(
            f"最短公示期未满，自 {window.may_from} 起可以申请（{repair_law().regimes[window.regime].number}）。",
            f"Repair may be applied for from {window.may_from}.",
            code="repair_too_early",
        )
    return {"regime": window.regime}


def _check(settings: Settings, case: Case, act: str, told: dict[str, Any], day: date) -> None:
    law = repair_law()
    if (case.kind, act) == ("repair", "accept"):
        evidence = {**(case.stated("conditions") or {}), **(told.get("conditions") or {})}
        regime = law.regimes[case.stated("regime")]
        missing = [
            law.conditions[name].title for name in regime.conditions if not evidence.get(name)
        ]
        if missing:
            raise InputError(
                f"下列条件还没有证据：{'、'.join(missing)}。请补充后受理，或者写明理由不予受理。",
                "Conditions lack evidence.",
                code="repair_evidence_missing",
            )
        told["conditions"] = evidence
    if act == "acknowledge" and told["receiver"] not in law.receivers:
        raise InputError(
            f"没有这个接收方。可用：{'、'.join(law.receivers)}。",
            "No such receiver.",
            code="receiver_unknown",
        )
    if (case.kind, act) == ("expiry", "propose"):
        record = record_file(FactLog(settings.log_dir), case.record_kind, case.record, day)
        last = months_after(record.begins, _MOST_MONTHS) if record.begins else day
        if not day.isoformat() <= told["until"] <= last.isoformat():
            raise InputError(
                f"继续公示的截止日期应在今天和 {last} 之间（征信业管理条例 第十六条，五年）。",
                f"The day must lie between today and {last}.",
                code="extension_too_long",
            )
