"""The runner of jobs: turns, kills, bounds, words for what ended, and time; no engine is needed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from waiting import until

import graph.operations.runner
from graph.errors import BusyError, InputError, NotFoundError
from graph.operations import Job, Jobs, Kind, OperationsStore, Runner, Work
from graph.progress import Progress
from graph.settings import Settings
from graph.time import utc_now

pytestmark = pytest.mark.each_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def job(name: str, total: int = 1, kind: str = "count", **more: str) -> Job:
    return Job(name, kind, more.get("sent", "x"), "{}", "waiting", utc_now(), 0, total)


def counting(runner: Runner, seen: list[tuple[str, int]], until_go: threading.Event) -> Kind:
    """A kind whose jobs write a line a turn."""

    def begin(asked: Job, _say: Progress) -> Work:
        until_go.wait()
        for number in range(asked.done, asked.total or 0):
            if not runner.jobs.write(asked.id, number, [str(number)], refused=0):
                return None
            seen.append((asked.id, number))
            yield
        return None

    return Kind("count", begin, most=4, kept=timedelta(days=30), cuttable=True)


def state(runner: Runner, name: str, *wanted: str) -> Callable[[], bool]:
    return lambda: runner.jobs.find(name).state in wanted


def test_a_short_job_need_not_wait_for_a_long_one(store: OperationsStore) -> None:
    seen: list[tuple[str, int]] = []
    go = threading.Event()
    with Runner(store) as runner:
        runner.declare(counting(runner, seen, go))
        runner.start()
        runner.begin(job("long", 50))
        runner.begin(job("short", 3))
        go.set()
        until(state(runner, "long", "done"))
    assert list(Jobs(store).lines("long")) == [str(number) for number in range(50)]
    # turn by turn: the short one's last line comes before the long one's fifth
    assert seen.index(("short", 2)) < seen.index(("long", 5))


def test_kinds_do_not_wait_for_each_other(store: OperationsStore) -> None:
    held, release = threading.Event(), threading.Event()

    def hold(_job: Job, _say: Progress) -> Work:
        held.set()
        release.wait()
        return '"held"'
        yield

    def quick(_job: Job, say: Progress) -> Work:
        say("读入", 3, None)
        return '"quick"'
        yield

    with Runner(store) as runner:
        runner.declare(Kind("hold", hold, most=1))
        runner.declare(Kind("quick", quick, most=1))
        runner.start()
        runner.begin(job("one", kind="hold"))
        held.wait()
        runner.begin(job("two", kind="quick"))
        until(state(runner, "two", "done"))
        found = runner.jobs.find("two")
        assert (found.result, found.done, found.problem) == ('"quick"', 3, None)
        assert runner.jobs.find("one").state == "running"
        with pytest.raises(BusyError) as caught:
            runner.cancel("one")
        assert caught.value.cause_code == "job_running"
        release.set()


def test_what_fails_says_why_and_whose_number_is_not_kept(
    store: OperationsStore, caplog: pytest.LogCaptureFixture
) -> None:
    number = "61032219750315001X"

    def refuse(asked: Job, _say: Progress) -> Work:
        if asked.id == "refused":
            raise InputError(f"{number} 不对。", f"{number} is wrong.", code="wrong")
        if asked.id == "panic":
            raise SystemExit(number)  # as a panic of a library, it is no `Exception`
        raise KeyError(number)
        yield

    over: list[str] = []
    with Runner(store) as runner:
        runner.declare(Kind("refuse", refuse, most=9, ended=lambda job: over.append(job.id)))
        runner.start()
        for name in ("refused", "defect", "panic"):
            runner.begin(job(name, kind="refuse"))
            until(lambda name=name: name in over)
        told = {name: json.loads(runner.jobs.find(name).problem or "") for name in over}
    assert told["refused"]["code"] == "wrong"
    assert told["defect"]["message_zh"] == told["panic"]["message_zh"] == "程序内部错误。"
    assert number not in json.dumps(told)
    assert [record.message for record in caplog.records] == ["job_defect", "job_defect"]


def test_a_cancelled_job_says_so_and_may_be_asked_for_again(store: OperationsStore) -> None:
    seen: list[tuple[str, int]] = []
    go = threading.Event()
    with Runner(store) as runner:
        runner.declare(counting(runner, seen, go))
        runner.start()
        runner.begin(job("first", 1_000_000))
        go.set()
        until(lambda: len(seen) > 2)
        found = runner.cancel("first")
        assert found.state == "cancelled"
        assert json.loads(found.problem or "")["code"] == "job_cancelled"
        # it is over: cancelled once more it stays what it is, and nothing is written any more
        assert runner.cancel("first") == found
        runner.begin(job("second", 1))
        until(state(runner, "second", "done"))
        assert runner.jobs.find("first").done == found.done
        assert runner.begin(job("first", 1_000_000)).state == "waiting"
        until(lambda: runner.jobs.find("first").done > found.done)
        with pytest.raises(NotFoundError):
            runner.cancel("nobody")


def test_no_more_wait_than_may(store: OperationsStore) -> None:
    with Runner(store) as runner:
        runner.declare(counting(runner, [], threading.Event()))
        for name in "abcd":
            runner.begin(job(name))
        with pytest.raises(BusyError) as caught:
            runner.begin(job("e"))
        assert caught.value.cause_code == "jobs_full"
        # the same job again is no more
        assert runner.begin(job("a")).id == "a"
        with pytest.raises(InputError) as reused:
            runner.begin(job("a", sent="y"))
        assert reused.value.cause_code == "idempotency_key_reused"


def test_what_ended_is_dropped_in_time_whether_or_not_anybody_asks(
    store: OperationsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    with Runner(store, sweep_s=0.01) as runner:
        runner.declare(counting(runner, [], go))
        runner.start()
        runner.begin(job("over", 2))
        go.set()
        until(state(runner, "over", "done"))
        go.clear()
        runner.begin(job("waits", 2))
        later = utc_now() + timedelta(days=31)
        monkeypatch.setattr(graph.operations.runner, "utc_now", lambda: later)
        until(lambda: not runner.jobs.in_state("done"))
        assert list(runner.jobs.lines("over")) == []
        # what is not over is not dropped, however old it is
        assert runner.jobs.find("waits").state in ("waiting", "running")
        go.set()


def test_lines_are_written_once(store: OperationsStore) -> None:
    jobs = Jobs(store)
    jobs.begin(job("a", 2), most=1)
    assert jobs.write("a", 0, ["1"], refused=0)
    # another hand that did the same line comes too late
    assert not jobs.write("a", 0, ["1"], refused=0)
    assert jobs.write("a", 1, ["2"], refused=1)
    assert list(jobs.lines("a")) == ["1", "2"] and jobs.find("a").refused == 1
    assert jobs.end("a", "done") and not jobs.end("a", "failed", "{}")
    assert not jobs.write("a", 2, ["3"], refused=0)


#: A service that is killed as it writes its third line.
_KILLED = """
import os, signal, sys, threading
from pathlib import Path
from graph.operations import Job, Kind, OperationsStore, Runner
from graph.settings import Settings
from graph.time import utc_now

store = OperationsStore(Settings(data=Path(sys.argv[1])))
runner = Runner(store)

def begin(asked, say):
    for number in range(asked.done, asked.total):
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        runner.jobs.write(asked.id, number, [str(number)], refused=0)
        yield

runner.declare(Kind("count", begin, most=4))
runner.start()
runner.begin(Job("a", "count", "x", "{}", "waiting", utc_now(), 0, 5))
threading.Event().wait()
"""


def test_what_a_killed_service_left_goes_on_in_the_next(
    store: OperationsStore, tmp_path: Path
) -> None:
    run = [sys.executable, "-c", _KILLED, str(tmp_path)]
    ended = subprocess.run(run, capture_output=True, cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert Jobs(store).find("a").done == 2
    seen: list[tuple[str, int]] = []
    go = threading.Event()
    go.set()
    with Runner(store) as runner:
        runner.declare(counting(runner, seen, go))
        runner.start()
        until(state(runner, "a", "done"))
    assert seen == [("a", 2), ("a", 3), ("a", 4)]
    assert list(Jobs(store).lines("a")) == list("01234")
