"""What follows from an act for the credit and its loan notes; refused where it would not add up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from graph.errors import InputError
from graph.operations.financing_rows import CaseRow, DrawdownRow
from graph.operations.financing_terms import day

__all__ = ["follow"]


def follow(
    session: Session, case: CaseRow, act: str, stated: Mapping[str, Any], today: date
) -> bool:
    """Write what an act means for its application; whether a note said it before, word for word.

    Raises `InputError`: `credit_dates`, `line_reused`, `credit_exceeded`, `credit_not_in_force`,
    `note_reused`, `note_unknown`, `repaid_too_much`, `stated_earlier`, `still_owed`, `credit_in_force`.
    """
    if act == "grant":
        _grant(session, case, stated)
    elif act == "refuse":
        case.refusal = stated["code"]
    elif act == "sign":
        case.contract_no = stated["contract_no"]
    elif act == "disburse":
        return _disburse(session, case, stated)
    elif act == "repay":
        _repay(session, case, stated)
    elif act == "overdue":
        _overdue(_note(session, case, stated), stated)
    elif act == "settle":
        _settle(session, case)
    elif act == "lapse" and case.credit_to is not None and today <= case.credit_to:
        raise InputError(
            f"授信有效期至 {case.credit_to}，还没有失效。",
            "The credit is still in force.",
            code="credit_in_force",
        )
    session.flush()
    return False


def _grant(session: Session, case: CaseRow, stated: Mapping[str, Any]) -> None:
    begins, ends = day(stated["from_on"]), day(stated["to_on"])
    if ends < begins:
        raise InputError(
            "授信到期日早于起始日。请核对。", "A credit ends after it begins.", code="credit_dates"
        )
    query = select(CaseRow).where(
        CaseRow.institution == case.institution, CaseRow.line_no == stated["line_no"]
    )
    if session.scalars(query).first() is not None:
        raise InputError(
            "这个授信编号已用于另一件申请。请核对编号。",
            "That line number stands for another credit.",
            code="line_reused",
        )
    case.line_no, case.credit_fen = stated["line_no"], stated["amount_fen"]
    case.credit_from, case.credit_to = begins, ends
    case.rate_ppm, case.security_kind = stated["rate_ppm"], stated["security_kind"]


def _disburse(session: Session, case: CaseRow, stated: Mapping[str, Any]) -> bool:
    on, due = day(stated["on"]), day(stated["due_on"])
    rate = stated.get("rate_ppm", case.rate_ppm)
    assert case.credit_fen is not None
    assert case.credit_from is not None
    assert case.credit_to is not None
    query = select(DrawdownRow).where(
        DrawdownRow.institution == case.institution, DrawdownRow.note_no == stated["note_no"]
    )
    if held := session.scalars(query).first():
        same = (held.case_number, held.amount_fen, held.disbursed_on, held.due_on, held.rate_ppm,
                held.stated_first)  # fmt: skip
        if same == (case.number, stated["amount_fen"], on, due, rate, stated.get("stated_first")):
            return True
        raise InputError(
            "这个借据号已用于另一笔放款，没有登记。请核对借据号。",
            "That note stands for another disbursement.",
            code="note_reused",
        )
    if not case.credit_from <= on <= case.credit_to or due < on:
        raise InputError(
            f"放款日期须在授信有效期内（{case.credit_from} 至 {case.credit_to}），到期日不早于放款日。",
            "A disbursement falls within the validity of the credit.",
            code="credit_not_in_force",
        )
    if case.disbursed_fen + stated["amount_fen"] > case.credit_fen:
        raise InputError(
            "放款合计将超过授信额度，没有登记。请核对金额，或者先重新授信。",
            "More would be disbursed than was granted.",
            code="credit_exceeded",
        )
    case.disbursed_fen += stated["amount_fen"]
    session.add(
        DrawdownRow(
            case_number=case.number,
            institution=case.institution,
            note_no=stated["note_no"],
            amount_fen=stated["amount_fen"],
            disbursed_on=on,
            due_on=due,
            rate_ppm=rate,
            stated_first=stated.get("stated_first"),
            checked_first=stated.get("checked_first", "unknown"),
            repaid_fen=0,
            overdue_days=0,
            stated_on=on,
        )
    )
    session.flush()
    return False


def _overdue(note: DrawdownRow, stated: Mapping[str, Any]) -> None:
    on = day(stated["on"])
    if on < note.stated_on:
        raise InputError(
            f"这笔借据已有 {note.stated_on} 的情况，更早的逾期不再登记。",
            "Something later is known of that note.",
            code="stated_earlier",
        )
    if not stated["overdue_days"]:
        raise InputError("逾期天数须大于 0。", "Overdue is a day or more.", code="financing_terms")
    note.overdue_days, note.stated_on = stated["overdue_days"], on


def _repay(session: Session, case: CaseRow, stated: Mapping[str, Any]) -> None:
    note, on = _note(session, case, stated), day(stated["on"])
    if note.repaid_fen + stated["amount_fen"] > note.amount_fen or on < note.disbursed_on:
        raise InputError(
            "还款合计将超过放款金额，或者还款早于放款，没有登记。请核对。",
            "More would be repaid than was disbursed, or earlier.",
            code="repaid_too_much",
        )
    note.repaid_fen += stated["amount_fen"]
    case.repaid_fen += stated["amount_fen"]
    if on >= note.stated_on:
        # money counts whenever it is told, what was late only by the latest word
        note.overdue_days, note.stated_on = stated.get("overdue_days", 0), on
    if note.repaid_fen == note.amount_fen:
        note.settled_on, note.overdue_days = note.stated_on, 0


def _settle(session: Session, case: CaseRow) -> None:
    query = select(DrawdownRow).where(DrawdownRow.case_number == case.number)
    left = sum(note.amount_fen - note.repaid_fen for note in session.scalars(query))
    if left:
        raise InputError(
            f"还有 {left / 100:.2f} 元没有还清，不能结清。请先登记还款。",
            "Something is still owed.",
            code="still_owed",
        )


def _note(session: Session, case: CaseRow, stated: Mapping[str, Any]) -> DrawdownRow:
    query = select(DrawdownRow).where(
        DrawdownRow.case_number == case.number, DrawdownRow.note_no == stated["note_no"]
    )
    note = session.scalars(query).first()
    if note is None:
        raise InputError(
            "这件申请没有这个借据号。请核对，放款登记后再登记还款和逾期。",
            "There is no such note under this credit.",
            code="note_unknown",
        )
    if note.settled_on is not None:
        raise InputError(
            "这笔借据已经结清。请核对借据号。", "The note is settled.", code="repaid_too_much"
        )
    return note
