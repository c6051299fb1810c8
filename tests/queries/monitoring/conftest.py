"""An office whose log nobody else writes to; the store is shared, and everybody subscribes in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from monitored import Office

from graph.operations import OperationsStore
from graph.settings import Settings


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path_factory.mktemp("books"))) as store:
        yield store


@pytest.fixture
def office(tmp_path: Path, books: OperationsStore) -> Iterator[Office]:
    made = Office(tmp_path, books)
    yield made
    made.close()
