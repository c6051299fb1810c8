"""How much memory a row of a large file takes on its whole way: read, checked, compared, logged;
and when the file is taken back.

Measured as the peak of a process of its own, after a small file and after a larger one: what the
imports and a slice take is in both, what grows with the rows is the difference.  From both follows
what a million rows take, which is what is promised: a gigabyte.  A first delivery is all new; the
second says the same again, which is compared with all that the log holds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import peak
import pytest
from planter import VILLAGE, plant

FEW, MANY = 60_000, 300_000
LARGEST = 1_000_000
# bytes for so many rows; 270 MB before a row counts and 650 to 670 bytes a row of a first delivery
MOST = {"first": 1_000_000_000, "again": 1_050_000_000}
# of a withdrawal; 930 to 1,030 as it is
MOST_BACK = 1_250

_WORK = """
import json, sys
from datetime import date
from pathlib import Path
import ingest.plan
from peak import peak_bytes
from graph.log import FactLog
from graph.time import utc_now
from ingest.catalogue.source import load_source
from ingest.comparing.list_part import part_named
from ingest.correction.quarantine import Quarantine

folder, village = Path(sys.argv[1]), sys.argv[2]
ingest.plan._known = lambda _: lambda _: {f"division:{village}"}
peaks = []
for path in map(Path, sys.argv[3:]):
    data = folder / path.parent.name
    log = FactLog(data / "log")
    planned = ingest.plan.plan(
        log, load_source("farmer_household"), path, ingest.plan.content_sha256(path),
        identity_key="11" * 32, quarantine=Quarantine(data / "quarantine"), part=part_named(path), day=date(2026, 4, 1),
        progress=lambda *_: None,
    )
    done = ingest.plan.commit(log, Quarantine(data / "quarantine"), planned, utc_now())
    peak = peak_bytes()
    peaks.append((done.rows_in, done.accepted, done.accepted + done.unchanged + done.quarantined, peak))
print(json.dumps(peaks))
"""

_BACK = """
import json, sys
from pathlib import Path
import ingest
from peak import peak_bytes
from graph.settings import Settings

peaks = []
for folder in sys.argv[1:]:
    for batch in ("2", "1"):
        ingest.withdraw(
            batch, reason="r", by="me", settings=Settings(data=Path(folder)), into_graph=False
        )
    peaks.append(peak_bytes())
print(json.dumps(peaks))
"""


def run(command: list[str]) -> str:
    """What a process of its own prints."""
    where = {**os.environ, "PYTHONPATH": str(Path(peak.__file__).parent)}
    return subprocess.run(
        command, check=True, capture_output=True, encoding="utf-8", env=where
    ).stdout


def peaks(folder: Path, *files: Path) -> list[list[int]]:
    command = [sys.executable, "-c", _WORK, str(folder), VILLAGE, *map(str, files)]
    said = run(command)
    found: list[list[int]] = json.loads(said)
    return found


@pytest.mark.sweep
def test_a_row_takes_little_memory_on_its_whole_way(tmp_path: Path) -> None:
    files = []
    for rows in (FEW, MANY):
        (tmp_path / f"{rows}").mkdir()
        files.append(tmp_path / f"{rows}" / "农户信息.csv")
        plant(files[-1], rows, share=0.05)
    for delivery, most in MOST.items():
        (few, news, taken, small), (many, more, also, large) = peaks(tmp_path, *files)
        assert (few, many) == (taken, also) == (FEW, MANY)
        assert bool(news) is bool(more) is (delivery == "first")
        a_row = (large - small) / (many - few)
        assert large + a_row * (LARGEST - many) < most, (delivery, small, large, a_row)
        for path in files:  # the same rows as another file
            path.write_bytes(path.read_bytes().rstrip())
    command = [sys.executable, "-c", _BACK, *(str(path.parent) for path in files)]
    small, large = json.loads(run(command))
    assert (large - small) / (MANY - FEW) < MOST_BACK
