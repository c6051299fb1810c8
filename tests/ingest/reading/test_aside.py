"""What waits on disk comes back as it was, and a disk without room says so."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from graph.errors import SettingsError
from ingest.reading.aside import Aside
from ingest.reading.shared_strings import SharedStrings

FULL = Path("/dev/full")  # every write to it fails as on a full disk


def numbers(first: int, count: int) -> pa.Table:
    return pa.table({"n": pa.array(range(first, first + count))})


def test_small_and_large_come_back_in_order() -> None:
    aside = Aside()
    aside.add("cells", numbers(0, 30_000))
    aside.add("other", numbers(5, 1))
    aside.add("cells", numbers(30_000, 10))
    aside.add("cells", numbers(30_010, 25_000))
    assert aside["cells"]["n"].to_pylist() == list(range(55_010))
    assert aside.counts() == {"cells": 55_010, "other": 1}
    aside["cells"] = numbers(7, 2)
    assert aside["cells"]["n"].to_pylist() == [7, 8] and list(aside) == ["other", "cells"]
    del aside["other"]
    assert len(aside) == 1


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_a_full_disk_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: FULL.open("r+b", buffering=0))
    with pytest.raises(SettingsError, match="TMPDIR") as caught:
        Aside().add("cells", numbers(0, 30_000))
    assert caught.value.cause_code == "temporary_unwritable"
    with pytest.raises(SettingsError, match="TMPDIR"):
        SharedStrings(io.BytesIO("<sst><si><t>凤翔</t></si></sst>".encode()))
