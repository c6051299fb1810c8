"""Requests generated from the interface's own description, by the thousand, against a real service.

    python -m bench.api.attack --requests 12000 --seed 1
    python -m bench.api.attack --each-role --requests 200 --seed 1
    python -m bench.api.attack --role loan_officer

Makes a small sample district in a folder of its own, serves it as `xinnong serve` does, and runs
every phase of schemathesis over it: examples, the borders of every parameter, random requests that
should and should not be accepted, and sequences of calls.  Asked for a role, everybody has to say who
they are, the attacker is somebody of that role by a session or a token, and whatever answers without
one, or with a wrong one, is a failure too (`ignored_auth`).  Prints how many requests were sent and
every kind of failure with one request that shows it, and ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import schemathesis
import uvicorn
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema

import ingest
from api.app import create_app
from api.rate_limit import forget_all
from api.security import Role, local_asker
from api.server import SERVER, StoppingServer
from bench.api.people import ROLES, Credential, entered
from graph.catch_up import catch_up
from graph.engine import stop_engine
from graph.settings import Settings
from ingest.sample import steps, write_district

__all__ = ["PHASES", "Attack", "attack", "served"]

PHASES = ("examples", "coverage", "fuzzing", "stateful")

#: Refusals of a number that was used for something else.
_USED, _MALFORMED = ("idempotency_key_reused", "reference_reused"), 422
#: Characters of a failure that are shown.
_SHOWN = 6_000
#: What the borders of the parameters come to, and what one more random example of each route does.
_BORDERS, _PER_EXAMPLE = 12_600, 210
#: How long the description may take to be made.
_MADE_S = 300.0


@dataclass
class Attack:
    """What an attack came to.

    Attributes:
        requests: sent.
        statuses: how often each was answered.
        failures: by operation and kind of failure, a request that shows it.
        errors: of the attacker itself.
    """

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def attack(
    address: str,
    *,
    examples: int,
    seed: int,
    phases: Collection[str] = PHASES,
    only: str | None = None,
    known_by: Credential | None = None,
) -> Attack:
    """Attack the service at `address`.

    Args:
        examples: random requests of each operation and phase.
        only: part of a path, to look at some routes alone.
        known_by: as whom; by default as whoever it answers without a log-in.
    """
    secret = known_by and {"api_key" if known_by.scheme == "session" else "bearer": known_by.secret}
    config = SchemathesisConfig.from_dict({
        "base-url": address,
        "seed": seed,
        "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
        "phases": {
            **{phase: {"enabled": phase in phases} for phase in PHASES},
            "stateful": {"enabled": "stateful" in phases, "max-steps": 4},
        },
        "cache": {"enabled": False},
        "auth": {"openapi": {known_by.scheme: secret}} if known_by else {},
        "suppress-health-check": ["all"],
        "checks": {
            # where it is answered for whoever uses this machine, nobody needs a token
            "ignored_auth": {"enabled": known_by is not None},
            # a rule that refuses what is well-formed (400) is no matter of the description; what
            # the description allows is never malformed (422)
            "positive_data_acceptance": {
                # a state that is had already (304), has gone (410, 412) or was not named (428)
                "expected-statuses": [
                    "2xx", "304", "400", "401", "403", "404", "409", "410", "412", "428", "429", "503"
                ]
            },
            # a machine under load may be late, and says when to come again; how often is printed
            "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
        },
    })  # fmt: skip
    # it is made when it is first asked for, and takes a busy machine longer than the attacker waits
    answer = httpx.get(f"{address}/v1/openapi.json", timeout=_MADE_S).raise_for_status()
    described = answer.json()
    # to the attacker a token is a header like any other, which it leaves out to see what follows
    described["components"]["securitySchemes"]["client"] = {"type": "http", "scheme": "bearer"}
    schema: BaseSchema = schemathesis.openapi.from_dict(described, config=config)
    # a stream has no end that one could wait for
    schema = schema.exclude(path="/v1/events/stream")
    if known_by is not None:
        # whoever goes out is not in any more
        schema = schema.exclude(path="/v1/session", method="DELETE")
    if only is not None:
        schema = schema.include(path_regex=only)
    found = Attack()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _take(found, event.recorder)
            # how often one may ask is tested elsewhere, and would be all that is told here
            forget_all()
        elif isinstance(event, events.NonFatalError):
            found.errors.append(f"{event.label}: {event.value}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return found


def _take(found: Attack, recorder: Any) -> None:
    for interaction in recorder.interactions.values():
        found.requests += 1
        if interaction.response is not None:
            found.statuses[interaction.response.status_code] += 1
    for case, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None and not _was_used(recorder, case, check.name):
                asked = recorder.cases[case].value
                failure = check.failure_info.failure
                name = f"{asked.operation.label}", f"{check.name}: {failure.title}"
                found.failures.setdefault(
                    name, f"{failure.message}\n{check.failure_info.code_sample}"[:_SHOWN]
                )


def _was_used(recorder: Any, case: str, check: str) -> bool:
    """Whether a request was refused for a number that was drawn before for another one: malformed it is
    not, and that 422 says so is of the draft on the header Idempotency-Key (IETF httpapi)."""
    answer = recorder.interactions[case].response
    if check != "positive_data_acceptance" or answer is None or answer.status_code != _MALFORMED:
        return False
    return answer.json().get("code") in _USED


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of the app, served as `xinnong serve` does, on a free port of loopback."""
    server = StoppingServer(uvicorn.Config(app, host="127.0.0.1", port=0, **SERVER))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=12_000, help="about how many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="part of a path")
    parser.add_argument("--address", help="of a service that runs already; it is written to")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--role", choices=[role.value for role in ROLES], help="as one of a role")
    whose.add_argument("--each-role", action="store_true", help="as one of each role, in turns")
    given = parser.parse_args()
    examples = max(1, (given.requests - _BORDERS) // _PER_EXAMPLE)
    if given.address:
        found = attack(given.address, examples=examples, seed=given.seed, only=given.only)
        sys.exit(0 if _tell(found) else 1)
    # the borders of every parameter come to more than all else, and are the same for each role
    phases = tuple(phase for phase in PHASES if phase != "coverage") if given.each_role else PHASES
    roles = ROLES if given.each_role else [role for role in ROLES if role.value == given.role]
    with _district() as settings:
        fine = []
        if not roles:
            with served(create_app(settings, answers_for=local_asker())) as address:
                fine.append(
                    _tell(attack(address, examples=examples, seed=given.seed, only=given.only))
                )
        for role in roles:
            app = create_app(settings)
            with served(app) as address:
                store = app.state.services.store
                one = entered(store, settings, address, role)
                found = attack(
                    address, examples=examples, seed=given.seed, phases=phases, only=given.only,
                    known_by=one,
                )  # fmt: skip
                fine.append(_tell(found, role))
    sys.exit(0 if all(fine) else 1)


@contextmanager
def _district() -> Iterator[Settings]:
    """Settings of a small sample district, whose engine runs."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), engine_heap_mb=512)
        try:
            write_district(settings.data / "district", persons=1_000)
            for source, path in steps(settings.data / "district"):
                ingest.ingest(source, [path], settings=settings, into_graph=False)
            catch_up(settings, owned=True)
            yield settings
        finally:
            stop_engine(settings)


def _tell(found: Attack, role: Role | None = None) -> bool:
    """Print what an attack came to; whether it found nothing."""
    whose = "" if role is None else f"{role.value}: "
    print(f"{whose}{found.requests:,} requests, {len(found.failures)} kinds of failure")
    print("  ".join(f"{status} {count:,}" for status, count in sorted(found.statuses.items())))
    for (operation, kind), shown in sorted(found.failures.items()):
        print(f"\n{operation}\n  {kind}\n  {shown}")
    for error in found.errors:
        print(f"\nerror of the attacker: {error}")
    return not found.failures and not found.errors


if __name__ == "__main__":
    main()
