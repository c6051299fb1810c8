"""What departments are planted to have done in the sample district is found exactly: each once, as what
it is, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from ingest.sample.public_records import overreach as planted
from queries.district import DistrictReader
from queries.measures import (
    MeasureRegister,
    load_incentives,
    load_overreach,
    used_incentives,
)

#: Any day on which the planted listings stand; law is applied at the latest of all clocks.
DAY = date(2026, 12, 1)


def test_every_kind_of_overreach_is_planted() -> None:
    assert [item.id for item in load_overreach().kinds] == [*planted._KINDS]
    assert len(planted._KINDS) == 23


def test_what_goes_too_far_is_found_exactly(measured: Any, register: MeasureRegister) -> None:
    found = {item.statement.id: item.code for item in register.overreach}
    assert found == {**measured.truth["overreach"], **measured.truth["faults"]}
    assert max(Counter(item.statement.id for item in register.overreach).values()) == 1


def test_what_is_lawful_or_over_is_left_alone(measured: Any, register: MeasureRegister) -> None:
    lawful = {item.statement.id for item in register.judged if item.state == "lawful"}
    assert lawful == {*measured.truth["lawful"]}
    waits = {item.statement.id for item in register.to_check}
    assert waits == {*measured.truth["to_check"]}
    known = {item.statement.id for item in register.judged}
    assert not known & {*measured.truth["over"]}


def test_each_finding_says_the_lawful_way_and_where_it_stands(register: MeasureRegister) -> None:
    for item in register.overreach:
        assert item.why and item.instead and item.title
        assert item.statement.row is not None and item.statement.subject
        assert len(item.admission.clauses) == 7


def test_nothing_of_an_ended_record_is_told(measured: Any, register: MeasureRegister) -> None:
    ended = [
        item.statement for item in register.overreach
        if item.code in ("record_ended", "shown_after_end")
    ]  # fmt: skip
    assert len(ended) == 2
    for one in ended:
        told = (one.trigger_no, one.trigger_authority, one.trigger_key, one.cause, one.decided_on)
        assert told == (None, None, None, "", None)


def test_who_used_which_incentive(
    measured: Any, reader: DistrictReader, register: MeasureRegister
) -> None:
    used = used_incentives(reader, register)
    assert {item.statement.id for item in used.uses} == {*measured.truth["incentives"]}
    assert {name: n for name, n in used.counts.items() if n} == {
        "simplified_papers": 2, "scene_loan": 1, "promise_approval": 1,
    }  # fmt: skip
    assert {*used.counts} == {item.id for item in load_incentives().incentives}
    assert all(item.is_clean for item in used.uses)
