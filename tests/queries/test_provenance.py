"""Whose word on a party counts: its register, then who mentions it, then a list; and which is not named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from world import World

from graph.facts import coded_schema
from graph.log import FactLog
from graph.moment import Moment
from graph.provenance import OTHER_SOURCES, Provenance
from graph.snapshot import refresh_snapshot, take_snapshot
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import records_from_log

DAY = date(2026, 6, 1)
KNOWN = datetime(2026, 5, 1, tzinfo=UTC)
P, HOME, ENTRY = ("person:p", "Person"), ("household:h", "Household"), ("entry:1", "ListEntry")


class Told:
    """A log in which each source says one thing after the other."""

    def __init__(self, folder: Path) -> None:
        self.log, self.at = FactLog(folder), KNOWN
        self.world = World(self.log)

    def says(self, source: str, *, registers: list[str] | None = None, **party: Any) -> None:
        self.world.node("Person", P[0], **party)
        self.commit(source, registers)

    def household_file(self, registers: list[str] | None = None, **party: Any) -> None:
        self.world.node("Person", P[0], **party)
        self.world.tie("BELONGS_TO", P, HOME)
        self.commit("farmer_household", registers)

    def lists(self, removed_on: date | None = None, **party: Any) -> None:
        self.world.node("Person", P[0], **party)
        self.world.node(
            "ListEntry", ENTRY[0], list_kind="judgment_defaulter", removed_on=removed_on
        )
        self.world.tie("SUBJECT_OF", P, ENTRY)
        self.commit("judgment_defaulter", [])

    def commit(self, source: str, registers: list[str] | None) -> None:
        self.at += timedelta(hours=1)
        notes = {} if registers is None else {"registers": registers}
        self.world.commit(self.at, source, notes)

    @property
    def name(self) -> str | None:
        snapshot = take_snapshot(self.log, DAY)
        return snapshot.name(snapshot.index(P[0]))


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


@pytest.mark.parametrize("registers", [["Person", "Household"], None])
def test_a_household_file_comes_first_whenever_it_was_heard(
    told: Told, registers: list[str] | None
) -> None:
    told.household_file(registers, name="户册", birth_on=date(1980, 1, 1))
    told.says("land_right", registers=None if registers is None else [], name="确权")
    told.lists(name="名单", birth_on=date(1990, 1, 1))
    assert told.name == "户册"
    found = gather(records_from_log(told.log, DAY, told.at), pa.array([P[0]])).facts(0)
    assert (found["age"].value, found["age"].source) == (46, "farmer_household")


def test_a_mention_comes_before_a_list_and_of_two_the_later(told: Told) -> None:
    told.says("land_right", name="一")
    told.says("loan", name="二")
    told.lists(name="名单")
    assert told.name == "二"


@pytest.mark.parametrize("removed_on", [None, date(2024, 3, 1)])
def test_what_only_a_list_says_is_from_other_sources(told: Told, removed_on: date | None) -> None:
    told.lists(removed_on, name="名单", birth_on=date(1980, 1, 1))
    assert told.name == "名单"
    found = gather(records_from_log(told.log, DAY, told.at), pa.array([P[0]])).facts(0)
    assert (found["age"].value, found["age"].source) == (46, OTHER_SOURCES)
    [row] = take_snapshot(told.log, DAY).facts("Person").to_pylist()
    assert (row["source"], row["batch"], row["row"]) == (OTHER_SOURCES, OTHER_SOURCES, 0)
    assert Moment.of(told.log.batches()).veiled == ("judgment_defaulter",)


def test_who_is_veiled_follows_from_what_was_stated(told: Told) -> None:
    told.says("loan", name="甲")
    assert Provenance.of(told.log.batches()).veiled == frozenset()
    # permits and penalties come from one source: its name would tell of a penalty
    told.world.node("Permit", "permit:1")
    told.commit("administrative_decision", [])
    assert Provenance.of(told.log.batches()).veiled == frozenset()
    told.world.node("Penalty", "penalty:1")
    told.commit("administrative_decision", [])
    assert Provenance.of(told.log.batches()).veiled == {"administrative_decision"}
    # of what is known then
    moment = Moment.of(told.log.batches(), known_at=told.at - timedelta(minutes=90))
    assert moment.veiled == () and moment.registers == ()


def test_a_register_that_also_lists_is_named(told: Told) -> None:
    told.world.node("Enterprise", "org:1", name="甲")
    told.world.node("ListEntry", ENTRY[0])
    told.commit("enterprise", ["Enterprise"])
    found = Provenance.of(told.log.batches())
    assert found.veiled == frozenset() and found.registers == {("enterprise", "Enterprise")}
    assert Moment.of(told.log.batches()).registers == ("enterprise/Enterprise",)


def test_a_snapshot_that_goes_on_ranks_anew(told: Told) -> None:
    told.says("loan", name="旧")
    told.says("judgment_defaulter", name="名单")
    before = take_snapshot(told.log, DAY)
    assert before.name(before.index(P[0])) == "名单"
    # only now it turns out to be a list
    told.world.node("ListEntry", ENTRY[0])
    told.commit("judgment_defaulter", [])
    after = refresh_snapshot(before, told.log)
    assert after.name(after.index(P[0])) == "旧"
    assert after.names == take_snapshot(told.log, DAY).names


def test_a_veil_keeps_the_columns_as_they_are() -> None:
    schema = coded_schema("Person")
    row = {"fact_id": "f", "key": "k", "label": "Person", "known_from": KNOWN, "certainty": 1.0,
           "source": "judgment_defaulter", "batch": "judgment_defaulter-1", "row": 3}  # fmt: skip
    table = pa.Table.from_pylist([row, {**row, "source": "loan"}], schema)
    shown = Provenance(veiled=frozenset({"judgment_defaulter"})).veil("Person", table)
    assert shown.column_names == table.column_names
    assert shown["source"].to_pylist() == [OTHER_SOURCES, "loan"]
    assert shown["batch"].to_pylist()[1] == "judgment_defaulter-1"
    record = Provenance(veiled=frozenset({"judgment_defaulter"})).veil("ListEntry", table)
    assert record is table
