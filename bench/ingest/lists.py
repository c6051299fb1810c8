"""How fast a complete list comes in, comes again unchanged, and comes again with most rows changed.

    python -m bench.ingest.lists --rows 1000000

The list is the directory of family farms, every farm a row.  It comes three times: all new; the same in another
file; and with another revenue in nine rows of ten and one row in a hundred gone.  Each time in a process
of its own, whose peak resident memory (imports included) is printed with the rows a second by the clock and
by the processor: of all steps, and of those after reading, which another process does.  Beside it, as the
measure of the machine, the same rows parsed by pandas and written as Parquet.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "worlds"))
from peak import peak_bytes

import ingest
from graph.identifiers import resident_id
from graph.log import FactLog
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.time import utc_now
from ingest.catalogue.source import load_source
from ingest.comparing.list_part import part_named
from ingest.correction.quarantine import Quarantine
from ingest.plan import commit, content_sha256, plan
from ingest.sample import steps, write_district

__all__ = ["plain", "regions", "take", "write_list"]

SOURCE = "family_farm"
_HEAD = (
    "名录编码", "家庭农场名称", "经营类型", "经营面积（亩）", "劳动力人数", "年经营收入（万元）", "负责人",
    "负责人身份证号", "村编码", "录入名录日期",
)  # fmt: skip
#: name -> day of the list.
_DAYS = {"new": date(2026, 4, 1), "again": date(2026, 5, 1), "changed": date(2026, 6, 1)}


def main() -> None:
    """Write the lists, take each elsewhere, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--take", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.take:
        print(json.dumps(take(given.take)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        villages = regions(folder)
        for stage in _DAYS:
            write_list(folder / f"{stage}.csv", given.rows, villages, stage)
        alone, _ = plain(folder / "new.csv")
        print(
            f"{given.rows:,} rows; pandas alone, parsed and written: {given.rows / alone:,.0f} rows/s"
        )
        for stage in _DAYS:
            command = [
                sys.executable,
                "-m",
                "bench.ingest.lists",
                "--take",
                str(folder / f"{stage}.csv"),
            ]
            found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            _say(stage, found, given.rows, alone)


def write_list(path: Path, rows: int, villages: list[str], stage: str) -> None:
    """Write the list as it is at a stage (`_DAYS`); drawn by arithmetic, the same wherever it is made."""
    kind = next(iter(_kinds()))
    with path.open("w", encoding="gb18030", newline="") as stream:
        write = csv.writer(stream)
        write.writerow(_HEAD)
        for row in range(rows):
            changed = stage == "changed"
            if changed and row % 100 == 50:
                continue
            # what makes it another file, and says nothing else
            name = f"样农{row}号家庭农场" + (" " if stage == "again" and not row else "")
            revenue = 10 + row % 500 + (1 if changed and row % 10 else 0)
            person = resident_id.complete(
                f"61032219{60 + row // 336_000:02d}{_day(row)}{row % 1_000:03d}"
            )
            write.writerow(
                (f"JTNC610305{row:08d}", name, kind, row % 900 + 1, row % 9, revenue, _named(row), person,
                 villages[row % len(villages)], "2026-03-15")
            )  # fmt: skip


def take(path: Path) -> dict[str, Any]:
    """Take one list into the log beside it: seconds and processor seconds, whole and after reading."""
    log = FactLog(path.parent / "data" / "log")
    # as beside every log: one without a key is read as older ones are, which costs
    secrets = make_secrets(log.folder.with_name("secrets.json"))
    quarantine = Quarantine(log.folder.parent / "quarantine")
    marks: list[tuple[float, float]] = []

    def progress(_what: str, _done: int, _total: int | None) -> None:
        marks.append((time.perf_counter(), time.process_time()))

    planned = plan(
        log, load_source(SOURCE), path, content_sha256(path), identity_key=secrets.identity_key,
        quarantine=quarantine, part=part_named(path), day=_DAYS[path.stem], progress=progress,
    )  # fmt: skip
    report = commit(log, quarantine, planned, utc_now())
    progress("", 0, None)
    (begun, _), (read, read_busy), *_, (ended, ended_busy) = marks
    counts = {"accepted": report.accepted, "unchanged": report.unchanged}
    counts |= {"quarantined": report.quarantined, "ended": sum(report.ended.values())}
    return {
        "seconds": ended - begun, "after": ended - read, "after_busy": ended_busy - read_busy,
        "peak": peak_bytes(), "rows_in": report.rows_in, **counts,
    }  # fmt: skip


def regions(folder: Path) -> list[str]:
    """The villages of the sample district, in a log of its own."""
    write_district(folder / "district", persons=1_000)
    settings = Settings(data=folder / "data")
    files = dict(steps(folder / "district"))
    ingest.ingest("regions", [files["regions"]], settings=settings, into_graph=False)
    keys = FactLog(settings.log_dir).read("Village")["key"].to_pylist()
    return sorted(key.removeprefix("division:") for key in keys)


def _kinds() -> Iterator[str]:
    [spec] = load_source(SOURCE).tables.values()
    [kinds] = (item.codes for item in spec.fields if item.name == "farm_kind")
    yield from kinds


def _named(row: int) -> str:
    return "王李张刘陈杨赵"[row % 7] + "建国文志明海小春秋玉桂"[row % 11] + "山川林河田"[row % 5]


def _day(row: int) -> str:
    return f"{row // 1_000 % 12 + 1:02d}{row // 12_000 % 28 + 1:02d}"


def plain(path: Path) -> tuple[float, float]:
    """Seconds and processor seconds of pandas alone: the file parsed and written as Parquet."""
    begun, busy = time.perf_counter(), time.process_time()
    pd.read_csv(path, dtype=str, encoding="gb18030").to_parquet(path.with_suffix(".parquet"))
    return time.perf_counter() - begun, time.process_time() - busy


def _say(stage: str, found: dict[str, Any], rows: int, alone: float) -> None:
    count = found["rows_in"]
    assert count == found["accepted"] + found["unchanged"] + found["quarantined"]
    print(
        f"{stage:8s} {count / found['seconds']:>9,.0f} rows/s"
        f"   gate + log {count / found['after']:>9,.0f} rows/s, processor {count / found['after_busy']:>9,.0f}"
        f", x{alone / found['after'] * count / rows:.3f} of pandas alone"
        f"   peak {found['peak'] / 1e6:5.0f} MB   accepted {found['accepted']:,} unchanged "
        f"{found['unchanged']:,} quarantined {found['quarantined']:,} ended {found['ended']:,}",
        flush=True,
    )


if __name__ == "__main__":
    main()
