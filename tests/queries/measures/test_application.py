"""Applying a measure: two persons, every clause both times, and an end that nobody has to remember."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from graph.errors import InputError, NotFoundError
from graph.moment import Moment
from graph.operations import OperationsStore
from graph.settings import Settings
from queries.district import DistrictReader
from queries.measures import (
    MeasureRequest,
    approve_measure,
    check_measure,
    lift_measure,
    measure_register,
    propose_measure,
    use_incentive,
    used_incentives,
)
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

pytestmark = pytest.mark.each_store


@pytest.fixture
def store(tmp_path: Any) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def on(measured: Any, day: date) -> DistrictReader:
    stores: Any = SimpleNamespace(settings=measured.settings, log=measured.log, runs=Runs())
    return DistrictReader(stores, Moment.of(measured.log.batches(), as_of=day), ADMINISTRATOR)


def listed_person(reader: DistrictReader) -> tuple[str, str]:
    """A person on the courts' list, and the entry."""
    there = {*reader.table("ListEntry")["key"].to_pylist()}
    rows = [
        (row["from_key"], row["to_key"])
        for row in reader.table("SUBJECT_OF").to_pylist()
        if row["from_label"] == "Person" and row["to_key"] in there
    ]
    return min(rows)


@pytest.fixture
def asked(reader: DistrictReader) -> MeasureRequest:
    person, record = listed_person(reader)
    return MeasureRequest(
        measure="office_defaulter", subject=person, record=record, authority="凤翔区市场监督管理局",
        officer="样本甲", begins_on=date(2026, 2, 1), told_on=date(2026, 1, 28),
        remedy="六十日内申请复议", reason="所负数额较大债务到期未清偿",
    )  # fmt: skip


def state(reader: DistrictReader, store: OperationsStore, name: str) -> str:
    [found] = [one for one in measure_register(reader, store).applied if one.kept.id == name]
    return found.state


def test_two_persons_then_it_is_in_force(
    reader: DistrictReader, store: OperationsStore, asked: MeasureRequest
) -> None:
    kept, answer = propose_measure(reader, store, asked, by="样本乙")
    assert answer.failing is None and state(reader, store, kept.id) == "waiting"
    assert propose_measure(reader, store, asked, by="样本丙")[0].proposed_by == "样本乙"
    for oneself in ("样本乙", " 样本乙 "):
        with pytest.raises(InputError) as refused:
            approve_measure(reader, store, kept.id, by=oneself)
        assert refused.value.cause_code == "two_persons"
    before = len(measure_register(reader, store).judged)
    done, _ = approve_measure(reader, store, kept.id, by="样本丁")
    assert done.approved_by == "样本丁" and state(reader, store, kept.id) == "in_force"
    after = measure_register(reader, store)
    assert len(after.judged) == before + 1
    [mine] = [one for one in after.judged if one.statement.id == kept.id]
    assert (mine.state, mine.statement.origin) == ("lawful", "applied")
    assert [one.id for one in after.on(asked.subject)].count(kept.id) == 1


def test_it_ends_by_itself_and_nothing_of_the_record_is_told(
    measured: Any, reader: DistrictReader, store: OperationsStore, asked: MeasureRequest
) -> None:
    kept, _ = propose_measure(reader, store, asked, by="样本乙")
    approve_measure(reader, store, kept.id, by="样本丁")
    later = measure_register(on(measured, date(2028, 1, 15)), store)
    [one] = later.applied
    assert one.state == "record_ended"
    assert (one.statement.trigger_key, one.statement.cause) == (None, "")
    assert kept.id not in {item.statement.id for item in later.judged}
    ended = replace(asked, ends_on=date(2027, 1, 31))
    short, _ = propose_measure(reader, store, ended, by="样本乙")
    approve_measure(reader, store, short.id, by="样本丁")
    assert state(on(measured, date(2027, 1, 31)), store, short.id) == "in_force"
    assert state(on(measured, date(2027, 2, 1)), store, short.id) == "ended"


