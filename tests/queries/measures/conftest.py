"""The planted measures of a small district, taken in without an engine."""

from __future__ import annotations

import json
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
from queries.measures import MeasureRegister, measure_register
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

#: Any day on which the planted listings stand; law is applied at the latest of all clocks.
DAY = date(2026, 12, 1)


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("measured")
    write_district(folder, persons=1_000)
    made = planted.plant(District(folder, 20260401, "overreach"))
    again = planted.plant(District(folder, 20260401, "overreach"))
    assert {n: str(t) for n, t in made.tables.items()} == {
        n: str(t) for n, t in again.tables.items()
    }
    settings = Settings(data=folder / "data")
    ingest("regions", [folder / "行政区划.csv"], settings=settings, into_graph=False)
    for source, name in planted.FILES:
        write_table(folder / name, made.tables[name])
        report = ingest(source, [folder / name], settings=settings, into_graph=False).batches[0]
        assert (report.quarantined, report.findings) == (0, ()), name
    return SimpleNamespace(
        settings=settings, log=FactLog(settings.log_dir), truth=json.loads(json.dumps(made.truth))
    )


@pytest.fixture(scope="session")
def reader(measured: Any) -> DistrictReader:
    stores: Any = SimpleNamespace(settings=measured.settings, log=measured.log, runs=Runs())
    return DistrictReader(stores, Moment.of(measured.log.batches(), as_of=DAY), ADMINISTRATOR)


@pytest.fixture(scope="session")
def register(measured: Any, reader: DistrictReader) -> MeasureRegister:
    with OperationsStore(measured.settings) as store:
        return measure_register(reader, store)
