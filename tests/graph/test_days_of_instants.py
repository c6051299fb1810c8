"""The day of an instant is a day in China: a date cut in UTC is the day before for a third of it."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from graph.covered_sources import coverage_days
from graph.log import Batch

ROOT = Path(__file__).parents[2]
#: A cell of a workbook has no clock of anywhere, and here the rule itself stands.
ALLOWED = {"ingest/reading/cell.py", "graph/time.py"}


def test_no_instant_is_cut_to_a_date_but_by_the_one_rule() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ("graph", "queries", "ingest", "api")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
        and path.relative_to(ROOT).as_posix() not in ALLOWED
    }
    assert not found, "use graph.time.day_of"


def test_no_question_cuts_an_instant_to_a_date() -> None:
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in ROOT.glob("queries/**/*.cypher")
    }
    assert not [name for name, text in texts.items() if "date($known_at)" in text]


@pytest.mark.parametrize(("hour", "day"), [(15, 31), (16, 1), (23, 1)])
def test_a_source_came_on_the_day_in_china(hour: int, day: int) -> None:
    known = datetime(2026, 5, 31, hour, 30, tzinfo=UTC)
    batch = Batch(1, "b", "s", "f", "", known, {}, {}, {}, "", "", Path(), "")
    assert coverage_days([batch]) == {"s": date(2026, 5 if day == 31 else 6, day)}
