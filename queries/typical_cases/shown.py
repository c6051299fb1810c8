"""Which cases are shown on a day: approved, not over, and their record still published.

Law is applied when a case is read: with the end of its record (repair, objection, removal, expiry) the
case is gone from the same moment, without anybody's act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from pydantic import computed_field

from graph.operations import OperationsStore, TypicalCase, TypicalCases
from queries.basis import Basis
from queries.published import Notice, RecordRef, published
from queries.reader import Reader

__all__ = ["CASE_KINDS", "CASE_STATES", "CaseBoard", "CaseState", "ShownCase", "ShownCases", "case_board", "shown_cases"]  # fmt: skip

CaseState: TypeAlias = Literal["waiting", "shown", "record_ended", "expired", "withdrawn"]

_Record: TypeAlias = tuple[str, str, str]

#: Kinds of cases: in Chinese, and the records that one may stand on.
CASE_KINDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "good": ("诚信典型", frozenset({"Honour"})),
    "bad": ("失信案例", frozenset({"Penalty", "ListEntry"})),
}

CASE_STATES: Mapping[CaseState, str] = {
    "waiting": "待另一人批准", "shown": "公开中", "record_ended": "所依据的记录已终止，不再公开",
    "expired": "期满，不再公开", "withdrawn": "已撤下",
}  # fmt: skip


@dataclass(frozen=True)
class ShownCase:
    """A case as everybody sees it: an organisation, its published record, and the story.

    Attributes:
        record: the published record that it tells of.
        until: last day on which it is shown.
    """

    number: int
    kind: str
    title: str
    story: str
    record: Notice
    until: date

    @computed_field
    @property
    def kind_label(self) -> str:
        """In Chinese."""
        return CASE_KINDS[self.kind][0]


@dataclass(frozen=True)
class ShownCases:
    """What everybody sees."""

    cases: tuple[ShownCase, ...]
    basis: Basis


@dataclass(frozen=True)
class KeptCase:
    """A case as the office sees it; of one whose record has ended nothing is told but that it was."""

    number: int
    kind: str
    kind_label: str
    state: CaseState
    state_label: str
    title: str | None
    story: str | None
    record: Notice | None
    until: date
    proposed_by: str
    approved_by: str | None
    ended_by: str | None
    ended_because: str | None


@dataclass(frozen=True)
class CaseBoard:
    """Every case ever put forward, the newest first."""

    cases: tuple[KeptCase, ...]
    basis: Basis


def shown_cases(reader: Reader, store: OperationsStore) -> ShownCases:
    """What is shown at the reader's moment, whoever the reader is; the newest first."""
    told, cases = published(reader), TypicalCases(store).all()[::-1]
    notices = _told(cases, told.records)
    found = [
        ShownCase(case.number, case.kind, case.title, case.story, notice, case.until)
        for case in cases
        if (notice := notices.get(_record(case))) is not None
        and _state(case, notice, reader.moment.lawful_on) == "shown"
    ]
    return ShownCases(tuple(found), told.basis)


def case_board(reader: Reader, store: OperationsStore) -> CaseBoard:
    """What the office has put forward, and what has become of it."""
    told = published(reader)
    return CaseBoard(
        _kept(TypicalCases(store).all()[::-1], told.records, reader.moment.lawful_on), reader.basis
    )


def _kept(
    cases: Sequence[TypicalCase], records: Mapping[RecordRef, Notice], day: date
) -> tuple[KeptCase, ...]:
    found, notices = [], _told(cases, records)
    for case in cases:
        notice = notices.get(_record(case))
        state = _state(case, notice, day)
        told = notice is not None
        found.append(
            KeptCase(
                case.number, case.kind, CASE_KINDS[case.kind][0], state, CASE_STATES[state],
                case.title if told else None, case.story if told else None, notice, case.until,
                case.proposed_by, case.approved_by, case.ended_by, case.ended_because,
            )
        )  # fmt: skip
    return tuple(found)


def _told(
    cases: Sequence[TypicalCase], records: Mapping[RecordRef, Notice]
) -> dict[_Record, Notice]:
    """Of the records of these cases, those that are published."""
    wanted = {_record(case) for case in cases}
    few = {case.record for case in cases}
    return {
        record: notice
        for ref, notice in records.items()
        if ref.record in few and (record := (ref.party, ref.kind, ref.record)) in wanted
    }


def _record(case: TypicalCase) -> _Record:
    return case.subject, case.record_kind, case.record


def _state(case: TypicalCase, notice: Notice | None, day: date) -> CaseState:
    if case.ended_at is not None:
        return "withdrawn"
    if notice is None:
        return "record_ended"
    if case.until < day:
        return "expired"
    return "waiting" if case.approved_at is None else "shown"
