"""Everybody as arrays is taken once for a moment, whoever needs it and in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from monitored import Office, firm

from graph.operations import OperationsStore
from graph.settings import Settings


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with OperationsStore(Settings(data=tmp_path / "books")) as store:
        made = Office(tmp_path, store)
        yield made
        made.close()


def test_risk_structure_and_warnings_stand_on_one_snapshot(office: Office) -> None:
    firm(office, "org:91610305MA9T00018F")
    office.batch()
    reader = office.reader()
    register = office.register()
    assert not [*office.runs.risk.finished()]
    taken = reader.snapshot()
    assert register.snapshot is taken
    assert reader.structure().snapshot is taken and reader.risk_run().snapshot is taken
    firm(office, "org:91610305MA9T00026A")
    office.batch()
    later = office.reader()
    assert later.risk_run().snapshot is later.snapshot() is not taken
    assert len(later.snapshot()) == len(taken) + 1
