"""The runner of jobs: what was asked for is worked through behind the requests, and kept in time.

Every kind of job has a lane of its own, so that a file need not wait for ten thousand decisions;
within a lane jobs take turns wherever the work lets them.  What a killed service left waiting or
half done goes on in the next one.  What ended is dropped when its time is over, whether or not
anybody asks.

Several services may share one store: each job is worked on by one of them at a time, and those of
one that was killed are taken over by another with its next sweep.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from graph.closing import Closing
from graph.errors import BusyError, NotFoundError, XinnongError
from graph.identifiers.redaction import redacted
from graph.operations.job import ENDED, Job, Jobs
from graph.operations.lease import claim, claimed_by_others, release
from graph.operations.store import OperationsStore
from graph.progress import Progress
from graph.time import utc_now

__all__ = ["SWEEP_S", "Kind", "Runner", "Work", "problem_of"]

#: How often what is over is swept away, in seconds.
SWEEP_S = 60.0

#: How often progress is written down at most, in seconds.
_NOTE_S = 0.5

#: What a service claims for as long as it runs; what a job is claimed under.
_SERVICE, _JOB = "service:", "job:"

_logger = logging.getLogger("xinnong.jobs")

#: The work on a job, begun: it yields where another may have its turn, and returns the result.
#: When the service closes it yields and is not heard again; the next service begins it anew.
Work = Generator[None, None, str | None]


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    Attributes:
        begin: the work on a job; it is told to whom to say how far it is.
        most: how many may be under way at once; who comes beyond is told to come again.
        kept: how long what ended is kept; None for as long as the store.
        cuttable: whether it can be cancelled while it runs.
        ended: called when a job is over, however it ended.
        sweep: called with every sweep.
    """

    name: str
    begin: Callable[[Job, Progress], Work]
    most: int
    kept: timedelta | None = None
    cuttable: bool = False
    ended: Callable[[Job], None] = _nothing
    sweep: Callable[[], None] = _nothing


class Runner(Closing):
    """Work through jobs; safe across threads.  Kinds are declared before it starts."""

    def __init__(self, store: OperationsStore, *, sweep_s: float = SWEEP_S) -> None:
        self.store = store
        self.jobs = Jobs(store)
        self.closing = threading.Event()
        self._lanes: dict[str, _Lane] = {}
        self._sweeper = threading.Thread(
            target=self._sweep_every, args=(sweep_s,), name="jobs-sweeper", daemon=True
        )

    def declare(self, kind: Kind) -> None:
        """Take jobs of a kind."""
        self._lanes[kind.name] = _Lane(kind, self.jobs, self.closing)

    def start(self) -> None:
        """Go on with what an earlier service left."""
        with suppress(XinnongError):  # what cannot be written is said to whoever asks for a job
            claim(self.store, f"{_SERVICE}{os.getpid()}")
        self.sweep()
        for lane in self._lanes.values():
            lane.start()
        self._sweeper.start()

    def begin(self, job: Job) -> Job:
        """Enter a job and queue it; raises as `Jobs.begin`."""
        entered = self.jobs.begin(job, most=self._lanes[job.kind].kind.most)
        if entered.state == "waiting":
            self._lanes[job.kind].put(entered.id)
        return entered

    def renew(self, job: Job) -> Job:
        """Enter a job in the place of the one of its name; raises as `Jobs.renew`."""
        return self.jobs.renew(job, most=self._lanes[job.kind].kind.most)

    def ready(self, job: Job) -> None:
        """Queue a job that waited for what it needs."""
        self.jobs.wait(job.id)
        self._lanes[job.kind].put(job.id)

    def end(self, job: Job, error: XinnongError, *, state: str = "failed") -> None:
        """End a job that does not run, and say why."""
        if self.jobs.end(job.id, state, problem_of(error)):
            self._lanes[job.kind].kind.ended(job)

    def cancel(self, name: str) -> Job:
        """Cancel a job; one that is over stays as it is.

        Raises `NotFoundError`, `BusyError` (`job_running`) for one that cannot be cut off.
        """
        job = self.jobs.find(name)
        if job.kind not in self._lanes:
            raise NotFoundError(
                "没有这项任务。请核对编号。", "There is no such job.", code="job_unknown"
            )
        if job.state == "running" and not self._lanes[job.kind].kind.cuttable:
            raise BusyError(
                "任务正在写入，不能中途取消。请等它完成。",
                "The job is being written and cannot be cut off: wait until it is done.",
                code="job_running",
            )
        self.end(job, _cancelled(), state="cancelled")
        return self.jobs.find(name)

    def is_alone(self) -> bool:
        """Whether no other service works on this store."""
        return not claimed_by_others(self.store, _SERVICE)

    def sweep(self) -> None:
        """Drop what was kept long enough, and take over what nobody works on."""
        for lane in self._lanes.values():
            if lane.kind.kept is not None:
                self.jobs.drop_before(lane.kind.name, utc_now() - lane.kind.kept)
            lane.kind.sweep()
        for left in self.jobs.in_state("waiting", "running"):
            # one of a kind that only another version knows waits for that version
            if left.kind in self._lanes:
                self._lanes[left.kind].put(left.id)

    def close(self) -> None:
        """Stop where the work at hand lets it; what is left is done at the next start."""
        self.closing.set()
        for lane in self._lanes.values():
            lane.join()
        if self._sweeper.ident is not None:
            self._sweeper.join()
            with suppress(XinnongError):
                release(self.store, f"{_SERVICE}{os.getpid()}")

    def _sweep_every(self, seconds: float) -> None:
        while not self.closing.wait(seconds):
            try:
                self.sweep()
            except XinnongError:
                continue  # a store that is busy or full is said where somebody asks of it


