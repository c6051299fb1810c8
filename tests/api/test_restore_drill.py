"""The drill: an office is lost, restored from its backup, and answers as before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from graph_dump import dump
from released import VERSIONS, unpacked

from api.examination import examine
from graph.backup import back_up, restore, secrets_beside
from graph.catch_up import catch_up
from graph.connection import connect
from graph.engine import stop_engine
from graph.settings import Settings


@pytest.mark.sweep
def test_a_lost_office_comes_back(tmp_path: Path) -> None:
    data = unpacked(VERSIONS[-1], tmp_path / "old").settings.data
    lost = Settings(data=data, operations_url=None, engine_heap_mb=512)
    catch_up(lost)
    try:
        with connect(lost) as graph:
            before = dump(graph)
    finally:
        stop_engine(lost)
    folder = tmp_path / "backup"
    back_up(lost, folder, at=datetime(2026, 5, 1, tzinfo=UTC))
    # the machine is gone: what is left is the backup and its secrets
    data.rename(tmp_path / "burnt")
    found = Settings(data=tmp_path / "new", operations_url=None, engine_heap_mb=512)
    restore(found, folder, secrets=secrets_beside(folder))
    try:
        told = examine(found, repair=True)
        assert told.problems == [] and told.graph_position == told.batches == 5
        with connect(found) as graph:
            assert dump(graph) == before
    finally:
        stop_engine(found)
