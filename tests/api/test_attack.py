"""A small attack with a fixed seed: every phase but the borders of all parameters, which
`.ci/run` goes through (`bench/api/attack.py`)."""

from __future__ import annotations

from api.app import create_app
from api.security import local_asker
from bench.api.attack import attack, served
from graph.settings import Settings


def test_no_request_is_answered_as_nobody_described(office: Settings) -> None:
    with served(create_app(office, answers_for=local_asker())) as address:
        found = attack(address, examples=2, seed=1, phases=("examples", "fuzzing", "stateful"))
    assert (found.failures, found.errors) == ({}, [])
    assert found.requests > 100 and {200, 404, 422} <= set(found.statuses)
