"""What a row of text costs while it is held and while it is read."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

from trial_files import HEAD, LINE, SOURCE, written

from ingest.reading.table import read_table


def test_equal_texts_are_kept_once(tmp_path: Path) -> None:
    lines = "".join(f"{n},,0.2,2026-04-01\n" for n in range(30_000))
    slices = list(read_table(written(tmp_path, LINE + lines), SOURCE).slices())
    assert sum(len(index) for index, _ in slices) == 30_000
    pieces = [piece for _, columns in slices for piece in columns["day"].pieces]
    assert {tuple(piece.dictionary.to_pylist()) for piece in pieces} == {("2026-04-01",)}
    assert sum(piece.nbytes for piece in pieces) < 3 * 30_000


def test_memory_grows_little_a_row(tmp_path: Path) -> None:
    """By how much, in bytes: the table held, and the most that reading took on its way."""

    def taken(rows: int) -> tuple[int, int]:
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow(HEAD)
        writer.writerows(
            [f"J{n:07d}", f"6103221975031{n:05d}", "0.2", "2026-04-01"] for n in range(rows)
        )
        path = written(tmp_path, stream.getvalue())
        tracemalloc.start()
        read = read_table(path, SOURCE)
        held, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(read.frame) == rows
        return held, peak

    (held, peak), (more_held, more_peak) = taken(20_000), taken(60_000)
    # two texts of their own (some 60 bytes each), four pointers, a row number
    assert (more_held - held) / 40_000 < 220
    assert (more_peak - peak) / 40_000 < 280
