"""A small attack with a fixed seed: every phase but the borders of all parameters, which
`.ci/run` goes through (`bench/api/attack.py`)."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

from bench.api.attack import attack, served


def test_no_request_is_answered_as_nobody_described(clerk: TestClient) -> None:
    app = clerk.app
    assert isinstance(app, FastAPI)
    with served(app) as address:
        found = attack(address, examples=2, seed=1, phases=("examples", "fuzzing", "stateful"))
    assert not found.failures and not found.errors
    assert found.requests > 100 and {200, 404, 422} <= set(found.statuses)
