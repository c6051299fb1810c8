"""Commands stopped at any instant by a driver outside them; one more command makes all whole.

    python -m bench.faults.kills --kills 1000 --seed 1
    python -m bench.faults.kills --kills 1000 --seed 1 --in-a-row 20

A life is a data folder as it was before the act, the real `xinnong` command in a process of its own,
and at an instant drawn over the time that the act takes undisturbed SIGKILL to the command, to the
engine, or to both, or Ctrl-C or SIGTERM, which must be answered without a traceback and leave no
engine.  With `--in-a-row` the act is begun again on what that left and stopped again, so many times,
each time in the next way.  Then the act is done once more, `check` must find nothing, and log, ledger
and graph must say what they say where nobody was stopped.

    start       the engine of a folder is started, for the first time or again
    import      a log that the graph lacks wholly is imported
    ingest      a file comes in
    withdrawal  the file before it is taken back
    stop        the engine is stopped

Printed is what was killed how often, and every life that did not end whole; none is good.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any

import psutil

import ingest
from bench.faults.state import State, state_of
from bench.light_engine import LIGHT_ENGINE
from graph.catch_up import catch_up
from graph.engine import stop_engine
from graph.log import FactLog
from graph.operations import operations_problems
from graph.settings import Settings
from ingest.sample import steps, write_district

__all__ = ["ACTS", "WAYS", "Driver", "Life", "main"]

ACTS = ("start", "import", "ingest", "withdrawal", "stop")
WAYS = ("kill command", "kill engine", "kill both", "ctrl-c", "terminate")
_ASKED = {"ctrl-c": signal.SIGINT, "terminate": signal.SIGTERM}

_TAKEN = ("regions", "farmer_household", "enterprise")
_HEAP_MB = "512"
_LONGEST_S = 300
_SHOWN = 1_500


@dataclass(frozen=True)
class Life:
    """One act: how it was stopped, each time after how long, and what was not whole afterwards
    (nothing is good)."""

    act: str
    ways: tuple[str, ...]
    after_s: tuple[float, ...]
    wrong: tuple[str, ...]


@dataclass
class Act:
    """What is done: the folder before it, the command, how long it takes and what comes of it."""

    before: Path
    command: tuple[str, ...]
    lasts_s: float = 0.0
    after: State = field(default_factory=State)


class Driver:
    """Prepare the folders once, then kill as often as wanted; a context manager."""

    def __init__(self, folder: Path, *, persons: int = 1_000, thorough: bool = True) -> None:
        """`thorough`: after each life `check` looks at the files of the store as well."""
        self._folder = folder
        self._thorough = thorough
        self._office = folder / "office"
        self._settings = Settings(data=self._office, engine_heap_mb=int(_HEAP_MB))
        self._acts = self._prepared(persons)

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *_: object) -> None:
        self._empty()

    def kill(self, act: str, ways: Sequence[str], chance: random.Random) -> Life:
        """Do an act and stop it somewhere, once in each of the ways; then do it once more and look."""
        doing = self._act(act)
        self._begin(doing, act)
        instants, wrong = [], []
        for way in ways:
            instants.append(round(chance.random() * doing.lasts_s, 3))
            # an engine that a command before left running, as it may, is not this one's to stop
            there = {process.pid for process in _working_in(self._office)}
            child = self._start(*doing.command)
            try:
                child.wait(instants[-1])
                child.communicate()
            except subprocess.TimeoutExpired:
                asked = _ASKED.get(way)
                wrong += self._ask(child, asked, there) if asked else self._kill(child, way)
        wrong += self._once_more(doing)
        return Life(act, tuple(ways), tuple(instants), tuple(wrong))

    # ------------------------------------------------------------------ acts

    def _prepared(self, persons: int) -> dict[str, Act]:
        district = self._folder / "district"
        write_district(district, persons=persons)
        files = dict(steps(district))
        moment = "2026-04-0{}T00:00:00+00:00".format
        for day, source in enumerate(_TAKEN, start=1):
            ingest.ingest(
                source,
                [files[source]],
                settings=self._settings,
                known_at=_instant(moment(day)),
                into_graph=False,
            )
        log_only = self._kept("log")
        catch_up(self._settings)
        stop_engine(self._settings)
        filled = self._kept("filled")
        loan = ("ingest", "loan", str(files["loan"]), "--known-at", moment(9))
        taken = len(_TAKEN)
        return {
            "start": Act(filled, ("engine", "start")),
            "import": Act(log_only, ("check", "--repair", "--json")),
            "ingest": Act(filled, loan),
            "withdrawal": Act(
                filled, ("withdraw", str(taken), "--reason", "送错了", "--by", "李四")
            ),
            "stop": Act(filled, ("engine", "stop")),
        }

    def _kept(self, name: str) -> Path:
        return Path(shutil.copytree(self._office, self._folder / name))

    def _act(self, name: str) -> Act:
        """The act, done once undisturbed when it is first wanted."""
        act = self._acts[name]
        if not act.lasts_s:
            self._begin(act, name)
            began = time.monotonic()
            child = self._start(*act.command)
            _, said = child.communicate(timeout=_LONGEST_S)
            if child.returncode:
                raise RuntimeError(f"undisturbed, {name} fails: {said}")
            act.lasts_s = time.monotonic() - began
            catch_up(self._settings)
            act.after = state_of(self._settings)
        return act

    def _begin(self, act: Act, name: str) -> None:
        """The folder as it was before the act; to be stopped, an engine must run."""
        self._empty()
        shutil.copytree(act.before, self._office)
        if name == "stop":
            self._start("engine", "start").communicate(timeout=_LONGEST_S)

    def _empty(self) -> None:
        with suppress(OSError):
            stop_engine(self._settings)
        shutil.rmtree(self._office, ignore_errors=True)

    # ------------------------------------------------------------- processes

    def _start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "api", *command],
            env={
                **os.environ,
                "XINNONG_DATA": str(self._office),
                "XINNONG_ENGINE_HEAP_MB": _HEAP_MB,
                "JAVA_TOOL_OPTIONS": LIGHT_ENGINE,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def _kill(self, child: subprocess.Popen[str], way: str) -> list[str]:
        if way != "kill engine":
            child.kill()
        if way != "kill command":
            for process in _working_in(self._office):
                if process.pid != child.pid:
                    with suppress(psutil.Error):
                        process.send_signal(signal.SIGKILL)
        # one whose engine was killed may end as it likes, but in words
        _, said = child.communicate(timeout=_LONGEST_S)
        return [f"killed: {said[-_SHOWN:]}"] if "Traceback" in said else []

    def _ask(
        self, child: subprocess.Popen[str], number: signal.Signals, there: set[int]
    ) -> list[str]:
        os.killpg(child.pid, number)
        _, said = child.communicate(timeout=_LONGEST_S)
        wrong = [f"asked to stop: {said[-_SHOWN:]}"] if "Traceback" in said else []
        # one that was done before it heard leaves its engine to the next command
        stays = {process.pid for process in _working_in(self._office)} - there
        left = sorted(stays) if child.returncode else []
        return wrong + ([f"left processes {left}"] if left else [])

    def _once_more(self, act: Act) -> list[str]:
        again = self._start(*act.command)
        _, said = again.communicate(timeout=_LONGEST_S)
        # one that was whole before it was killed refuses nothing and does nothing
        wrong = [said] if again.returncode else []
        wrong += ["a traceback was printed"] if "Traceback" in said else []
        if self._thorough:
            checked = self._start("check", "--repair", "--json")
            told, said = checked.communicate(timeout=_LONGEST_S)
            wrong += json.loads(told)["problems"] if told.strip() else [said]
        else:
            log = FactLog(self._settings.log_dir)
            wrong += log.verify() + operations_problems(self._settings, log.batches())
            catch_up(self._settings)
        return wrong or act.after.unlike(state_of(self._settings))


def _working_in(folder: Path) -> Iterator[psutil.Process]:
    """Every process that names a data folder, or something in it, on its command line."""
    named = str(folder)
    for process in psutil.process_iter(["cmdline", "environ"]):
        words = process.info["cmdline"] or ()
        home = (process.info["environ"] or {}).get("NEO4J_HOME", "")
        if any(named in word for word in words) or home.startswith(named):
            yield process


def _instant(text: str) -> Any:
    from graph.time import parse_instant

    return parse_instant(text)


@contextmanager
def _working_folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def main() -> int:
    """Kill and print; the exit status says whether every life ended whole."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--persons", type=int, default=1_000)
    parser.add_argument("--acts", nargs="*", choices=ACTS, default=ACTS)
    parser.add_argument("--in-a-row", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    chance = random.Random(given.seed)  # noqa: S311 - repeatable, no secret
    killed: Counter[tuple[str, str]] = Counter()
    broken = []
    with _working_folder(given.folder) as folder, Driver(folder, persons=given.persons) as driver:
        acts, ways = cycle(given.acts), cycle(product(WAYS, given.acts))
        while killed.total() < given.kills:
            row = min(given.in_a_row, given.kills - killed.total())
            life = driver.kill(next(acts), [way for way, _ in islice(ways, row)], chance)
            killed.update((life.act, way) for way in life.ways)
            if life.wrong:
                broken.append(life)
                print(life, flush=True)
            print(
                f"{killed.total()} / {given.kills}, not whole: {len(broken)}",
                end="\r",
                file=sys.stderr,
            )
    for (act, way), count in sorted(killed.items()):
        print(f"{act:12} {way:14} {count}")
    print(f"{given.kills} kills, {len(broken)} not whole")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
