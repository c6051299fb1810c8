"""Screenings of many behind one request: submitted, worked through, fetched as NDJSON.

A kind of job (`graph.operations.runner`).  What is kept of each who is asked about is a name and keys: a
number is hashed before the job is entered, and the last four of one are not taken.  Every lot of lines is
read by what its submitter may see by then; what law has ended meanwhile is in no later line.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from api.security import Asker, policy_of
from api.security.standing import refuse_changed
from api.services import Services
from api.submitter import kept_asker, submitter_of
from graph.encoding import encode
from graph.errors import BusyError, NotFoundError
from graph.operations import Job, Kind, Runner, Work
from graph.progress import Progress
from graph.time import utc_now
from ingest.matching import Subject
from ingest.screening import Screened, screen_all
from queries.eligibility.rules.product import canonical
from queries.reader import Reader

__all__ = ["MOST_SUBJECTS", "ScreeningJobs"]

MOST_SUBJECTS = 10_000

_KIND = "screenings"
_MOST_JOBS = 20
#: A result names who is on a list today; it is of no use for longer.
_KEPT = timedelta(days=7)
_AT_ONCE = 20
_NO_TAIL = "批量任务不按证件后四位查找。"


class ScreeningJobs:
    """Works them through; safe across threads.

    Args:
        local: who is answered without a log-in, if anybody is.
    """

    def __init__(self, services: Services, runner: Runner, local: Asker | None = None) -> None:
        self._services, self._runner, self._local = services, runner, local
        runner.declare(Kind(_KIND, self._lines_of, most=_MOST_JOBS, kept=_KEPT, cuttable=True))

    def submit(
        self, asker: Asker, reader: Reader, subjects: Sequence[Subject], purpose: str,
        *, at: datetime, key: str | None = None,
    ) -> Job:  # fmt: skip
        """Enter a job for somebody, by the reader that would answer now.

        Args:
            key: the client's name for this request; the same again is the same job.

        Raises as `graph.operations.Runner.begin`.
        """
        sent = {"subjects": list(map(_kept, subjects)), "purpose": purpose}
        moment = reader.moment
        fixed = {
            "as_of": moment.as_of.isoformat(),
            "known_at": moment.known_at.isoformat(),
            "asker": kept_asker(asker),
        }
        name = f"{asker.id}:{uuid.uuid4().hex if key is None else f'key:{key}'}"
        return self._runner.begin(
            Job(
                id=hashlib.sha256(f"{_KIND}:{name}".encode()).hexdigest(),
                kind=_KIND,
                request_sha256=hashlib.sha256(canonical(sent)).hexdigest(),
                request=json.dumps({**sent, "fixed": fixed}, ensure_ascii=False),
                state="waiting",
                began_at=at,
                total=len(subjects),
            )
        )

    def find(self, asker: Asker, name: str) -> Job:
        """A job of somebody; raises `NotFoundError` (`job_unknown`)."""
        found = self._runner.jobs.find(name, kind=_KIND)
        if submitter_of(found).id != asker.id:
            raise NotFoundError(
                "没有这项任务，或已过保存期。请核对编号。",
                "There is no such job, or it was kept long enough.",
                code="job_unknown",
            )
        return found

    def cancel(self, asker: Asker, name: str) -> Job:
        """Cut a job off; raises `NotFoundError`."""
        return self._runner.cancel(self.find(asker, name).id)

    def result(self, asker: Asker, name: str) -> tuple[Asker, Iterator[str]]:
        """As whom it was asked, and its lines; raises `BusyError` (`job_not_done`) before it is done."""
        found = self.find(asker, name)
        if found.state != "done":
            raise BusyError(
                f"任务尚未完成（{found.done}/{found.total}）。请稍后再取结果。",
                f"The job is not done ({found.done} of {found.total}): fetch its result later.",
                code="job_not_done",
            )
        return submitter_of(found), self._runner.jobs.lines(name)

    def _lines_of(self, job: Job, _progress: Progress) -> Work:
        asked = json.loads(job.request)
        fixed, asker = asked["fixed"], submitter_of(job)
        subjects = [_again(one) for one in asked["subjects"]]
        store = self._services.office.store
        for start in range(job.done, len(subjects), _AT_ONCE):
            if self._runner.closing.is_set():
                yield
            if self._local is None or asker.id != self._local.id:
                refuse_changed(asker, self._services.store)
            reader = self._services.reader_of(
                self._services.consented(asker, at=utc_now()),
                as_of=date.fromisoformat(fixed["as_of"]),
                known_at=datetime.fromisoformat(fixed["known_at"]),
            )
            if not asker.is_local:
                reader = reader.showing(policy_of(asker.role).shows)
            results, _ = screen_all(reader, store, subjects[start : start + _AT_ONCE])
            lines = [_line(one) for one in results]
            if not self._runner.jobs.write(job.id, start, lines, refused=0):
                return None  # somebody else wrote them, or nobody wants them any more
            if start + len(lines) < len(subjects):
                yield
        return None


def _kept(subject: Subject) -> dict[str, Any]:
    """As a job keeps it: no digit of a number is in it."""
    faults = (*subject.faults, _NO_TAIL) if subject.tail else subject.faults
    told = asdict(replace(subject, tail="", faults=faults))
    told["birth_on"] = subject.birth_on and subject.birth_on.isoformat()
    return told


def _again(kept: dict[str, Any]) -> Subject:
    born = kept["birth_on"]
    return Subject(
        **{
            **kept,
            "keys": tuple(kept["keys"]),
            "phones": tuple(kept["phones"]),
            "faults": tuple(kept["faults"]),
            "birth_on": None if born is None else date.fromisoformat(born),
        }
    )


def _line(one: Screened) -> str:
    return json.dumps(encode(one), ensure_ascii=False)
