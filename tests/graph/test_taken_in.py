"""What counts as taken in: a source by any batch, a table by every part of one list."""

from __future__ import annotations

from typing import Any, cast

import pytest

from graph.log import Batch
from graph.taken_in import taken_in


class _Batch:
    def __init__(self, source: str, **notes: Any) -> None:
        self.source, self.notes = source, notes


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
    assert taken_in(cast(list[Batch], batches)) == expected


def test_what_was_withdrawn_has_not_come() -> None:
    first, second = part(1, 2), part(2, 2)
    second.batch = "second"  # type: ignore[attr-defined]
    first.batch = "first"  # type: ignore[attr-defined]
    gone = _Batch("lists", withdraws="second")
    batches = [first, second, gone]
    assert taken_in(cast(list[Batch], batches[:2])) == {"lists", "lists/abnormal"}
    assert taken_in(cast(list[Batch], batches)) == {"lists"}
    assert taken_in(cast(list[Batch], [second, gone])) == set()
