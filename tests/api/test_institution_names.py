"""What lenders are called, on lists of users, clients and consents: read once for a state of the data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from world import World

import queries.names
from api.services import Services
from graph.log import FactLog
from graph.settings import Settings

KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
BANK, OTHER = "institution:C1402610305001", "institution:C1402610305002"


def test_they_are_read_once_until_something_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, names = [], queries.names.institution_names

    def counted(*given: Any) -> dict[str, str]:
        read.append(given)
        return names(*given)

    monkeypatch.setattr(queries.names, "institution_names", counted)
    settings = Settings(data=tmp_path)
    with Services(settings, reads_graph=False) as services:
        assert services.institution_names() == {}
        world = World(FactLog(settings.log_dir))
        world.node("FinancialInstitution", BANK, name="凤翔农商银行")
        world.commit(KNOWN)
        first = [services.institution_names() for _ in range(3)]
        assert first == [{BANK: "凤翔农商银行"}] * 3 and len(read) == 1
        world.node("FinancialInstitution", OTHER, name="岐山农商银行")
        world.commit(KNOWN + timedelta(days=1))
        assert services.institution_names() == {BANK: "凤翔农商银行", OTHER: "岐山农商银行"}
        assert len(read) == 2
