"""What counts as taken in: a source by any batch, a table by every part of one list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from graph.covered_sources import coverage_days, covered_sources
from graph.log import Batch


class _Batch:
    def __init__(self, source: str, day: int = 1, **notes: Any) -> None:
        self.source, self.notes = source, notes
        self.known_at = datetime(2026, 3, day, tzinfo=UTC)


def part(number: int, of: int, name: str = "三月") -> _Batch:
    return _Batch("lists", table="abnormal", list=name, part=number, of=of)


@pytest.mark.parametrize(
    ("batches", "expected"),
    [
        ([], set()),
        ([_Batch("loan")], {"loan"}),
        ([part(1, 1)], {"lists", "lists/abnormal"}),
        ([part(1, 2)], {"lists"}),
        # two parts of two different lists are no whole one
        ([part(1, 2), part(2, 2, "四月")], {"lists"}),
        ([part(1, 2), part(1, 2)], {"lists"}),
        ([part(2, 2), part(1, 2)], {"lists", "lists/abnormal"}),
        # a correction is no list, and another table of the source no list of this one
        ([_Batch("lists", table="abnormal")], {"lists"}),
        ([_Batch("lists", table="serious", list=None, part=1, of=1)], {"lists", "lists/serious"}),
    ],
)
def test_a_table_is_whole_when_every_part_is_there(
    batches: list[_Batch], expected: set[str]
) -> None:
    assert covered_sources(cast(list[Batch], batches)) == expected


def test_what_was_withdrawn_has_not_come() -> None:
    first, second = part(1, 2), part(2, 2)
    second.batch = "second"  # type: ignore[attr-defined]
    first.batch = "first"  # type: ignore[attr-defined]
    gone = _Batch("lists", withdraws="second")
    batches = [first, second, gone]
    assert covered_sources(cast(list[Batch], batches[:2])) == {"lists", "lists/abnormal"}
    assert covered_sources(cast(list[Batch], batches)) == {"lists"}
    assert covered_sources(cast(list[Batch], [second, gone])) == set()


def test_each_is_said_with_the_day_on_which_it_last_came_whole() -> None:
    batches = [
        _Batch("lists", 1, table="abnormal", list="三月", part=1, of=1),
        _Batch("lists", 5, table="abnormal", list="四月", part=1, of=2),
        _Batch("lists", 7, table="serious", list=None, part=1, of=1),
    ]
    # half of April's list is no list: March's is still the last
    assert coverage_days(cast(list[Batch], batches)) == {
        "lists": date(2026, 3, 7),
        "lists/abnormal": date(2026, 3, 1),
        "lists/serious": date(2026, 3, 7),
    }
    batches.append(_Batch("lists", 9, table="abnormal", list="四月", part=2, of=2))
    assert coverage_days(cast(list[Batch], batches))["lists/abnormal"] == date(2026, 3, 9)
