"""What waits on disk comes back as it was, and a disk without room says so."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from graph.errors import SettingsError
from ingest.memory import release_memory
from ingest.reading.shared_strings import SharedStrings
from ingest.spill import SpilledTables

FULL = Path("/dev/full")  # every write to it fails as on a full disk


def numbers(first: int, count: int) -> pa.Table:
    return pa.table({"n": pa.array(range(first, first + count))})


def test_small_and_large_come_back_in_order() -> None:
    spilled = SpilledTables()
    spilled.add("cells", numbers(0, 30_000))
    spilled.add("other", numbers(5, 1))
    spilled.add("cells", numbers(30_000, 10))
    spilled.add("cells", numbers(30_010, 25_000))
    assert spilled["cells"]["n"].to_pylist() == list(range(55_010))
    assert spilled.counts() == {"cells": 55_010, "other": 1}
    spilled["cells"] = numbers(7, 2)
    assert spilled["cells"]["n"].to_pylist() == [7, 8] and list(spilled) == ["other", "cells"]
    del spilled["other"]
    assert len(spilled) == 1


def test_a_slice_that_stays_in_memory_keeps_nothing_else() -> None:
    spilled = SpilledTables()
    spilled.add("cells", numbers(0, 1_000_000).slice(999_990))
    [kept] = spilled.pieces("cells")
    assert kept["n"].to_pylist() == list(range(999_990, 1_000_000))
    assert kept.get_total_buffer_size() < 1_000


@pytest.mark.parametrize("packed", [True, False])
def test_some_columns_and_some_rows_at_a_time(packed: bool) -> None:
    spilled = SpilledTables(packed=packed)
    parts = [numbers(first, 30_000) for first in (0, 30_000)]
    for part in parts:
        spilled.add("cells", part.append_column("text", part["n"].cast(pa.string())))
    assert spilled.columns("cells", ["text"])["text"].to_pylist() == list(map(str, range(60_000)))
    assert spilled.columns("cells", ["text", "n"]).column_names == ["text", "n"]
    assert [piece.select(["n"]) for piece in spilled.pieces("cells")] == parts


def test_many_small_parts_do_not_stay_in_memory() -> None:
    spilled = SpilledTables()
    for first in range(0, 60_000, 1_000):
        spilled.add("cells", numbers(first, 1_000))
    assert [len(piece) for piece in spilled.pieces("cells")] == [20_000] * 3
    assert spilled["cells"]["n"].to_pylist() == list(range(60_000))


def test_what_is_looked_at_in_the_file_is_still_there_when_its_pages_went() -> None:
    spilled = SpilledTables(packed=False)
    spilled.add("cells", numbers(0, 30_000))
    seen = spilled["cells"]
    release_memory()
    del spilled  # the file is closed with it, and gone when nobody looks at it any more
    release_memory()
    assert seen["n"].to_pylist() == list(range(30_000))


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_a_full_disk_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: FULL.open("r+b", buffering=0))
    with pytest.raises(SettingsError, match="TMPDIR") as caught:
        SpilledTables().add("cells", numbers(0, 30_000))
    assert caught.value.cause_code == "temporary_unwritable"
    with pytest.raises(SettingsError, match="TMPDIR"):
        SharedStrings(io.BytesIO("<sst><si><t>凤翔</t></si></sst>".encode()))
