"""Own records of many at once against the second answer to `adverse_records`, over random records."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from recorded import RECORDED, scatter_records
from world import World

from bench.scope.memory_log import MemoryLog
from graph.snapshot import take_snapshot
from queries.neighbourhood import adverse_rows
from queries.scope import ADMINISTRATOR
from queries.visible import visible

sys.path.insert(0, str(Path(__file__).parents[1]))

from reference import Reference

INSTANTS = [datetime(2026, month, 1, tzinfo=UTC) for month in (2, 4, 6)]


@pytest.fixture(scope="module")
def log() -> MemoryLog:
    world = World(MemoryLog())
    for instant in INSTANTS:
        scatter_records(world, instant.month)
        world.commit(instant)
    assert isinstance(world.log, MemoryLog)
    return world.log


@pytest.mark.parametrize("as_of", [date(2026, 1, 15), date(2026, 5, 1), date(2026, 9, 1)])
@pytest.mark.parametrize("known_at", INSTANTS[::2])
def test_the_same_as_asked_one_by_one(log: MemoryLog, as_of: date, known_at: datetime) -> None:
    reference = Reference(log, as_of, known_at)
    snapshot = take_snapshot(visible(log, ADMINISTRATOR), as_of, known_at)
    told = adverse_rows(snapshot, RECORDED)
    kinds = set()
    for key in RECORDED:
        expected = {
            (kind, what)
            for kind, what, _, _, sure, _ in reference.adverse_records(key)
            # None: several ties to one thing, of which one may be certain
            if sure is None or sure >= 1
        }
        found = {(row["kind"], row["what"]) for row in told.get(key, ())}
        unsure: set[tuple[Any, ...]] = {
            (kind, what)
            for kind, what, _, _, sure, _ in reference.adverse_records(key)
            if sure is None
        }
        assert found - unsure == expected - unsure, key
        kinds |= {kind for kind, _ in found}
    assert len(kinds) >= 4


def test_nobody_asked_nobody_told(log: MemoryLog) -> None:
    snapshot = take_snapshot(visible(log, ADMINISTRATOR), date(2026, 5, 1))
    assert adverse_rows(snapshot, []) == {}
