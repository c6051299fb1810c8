"""The district that grows: what is in it in step with its persons, and that every answer finds something."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pytest

from bench.district.firms import GUARANTEES
from bench.district.growth import measure, slope, write_district_log
from bench.district.households import DAY, KNOWN
from bench.district.peak_memory import peak_mib, reset_peak
from graph.log import FactLog
from graph.settings import Settings


def test_firms_guarantees_and_decisions_grow_with_the_persons(tmp_path: Path) -> None:
    counted = {}
    for persons in (1_500, 6_000):
        folder = tmp_path / str(persons)
        write_district_log(folder, persons)
        log = FactLog(Settings(data=folder).log_dir)
        kinds = (
            "Person",
            "Enterprise",
            "GUARANTEES",
            "HOLDS_SHARES_IN",
            "EXECUTIVE_OF",
            "LedgerEntry",
        )
        counted[persons] = {
            kind: log.read(kind, as_of=DAY, known_at=KNOWN).num_rows for kind in kinds
        }
        guarantees = log.read("GUARANTEES", as_of=DAY, known_at=KNOWN)
        single = pc.sum(pc.equal(guarantees["guarantee_kind"], "general")).as_py()
        parties = counted[persons]["Person"] + counted[persons]["Enterprise"]
        assert single == int(GUARANTEES * parties)
    small, large = counted.values()
    assert all(3 < large[kind] / small[kind] < 5 for kind in small), counted


def test_every_answer_is_made_and_measured(tmp_path: Path) -> None:
    write_district_log(tmp_path, 600)
    found = measure(tmp_path, tmp_path, 0)
    assert len(found) == 5
    assert all(seconds > 0 and mib > 50 for seconds, mib in found.values())


def test_a_slope_is_the_power_of_growth() -> None:
    assert slope([10, 100, 1_000], [0.3, 3, 30]) == pytest.approx(1)
    assert slope([10, 100], [2, 200]) == pytest.approx(2)
    assert slope([10], [2]) != slope([10], [2])  # nan: one size says nothing


def test_a_peak_is_that_since_it_was_set_back() -> None:
    reset_peak()
    before = peak_mib()
    held = bytearray(b"1" * 64 * 2**20)
    assert peak_mib() >= before + 60
    del held
