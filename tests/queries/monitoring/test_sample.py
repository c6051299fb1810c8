"""The planted changes of a small district: every one found once, and nothing that looks like it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
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
from ingest.sample.public_records import monitoring as planted
from ingest.sample.public_records.writing import write_table
from queries.monitoring import inbox, mark_read, subscribe, wanted
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

#: Any day on which the planted listings stand.
DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def planted_office(
    tmp_path_factory: pytest.TempPathFactory, books: OperationsStore
) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("planted")
    write_district(folder, persons=1_000)
    made = planted.plant(District(folder, 20260401, "monitoring"))
    settings = Settings(data=folder / "data")
    ingest("regions", [folder / "行政区划.csv"], settings=settings, into_graph=False)
    truth = json.loads(json.dumps(made.truth))
    number = 0
    for source, name in planted.FILES:
        if name == truth["second_round"][0]:
            last = FactLog(settings.log_dir).batches()[-1].known_at
            what = wanted(sector={"industries": [truth["sector"]]})
            number = subscribe(
                books, "样本监测员", what, reason="行业监测", by="样本主任", at=last
            ).subscriber
        write_table(folder / name, made.tables[name])
        report = ingest(source, [folder / name], settings=settings, into_graph=False).batches[0]
        said = {finding.code for finding in report.findings}
        assert report.quarantined == 0 and said <= {"matured_is_no_pass"}, (name, report.findings)
    stores: Any = SimpleNamespace(
        settings=settings, log=FactLog(settings.log_dir), runs=Runs(), store=books
    )
    reader = Reader(stores, Moment.of(stores.log.batches(), as_of=DAY), ADMINISTRATOR)
    yield SimpleNamespace(reader=reader, store=books, truth=truth, number=number)
    stores.runs.close()


def test_every_planted_change_is_told_once_and_nothing_else(planted_office: Any) -> None:
    reader, store, truth = planted_office.reader, planted_office.store, planted_office.truth
    found = inbox(reader, store, planted_office.number)
    assert found is not None
    # what came with the last file of the first round came before
    told = Counter((one.warning.rule, one.warning.subject) for one in found.items)
    planned = {(rule, f"org:{code}") for rule, codes in truth["events"].items() for code in codes}
    assert told == Counter(planned)
    names = [one.warning.id for one in found.items]
    assert mark_read(reader, store, planted_office.number, names) == len(planned)
    again = inbox(reader, store, planted_office.number)
    assert again is not None and again.total == 0


def test_what_came_before_and_what_lies_outside_stand_and_are_not_told(planted_office: Any) -> None:
    from queries.monitoring import warning_list

    every = warning_list(planted_office.reader, limit=1_000)
    assert every is not None
    subjects = {one.subject for one in every.warnings if one.rule == "adverse_record"}
    for code in (*planted_office.truth["before"], *planted_office.truth["outside"]):
        assert f"org:{code}" in subjects
