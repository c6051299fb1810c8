"""A hundred thousand rows with five per cent planted faults: each is named once, nothing else is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from planter import KINDS, VILLAGE, plant

from ingest.catalogue.source import load_source
from ingest.checking.gate import check
from ingest.reading.table import read_table

ROWS = 100_000


def test_every_planted_fault_is_named_once_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "农户信息.csv"
    truth = plant(path, ROWS)
    assert truth.kinds == set(KINDS) and len(KINDS) >= 20
    assert 0.03 < truth.quarantined / ROWS < 0.06
    table = read_table(path, load_source("farmer_household"))
    assert table.rows_in == ROWS
    gated = check(table, identity_key="11" * 32, known=lambda _: {f"division:{VILLAGE}"})
    found = Counter((f.row, f.column, f.code, f.severity) for f in gated.findings)
    assert set(found) == truth.findings
    assert max(found.values()) == 1
    assert len(gated.quarantined) == truth.quarantined
    assert len(gated.rows) == ROWS - truth.quarantined
    assert all(f.message_zh and f.message_en for f in gated.findings)
    # what is wrong is told without the value: no digits of an identifier anywhere
    assert not [f for f in gated.findings if "610322" in f"{f.message_zh}{f.value_class}"]
