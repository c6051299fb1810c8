"""Small attacks with a fixed seed: every phase but the borders of all parameters, which `make sweeps` goes
through (`bench/api/attack.py`); and as somebody who has to say who they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from breadth import at_landing
from fastapi import FastAPI
from staffed import staffed

from api.app import create_app
from api.security import Role, local_asker
from bench.api.attack import attack, served
from bench.api.people import entered
from graph.settings import Settings


def test_no_request_is_answered_as_nobody_described(office: Settings) -> None:
    with served(create_app(office, answers_for=local_asker())) as address:
        found = attack(address, examples=2, seed=1, phases=("examples", "fuzzing", "stateful"))
    assert (found.failures, found.errors) == ({}, [])
    assert found.requests > 100 and {200, 404, 422} <= set(found.statuses)


@asynccontextmanager
async def _started(_: FastAPI) -> AsyncIterator[None]:
    """What it stands on is put under it already."""
    yield


@pytest.mark.parametrize(
    "role", at_landing([Role.CLIENT], [Role.LOAN_OFFICER, Role.CLIENT]), ids=str
)
def test_nothing_is_answered_that_does_not_ask_who_it_is(
    tmp_path: Path, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What needs no graph, by a session and by a token: also without them, and with wrong ones."""
    with staffed(tmp_path / "data") as house:
        monkeypatch.setattr(house.app.router, "lifespan_context", _started)
        with served(house.app) as address:
            one = entered(house.store, house.services.settings, address, role)
            found = attack(
                address, examples=1, seed=1, phases=("fuzzing",), known_by=one,
                only=r"^/v1/(consents|hooks|session|users|products)",
            )  # fmt: skip
    assert (found.failures, found.errors) == ({}, [])
    # who says who they are is answered, and nobody else is
    assert {200, 401} <= set(found.statuses)
