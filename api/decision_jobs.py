"""Decisions on many parties behind one request: submitted, worked through, fetched as NDJSON.

A kind of job (`graph.operations.runner`); jobs take turns after every lot of lines, so that a short
one need not wait for a long one.  What a job depends on (the day, the moment of what was known, the
papers) is fixed when it is submitted, so that all of its lines stand on one state of the data, and a
job cut off by a killed service goes on in the next one as if it had never stopped: its lines so far
stay, the rest follow.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from api.needs import EVERY_CLASS
from api.security import Asker
from api.security.consented import sees_by_consent
from api.security.standing import refuse_changed
from api.services import Services
from api.submitter import kept_asker, submitter_of, whose
from graph.encoding import encode
from graph.errors import (
    BusyError,
    GraphUnavailableError,
    InputError,
    NotFoundError,
    XinnongError,
)
from graph.identifiers.redaction import redacted_name
from graph.operations import Job, Kind, Runner, Work
from graph.progress import Progress
from graph.time import utc_now
from queries.consent import Consented
from queries.eligibility.decisions.answer import decision_answer
from queries.eligibility.rules.product import canonical
from queries.reader import Reader

__all__ = ["MOST_PARTIES", "AskersJobs", "DecisionJobs", "Job", "Line", "decide_line", "refusal"]

MOST_PARTIES = 10_000

#: The kind of job, and how many may wait at once; a result holds personal data and is kept no longer than this.
_KIND = "decisions"
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
    services: Services, reader: Reader, product: str, party: str, given: Mapping[str, Any],
    *, by: str,
) -> Line:  # fmt: skip
    """Decide one party and keep the decision; what is wrong with the party is said in its line.

    What is wrong with the house (no graph, no store) is raised: it would be wrong with all.
    """
    try:
        decision = reader.decide(product, party, **given)
        name = services.keep(decision, by=by)
    except (InputError, NotFoundError) as error:
        return refusal(party, error)
    return Line(json.dumps(encode(decision_answer(decision, name)), ensure_ascii=False), False)


def refusal(party: str, error: XinnongError) -> Line:
    """The line of a party that could not be decided."""
    answer = {"party": party, "code": error.cause_code, "title": error.message_zh}
    return Line(json.dumps(answer, ensure_ascii=False), True)


class DecisionJobs:
    """Works jobs through; safe across threads.  Whoever submits or fetches does it by `of`.

    Args:
        local: who is answered without a log-in, if anybody is: nobody ends what they may do.
    """

    def __init__(self, services: Services, runner: Runner, local: Asker | None = None) -> None:
        self._services = services
        self._local = local
        self._runner = runner
        runner.declare(Kind(_KIND, self._lines_of, most=_MOST_JOBS, kept=_KEPT, cuttable=True))

    def of(self, asker: Asker) -> AskersJobs:
        """The jobs of one who asks."""
        return AskersJobs(self._services, self._runner, asker)

    def _lines_of(self, job: Job, _progress: Progress) -> Work:
        """Write the lines that are not there yet, a lot in a turn."""
        asked = json.loads(job.request)
        given, fixed, asker = _given(asked), asked["fixed"], submitter_of(job)
        reader: Reader | None = None
        for start in range(job.done, len(asked["parties"]), _AT_ONCE):
            lines = []
            for party in asked["parties"][start : start + _AT_ONCE]:
                if self._local is None or asker.id != self._local.id:
                    refuse_changed(asker, self._services.store)
                # of consents that changed a reader is made anew; it is the same scope while none did
                consented = None
                if sees_by_consent(asker):
                    consented = self._services.consented_now(asker, at=utc_now())
                scope = asker.scope if consented is None else consented.scope
                if reader is None or reader.scope is not scope:
                    reader = self._services.reader_of(
                        scope,
                        as_of=date.fromisoformat(fixed["as_of"]),
                        known_at=datetime.fromisoformat(fixed["known_at"]),
                    )
                line = self._line(reader, asked["product"], party, given, asker.name)
                if line is None:
                    break
                if consented is not None and not line.refused:
                    self._begin(consented, party, asker)
                lines.append(line)
            texts = [line.text for line in lines]
            refused = sum(line.refused for line in lines)
            if not self._runner.jobs.write(job.id, start, texts, refused=refused):
                return None  # somebody else wrote them, or nobody wants them any more
            if start + len(lines) < len(asked["parties"]):
                yield
        return None

    def _begin(self, consented: Consented, party: str, asker: Asker) -> None:
        """A decision uses what was opened for once, before anybody is told it."""
        consents = self._services.consents
        found = consents.opened(consented, [party], EVERY_CLASS)
        consents.begin(found.begins, by=asker.name, at=utc_now())

    def _line(
        self, reader: Reader, product: str, party: str, given: Mapping[str, Any], by: str
    ) -> Line | None:
        """One line; an engine that is being started again is waited for.  None when we close."""
        for _ in range(_TRIES):
            if self._runner.closing.is_set():
                return None
            try:
                return decide_line(self._services, reader, product, party, given, by=by)
            except GraphUnavailableError as error:
                if error.cause_code not in _PASSES:
                    raise
                if self._runner.closing.wait(_AGAIN_S):
                    return None
        return decide_line(self._services, reader, product, party, given, by=by)


class AskersJobs:
    """Submit jobs, find them and their results; those of others are unknown to who asks.

    Args:
        asker: for whom parties are decided; its scope without what consents open.
    """

    def __init__(self, services: Services, runner: Runner, asker: Asker) -> None:
        self._services = services
        self._runner = runner
        self._asker = asker

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

        Raises as `graph.operations.Runner.begin`, and `NotFoundError` for an unknown product.
        """
        scope = self._services.consented(self._asker, at=utc_now())
        reader = self._services.reader(scope, as_of=as_of)
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
        fixed = {
            "as_of": at.as_of.isoformat(),
            "known_at": at.known_at.isoformat(),
            "asker": kept_asker(self._asker),
        }
        name = uuid.uuid4().hex if key is None else f"key:{key}"
        if not self._asker.scope.sees_everything:
            name += f":{whose(self._asker)}"
        return self._runner.begin(
            Job(
                id=hashlib.sha256(f"decisions:{name}".encode()).hexdigest(),
                kind=_KIND,
                request_sha256=hashlib.sha256(canonical(sent)).hexdigest(),
                request=json.dumps({**sent, "fixed": fixed}, ensure_ascii=False),
                state="waiting",
                began_at=utc_now(),
                total=len(parties),
            )
        )

    def find(self, name: str) -> Job:
        """Where a job is; raises `NotFoundError`."""
        found = self._runner.jobs.find(name, kind=_KIND)
        if not self._is_ours(found):
            raise NotFoundError(
                "没有这项任务，或已过保存期。请核对编号。",
                "There is no such job, or it was kept long enough.",
                code="job_unknown",
            )
        return found

    def cancel(self, name: str) -> Job:
        """Cut a job off: its lines so far stay, no more follow; raises `NotFoundError`."""
        return self._runner.cancel(self.find(name).id)

    def result(self, name: str) -> Iterator[str]:
        """Lines of a job that is done; raises `BusyError` (`job_not_done`) before."""
        found = self.find(name)
        if found.state != "done":
            raise BusyError(
                f"任务尚未完成（{found.done}/{found.total}）。请稍后再取结果。",
                f"The job is not done ({found.done} of {found.total}): fetch its result later.",
                code="job_not_done",
            )
        return self._runner.jobs.lines(name)

    def _is_ours(self, job: Job) -> bool:
        """Whether it was submitted by who asks, seeing what they see now but for consents."""
        return whose(submitter_of(job)) == whose(self._asker)


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
