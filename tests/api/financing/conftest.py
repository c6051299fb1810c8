"""Who asks of the loop here: the platform, or an officer of a bank."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from financed import BANK, FIRM, of_reader
from starlette.testclient import TestClient

import api.routes.financing as routes
from api.audit_writer import TrailWriter
from api.security import Asker, local_asker
from graph.operations import OfficeBooks, OperationsStore
from graph.settings import Settings
from queries.scope import Scope


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeBooks]:
    settings = Settings(data=tmp_path)
    with OperationsStore(settings) as store:
        yield OfficeBooks(settings, store)


@pytest.fixture
def consents() -> set[tuple[str, str]]:
    return {(FIRM, BANK)}


@pytest.fixture
def trail(office: OfficeBooks) -> Iterator[TrailWriter]:
    """What is asked here is entered."""
    with TrailWriter(office.store) as writer:
        yield writer


@pytest.fixture
def served(
    office: OfficeBooks,
    consents: set[tuple[str, str]],
    apps: Callable[[Asker], FastAPI],
    trail: TrailWriter,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Any]:
    """The client of somebody: `served()` the platform, `served(BANK)` a bank's officer."""
    monkeypatch.setattr(routes, "carried", lambda _desk: None)
    monkeypatch.setattr("api.pages.financing.carried", lambda _desk: None)

    def of(institution: str | None = None) -> TestClient:
        asker = local_asker()
        if institution is not None:
            scope = Scope("信贷员", institution=institution, open_classes=frozenset())
            asker = replace(asker, id=f"user:{institution}", name="李四", scope=scope)
        app = apps(asker)
        app.state.services = SimpleNamespace(
            settings=office.settings, office=office, store=office.store, trail=trail,
            reader=lambda *_, **__: of_reader(asker.scope),
            has_consent=lambda subject, bank, _purpose, _at: (subject, bank) in consents,
        )  # fmt: skip
        return TestClient(app, "http://127.0.0.1")

    yield of
