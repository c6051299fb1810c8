"""Putting a case forward, letting it pass, taking it back.

All that law asks is looked at twice, when it is put forward and when it is let pass: the record is
published on the day, the organisation is a legal person (the name of an individual business is mostly
somebody's own), and no natural person is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from graph.errors import InputError
from graph.identifiers.spelling import compact
from graph.names.writing import simplified
from graph.operations import OperationsStore, TypicalCase, TypicalCases
from graph.time import months_after, parse_date, utc_now
from queries.published import Notice, RecordRef, published
from queries.reader import Reader
from queries.typical_cases.naming import refuse_persons
from queries.typical_cases.shown import CASE_KINDS

__all__ = ["CaseRequest", "approve_case", "propose_case", "withdraw_case"]

#: A case is shown for a year at most; then it is put forward anew or is over.
_MOST_MONTHS = 12
_TITLE, _STORY = 100, 2000
#: Organisations whose names are mostly those of natural persons.
_OF_PERSONS = frozenset({"IndividualBusiness", "FamilyFarm"})


@dataclass(frozen=True)
class CaseRequest:
    """A case that somebody wants to tell.

    Attributes:
        kind: `good` or `bad`.
        subject: full name or code of the organisation; document_no: of the published record.
        until: last day; empty: as long as may be.
    """

    kind: str
    subject: str
    document_no: str
    title: str
    story: str
    reason: str
    until: date | None = None

    @classmethod
    def of(cls, told: Mapping[str, str]) -> CaseRequest:
        """From a form; raises `InputError` (`date`)."""
        given = {name: told.get(name, "").strip() for name in cls.__dataclass_fields__}
        until = given.pop("until")
        return cls(**given, until=parse_date(until) if until else None)


def propose_case(
    reader: Reader, store: OperationsStore, asked: CaseRequest, *, by: str
) -> TypicalCase:
    """Put a case forward; raises `InputError` saying what does not hold."""
    ref, notice = _record(reader, asked)
    last = months_after(reader.moment.lawful_on, _MOST_MONTHS)
    if notice.until is not None:
        last = min(last, notice.until)
    asked = replace(asked, until=asked.until or last)
    _refuse_term(asked.until or last, last, reader.moment.lawful_on)
    _refuse_text(reader, ref.party, asked.title, asked.story)
    return TypicalCases(store).put(
        asked.kind, ref.party, ref.kind, ref.record, title=asked.title, story=asked.story,
        until=asked.until or last, reason=asked.reason, by=by, at=utc_now(),
    )  # fmt: skip


def approve_case(reader: Reader, store: OperationsStore, number: int, *, by: str) -> TypicalCase:
    """Let a case pass, by another person; all is looked at again.

    Raises `NotFoundError`, and `InputError` (`record_not_published`, `person_named`, `two_persons`).
    """
    book = TypicalCases(store)
    case = book.find(number)
    there = {(ref.party, ref.kind, ref.record) for ref in published(reader).records}
    if (case.subject, case.record_kind, case.record) not in there:
        raise _not_published()
    _refuse_term(case.until, case.until, reader.moment.lawful_on)
    _refuse_text(reader, case.subject, case.title, case.story)
    return book.approve(number, by=by, at=utc_now())


def withdraw_case(store: OperationsStore, number: int, *, by: str, because: str) -> TypicalCase:
    """Take a case back, or withdraw what waits; raises `NotFoundError`, `InputError`."""
    return TypicalCases(store).end(number, by=by, because=because, at=utc_now())


def _record(reader: Reader, asked: CaseRequest) -> tuple[RecordRef, Notice]:
    if asked.kind not in CASE_KINDS:
        raise InputError(
            "案例类别请选诚信典型或失信案例。", "A case is good or bad.", code="case_kind"
        )
    names = {compact(asked.subject), simplified(asked.subject)}
    found = [
        (ref, notice)
        for ref, notice in published(reader).records.items()
        if ref.kind in CASE_KINDS[asked.kind][1]
        and compact(notice.document_no or "") == compact(asked.document_no)
        and {notice.code, simplified(notice.name)} & names
    ]
    if len(found) != 1:
        raise _not_published()
    if found[0][0].label in _OF_PERSONS:
        raise InputError(
            "个体工商户、家庭农场的名称大多是自然人姓名，不作典型案例公开。",
            "Names of individual businesses and family farms are mostly a person's.",
            code="case_of_person",
        )
    return found[0]


def _not_published() -> InputError:
    return InputError(
        "没有这样一条正在公示的记录：诚信典型须有有效的荣誉，失信案例须有尚在公示期内的处罚或名单记录。"
        "请核对单位全称（代码）和文书号。",
        "No record that is published today fits: check the organisation and the document.",
        code="record_not_published",
    )


def _refuse_term(until: date, last: date, day: date) -> None:
    if not day <= until <= last:
        raise InputError(
            f"公开期限最早到 {day}，最晚到 {last}：最长 {_MOST_MONTHS} 个月，并且不超过所依据记录的公示期。",
            f"A case is shown until {last} at the latest.",
            code="case_term",
        )


def _refuse_text(reader: Reader, subject: str, title: str, story: str) -> None:
    if not (2 <= len(title) <= _TITLE and 2 <= len(story) <= _STORY):
        raise InputError(
            f"请写标题（{_TITLE} 字以内）和案例内容（{_STORY} 字以内）。",
            "A case has a title and a story.",
            code="case_text",
        )
    refuse_persons(reader, subject, f"{title}\n{story}")
