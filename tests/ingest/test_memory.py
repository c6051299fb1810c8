"""How much memory a row of a large file takes on its whole way: read, checked, compared, logged;
and when the file is taken back.

Measured as the peak of a process of its own, after a small file and after a larger one: what the
imports and a slice take is in both, what grows with the rows is the difference.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from planter import VILLAGE, plant

FEW, MANY = 60_000, 140_000
MOST = 1_250  # bytes a row; 770 to 1,030 as it is, 1,400 while freed memory was not given back

_WORK = """
import json, resource, sys
from datetime import date
from pathlib import Path
import ingest.plan
from graph.log import FactLog
from graph.time import utc_now
from ingest.catalogue.source import load_source
from ingest.comparing.part import part_named
from ingest.correction.quarantine import Quarantine

folder, village = Path(sys.argv[1]), sys.argv[2]
ingest.plan._known = lambda _: lambda _: {f"division:{village}"}
peaks = []
for path in map(Path, sys.argv[3:]):
    log = FactLog(folder / path.stem / "log")
    planned = ingest.plan.plan(
        log, load_source("farmer_household"), path, ingest.plan.content_sha256(path),
        identity_key="11" * 32, part=part_named(path), day=date(2026, 4, 1),
        progress=lambda *_: None,
    )
    done = ingest.plan.commit(log, Quarantine(folder / "quarantine"), planned, utc_now())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    peaks.append((done.rows_in, done.accepted + done.quarantined, peak))
print(json.dumps(peaks))
"""

_BACK = """
import json, resource, sys
from pathlib import Path
import ingest
from graph.settings import Settings

peaks = []
for folder in sys.argv[1:]:
    ingest.withdraw("1", reason="r", by="me", settings=Settings(data=Path(folder)), into_graph=False)
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
print(json.dumps(peaks))
"""


def test_a_row_takes_little_memory_on_its_whole_way(tmp_path: Path) -> None:
    files = [tmp_path / "农户信息少.csv", tmp_path / "农户信息多.csv"]
    for path, rows in zip(files, (FEW, MANY), strict=True):
        plant(path, rows, share=0.05)
    command = [sys.executable, "-c", _WORK, str(tmp_path), VILLAGE, *map(str, files)]
    said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    (few, taken, small), (many, also, large) = json.loads(said)
    assert (few, many) == (taken, also) == (FEW, MANY)
    assert (large - small) / (many - few) < MOST
    command = [sys.executable, "-c", _BACK, *(str(tmp_path / path.stem) for path in files)]
    small, large = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert (large - small) / (many - few) < MOST
