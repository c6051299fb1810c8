"""What is planted of public bodies in a small district, taken in without an engine."""

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
from ingest.sample.public_records import government as planted
from ingest.sample.public_records.writing import write_table
from queries.district import DistrictReader
from queries.government import GovernmentBook, government_book
from queries.runs import Runs
from queries.scope import ADMINISTRATOR


@pytest.fixture(scope="session")
def planted_bodies(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("government")
    write_district(folder, persons=1_000)
    made = planted.plant(District(folder, 20260401, "government"))
    settings = Settings(data=folder / "data")
    ingest("regions", [folder / "行政区划.csv"], settings=settings, into_graph=False)
    for source, name in planted.FILES:
        write_table(folder / name, made.tables[name])
        report = ingest(source, [folder / name], settings=settings, into_graph=False).batches[0]
        assert (report.quarantined, report.findings) == (0, ()), name
    log, truth = FactLog(settings.log_dir), json.loads(json.dumps(made.truth))
    with OperationsStore(settings) as store:
        runs = Runs()

        def reader(day: str = truth["as_of"]) -> DistrictReader:
            stores: Any = SimpleNamespace(settings=settings, log=log, runs=runs, store=store)
            moment = Moment.of(log.batches(), as_of=date.fromisoformat(day))
            return DistrictReader(stores, moment, ADMINISTRATOR)

        yield SimpleNamespace(settings=settings, reader=reader, store=store, truth=truth)
        runs.close()


@pytest.fixture(scope="session")
def book(planted_bodies: Any) -> GovernmentBook:
    return government_book(planted_bodies.reader())
