"""The grades planted in the sample: every finding once, every count, and the days of inspections."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from graph.log import FactLog
from graph.moment import Moment
from graph.settings import Settings
from ingest import ingest
from ingest.sample import write_district
from ingest.sample.public_records import District
from ingest.sample.public_records import grades as planted
from ingest.sample.public_records.writing import write_table
from queries.district import DistrictReader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR
from queries.supervision import grade_counts, grade_findings, inspection_plan


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("grades")
    write_district(folder, persons=1_000)
    made, again = (planted.plant(District(folder, 20260401, "grades")) for _ in range(2))
    assert {n: str(t) for n, t in made.tables.items()} == {
        n: str(t) for n, t in again.tables.items()
    }
    settings = Settings(data=folder / "data")
    ingest("regions", [folder / "行政区划.csv"], settings=settings, into_graph=False)
    doubts = {}
    for source, name in planted.FILES:
        write_table(folder / name, made.tables[name])
        report = ingest(source, [folder / name], settings=settings, into_graph=False).batches[0]
        assert report.quarantined == 0, name
        doubts[name] = [item.code for item in report.findings]
    log = FactLog(settings.log_dir)
    stores: Any = SimpleNamespace(settings=settings, log=log, runs=Runs())
    reader = DistrictReader(
        stores, Moment.of(log.batches(), as_of=date(2026, 12, 1)), ADMINISTRATOR
    )
    return SimpleNamespace(reader=reader, truth=json.loads(json.dumps(made.truth)), doubts=doubts)


def test_every_finding_once_and_nothing_else(taken: Any) -> None:
    told = grade_findings(taken.reader, limit=100)
    for kind, wanted in taken.truth["findings"].items():
        found = [
            [one.party.removeprefix("org:"), one.grade.scheme]
            for one in told.rows
            if one.kind == kind
        ]
        assert sorted(found) == sorted(wanted), kind
    assert told.total == sum(map(len, taken.truth["findings"].values()))


def test_counts_of_what_is_in_force(taken: Any) -> None:
    told = {f"{one.scheme} {one.grade}": one.subjects for one in grade_counts(taken.reader).counts}
    assert told == taken.truth["in_force"]


def test_the_plan_of_inspections_in_its_order(taken: Any) -> None:
    rows = inspection_plan(taken.reader, limit=100).rows
    told = [(one.party.removeprefix("org:"), one.due_on and one.due_on.isoformat()) for one in rows]
    assert told == [*taken.truth["due"].items()]


def test_a_clerk_is_told_what_has_no_event(taken: Any) -> None:
    assert sorted(taken.doubts["分级分类监管等级.csv"]) == ["empty", "required"]
