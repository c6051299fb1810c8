"""The financing loop through a service that is killed (SIGKILL) at any instant, again and again.

    python -m bench.faults.loop_kills --kills 200 --seed 1

A bank tells by HTTP what becomes of its applications, each act under a number of its own, and tells
again what was not answered.  The service is a process of its own over a folder with store, audit and
log; it is killed at instants drawn over its life, and the next one goes on where it ended.  At the end
every application must be where the bank's telling leads: nothing that was answered is lost, no act
stands twice, nothing is paid twice, the log says what the store says, and the audit's chain holds.

One process imports everything and holds the socket; each life is forked from it.  The graph is no part
of it.  Printed is how often the service was killed and what was not whole; nothing is good.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from graph.log import FactLog
from graph.operations import Channel, FinancingBook, OperationsStore, operations_problems
from graph.operations.audit import check_chain
from graph.settings import Settings
from graph.time import today, utc_now
from ingest.financing import carry_out
from queries.consent import AskedConsent, find_purpose, register_consent

__all__ = ["Lives", "live", "main"]

BANK = "institution:C1402610305001"
_SUBJECT = "org:91610305MA9T00018F"
_CREDIT = 8_000_000
#: A service is killed so long after its first answer at most, in seconds; some before it, this share.
_LIFE_S, _STARTING = 0.6, 0.2
#: A key that was begun and never answered is free again after so long here.
_KEY_S = 0.3
_PATIENCE_S = 120.0


@dataclass
class Lives:
    """What came of it.

    Attributes:
        kills: of the service.  asked: requests that were sent; again: of acts that were sent before.
        wrong: what is not whole.
    """

    kills: int = 0
    asked: int = 0
    again: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """One act as the bank tells it."""

    case: int
    act: str
    reference: str
    content: dict[str, Any]


def live(folder: Path, *, kills: int, chance: random.Random) -> Lives:
    """Have a bank tell its acts until the service was killed so often, and look whether all is whole."""
    settings, found = Settings(data=folder), Lives()
    with OperationsStore(settings) as store:
        _consented(store)
    with _Service(folder, chance) as service:
        number = 0
        while service.kills < kills:
            number += 1
            case = _pushed(settings, number)
            for told in _history(case, number, chance):
                _tell(service, told, found, keyed=chance.random() < 0.5)
                if chance.random() < 0.1:
                    _tell(service, told, found, keyed=False)
        service.stop()
        found.kills = service.kills
    found.wrong += _not_whole(settings, number)
    return found


def _consented(store: OperationsStore) -> None:
    asked = AskedConsent(
        _SUBJECT, BANK, "credit_approval", items=tuple(sorted(find_purpose("credit_approval").classes)),
        from_on=today(), sensitive_tick=True, onward_tick=True, channel=Channel.ONLINE,
    )  # fmt: skip
    register_consent(store, asked, by="样本窗口", at=utc_now())


def _pushed(settings: Settings, number: int) -> int:
    with OperationsStore(settings) as store:
        book = FinancingBook(store)
        demand = book.register(
            _SUBJECT, channel="window", reference=f"D{number}", amount_fen=_CREDIT, months=12,
            purpose="购买果袋", by="样本窗口", at=utc_now(),
        ).act.demand  # fmt: skip
        case = book.push(
            demand, BANK, product="apple_loan", reference=f"P{number}", by="样本窗口", at=utc_now()
        ).act.case_number
        assert case is not None
        return case


def _history(case: int, number: int, chance: random.Random) -> Iterator[Told]:
    """Two notes that come to the whole credit, repaid in parts, settled and told of."""
    day, last = str(today()), str(today() + timedelta(days=365))
    first = chance.randrange(1, 8) * 1_000_000
    told: list[tuple[str, dict[str, Any]]] = [
        ("accept", {}),
        ("investigate", {}),
        ("grant", {"line_no": f"SX{number}", "amount_fen": _CREDIT, "from_on": day, "to_on": last,
                   "rate_ppm": 43_500, "security_kind": "unsecured"}),
        ("sign", {"contract_no": f"HT{number}", "signed_on": day}),
    ]  # fmt: skip
    for name, amount in (("a", first), ("b", _CREDIT - first)):
        note = {"note_no": f"JJ{number}{name}", "on": day}
        told.append(("disburse", {**note, "amount_fen": amount, "due_on": last}))
        part = chance.randrange(1, amount)
        told += [("repay", {**note, "amount_fen": each}) for each in (part, amount - part)]
    told += [("settle", {"on": day}), ("feedback", {"stated_first": "first"})]
    for place, (act, content) in enumerate(told):
        yield Told(case, act, f"{number}-{place}", content)


def _tell(service: _Service, told: Told, found: Lives, *, keyed: bool) -> None:
    """Send an act until it is answered; what is refused is a fault, for each act comes next."""
    body = {
        "act": told.act,
        "reference": told.reference,
        "by": "样本信贷员",
        "content": told.content,
    }
    headers = {"Idempotency-Key": told.reference} if keyed else {}
    ends, tries = time.monotonic() + _PATIENCE_S, 0
    while True:
        found.asked, found.again, tries = found.asked + 1, found.again + bool(tries), tries + 1
        answer = service.post(f"/v1/financing/applications/{told.case}/acts", body, headers)
        if answer is not None and answer[0] == 200:
            return
        if answer is not None and answer[0] not in (409, 429, 503):
            raise RuntimeError(f"{told.act} {told.reference} is refused: {answer}")
        if time.monotonic() > ends:
            found.wrong.append(f"{told.act} {told.reference}: never answered, last {answer}")
            return
        time.sleep(0.02)


def _not_whole(settings: Settings, histories: int) -> list[str]:
    wrong = []
    with OperationsStore(settings) as store:
        book = FinancingBook(store)
        # what was acted on before the last kill is carried out at the next start
        carry_out(settings, store=store)
        cases = [case for _, case in book.cases()]
        if len(cases) != histories:
            wrong.append(f"{len(cases)} applications of {histories}")
        for case in cases:
            said = (case.state, case.credit_fen, case.disbursed_fen, case.repaid_fen)
            if said != ("closed", _CREDIT, _CREDIT, _CREDIT):
                wrong.append(f"application {case.number}: {said}")
            acts = Counter(
                act.act for act in book.file(case.demand).acts if act.case_number == case.number
            )
            if acts != {"push": 1, "accept": 1, "investigate": 1, "grant": 1, "sign": 1,
                        "disburse": 2, "repay": 4, "settle": 1, "feedback": 1}:  # fmt: skip
                wrong.append(f"application {case.number}: {dict(acts)}")
        paid = {note.note_no: note.amount_fen for note in book.drawdowns()}
        if len(paid) != 2 * histories or sum(paid.values()) != histories * _CREDIT:
            wrong.append(f"{len(paid)} notes, {sum(paid.values())} paid out")
        if problem := check_chain(store).problem:
            wrong.append(f"audit: {problem}")
    log = FactLog(settings.log_dir)
    wrong += log.verify() + operations_problems(settings, log.batches())
    loans = {row["loan_no"]: row["principal_fen"] for row in log.read("Loan").to_pylist()}
    if len(log.read("Loan")) != len(paid) or loans != paid:
        wrong.append(f"{len(log.read('Loan'))} loans in the log, {len(paid)} notes")
    owed = [row["balance_fen"] for row in log.read("LoanState").to_pylist() if row["balance_fen"]]
    if left := [path.name for path in settings.data.glob("financing-*")]:
        wrong.append(f"{left}: facts of persons left beside the log")
    if owed:
        wrong.append(f"{len(owed)} loans of the log are owed still")
    return [str(problem) for problem in wrong]


class _Service:
    """The service, life after life: while one is under way it is killed at an instant drawn anew."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.kills = 0
        self._chance, self._over, self._answered = chance, False, threading.Event()
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "bench.faults.loop_kills", "--nursery", str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._port = int(self._line())
        self._pool = urllib3.PoolManager(retries=False, maxsize=2)
        self._killer = threading.Thread(target=self._kill_and_go_on, daemon=True)

    def __enter__(self) -> _Service:
        self._killer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let the last life end; whoever comes then is not heard."""
        self._over = True
        self._answered.set()
        self._killer.join()
        if self._nursery.stdin is not None and not self._nursery.stdin.closed:
            self._nursery.stdin.close()
            self._nursery.wait(_PATIENCE_S)
            if self._nursery.stdout is not None:
                self._nursery.stdout.close()

    def post(
        self, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, Any] | None:
        """Status and body; None where nobody answered.  Raises `RuntimeError` where nobody ever will."""
        if self._nursery.poll() is not None or not (self._over or self._killer.is_alive()):
            raise RuntimeError("the service cannot be started")
        try:
            answer = self._pool.request(
                "POST", f"http://127.0.0.1:{self._port}{path}", json=body, headers=headers,
                timeout=urllib3.Timeout(5.0), redirect=False,
            )  # fmt: skip
            told = answer.status, answer.json()
            self._answered.set()
            return told
        except (HTTPError, OSError, ValueError):
            return None

    def _kill_and_go_on(self) -> None:
        while not self._over:
            print("live", file=self._nursery.stdin, flush=True)
            pid = int(self._line())
            self._answered.clear()
            # one in five while it is starting still
            if self._chance.random() < _STARTING:
                time.sleep(self._chance.random() * _LIFE_S)
            else:
                self._answered.wait(_PATIENCE_S)
                time.sleep(self._chance.random() * _LIFE_S)
            os.kill(pid, signal.SIGKILL)
            self.kills += 1
            assert self._line() == "dead"

    def _line(self) -> str:
        assert self._nursery.stdout is not None
        return self._nursery.stdout.readline().strip()


def _nursery(folder: Path) -> None:
    """Import everything once; then, for each line that comes, fork a service and wait for its end."""
    import uvicorn

    import api.routes.financing as routes
    from api.app import create_app
    from api.security import local_asker
    from api.server import SERVER
    from api.services import Services
    from graph.operations import idempotency
    from ingest.financing import FinancingDesk

    settings = Settings(data=folder)
    # a client of a minute's patience would wait through it
    vars(idempotency)["_TAKES"] = timedelta(seconds=_KEY_S)

    def carried(desk: FinancingDesk) -> None:
        desk.carry_out(into_graph=False)

    vars(routes)["carried"] = carried
    app = create_app(settings, answers_for=local_asker())
    with OperationsStore(settings):
        """It is made by the first."""
    held = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(held.getsockname()[1], flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child:
            print(child, flush=True)
            os.waitpid(child, 0)
            print("dead", flush=True)
            continue
        # as at every start, what was acted on before is carried into the log first
        carry_out(settings)
        app.state.services = Services(settings, reads_graph=False)
        server = uvicorn.Server(uvicorn.Config(app, **{**SERVER, "lifespan": "off"}))
        server.run(sockets=[held])
        os._exit(1)


def main() -> int:
    """Kill and print; the exit status says whether all was whole."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="an empty one; by default one that is removed")
    parser.add_argument("--nursery", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.nursery is not None:
        _nursery(given.nursery)
        return 0
    chance = random.Random(given.seed)  # noqa: S311 - repeatable, no secret
    with TemporaryDirectory() as aside:
        found = live(given.folder or Path(aside), kills=given.kills, chance=chance)
    for one in found.wrong:
        print(one)
    print(
        json.dumps(
            {"kills": found.kills, "asked": found.asked, "asked_again": found.again,
             "not_whole": len(found.wrong)}
        )
    )  # fmt: skip
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
