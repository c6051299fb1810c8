"""An office that comes from a released version goes on with its data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from released import VERSIONS, unpacked

import ingest
from graph.log import FactLog
from graph.operations import Ledger, OperationsStore, operations_problems


@pytest.mark.parametrize("version", VERSIONS)
def test_the_next_delivery_of_an_older_office(tmp_path: Path, version: str) -> None:
    old = unpacked(version, tmp_path)
    settings, path = old.settings, old.files["loan"]
    # the same loans a month later, and one of them paid
    later = path.with_name("贷款借据五月.csv")
    later.write_bytes(path.read_bytes().replace(b",2026-03-31", b",2026-04-30"))
    assert later.read_bytes() != path.read_bytes()
    before = FactLog(settings.log_dir).read("Loan")
    # an office of a later version was at work later
    last = FactLog(settings.log_dir).batches()[-1].known_at
    known_at = max(datetime(2026, 5, 1, tzinfo=UTC), last + timedelta(days=1))
    report = ingest.ingest("loan", [later], settings=settings, known_at=known_at, into_graph=False)
    log = FactLog(settings.log_dir)
    assert log.verify() == [] and len(log.batches()) == len(old.told["batches"]) + 1
    [batch] = report.batches
    # one of them is matured with a balance by then, and waits
    assert (batch.rows_in, batch.quarantined) == (batch.accepted + batch.unchanged + 1, 1)
    # a loan is the loan that it was: no second one beside it
    after = log.read("Loan")
    assert sorted(after["key"].to_pylist()) == sorted(before["key"].to_pylist())
    with OperationsStore(settings) as store:
        assert Ledger(store).deliveries("loan")[-1].batch == log.batches()[-1].batch
    assert operations_problems(settings, log.batches()) == []
