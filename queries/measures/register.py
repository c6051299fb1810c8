"""Every measure in force on a day, from departments' reports and from what was applied here, with what
was found about each.

A measure that was applied here ends when its last day has passed, when it was lifted, or when the
record that it follows from may be used no more; that is worked out here, at each reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal, TypeAlias

from graph.operations import AppliedMeasure, MeasureBook, OperationsStore
from queries.basis import Basis
from queries.district import DistrictReader
from queries.measures.admission import Admission, Application, admit
from queries.measures.application import statement_of
from queries.measures.catalogue import load_measures
from queries.measures.overreach import Judged, Overreach, judge, load_overreach
from queries.measures.parties import Known, known_parties
from queries.measures.records import TriggerIndex, read_triggers
from queries.measures.statement import MeasureStatement
from queries.measures.subject import Subject, Trigger

__all__ = [
    "STATES",
    "Applied",
    "MeasureRegister",
    "State",
    "measure_register",
    "measure_register_ready",
]

State: TypeAlias = Literal["waiting", "coming", "in_force", "ended", "record_ended", "lifted"]

#: What has become of a measure that was put forward here -> in Chinese.
STATES: Mapping[State, str] = {
    "waiting": "待另一人批准", "coming": "尚未开始", "in_force": "实施中", "ended": "到期已自动解除",
    "record_ended": "记录已终止，已自动解除", "lifted": "已解除",
}  # fmt: skip


@dataclass(frozen=True)
class Applied:
    """A measure of the operations store with what has become of it.

    Attributes:
        statement: without the paper's number where the record may be used no more: nothing of an
            ended record is shown.
        admission: every clause, checked again at this moment.
    """

    kept: AppliedMeasure
    state: State
    state_label: str
    statement: MeasureStatement
    admission: Admission


@dataclass(frozen=True, eq=False)
class MeasureRegister:
    """All of it at one moment.

    Attributes:
        judged: every punishment in force, reported or applied here.
        incentives: what was used, reported or applied here.
        applied: every measure ever put forward here, whatever has become of it.
        basis: on what it stands.  rules: the catalogue; practices: the file of overreach.
    """

    judged: tuple[Judged, ...]
    incentives: tuple[MeasureStatement, ...]
    applied: tuple[Applied, ...]
    basis: Basis
    rules: str
    practices: str

    @cached_property
    def overreach(self) -> tuple[Overreach, ...]:
        """Measures that go too far, each once."""
        return tuple(item.finding for item in self.judged if item.finding is not None)

    @cached_property
    def to_check(self) -> tuple[Judged, ...]:
        """Measures of which it cannot be told yet."""
        return tuple(item for item in self.judged if item.state == "to_check")

    def on(self, party: str) -> tuple[MeasureStatement, ...]:
        """Measures in force on a party."""
        return tuple(item.statement for item in self.judged if item.statement.subject == party)


def measure_register(reader: DistrictReader, store: OperationsStore) -> MeasureRegister:
    """Read every measure and judge it, once for a moment and a state of what was applied here."""
    found = measure_register_ready(reader, store, within=None)
    assert found is not None
    return found


def measure_register_ready(
    reader: DistrictReader, store: OperationsStore, *, within: float | None
) -> MeasureRegister | None:
    """The same if it is there within so many seconds; None while it is being read."""
    # acts of the office are of the class of what departments report: whom that is closed to sees none
    kept = tuple(MeasureBook(store).all()) if "MeasureReport" in reader.scope.open_kinds else ()
    rules = (load_measures().name, load_overreach().name, tuple(map(repr, kept)))
    return reader.computed("measures", lambda: _read(reader, kept), rules=rules, within=within)


def _read(reader: DistrictReader, kept: tuple[AppliedMeasure, ...]) -> MeasureRegister:
    offices = _Offices.read(reader)
    day = reader.moment.lawful_on
    subjects = {row["to_key"]: row["from_key"] for row in reader.table("SUBJECT_TO").to_pylist()}
    known = known_parties(reader, [*subjects.values(), *(item.subject for item in kept)])
    if not reader.scope.is_of_the_office:
        kept = tuple(item for item in kept if item.subject in known)
    reported = _reported(reader, subjects, known)
    here_said = [statement_of(item, known) for item in kept]
    every = [*reported, *here_said]
    triggers = read_triggers(
        reader, (one.trigger_no for one in every), (one.trigger_key for one in every)
    )
    judged, incentives = [], []
    for one in reported:
        if one.kind == "incentive":
            incentives.append(one)
            continue
        record = triggers.find(one.trigger_no, one.trigger_authority, about=[one.subject or ""])
        record = replace(record, decided_on=record.decided_on or one.decided_on)
        judged.append(_judged(one, record, offices, day))
    here = []
    for item, one in zip(kept, here_said, strict=True):
        state, record = _became(item, one, triggers, day)
        if item.kind == "incentive":
            incentives += [one] if state == "in_force" else []
            continue
        line = load_measures().by_id.get(item.measure)
        answer = admit(line, offices.subject(one, record), record, day, one.said)
        # what was said of it stands in the statement, less what may not be told any more
        kept_so = replace(item, said={})
        here.append(Applied(kept_so, state, STATES[state], _hidden(one, record), answer))
        if state == "in_force":
            judged.append(_judged(one, record, offices, day))
    return MeasureRegister(
        judged=tuple(sorted(judged, key=lambda item: (item.statement.origin, item.statement.id))),
        incentives=tuple(incentives),
        applied=tuple(here),
        basis=reader.basis,
        rules=load_measures().name,
        practices=load_overreach().name,
    )


def _judged(one: MeasureStatement, record: Trigger, offices: _Offices, day: date) -> Judged:
    found = judge(one, offices.subject(one, record), record, day)
    shown = _hidden(one, record)
    finding = found.finding and replace(found.finding, statement=shown)
    return replace(found, statement=shown, finding=finding)


def _hidden(one: MeasureStatement, record: Trigger) -> MeasureStatement:
    """A measure without the number, authority and reason of a record that may be used no more."""
    if record.usable is not False:
        return one
    return replace(
        one, trigger_no=None, trigger_authority=None, trigger_key=None, cause="", decided_on=None
    )


@dataclass(frozen=True)
class _Offices:
    """What the register says of who represents which unit, and what parties are."""

    represents: frozenset[tuple[str, str]]
    represented: frozenset[str]

    @classmethod
    def read(cls, reader: DistrictReader) -> _Offices:
        rows = reader.table("LEGAL_REPRESENTATIVE_OF").select(["from_key", "to_key", "certainty"])
        pairs = {(r["from_key"], r["to_key"]) for r in rows.to_pylist() if r["certainty"] >= 1}
        return cls(frozenset(pairs), frozenset(firm for _, firm in pairs))

    def subject(self, one: MeasureStatement, record: Trigger) -> Subject:
        """The subject of a measure, with what the register knows of its role."""
        holds = None
        if one.role == "legal_representative" and one.subject and self.represented & record.parties:
            holds = any((one.subject, unit) in self.represents for unit in record.parties)
        return Subject(one.subject, one.label, one.role, one.responsibility, one.is_large, holds)


def _reported(
    reader: DistrictReader, subjects: Mapping[str, str], known: Known
) -> list[MeasureStatement]:
    """What departments report to be in force on the day."""
    book = load_measures()
    found = []
    for row in reader.table("MeasureReport").to_pylist():
        key = subjects.get(row["key"])
        label, name = known.get(key or "", (None, None))
        area = book.area_of(row["area"]) or row["area"]
        found.append(
            MeasureStatement(
                id=f"{row['authority']} {row['report_no']}",
                origin="reported",
                kind=row["measure_kind"],
                area=area,
                title=row["measure"] or "",
                cause=row["cause"] or "",
                measure=None,
                law=row["law"],
                article=row["article"],
                subject=key,
                label=label,
                name=name,
                role=row["subject_role"],
                responsibility=row["responsibility"],
                trigger_no=row["trigger_no"],
                trigger_authority=row["trigger_authority"],
                trigger_key=None,
                decided_on=row["decided_on"],
                said=_said(row),
                row=(row["batch"], row["row"]),
            )
        )
    return found


def _said(row: Mapping[str, Any]) -> Application:
    ends = row["ends_on"]
    return Application(
        authority=row["authority"],
        officer=row["officer"],
        begins_on=row["begins_on"],
        ends_on=None if ends is None or ends >= _OPEN_END else ends,
        is_lifelong=bool(row["is_lifelong"]),
        told_on=row["told_on"],
        remedy=row["remedy"],
        informs_only=not any(word in (row["measure"] or "") for word in _ORDERS),
    )


#: What stands for no end in departments' files.
_OPEN_END = date(2099, 12, 31)

#: Words of a measure that tell a lender what to do.
_ORDERS = ("停贷", "停止贷款", "不得放贷", "抽贷", "压贷", "不予贷款", "拒贷")


def _became(
    item: AppliedMeasure, one: MeasureStatement, triggers: TriggerIndex, day: date
) -> tuple[State, Trigger]:
    """What has become of a measure that was put forward here, and the record that it follows from."""
    if one.trigger_key:
        record = triggers.of_key(one.trigger_key, one.trigger_no, one.trigger_authority)
    else:
        record = triggers.find(one.trigger_no, one.trigger_authority, about=[item.subject])
    record = replace(record, decided_on=record.decided_on or one.decided_on)
    said = one.said
    state: State = "in_force"
    if item.lifted_at is not None:
        state = "lifted"
    elif item.approved_at is None and item.kind != "incentive":
        state = "waiting"
    elif record.usable is False:
        state = "record_ended"
    elif said.ends_on is not None and said.ends_on < day:
        state = "ended"
    elif said.begins_on is not None and said.begins_on > day:
        state = "coming"
    return state, record
