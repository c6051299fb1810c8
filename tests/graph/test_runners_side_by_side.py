"""Several services over one store: a job is one service's at a time, and a dead one's is taken over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from waiting import until

from graph.operations import (
    Job,
    Kind,
    OperationsStore,
    Runner,
    Work,
    claim,
    claimed_by_others,
    release,
)
from graph.progress import Progress
from graph.settings import Settings
from graph.time import utc_now

pytestmark = pytest.mark.each_store

#: Another service: it says which lines it wrote, and waits where it is told to.
_SERVICE = """
import sys, time
from datetime import timedelta
from pathlib import Path
from graph.operations import Kind, OperationsStore, Runner
from graph.settings import Settings

def begin(asked, _say):
    for number in range(asked.done, asked.total):
        if not runner.jobs.write(asked.id, number, [f"{sys.argv[2]} {number}"], refused=0):
            return None
        print("wrote", asked.id, number, flush=True)
        while asked.id.startswith("stuck") and number == 1:
            time.sleep(0.05)
        yield

with OperationsStore(Settings(data=Path(sys.argv[1]))) as store:
    with Runner(store, sweep_s=0.2) as runner:
        runner.declare(Kind("count", begin, most=40, kept=timedelta(days=30), cuttable=True))
        runner.start()
        print("up", flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def service(folder: Path, name: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", _SERVICE, str(folder), name],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout and child.stdout.readline() == "up\n"
    return child


def job(name: str, total: int) -> Job:
    return Job(name, "count", "x", "{}", "waiting", utc_now(), 0, total)


def counting(runner: Runner) -> Kind:
    def begin(asked: Job, _say: Progress) -> Work:
        for number in range(asked.done, asked.total or 0):
            if not runner.jobs.write(asked.id, number, [f"here {number}"], refused=0):
                return None
            yield
        return None

    return Kind("count", begin, most=40, kept=timedelta(days=30), cuttable=True)


def test_what_a_killed_service_had_is_taken_over_by_one_that_runs(
    store: OperationsStore, tmp_path: Path
) -> None:
    other = service(tmp_path, "other")
    with Runner(store, sweep_s=0.1) as runner:
        runner.declare(counting(runner))
        # entered by a service that does not run lanes yet: the other one's sweep finds it
        runner.begin(job("stuck", 5))
        assert other.stdout is not None
        assert [other.stdout.readline() for _ in range(2)] == ["wrote stuck 0\n", "wrote stuck 1\n"]
        runner.start()
        assert not runner.is_alone()
        runner.begin(job("mine", 3))
        until(lambda: runner.jobs.find("mine").state == "done")
        # it sees the other's job at every sweep, and leaves it alone
        assert list(runner.jobs.lines("stuck")) == ["other 0", "other 1"]
        other.kill()
        other.communicate()
        until(lambda: runner.jobs.find("stuck").state == "done")
        assert list(runner.jobs.lines("stuck")) == [
            "other 0", "other 1", "here 2", "here 3", "here 4",
        ]  # fmt: skip
        assert runner.is_alone()


def test_jobs_of_two_services_are_each_done_once(store: OperationsStore, tmp_path: Path) -> None:
    others = [service(tmp_path, name) for name in "ab"]
    with Runner(store, sweep_s=0.1) as runner:
        runner.declare(counting(runner))
        runner.start()
        names = [f"job-{number}" for number in range(12)]
        for name in names:
            runner.begin(job(name, 4))
        until(lambda: all(runner.jobs.find(name).state == "done" for name in names))
        for name in names:
            lines = list(runner.jobs.lines(name))
            assert [line.split()[1] for line in lines] == ["0", "1", "2", "3"]
            # nobody else was at it meanwhile
            assert len({line.split()[0] for line in lines}) == 1, lines
    for child in others:
        child.communicate()
    assert not claimed_by_others(store, "")


def test_a_claim_is_of_a_process_that_lives(store: OperationsStore, tmp_path: Path) -> None:
    assert claim(store, "job:x") and not claim(store, "job:x")
    taken = (
        "import sys; from pathlib import Path; from graph.operations import *\n"
        "from graph.settings import Settings\n"
        "with OperationsStore(Settings(data=Path(sys.argv[1]))) as store: print(claim(store, 'job:x'))"
    )

    def asked() -> str:
        run = [sys.executable, "-c", taken, str(tmp_path)]
        return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()

    assert asked() == "False"
    release(store, "job:x")
    assert asked() == "True"
    # whoever that was is dead
    assert not claimed_by_others(store, "job:") and claim(store, "job:x")
