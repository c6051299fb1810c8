"""Score and decision read one law: what one source ends is ended for both, to the hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from world import World

from bench.scope.memory_log import MemoryLog
from graph.log import FactLog
from graph.snapshot import refresh_snapshot, take_snapshot
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import records_from_log
from queries.risk import assess, explain
from queries.visible import as_view

DAY = date(2026, 5, 1)
KNOWN = datetime(2026, 5, 1, tzinfo=UTC)
P, ENTRY = ("person:p", "Person"), ("entry:1", "ListEntry")


def say(world: World, source: str, at: datetime, **entry: Any) -> None:
    world.node("Person", P[0], name="甲")
    world.node("ListEntry", ENTRY[0], list_kind="judgment_defaulter", **entry)
    world.tie("SUBJECT_OF", P, ENTRY)
    world.commit(at, source)


def counted(log: FactLog, day: date, known: datetime) -> tuple[bool, bool]:
    """Whether the score, and whether a decision, counts the entry."""
    told = explain(assess(take_snapshot(as_view(log), day, known)), P[0])
    assert told.unused == ()
    facts = gather(records_from_log(log, day, known), pa.array([P[0]])).facts(0)
    return bool(told.own.facts), bool(facts["own_listing"].value)


@pytest.mark.parametrize("first", ["judgment_defaulter", "court"])
@pytest.mark.parametrize(
    "end", [{"removed_on": date(2026, 3, 1)}, {"record_state": "annulled"},
            {"record_state": "disputed"}, {"published_until": date(2026, 4, 30)}],
)  # fmt: skip
def test_of_two_sources_one_that_ends_it_ends_it_for_both_readers(
    first: str, end: dict[str, Any]
) -> None:
    log = MemoryLog()
    world = World(log)
    second = "court" if first == "judgment_defaulter" else "judgment_defaulter"
    later = KNOWN + timedelta(hours=1)
    say(world, first, KNOWN)
    assert counted(log, DAY, KNOWN) == (True, True)
    say(world, second, later, **end)
    assert counted(log, DAY, later) == (False, False)
    # what was known before stays what it was
    assert counted(log, DAY, KNOWN)[0] is True


@pytest.mark.parametrize("hour", [0, 15, 16, 23])
def test_a_term_ends_with_the_day_in_china(hour: int) -> None:
    log = MemoryLog()
    known = datetime(2026, 5, 31, hour, 59, tzinfo=UTC)
    say(World(log), "judgment_defaulter", known, published_until=date(2026, 5, 31))
    stands = hour < 16
    assert counted(log, DAY, known) == (stands, stands)


def test_a_snapshot_goes_on_and_comes_back_with_a_withdrawn_removal() -> None:
    log = MemoryLog()
    world = World(log)
    say(world, "judgment_defaulter", KNOWN)
    before = take_snapshot(as_view(log), DAY)
    world.node("ListEntry", ENTRY[0], list_kind="judgment_defaulter", removed_on=date(2026, 3, 1))
    world.commit(KNOWN + timedelta(hours=1), "court")
    removed = refresh_snapshot(before, as_view(log))
    assert len(before.facts("SUBJECT_OF")) == 1 and len(removed.facts("SUBJECT_OF")) == 0
    [false] = [row["fact_id"] for row in log.read("ListEntry").to_pylist() if row["removed_on"]]
    world.close("ListEntry", false)
    world.commit(KNOWN + timedelta(hours=2), "court")
    again = refresh_snapshot(removed, as_view(log))
    assert again.facts("SUBJECT_OF").to_pylist() == before.facts("SUBJECT_OF").to_pylist()
