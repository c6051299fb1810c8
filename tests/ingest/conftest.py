"""The collected small inputs, each taken in once for all tests that look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from collected import CASES, FILES, REGIONS, Office


@pytest.fixture(scope="session")
def case(shared_cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Office]:
    """The office that took in all files of a case, named by its number; only to be read."""

    @cache
    def taken(number: str) -> Office:
        [folder] = shared_cases.glob(f"{number}-*")
        office = Office(tmp_path_factory.mktemp(f"case{number}"))
        for each in CASES[folder.name]:
            office.take(each.source, folder / each.file)
        return office

    return taken


@pytest.fixture(scope="session")
def file(shared_cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Office]:
    """The office that took in one file as a clerk sent it, named by its number; only to be read."""

    @cache
    def taken(number: str) -> Office:
        [path] = (shared_cases / "files").glob(f"{number}[!0-9a-z]*")
        office = Office(tmp_path_factory.mktemp(number))
        if FILES[path.name].source != "loan":
            [regions] = shared_cases.glob(f"03-*/{REGIONS.file}")
            office.take("regions", regions)
        office.take(FILES[path.name].source, path)
        return office

    return taken
