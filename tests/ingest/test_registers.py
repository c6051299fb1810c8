"""The sample district's registers: they fit the district they are invented from."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from graph.log import FactLog
from graph.schema import SCHEMA
from graph.settings import Settings
from ingest import ingest
from ingest.sample import FILES, steps, write_district, write_registers
from ingest.sample.registers import REGISTERS


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
    }  # fmt: skip


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registered")
    write_district(folder, persons=1_000)
    write_registers(folder)
    return folder


def test_same_district_same_bytes(district: Path, tmp_path: Path) -> None:
    write_district(tmp_path, persons=1_000)
    bare = digests(tmp_path)
    assert [source for source, _ in steps(tmp_path)] == list(FILES)
    write_registers(tmp_path)
    assert digests(tmp_path) == digests(district)
    # what was there is left as it was
    assert {name: digests(tmp_path)[name] for name in bare} == bare
    write_registers(tmp_path, seed=7)
    assert digests(tmp_path) != digests(district)


def test_no_row_is_refused_and_no_tie_leads_nowhere(district: Path, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    for source, path in steps(district):
        report = ingest(source, [path], settings=settings, into_graph=False).batches[0]
        if (source, path.name) in REGISTERS:
            assert (report.quarantined, report.findings) == (0, ()), path.name
    log = FactLog(settings.log_dir)
    described: dict[str, set[str]] = {}
    for node in SCHEMA.nodes.values():
        keys = described.setdefault(SCHEMA.superlabel(node), set())
        keys |= set(log.read(node.kind)["key"].to_pylist())
    for tie in SCHEMA.relationships.values():
        facts = log.read(tie.kind)
        for side, labels in (("from", tie.sources), ("to", tie.targets)):
            lost = set(facts[f"{side}_key"].to_pylist()) - described[SCHEMA.common_label(labels)]
            assert not lost, (tie.kind, side)
