"""What is planted of lists, honours and repairs in the sample district is found exactly, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from graph.log import FactLog
from graph.moment import Moment
from graph.settings import Settings
from graph.time import today
from ingest import ingest
from ingest.repair.record import RecordFile, find_records
from ingest.sample import write_district
from ingest.sample.public_records import District, lists, repairs
from ingest.sample.public_records.writing import write_table
from queries.district import DistrictReader
from queries.public_lists import list_entries, list_states
from queries.runs import Runs
from queries.scope import ADMINISTRATOR


@dataclass(frozen=True)
class Taken:
    log: FactLog
    truth: dict[str, Any]
    refused: dict[str, list[list[Any]]]

    def reader(self) -> DistrictReader:
        stores: Any = SimpleNamespace(log=self.log, runs=Runs())
        return DistrictReader(stores, Moment.of(self.log.batches()), ADMINISTRATOR)

    def record(self, document_no: str) -> RecordFile:
        [found] = find_records(self.log, document_no, today())
        return found


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder = tmp_path_factory.mktemp("district")
    write_district(folder, persons=1_000)
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    truth: dict[str, Any] = {}
    refused: dict[str, list[list[Any]]] = {}
    for name, module in (("lists", lists), ("repairs", repairs)):
        planted = module.plant(District(folder, 20260401, name))
        truth |= planted.truth
        for source, file in module.FILES:
            write_table(folder / file, planted.tables[file])
            [batch] = ingest(source, [folder / file], settings=settings, into_graph=False).batches
            assert batch.rows_in == batch.accepted + batch.unchanged + batch.quarantined
            wrong = [[item.row, item.code] for item in batch.findings if item.severity == "error"]
            if wrong:
                refused[file] = wrong
    return Taken(FactLog(settings.log_dir), truth, refused)


def test_an_entry_without_an_end_and_without_a_sure_rule_is_asked_for_its_day(taken: Taken) -> None:
    assert taken.refused == taken.truth["refused"]


def test_every_entry_ended_as_planted(taken: Taken) -> None:
    entries = taken.log.read("ListEntry").to_pylist()
    assert {row["case_no"] for row in entries} == {*taken.truth["entries"]}
    found = {number: taken.record(number).ended or "in_force" for number in taken.truth["entries"]}
    assert found == taken.truth["entries"]


def test_readers_get_the_entries_and_honours_in_force_and_no_others(taken: Taken) -> None:
    seen = list_entries(taken.reader(), limit=200)
    told = {**taken.truth["entries"], **taken.truth["honours"]}
    assert {item.document_no for item in seen.entries} == {
        number for number, state in told.items() if state == "in_force"
    }
    assert seen.total == len(seen.entries) == sum(
        item.entries or 0 for item in list_states(taken.reader())
    )  # fmt: skip
    cut = list_entries(taken.reader(), limit=2, offset=1)
    assert (cut.total, cut.entries) == (seen.total, seen.entries[1:3])


def test_a_penalty_and_the_entry_that_follows_from_it_have_two_clocks(taken: Taken) -> None:
    [(entry, number)] = taken.truth["follows"].items()
    [told] = [item for item in list_entries(taken.reader(), limit=200).entries if item.penalty_no]
    assert (told.document_no, told.penalty_no) == (entry, number)
    penalty = taken.record(number)
    assert penalty.ended is None and penalty.published_until is None
    assert told.until == date(2028, 2, 1) and penalty.window(today()).stops_on == date(2029, 1, 5)


def test_every_penalty_ended_as_planted_and_under_its_regime(taken: Taken) -> None:
    penalties = taken.log.read("Penalty").to_pylist()
    assert {row["document_no"] for row in penalties} == {*taken.truth["records"]}
    found = {}
    for number in taken.truth["records"]:
        record = taken.record(number)
        found[number] = record.repaired_under or record.ended or "in_force"
        assert (record.ended == "removed") is (record.repaired_under is not None)
    assert found == taken.truth["records"]
    left = {*taken.reader().whenever("Penalty")["document_no"].to_pylist()}
    assert left == {n for n, state in taken.truth["records"].items() if state == "in_force"}
