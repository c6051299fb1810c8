"""Half a file of every department, delivered by mistake and withdrawn, leaves a whole district as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ingest
from graph.log import FactLog
from graph.schema import SCHEMA
from graph.settings import Settings
from graph.snapshot import take_snapshot
from graph.time import today
from ingest.sample import steps, write_district, write_registers
from queries.risk import assess

TEXTS = {".csv"}


def held(log: FactLog, source: str) -> dict[str, list[str]]:
    """What a source holds, but for identifiers and known times."""
    found = {}
    for kind in (item.kind for item in SCHEMA.kinds):
        rows = [row for row in log.read(kind).to_pylist() if row["source"] == source]
        for row in rows:
            del row["fact_id"], row["known_from"]
        if rows:
            found[kind] = sorted(map(repr, rows))
    return found


def scores(log: FactLog) -> dict[str, tuple[Any, ...]]:
    """What a party is called, what it is, and how likely it fails."""
    run = assess(take_snapshot(log, today()))
    said = run.snapshot.names.to_pylist(), run.snapshot.labels.to_pylist(), run.score.tolist()
    return dict(zip(run.snapshot.keys.to_pylist(), zip(*said, strict=True), strict=True))


def wrong_half(path: Path) -> str:
    """Every second row of a file, with other names; every third of these of the year before."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            head, *lines = raw.decode(encoding).splitlines(keepends=True)
            break
        except UnicodeDecodeError:
            continue
    for right, other in (("张", "王"), ("李", "赵"), ("果业", "粮油")):
        lines = [line.replace(right, other) for line in lines]
    half = lines[::2]
    half[::3] = [line.replace("2026", "2025") for line in half[::3]]
    return head + "".join(half)


@pytest.mark.sweep
def test_half_a_file_of_every_department(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    write_district(tmp_path / "district", persons=1_000)
    write_registers(tmp_path / "district")
    log = FactLog(settings.log_dir)
    delivered = steps(tmp_path / "district")
    for source, path in delivered:
        ingest.ingest(source, [path], settings=settings, into_graph=False)
    before = {source: held(log, source) for source, _ in delivered}
    known = scores(log)
    changed = 0
    for source, path in delivered:
        if path.suffix not in TEXTS:
            continue
        half = tmp_path / path.name
        half.write_text(wrong_half(path), encoding="utf-8")
        wrong = ingest.ingest(source, [half], settings=settings, into_graph=False).batches[0]
        if wrong.position is None:
            continue
        changed += held(log, source) != before[source]
        found = ingest.withdraw(
            wrong.batch, reason="去年的半份文件", by="李四", settings=settings, into_graph=False
        )
        assert sum(found.returns.values()) == wrong.closed, source
        assert held(log, source) == before[source], source
    assert changed > 8, changed
    assert {source: held(log, source) for source, _ in delivered} == before
    assert scores(log) == known
    assert log.verify() == []
