"""Decisions on many parties behind one request: submitted, worked through, fetched as NDJSON.

One worker does one job after the other, as the inbox does files.  What a job depends on (the day,
the moment of what was known, the papers) is fixed when it is submitted, so that all of its lines
stand on one state of the data, and a job cut off by a killed service goes on in the next one as if
it had never stopped: its lines so far stay, the rest follow.
"""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from api.services import Services
from graph.errors import (
    BusyError,
    GraphUnavailableError,
    InputError,
    NotFoundError,
    XinnongError,
)
from graph.identifiers.redaction import redacted_name
from graph.operations import Job, Jobs
from graph.time import utc_now
from queries.eligibility.answer import decision_answer
from queries.eligibility.product import canonical
from queries.reader import Reader

__all__ = ["MOST_PARTIES", "DecisionJobs", "Line", "decide_line", "refusal"]

MOST_PARTIES = 10_000

#: Jobs that may wait at once; a result holds personal data and is kept no longer than this.
_MOST_JOBS = 50
_KEPT = timedelta(days=30)

#: What passes by itself (`graph.connection`), how often a line is tried again, and after how long.
_PASSES = ("graph_restarting", "graph_unreachable", "query_timeout")
_TRIES, _AGAIN_S = 60, 2.0

#: Lines that are written, and can be lost to a kill and done again, at once.
_AT_ONCE = 20


@dataclass(frozen=True)
class Line:
    """One line of a result; `refused` where it says why the party could not be decided."""

    text: str
    refused: bool


def decide_line(
    services: Services, reader: Reader, product: str, party: str, given: Mapping[str, Any]
) -> Line:
    """Decide one party and keep the decision; what is wrong with the party is said in its line.

    What is wrong with the house (no graph, no store) is raised: it would be wrong with all.
    """
    try:
        decision = reader.decide(product, party, **given)
        name = services.keep(decision)
    except (InputError, NotFoundError) as error:
        return refusal(party, error)
    return Line(json.dumps(decision_answer(decision, name), ensure_ascii=False), False)


def refusal(party: str, error: XinnongError) -> Line:
    """The line of a party that could not be decided."""
    answer = {"party": party, "code": error.cause_code, "title": error.message_zh}
    return Line(json.dumps(answer, ensure_ascii=False), True)


class DecisionJobs:
    """Submit jobs and work through them; safe across threads."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._jobs = Jobs(services.store)
        self._closing = threading.Event()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="jobs")
        self._jobs.drop_before(utc_now() - _KEPT)
        for left in self._jobs.in_state("waiting", "running"):
            self._worker.submit(self._work, left.id)

    def submit(
        self,
        product: str,
        parties: Sequence[str],
        given: Mapping[str, Any],
        *,
        as_of: date | None = None,
        key: str | None = None,
    ) -> Job:
        """Enter a job.

        Args:
            given: papers, institution, as `Reader.case` takes them.
            as_of: the day to decide as of, by default today.
            key: the client's name for this request; the same again is the same job.

        Raises as `graph.operations.Jobs.begin`, and `NotFoundError` for an unknown product.
        """
        reader = self._services.reader(as_of=as_of)
        chosen = reader.product(product)
        # what is kept, and what it is hashed from, holds no number that somebody typed
        sent = _without_numbers(
            {
                "product": product,
                "parties": list(parties),
                "given": _plain({**given, "as_of": as_of}),
            }
        )
        at = reader.moment
        chosen.at(at.as_of)
        fixed = {"as_of": at.as_of.isoformat(), "known_at": at.known_at.isoformat()}
        name = uuid.uuid4().hex if key is None else f"key:{key}"
        asked = self._jobs.begin(
            Job(
                id=hashlib.sha256(f"decisions:{name}".encode()).hexdigest(),
                kind="decisions",
                request_sha256=hashlib.sha256(canonical(sent)).hexdigest(),
                request=json.dumps({**sent, "fixed": fixed}, ensure_ascii=False),
                state="waiting",
                began_at=utc_now(),
                done=0,
                total=len(parties),
            ),
            most=_MOST_JOBS,
        )
        if asked.state == "waiting":
            self._worker.submit(self._work, asked.id)
        return asked

    def find(self, name: str) -> Job:
        """Where a job is; raises `NotFoundError`."""
        return self._jobs.find(name)

    def result(self, name: str) -> Iterator[str]:
        """Lines of a job that is done; raises `BusyError` (`job_not_done`) before."""
        found = self.find(name)
        if found.state != "done":
            raise BusyError(
                f"任务尚未完成（{found.done}/{found.total}）。请稍后再取结果。",
                f"The job is not done ({found.done} of {found.total}): fetch its result later.",
                code="job_not_done",
            )
        return self._jobs.lines(name)

    def close(self) -> None:
        """Stop after the line at hand; what is left is done at the next start."""
        self._closing.set()
        self._worker.shutdown(cancel_futures=True)

    def _work(self, name: str) -> None:
        job = self._jobs.find(name)
        if job.state not in ("waiting", "running"):
            return
        try:
            if self._lines_of(job):
                self._jobs.end(name, "done")
        except XinnongError as error:
            self._jobs.end(name, "failed", _problem(error))
        except Exception:
            # a defect must show in the job, and not vanish with a thread
            self._jobs.end(
                name, "failed", _problem(XinnongError("程序内部错误。", "internal error"))
            )
            raise

    def _lines_of(self, job: Job) -> bool:
        """Write the lines that are not there yet; False when the service closes before the end."""
        asked = json.loads(job.request)
        given, fixed = _given(asked), asked["fixed"]
        reader = self._services.reader_of(
            as_of=date.fromisoformat(fixed["as_of"]),
            known_at=datetime.fromisoformat(fixed["known_at"]),
        )
        for start in range(job.done, job.total, _AT_ONCE):
            lines = []
            for party in asked["parties"][start : start + _AT_ONCE]:
                line = (
                    None
                    if self._closing.is_set()
                    else self._line(reader, asked["product"], party, given)
                )
                if line is None:
                    break
                lines.append(line)
            texts = [line.text for line in lines]
            refused = sum(line.refused for line in lines)
            if not self._jobs.write(job.id, start, texts, refused=refused):
                return False
            if self._closing.is_set():
                return start + len(lines) == job.total
        return True

    def _line(
        self, reader: Reader, product: str, party: str, given: Mapping[str, Any]
    ) -> Line | None:
        """One line; an engine that is being started again is waited for.  None when we close."""
        for _ in range(_TRIES):
            try:
                return decide_line(self._services, reader, product, party, given)
            except GraphUnavailableError as error:
                if error.cause_code not in _PASSES:
                    raise
                if self._closing.wait(_AGAIN_S):
                    return None
        return decide_line(self._services, reader, product, party, given)


def _without_numbers(said: Any) -> Any:
    if isinstance(said, str):
        return redacted_name(said)
    if isinstance(said, dict):
        return {name: _without_numbers(each) for name, each in said.items()}
    return [_without_numbers(each) for each in said] if isinstance(said, list) else said


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(given, default=date.isoformat))
    return plain


def _given(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, as `Reader.case` takes it."""
    given = {name: value for name, value in asked["given"].items() if name != "as_of"}
    before = given["first_loan_asof"]
    return {
        **given,
        "first_loan_asof": None if before is None else date.fromisoformat(before),
    }


def _problem(error: XinnongError) -> str:
    told = {
        "code": error.cause_code,
        "message_zh": error.message_zh,
        "message_en": error.message_en,
    }
    return json.dumps(told, ensure_ascii=False)
