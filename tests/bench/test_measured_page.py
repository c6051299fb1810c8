"""The page of results: what is read from the parts' own words, and what is left alone."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench import measured_page
from bench.district import growth
from bench.district import results as growth_results
from bench.ingest import results as ingest_results
from bench.load import results as load_results
from bench.load.open_loop import Timed, of_memory
from bench.measured_page import END, BenchCommand, MeasuredPage, Seen, run
from bench.risk import results as risk_results
from bench.risk.cascade import compare, timed
from bench.risk.graphs import plain
from bench.risk.incremental import measure
from bench.risk.sweeps import linear
from bench.start import commands as start_commands
from bench.start import results as start_results

PAGES = [
    risk_results.PAGE, load_results.PAGE, ingest_results.PAGE, growth_results.PAGE,
    start_results.PAGE,
]  # fmt: skip
RISK = risk_results.PAGE

PRINTED = """\
  ours, 2 threads                  0.52 s for  4,096 worlds,        127.0 µs each; ours is      1.0 × as fast
  blocks, 1 thread                            23.0 ms     2.70 ns a tie      2.00 × as fast as scipy
 10,000 changes: path 11.0 ms; score, news 1e-05 346.0 ms (±1e-05)
"""


def test_a_target_is_met_missed_or_not_measured() -> None:
    seen = [
        Seen(BenchCommand("cascade", "risk.cascade"), PRINTED, 9.0),
        Seen(BenchCommand("5M/50M", "risk.sweeps"), PRINTED, 9.0),
        Seen(
            BenchCommand("changes", "risk.incremental"), PRINTED, 9.0
        ),  # ten thousand are not a thousand
        Seen(
            BenchCommand("paths", "risk.paths"), "Traceback /home/somebody/x/y.py", 1.0, failed=True
        ),
    ]
    rows = [
        line for line in RISK.measured(seen, "a machine", "2026-11-25").splitlines() if "|" in line
    ]
    assert "| 4,096 worlds, 1M/2M | ≤ 0.8 s | 0.52 s | met |" in rows
    assert any("50M" in row and "2.7 ns a tie | **missed**" in row for row in rows)
    missing = {row.split("|")[1].strip() for row in rows if "not measured" in row}
    assert {"1,000 changes: paths", "strongest paths, 10,000 seeds"} <= missing
    assert "somebody" not in RISK.measured(seen, "a machine", "2026-11-25")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_belongs_to_a_part_that_is_run(page: MeasuredPage) -> None:
    assert {target.part for target in page.targets} <= {part.name for part in page.parts}
    for part in page.parts:
        assert find_spec(f"bench.{part.module}"), part.module


def test_targets_find_their_numbers_in_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    two_way = plain(3_000, 12_000, seed=1, local=0.9, two_way=True)
    linear(plain(3_000, 12_000, seed=1, local=0.9, two_way=False), 1)
    compare(plain(3_000, 6_000, seed=1, local=0.9, two_way=False), 1, worlds=512, few=1)
    timed(plain(3_000, 6_000, seed=1, local=0.9, two_way=False), 16_384, 1)
    measure(two_way, 1, changes=(1_000,))
    text = capsys.readouterr().out
    for target in RISK.targets:
        # what only the bench environment has is left out elsewhere
        left_out = "graphblas" in target.what and not find_spec("graphblas")
        if target.part in ("cascade", "district", "5M/50M", "changes"):
            assert (target.seen(text) is None) is left_out, target.what


def test_a_load_is_read_from_its_table() -> None:
    printed = "\n".join(
        Timed([p50 / 1e3, p50 / 1e3, p99 / 1e3]).row(f"borrower page, {rate:g} a second", 0.1)
        for rate, p50, p99 in ((1.0, 150, 480), (5.0, 200, 1_100), (50.0, 20_000, 40_000))
    )
    printed += "\n" + Timed([0.06, 0.06, 0.5]).row("search, 50 a second", 0.0)
    printed += "\n" + of_memory([600 << 20, 700 << 20, 705 << 20, 703 << 20], 3_000, 0)
    seen = {target.what: target.seen(printed) for target in load_results.PAGE.targets}
    assert seen == {
        "borrower page against its questions, 1 a second": 1.5,
        "borrower page, 1 a second, p50": 150.0, "borrower page, 5 a second, p50": 200.0,
        "borrower page, 5 a second, p99": 1_100.0, "borrower page, 50 a second, p99": 40_000.0,
        "search, 50 a second, p50": 60.0,
        "memory of the service, 1,000 to 20,000 requests": 3.0,
        "pages of the menu within 300 ms": None,
    }  # fmt: skip
    menu = load_results.PAGE.targets[-1]
    assert menu.seen("46 of 47 pages within 300 ms") == 46 and not menu.met(46)


def test_what_starts_is_read_as_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    for seconds, target in enumerate(start_results.PAGE.targets[:-1], 1):
        start_commands.say(target.what.replace("`", "").replace(" on a fresh machine", ", fresh")
                           .replace("demo again", "demo, again"), seconds)  # fmt: skip
    text = capsys.readouterr().out + "make quick 80 s\n"
    assert [target.seen(text) for target in start_results.PAGE.targets] == [1, 2, 3, 4, 80]


def test_growth_is_read_from_its_table() -> None:
    # in step, but for the last answer, which grows with the square
    found = {
        persons: {
            name: ((persons / 1e5) ** (2 if name.startswith("bulletin") else 1), persons / 100)
            for name in growth.ANSWERS
        }
        for persons in (10_000, 100_000, 1_000_000)
    }
    text = growth.table(found)
    seen = {target.what: target.seen(text) for target in growth_results.PAGE.targets}
    slopes = dict.fromkeys((f"{name}, 100,000 to 1,000,000" for name in growth.ANSWERS), 1.0)
    assert seen == {
        **slopes, "bulletin of a month, 100,000 to 1,000,000": 2.0,
        "log to first risk answer, 100,000 persons": 1.0,
        "memory, 1,000,000 persons": pytest.approx(10_000 / 1024),
        "memory, 100,000 to 1,000,000": 1.0,
    }  # fmt: skip


def test_a_part_that_fails_is_said_to_have_failed() -> None:
    done = run(BenchCommand("none", "risk.no_such_measurement"))
    assert done.failed and "no_such_measurement" in done.text
    assert "ended after" in run(BenchCommand("slow", "risk.machine", limit_s=0.001)).text


def test_a_page_says_how_fast_its_machine_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured_page, "_MANUAL", tmp_path)
    page = MeasuredPage("p.md", "none", (BenchCommand("none", "risk.no_such_measurement"),), ())
    page.path.write_text(f"{page.begin}\n{END}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="True"):
        page.write()
    assert re.search(
        r"ten million additions in \d+\.\d\d s, a GiB of fresh memory in \d+\.\d\d s, load",
        page.path.read_text("utf-8"),
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_only_the_measured_part_of_the_page_changes(page: MeasuredPage) -> None:
    whole = f"above\n{page.begin}\nold\n{END}\nbelow\n"
    once = page.insert(whole, "new")
    assert once == page.insert(once, "new")
    assert once.startswith("above\n") and once.endswith("\nbelow\n") and "old" not in once
    assert page.insert(page.path.read_text(encoding="utf-8"), "new").count("new\n\n<!--") == 1
    with pytest.raises(ValueError, match="has no"):
        page.insert("a page", "new")
