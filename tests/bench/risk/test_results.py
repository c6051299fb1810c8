"""The page of results: what is read from the parts' own words, and what is left alone."""

from __future__ import annotations

import pytest

from bench.risk import results
from bench.risk.cascade import compare, timed
from bench.risk.graphs import plain
from bench.risk.incremental import measure
from bench.risk.results import PARTS, TARGETS, BenchCommand, Seen, insert, page, run
from bench.risk.sweeps import linear

PRINTED = """\
  ours, 2 threads                  0.52 s for  4,096 worlds,        127.0 µs each; ours is      1.0 × as fast
  blocks, 1 thread                            23.0 ms     2.70 ns a tie      2.00 × as fast as scipy
 10,000 changes: path 11.0 ms; score, news 1e-05 346.0 ms (±1e-05)
"""


def test_a_target_is_met_missed_or_not_measured() -> None:
    seen = [
        Seen(BenchCommand("cascade", "cascade"), PRINTED, 9.0),
        Seen(BenchCommand("5M/50M", "sweeps"), PRINTED, 9.0),
        Seen(
            BenchCommand("changes", "incremental"), PRINTED, 9.0
        ),  # ten thousand are not a thousand
        Seen(BenchCommand("paths", "paths"), "Traceback /home/somebody/x/y.py", 1.0, failed=True),
    ]
    rows = [line for line in page(seen, "a machine", "2026-11-25").splitlines() if "|" in line]
    assert "| 4,096 worlds, 1M/2M | ≤ 0.8 s | 0.52 s | met |" in rows
    assert any("50M" in row and "2.7 ns a tie | **missed**" in row for row in rows)
    missing = {row.split("|")[1].strip() for row in rows if "not measured" in row}
    assert {"1,000 changes: paths", "strongest paths, 10,000 seeds"} <= missing
    assert "somebody" not in page(seen, "a machine", "2026-11-25")


def test_every_target_belongs_to_a_part_that_is_run() -> None:
    assert {target.part for target in TARGETS} <= {part.name for part in PARTS}


def test_targets_find_their_numbers_in_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    two_way = plain(3_000, 12_000, seed=1, local=0.9, two_way=True)
    linear(plain(3_000, 12_000, seed=1, local=0.9, two_way=False), 1)
    compare(plain(3_000, 6_000, seed=1, local=0.9, two_way=False), 1, worlds=512, few=1)
    timed(plain(3_000, 6_000, seed=1, local=0.9, two_way=False), 16_384, 1)
    measure(two_way, 1, changes=(1_000,))
    text = capsys.readouterr().out
    for target in TARGETS:
        if target.part in ("cascade", "district", "5M/50M", "changes"):
            assert target.seen(text) is not None, target.what


def test_a_part_that_fails_is_said_to_have_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(BenchCommand("none", "no_such_measurement"))
    assert done.failed and "no_such_measurement" in done.text
    monkeypatch.setattr(results, "_LIMIT_S", 0.001)
    assert "ended after" in run(BenchCommand("slow", "machine")).text


def test_only_the_measured_part_of_the_page_changes() -> None:
    whole = f"above\n{results.BEGIN}\nold\n{results.END}\nbelow\n"
    once = insert(whole, "new")
    assert once == insert(once, "new")
    assert once.startswith("above\n") and once.endswith("\nbelow\n") and "old" not in once
    assert insert(results.PAGE.read_text(encoding="utf-8"), "new").count("new\n\n<!--") == 1
    with pytest.raises(ValueError, match="has no"):
        insert("a page", "new")
