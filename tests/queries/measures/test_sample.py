"""What departments are planted to have done in the sample district is found exactly: each once, as what
it is, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore
from graph.settings import Settings
from ingest import ingest
from ingest.sample import write_district
from ingest.sample.public_records import District
from ingest.sample.public_records import overreach as planted
from ingest.sample.public_records.writing import write_table
from queries.district import DistrictReader
from queries.measures import (
    MeasureRegister,
    load_incentives,
    load_overreach,
    measure_register,
    used_incentives,
)
from queries.runs import Runs

#: Any day on which the planted listings stand; law is applied at the latest of all clocks.
DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("measured")
    write_district(folder, persons=1_000)
    made = planted.plant(District(folder, 20260401, "overreach"))
    again = planted.plant(District(folder, 20260401, "overreach"))
    assert all(made.tables[name].equals(again.tables[name]) for name in made.tables)  # type: ignore[union-attr,arg-type]
    settings = Settings(data=folder / "data")
    ingest("regions", [folder / "行政区划.csv"], settings=settings, into_graph=False)
    for source, name in planted.FILES:
        write_table(folder / name, made.tables[name])
        report = ingest(source, [folder / name], settings=settings, into_graph=False).batches[0]
        assert (report.quarantined, report.findings) == (0, ()), name
    return SimpleNamespace(
        settings=settings, log=FactLog(settings.log_dir), truth=json.loads(json.dumps(made.truth))
    )


@pytest.fixture(scope="module")
def reader(district: Any) -> DistrictReader:
    stores: Any = SimpleNamespace(settings=district.settings, log=district.log, runs=Runs())
    return DistrictReader(stores, Moment.of(district.log.batches(), as_of=DAY))


@pytest.fixture(scope="module")
def register(district: Any, reader: DistrictReader) -> MeasureRegister:
    with OperationsStore(district.settings) as store:
        return measure_register(reader, store)


def test_every_kind_of_overreach_is_planted() -> None:
    assert [item.id for item in load_overreach().kinds] == [*planted._KINDS]
    assert len(planted._KINDS) == 23


def test_what_goes_too_far_is_found_exactly(district: Any, register: MeasureRegister) -> None:
    found = {item.statement.id: item.code for item in register.overreach}
    assert found == {**district.truth["overreach"], **district.truth["faults"]}
    assert max(Counter(item.statement.id for item in register.overreach).values()) == 1


def test_what_is_lawful_or_over_is_left_alone(district: Any, register: MeasureRegister) -> None:
    lawful = {item.statement.id for item in register.judged if item.state == "lawful"}
    assert lawful == {*district.truth["lawful"]}
    waits = {item.statement.id for item in register.to_check}
    assert waits == {*district.truth["to_check"]}
    known = {item.statement.id for item in register.judged}
    assert not known & {*district.truth["over"]}


def test_each_finding_says_the_lawful_way_and_where_it_stands(register: MeasureRegister) -> None:
    for item in register.overreach:
        assert item.why and item.instead and item.title
        assert item.statement.row is not None and item.statement.subject
        assert len(item.admission.clauses) == 7


def test_nothing_of_an_ended_record_is_told(district: Any, register: MeasureRegister) -> None:
    ended = [
        item.statement for item in register.overreach
        if item.code in ("record_ended", "shown_after_end")
    ]  # fmt: skip
    assert len(ended) == 2
    for one in ended:
        told = (one.trigger_no, one.trigger_authority, one.trigger_key, one.cause, one.decided_on)
        assert told == (None, None, None, "", None)


def test_who_used_which_incentive(
    district: Any, reader: DistrictReader, register: MeasureRegister
) -> None:
    used = used_incentives(reader, register)
    assert {item.statement.id for item in used.uses} == {*district.truth["incentives"]}
    assert {name: n for name, n in used.counts.items() if n} == {
        "simplified_papers": 2, "scene_loan": 1, "promise_approval": 1,
    }  # fmt: skip
    assert {*used.counts} == {item.id for item in load_incentives().incentives}
    assert all(item.is_clean for item in used.uses)
