"""What the import tool is told of its files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from world import World

from graph.import_files import write_import_files
from graph.log import FactLog


@pytest.mark.parametrize(
    ("name", "spans"), [("样本", False), ('样"本,', False), ("样\n本", True), ("样\r本", True)]
)
def test_a_text_of_several_lines_is_announced(tmp_path: Path, name: str, spans: bool) -> None:
    log = FactLog(tmp_path / "log")
    world = World(log)
    world.node("Person", "p1", name=name, valid_from=date(2026, 1, 1))
    world.node("Household", "h1", name="样本户")  # written after, and on one line
    world.tie("BELONGS_TO", ("p1", "Person"), ("h1", "Household"))
    world.commit(datetime(2026, 2, 1, tzinfo=UTC))
    files = write_import_files(log, tmp_path / "files")
    assert files.span_lines is spans
    assert all(path.exists() for _, path in files.nodes + files.relationships)


def test_a_whole_list_counts_as_taken_in(tmp_path: Path) -> None:
    log = FactLog(tmp_path / "log")
    world = World(log)
    world.node("Person", "p1", name="样本")
    world.commit(
        datetime(2026, 2, 1, tzinfo=UTC), "lists", table="abnormal", list="一月", part=1, of=1
    )
    files = write_import_files(log, tmp_path / "files")
    projection = dict(files.nodes)["Projection"].read_text(encoding="utf-8")
    assert '"lists;lists/abnormal"' in projection