class _Lane:
    """The jobs of one kind, one turn after the other."""

    def __init__(self, kind: Kind, jobs: Jobs, closing: threading.Event) -> None:
        self.kind = kind
        self._jobs = jobs
        self._closing = closing
        self._waiting: deque[str] = deque()
        self._claimed: set[str] = set()
        self._begun: dict[str, Work] = {}
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"jobs-{kind.name}")

    def start(self) -> None:
        self._thread.start()

    def put(self, name: str) -> None:
        with self._changed:
            if name not in self._waiting:
                self._waiting.append(name)
                self._changed.notify()

    def join(self) -> None:
        with self._changed:
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while (name := self._next()) is not None:
            try:
                self._turn(name)
            except Exception as error:
                # the store is gone, say: the job waits there for the next start, and others go on
                _logger.error(
                    "job_not_noted", extra={"job": name, "kind": self.kind.name}, exc_info=error
                )
        for name in [*self._claimed]:
            with suppress(XinnongError):
                self._let_go(name)

    def _next(self) -> str | None:
        with self._changed:
            while not self._waiting and not self._closing.is_set():
                self._changed.wait()
            return None if self._closing.is_set() else self._waiting.popleft()

    def _turn(self, name: str) -> None:
        work = self._begun.pop(name, None)
        if work is None and not self._take(name):
            return  # another service is at it
        job = self._jobs.find(name)
        if job.state in ENDED or (work is None and not self._jobs.run(name)):
            if work is not None:
                work.close()
            self._let_go(name)
            return  # cancelled while it waited for its turn, or queued twice
        try:
            work = work or self.kind.begin(job, self._say(name))
            next(work)
        except StopIteration as end:
            self._end(job, "done", result=end.value)
        except XinnongError as error:
            self._end(job, "failed", problem_of(error))
        except BaseException as error:
            # whatever it was (a panic of a library is no `Exception`) must show in the job
            _logger.error("job_defect", extra={"job": name, "kind": self.kind.name}, exc_info=error)
            defect = XinnongError("程序内部错误。", "internal error")
            self._end(job, "failed", problem_of(defect))
        else:
            self._begun[name] = work
            self.put(name)

    def _end(
        self, job: Job, state: str, problem: str | None = None, *, result: str | None = None
    ) -> None:
        self._jobs.end(job.id, state, problem, result=result)
        self.kind.ended(job)
        self._let_go(job.id)

    def _take(self, name: str) -> bool:
        if not claim(self._jobs.store, _claim_on(name)):
            return False
        self._claimed.add(name)
        return True

    def _let_go(self, name: str) -> None:
        self._claimed.discard(name)
        release(self._jobs.store, _claim_on(name))

    def _say(self, name: str) -> Progress:
        noted = 0.0

        def say(what: str, done: int, total: int | None) -> None:
            nonlocal noted
            if time.monotonic() - noted > _NOTE_S:
                noted = time.monotonic()
                self._jobs.note(name, what, done, total)

        return say


def _claim_on(job: str) -> str:
    """A job's name may be longer than a claim's."""
    return f"{_JOB}{hashlib.sha256(job.encode()).hexdigest()[:48]}"


def problem_of(error: XinnongError) -> str:
    """What is kept of an error: its words without the numbers of persons, as JSON."""
    told = {
        "code": error.cause_code,
        "message_zh": redacted(error.message_zh),
        "message_en": redacted(error.message_en),
    }
    return json.dumps(told, ensure_ascii=False)


def _cancelled() -> XinnongError:
    return XinnongError(
        "任务已被取消。需要时可以重新提交。",
        "The job was cancelled: submit it again when it is wanted.",
        code="job_cancelled",
    )
