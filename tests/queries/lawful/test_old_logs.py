"""A log in which terms were baked is read right: what its papers said is a word, and law decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from world import World

from graph.facts import arrow_schema
from graph.log import FactLog
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import records_from_log
from queries.visible import as_view

DAY = date(2026, 6, 1)
KNOWN = datetime(2026, 5, 1, tzinfo=UTC)
P, ENTRY = ("person:p", "Person"), ("entry:1", "ListEntry")


def old_entry(world: World, source: str, known: datetime, **said: Any) -> None:
    """A batch as it was written before: `usable_until`, and a `valid_to` cut by term and removal."""
    world.tie("SUBJECT_OF", P, ENTRY, valid_from=date(2024, 1, 5), valid_to=said["valid_to"])
    world.node("Person", P[0], name="甲")
    entry = {"fact_id": f"old-{source}", "key": ENTRY[0], "label": "ListEntry", "certainty": 1.0,
             "valid_from": date(2024, 1, 5), "list_kind": "judgment_defaulter", "row": 2,
             "known_from": known, "source": source, "batch": source, **said}  # fmt: skip
    schema = arrow_schema("ListEntry")
    names = ["usable_until" if name == "published_until" else name for name in schema.names]
    table = pa.Table.from_pylist([entry], pa.schema(
        [field.with_name(name) for field, name in zip(schema, names, strict=True)]
    ))  # fmt: skip
    append = world.log.append

    def beside(**told: Any) -> Any:
        return _Attaching(append(**told), table)

    world.log.append = beside  # type: ignore[method-assign]
    world.commit(known, source)
    world.log.append = append  # type: ignore[method-assign]


class _Attaching:
    def __init__(self, pending: Any, table: pa.Table) -> None:
        self._pending, self._table = pending, table

    def __enter__(self) -> Any:
        writing = self._pending.__enter__()
        writing.attach("ListEntry", self._table)
        return writing

    def __exit__(self, *raised: object) -> Any:
        return self._pending.__exit__(*raised)


def listed(log: FactLog, day: date, known: datetime) -> object:
    records = records_from_log(log, day, known)
    return gather(records, pa.array([P[0]])).facts(0)["own_listing"].value


@pytest.mark.parametrize("day", [date(2025, 1, 1), DAY])
def test_an_old_removal_binds_a_source_that_does_not_know_of_it(tmp_path: Path, day: date) -> None:
    log = FactLog(tmp_path)
    world = World(log)
    removed = date(2025, 9, 1)
    old_entry(world, "court", KNOWN, valid_to=removed, usable_until=date(2026, 12, 31),
              removed_on=removed)  # fmt: skip
    later = KNOWN + timedelta(hours=1)
    world.node("ListEntry", ENTRY[0], list_kind="judgment_defaulter", listed_on=date(2024, 1, 5))
    world.tie("SUBJECT_OF", P, ENTRY)
    world.commit(later, "judgment_defaulter")
    assert listed(log, day, later) is False
    assert len(as_view(log).at(day, later).table("SUBJECT_OF")) == 0


@pytest.mark.parametrize(("until", "value"), [(DAY, True), (DAY - timedelta(days=1), False)])
def test_an_old_last_day_is_read_under_its_name(tmp_path: Path, until: date, value: bool) -> None:
    log = FactLog(tmp_path)
    old_entry(World(log), "judgment_defaulter", KNOWN, valid_to=until + timedelta(days=1),
              usable_until=until)  # fmt: skip
    assert listed(log, DAY, KNOWN) is value
    [row] = log.read("ListEntry").to_pylist()
    assert row["published_until"] == until
    [piece] = log.held("ListEntry", rows=10)
    assert piece["published_until"].to_pylist() == [until]
