"""Applying a measure here: put forward by one person, let pass by another, lifted by anybody.

Every clause must hold, both when it is put forward and when it is let pass: what changed in between
counts.  A line whose basis is unsure, and a record that may be used no more, are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations import AppliedMeasure, MeasureBook, OperationsStore
from graph.time import parse_date, utc_now
from queries.district import DistrictReader
from queries.eligibility.verdict import Verdict
from queries.measures.admission import Admission, Application, admit
from queries.measures.catalogue import Measure, load_measures
from queries.measures.parties import Known, one_party
from queries.measures.records import TriggerIndex, read_triggers
from queries.measures.statement import MeasureStatement
from queries.measures.subject import Subject, Trigger

__all__ = ["MeasureRequest", "approve_measure", "check_measure", "lift_measure", "propose_measure", "statement_of"]  # fmt: skip


@dataclass(frozen=True)
class MeasureRequest:
    """A measure that somebody wants to apply, as he states it.

    Attributes:
        measure: its line in the catalogue.  subject: key of the party.
        role: of `queries.measures.ROLES`.
        record: key of the record that it follows from; None: the paper named by number, authority
            and day.
        reason: why it is proportionate to what was done.
    """

    measure: str
    subject: str
    role: str = "self"
    responsibility: str | None = None
    is_large: bool | None = None
    record: str | None = None
    document_no: str | None = None
    document_authority: str | None = None
    decided_on: date | None = None
    authority: str | None = None
    officer: str | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    is_lifelong: bool = False
    told_on: date | None = None
    remedy: str | None = None
    informs_only: bool = True
    reason: str = ""

    @classmethod
    def of(cls, told: Mapping[str, str]) -> MeasureRequest:
        """From what a form or a command states, all in text; empty is unsaid.

        Raises `InputError`: a name that there is none of (`field_unknown`), what is no day (`date`).
        """
        if lost := sorted({*told} - {*cls.__dataclass_fields__}):
            raise InputError(
                f"没有“{lost[0]}”这一项。可以写的有：{'、'.join(cls.__dataclass_fields__)}。",
                f"No field is called {lost[0]}.",
                code="field_unknown",
            )
        if lacking := [name for name in ("measure", "subject") if not told.get(name)]:
            raise InputError(
                f"请写明{'措施编号' if lacking[0] == 'measure' else '主体编号'}。",
                f"{lacking[0]} is missing.",
                code="field_missing",
            )
        stated: dict[str, Any] = {
            name: value.strip() for name, value in told.items() if value.strip()
        }
        for name in ("decided_on", "begins_on", "ends_on", "told_on"):
            if name in stated:
                stated[name] = parse_date(stated[name])
        for name in ("is_large", "is_lifelong", "informs_only"):
            if name in stated:
                stated[name] = stated[name] in ("true", "是", "1", "on")
        return cls(**stated)

    @property
    def said(self) -> Application:
        """How it is to be applied."""
        names = Application.__dataclass_fields__
        return Application(**{name: getattr(self, name) for name in names})


def find_measure(name: str) -> Measure:
    """A line of the catalogue; raises `NotFoundError` (`measure_unknown`)."""
    found = load_measures().by_id.get(name)
    if found is None:
        raise NotFoundError(
            "目录中没有这项措施。请在措施目录中查找编号。",
            "The catalogue has no such measure.",
            code="measure_unknown",
        )
    return found


def check_measure(reader: DistrictReader, asked: MeasureRequest) -> Admission:
    """Whether it may be applied; writes nothing.

    Raises `NotFoundError`: no such line, no such party.
    """
    line = find_measure(asked.measure)
    label, _ = one_party(reader, asked.subject)
    record = _record(read_triggers(reader, [asked.document_no], [asked.record]), asked)
    subject = Subject(
        asked.subject,
        label,
        asked.role,
        (asked.responsibility or "").strip() or None,
        asked.is_large,
        _holds_office(reader, asked, record),
    )
    return admit(line, subject, record, reader.moment.lawful_on, asked.said)


def propose_measure(
    reader: DistrictReader, store: OperationsStore, asked: MeasureRequest, *, by: str
) -> tuple[AppliedMeasure, Admission]:
    """Put a measure forward.

    Raises `InputError` (`measure_refused`) naming the first clause that does not hold, and as
    `check_measure`.
    """
    answer = check_measure(reader, asked)
    _refuse(answer)
    said = {name: _flat(value) for name, value in asdict(asked).items()}
    kept = MeasureBook(store).put(
        "punishment", asked.measure, answer.rules, asked.subject, said, by=by, at=utc_now()
    )
    return kept, answer


def approve_measure(
    reader: DistrictReader, store: OperationsStore, name: str, *, by: str
) -> tuple[AppliedMeasure, Admission]:
    """Let a measure pass, by another person; every clause is checked again.

    Raises as `propose_measure`, and `NotFoundError`, `InputError` (`two_persons`).
    """
    book = MeasureBook(store)
    asked = request_of(book.find(name))
    answer = check_measure(reader, asked)
    _refuse(answer)
    return book.approve(name, by=by, at=utc_now()), answer


def lift_measure(store: OperationsStore, name: str, *, by: str, why: str) -> AppliedMeasure:
    """Lift a measure, or withdraw what waits; raises `NotFoundError`, `InputError`."""
    return MeasureBook(store).lift(name, by=by, why=why, at=utc_now())


def request_of(kept: AppliedMeasure) -> MeasureRequest:
    """What was asked, from what was kept."""
    days = ("decided_on", "begins_on", "ends_on", "told_on")
    told: dict[str, Any] = {
        name: kept.said.get(name)
        for name in MeasureRequest.__dataclass_fields__
        if name in kept.said
    }
    told = {"measure": kept.measure, "subject": kept.subject, **told}
    told |= {name: date.fromisoformat(told[name]) for name in days if told.get(name)}
    return MeasureRequest(**told)


def statement_of(kept: AppliedMeasure, known: Known) -> MeasureStatement:
    """A measure that was put forward here, as every measure is stated."""
    asked, line = request_of(kept), load_measures().by_id.get(kept.measure)
    label, name = known.get(kept.subject, (None, None))
    return MeasureStatement(
        id=kept.id,
        origin="applied",
        kind="incentive" if kept.kind == "incentive" else "punishment",
        area=line.area if line else None,
        title=line.title if line else kept.measure,
        cause=asked.reason,
        measure=kept.measure,
        law=line.law if line else None,
        article=line.article if line else None,
        subject=kept.subject,
        label=label,
        name=name,
        role=asked.role,
        responsibility=asked.responsibility,
        trigger_no=asked.document_no,
        trigger_authority=asked.document_authority,
        trigger_key=asked.record,
        decided_on=asked.decided_on,
        said=asked.said,
        is_large=asked.is_large,
    )


def _record(triggers: TriggerIndex, asked: MeasureRequest) -> Trigger:
    if asked.record:
        return triggers.of_key(asked.record, asked.document_no, asked.document_authority)
    found = triggers.find(asked.document_no, asked.document_authority, about=[asked.subject])
    if found.kind == "paper" and found.usable is None:
        return replace(found, decided_on=asked.decided_on)
    return found


def _holds_office(reader: DistrictReader, asked: MeasureRequest, record: Trigger) -> bool | None:
    """Whether the register has the subject as legal representative; None where it cannot tell."""
    if asked.role != "legal_representative" or not record.parties:
        return None
    rows = reader.table("LEGAL_REPRESENTATIVE_OF").select(["from_key", "to_key"]).to_pylist()
    there = [row for row in rows if row["to_key"] in record.parties]
    return any(row["from_key"] == asked.subject for row in there) if there else None


def _refuse(answer: Admission) -> None:
    clause = answer.failing
    if clause is None:
        return
    word = "不成立" if clause.verdict is Verdict.NOT_MET else "尚不明确"
    raise InputError(
        f"不能适用：第 {clause.number} 项“{clause.title}”{word}。{clause.reason}。{clause.remedy}。",
        f"Clause {clause.number} ({clause.code}) does not hold: the measure may not be applied.",
        code="measure_refused",
    )


def _flat(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return redacted(value.strip()) if isinstance(value, str) else value
