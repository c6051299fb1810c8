"""What is only supposed is reckoned one after the other, and once for all who suppose the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from waiting import PATIENCE, until
from world import World

import queries.risk
from api.services import Services
from graph.errors import NotFoundError
from graph.log import FactLog
from graph.settings import Settings
from queries.reader import Reader
from queries.scope import ADMINISTRATOR

FIRM, OTHER = ("org:1", "Enterprise"), ("org:2", "Enterprise")
BANK, LOAN = ("institution:bank", "FinancialInstitution"), ("loan:1", "Loan")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data=tmp_path)
    world = World(FactLog(settings.log_dir))
    for key, label in (FIRM, OTHER, BANK):
        world.node(label, key, name=key)
    world.node("Loan", LOAN[0], principal_fen=100_000, loan_no="JK-1")
    world.node("LoanState", LOAN[0], "Loan", balance_fen=60_000, loan_class="pass")
    world.tie("BORROWED", FIRM, LOAN)
    world.tie("LENT_BY", LOAN, BANK)
    world.tie("GUARANTEES", OTHER, FIRM, amount_fen=60_000, discriminator="1")
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    with Services(settings, reads_graph=False) as opened:
        yield opened


def reader(services: Services) -> Reader:
    return services.reader(ADMINISTRATOR)


def counted(monkeypatch: pytest.MonkeyPatch, go_on: threading.Event) -> list[str]:
    """Whom each computation supposes to fail; none ends before `go_on`."""
    begun: list[str] = []
    real = queries.risk.distress_stress

    def slow(*given: Any, **assumed: Any) -> Any:
        begun.append(",".join(assumed["failed"]))
        assert go_on.wait(PATIENCE)
        return real(*given, **assumed)

    monkeypatch.setattr(queries.risk, "distress_stress", slow)
    return begun


def test_who_supposes_the_same_is_told_the_same(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    go_on.set()
    begun = counted(monkeypatch, go_on)
    one = reader(services).distress(failed=["org:1"])
    assert reader(services).distress(failed=["org:1"]) is one and begun == ["org:1"]
    assert reader(services).distress(failed=["org:2"]) is not one and begun == ["org:1", "org:2"]
    # by whom it is grouped, what is assumed besides: another question
    losses = [
        reader(services).losses("institution"),
        reader(services).losses("institution", shocks={"org:1": 0.5}),
        reader(services).losses("institution", net_assets_fen={"org:1": 5}),
        reader(services).losses("village"),
    ]
    assert len({id(one) for one in losses}) == 4
    assert reader(services).losses("institution", shocks={"org:1": 0.5}) is losses[1]


def test_of_several_one_at_a_time(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    begun = counted(monkeypatch, go_on)
    with ThreadPoolExecutor(2) as officers:
        try:
            first = officers.submit(reader(services).distress, failed=["org:1"])
            until(lambda: begun == ["org:1"])
            second = officers.submit(reader(services).distress, failed=["org:2"])
            until(lambda: len(services.runs.of("supposed")._held) == 2)
            assert begun == ["org:1"]
        finally:
            go_on.set()
        assert first.result(PATIENCE) is not second.result(PATIENCE)
    assert begun == ["org:1", "org:2"]


def test_what_is_refused_is_refused_to_who_asked(services: Services) -> None:
    for _ in range(2):
        with pytest.raises(NotFoundError):
            reader(services).distress(failed=["org:nobody"])
    assert reader(services).distress(failed=["org:1"]).basis.scope == ADMINISTRATOR.said