def test_lifting_is_kept_and_final(
    reader: DistrictReader, store: OperationsStore, asked: MeasureRequest
) -> None:
    kept, _ = propose_measure(reader, store, asked, by="样本乙")
    with pytest.raises(InputError):
        lift_measure(store, kept.id, by="样本乙", why=" ")
    lift_measure(store, kept.id, by="样本乙", why="当事人已履行")
    assert state(reader, store, kept.id) == "lifted"
    with pytest.raises(InputError) as refused:
        approve_measure(reader, store, kept.id, by="样本丁")
    assert refused.value.cause_code == "measure_lifted"
    again = lift_measure(store, kept.id, by="样本丁", why="另一个理由")
    assert (again.lifted_by, again.lifted_why) == ("样本乙", "当事人已履行")


@pytest.mark.parametrize(
    "change",
    [
        {"measure": "approval_no_promise"},
        {"role": "spouse"},
        {"authority": "凤翔区民政局"},
        {"told_on": None},
        {"remedy": ""},
        {"begins_on": None},
        {"officer": ""},
        {"ends_on": date(2030, 1, 1)},
        {"record": "list:judgment_defaulter:none"},
        {"record": None, "document_no": "没有的文号"},
    ],
)
def test_what_does_not_hold_is_neither_proposed_nor_kept(
    reader: DistrictReader, store: OperationsStore, asked: MeasureRequest, change: dict[str, Any]
) -> None:
    with pytest.raises(InputError) as refused:
        propose_measure(reader, store, replace(asked, **change), by="样本乙")
    assert refused.value.cause_code == "measure_refused" and "第" in refused.value.message_zh
    assert measure_register(reader, store).applied == ()


def test_what_nobody_knows_is_refused(
    reader: DistrictReader, store: OperationsStore, asked: MeasureRequest
) -> None:
    with pytest.raises(NotFoundError):
        check_measure(reader, replace(asked, measure="none"))
    with pytest.raises(NotFoundError):
        check_measure(reader, replace(asked, subject="person:none"))
    with pytest.raises(NotFoundError):
        approve_measure(reader, store, "0" * 64, by="样本丁")
    with pytest.raises(InputError):
        propose_measure(reader, store, asked, by=" ")
    with pytest.raises(InputError) as named:
        MeasureRequest.of({"measure": "x", "subject": "y", "penalty": "z"})
    assert named.value.cause_code == "field_unknown"


def test_a_form_says_the_same_in_text(reader: DistrictReader, asked: MeasureRequest) -> None:
    told = {
        name: "" if value is None else value.isoformat() if isinstance(value, date)
        else "true" if value is True else "" if value is False else value
        for name, value in vars(asked).items()
    }  # fmt: skip
    assert MeasureRequest.of(told) == asked
    assert check_measure(reader, MeasureRequest.of(told)).failing is None


def test_an_incentive_is_for_whom_nothing_stands_against(
    measured: Any, reader: DistrictReader, store: OperationsStore
) -> None:
    listed, _ = listed_person(reader)
    given = {"ground": "AA级信用户", "provider": "凤翔区行政审批服务局", "by": "样本乙"}
    with pytest.raises(InputError) as refused:
        use_incentive(reader, store, "simplified_papers", listed, **given)
    assert refused.value.cause_code == "incentive_refused"
    against = {row["from_key"] for row in reader.table("SUBJECT_OF").to_pylist()}
    clean = min({*reader.table("Enterprise")["key"].to_pylist()} - against)
    with pytest.raises(InputError):
        use_incentive(reader, store, "scene_travel", clean, **given)
    use_incentive(reader, store, "simplified_inspection", clean, **given)
    used = used_incentives(reader, measure_register(reader, store))
    assert used.counts["simplified_inspection"] == 1
    [mine] = [one for one in used.uses if one.statement.origin == "applied"]
    assert (mine.statement.subject, mine.is_clean) == (clean, True)
