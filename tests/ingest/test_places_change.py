"""A village that was merged or renamed is the one of today, wherever it is asked for by 原代码."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from asking import ask

import ingest
from graph.connection import connect
from graph.errors import NotFoundError
from graph.log import FactLog
from graph.projection import project
from graph.settings import Settings
from graph.snapshot import take_snapshot
from ingest.identity.record import read_records
from queries.eligibility.decisions.prospects import prospects
from queries.eligibility.rules.product import packaged
from queries.eligibility.scorecard.answer import place_answer
from queries.eligibility.scorecard.places import read_places

HEAD = "行政区划代码,名称,级别,上级代码,原代码\n"
BEFORE = (
    HEAD
    + """610305,凤翔区,县区,,610322
610305100,城关镇,乡镇,610305,
610305101,样山镇,乡镇,610305,
610305100201,样东村,行政村,610305100,
610305100202,样西村,行政村,610305100,
610305101203,样南村,行政村,610305101,
"""
)
#: 样西村 and 样南村, of another town, went into 样新村
MERGED = HEAD + "610305100205,样新村,行政村,610305100,610305100202、610305101203\n"
HOUSEHOLDS = """户号,户主姓名,与户主关系,姓名,公民身份号码,村编码,采集日期
610305100201-0001,李样四,户主,李样四,610322199005101046,610305100201,2024-03-01
610305100202-0001,吴样六,户主,吴样六,610322198808081064,610305100202,2024-03-01
610305101203-0001,王样八,户主,王样八,610322200707011083,610305101203,2024-03-01
"""
EAST, WEST, SOUTH, NEW = (f"division:{code}" for code in (
    "610305100201", "610305100202", "610305101203", "610305100205"))  # fmt: skip
DAY, NOW = date(2026, 6, 1), datetime(2026, 6, 1, 4, tzinfo=UTC)


class District:
    def __init__(self, folder: Path, *regions: str) -> None:
        self.settings, self.folder = Settings(data=folder / "data"), folder
        self.log, self.count = FactLog(self.settings.log_dir), 0
        for text in regions:
            self.take("regions", text)

    def take(self, source: str, text: str) -> ingest.BatchReport:
        self.count += 1
        path = self.folder / f"文件{self.count}.csv"
        path.write_text(text, encoding="utf-8")
        moment = datetime(2026, 4, self.count, 4, tzinfo=UTC)
        done = ingest.ingest(
            source, [path], settings=self.settings, known_at=moment, into_graph=False
        )
        return done.batches[0]

    def households(self, known_at: datetime = NOW) -> dict[str, int]:
        found = read_places(self.log, DAY, known_at, 1).villages
        return {key: check.households for key, check in found.items()}


@pytest.fixture
def district(tmp_path: Path) -> District:
    made = District(tmp_path, BEFORE)
    made.take("farmer_household", HOUSEHOLDS)
    return made


def test_who_lived_in_a_merged_village_lives_in_the_new_one(district: District) -> None:
    assert district.households() == {EAST: 1, WEST: 1, SOUTH: 1}
    merged = district.take("regions", MERGED)
    assert merged.asserted == {"Village": 1, "PART_OF": 1, "RECODED_AS": 2}
    assert district.households() == {EAST: 1, NEW: 2}
    # what was known before is answered as it was known then
    assert district.households(datetime(2026, 4, 2, 5, tzinfo=UTC)) == {EAST: 1, WEST: 1, SOUTH: 1}
    snapshot = take_snapshot(district.log, DAY)
    assert set(snapshot.facts("LOCATED_IN")["to_key"].to_pylist()) == {EAST, NEW}
    # the town of a former village is not that of the new one
    part_of = snapshot.facts("PART_OF").to_pylist()
    assert {row["to_key"] for row in part_of if row["from_key"] == NEW} == {"division:610305100"}
    assert {WEST, SOUTH}.isdisjoint(row["from_key"] for row in part_of)
    records = {record.name: record for record in read_records(district.log)}
    assert records["王样八"].village == NEW.removeprefix("division:")


def test_it_is_found_by_a_former_code(district: District) -> None:
    district.take("regions", MERGED)
    places = read_places(district.log, DAY, NOW, 1)
    assert places.find(WEST) == places.find(NEW) and place_answer(places, WEST).division == NEW
    found = prospects(district.log, DAY, NOW, packaged())
    assert {one.applicant for one in found.village(SOUTH, most=99)} == {
        one.applicant for one in found.village(NEW, most=99)
    }
    with pytest.raises(NotFoundError):
        found.village("division:610305100299")


def test_departments_may_still_use_a_former_code(tmp_path: Path) -> None:
    only_new = District(tmp_path, MERGED + "610305100,城关镇,乡镇,610305,\n")
    report = only_new.take("farmer_household", HOUSEHOLDS)
    # two name villages that are 样新村 now; 样东村 nobody has listed
    assert (report.accepted, report.quarantined) == (2, 1)
    assert only_new.households() == {NEW: 2}


def test_a_code_that_is_still_a_village_is_nobodys_former_one(district: District) -> None:
    # part of 样西村 went to 样新村: whoever is told to live in 样西村 lives there
    district.take("regions", MERGED + "610305100202,样西村,行政村,610305100,\n")
    assert district.households() == {EAST: 1, WEST: 1, NEW: 1}


def test_two_villages_that_claim_one_code_are_not_followed(district: District) -> None:
    report = district.take(
        "regions", MERGED + "610305100206,样另村,行政村,610305100,610305101203\n"
    )
    assert "several_at_once" in {item.code for item in report.findings}
    assert district.households() == {EAST: 1, NEW: 1, SOUTH: 1}
    # the register settles it later
    district.take("regions", HEAD + "610305100206,样另村,行政村,610305100,610305101203\n")
    assert district.households() == {EAST: 1, NEW: 1, "division:610305100206": 1}


def test_it_can_be_withdrawn_and_a_blank_takes_nothing_back(district: District) -> None:
    merged = district.take("regions", MERGED)
    district.take("regions", MERGED.replace("610305100202、610305101203", ""))
    assert district.households() == {EAST: 1, NEW: 2}
    last = district.log.batches()[-1].batch
    for batch in (last, merged.batch):
        ingest.withdraw(batch, reason="送错了文件", by="王五", settings=district.settings,
                        into_graph=False)  # fmt: skip
    assert district.households(datetime(2030, 1, 1, tzinfo=UTC)) == {EAST: 1, WEST: 1, SOUTH: 1}


def test_questions_about_a_former_code(
    district: District, lend: Callable[[Path], Settings], tmp_path: Path
) -> None:
    district.take("regions", MERGED)
    with connect(lend(tmp_path / "graph")) as graph:
        project(district.log, graph)
        for key in (WEST, SOUTH, NEW):
            answer = ask(graph, "village_summary", key=key, as_of=DAY)
            assert [(row["households"], row["persons"]) for row in answer.rows] == [(2, 2)]
            assert answer.basis.same_as == (None if key == NEW else NEW)
        (told,) = ask(graph, "same_as", key=WEST, as_of=DAY).rows
        assert (told["to_key"], told["from_label"], told["to_label"]) == (NEW, "Village", "Village")
