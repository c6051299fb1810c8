"""An office that is worth a backup, and backups and restores that the kernel ends at any step."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
from world import World

from graph.erasing import ErasureOrder
from graph.log import FactLog
from graph.operations import DecisionArchive, JudgementBook, Ledger, OperationsStore
from graph.secrets import make_secrets
from graph.settings import Settings

__all__ = ["ORDER", "Lives", "Office", "first_row", "office"]

MOMENT = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)
#: What lies beside log and store; the second is secret.
BESIDE = {
    "quarantine/world-20260301.parquet": b"refused",
    "uploads/loan-1/0": b"a file on its way",
    "forms/loan.yaml": b"headings: {}",
    "later/of-a-version/to-come": b"nobody has named it",
}
SECRET = {"exchange.yaml": b"secret: x", "signing_keys.json": b"{}", "signing_key.pem": b"key"}
AGAIN = {"engine/store/x": b"graph", "leases/loan.lock": b"", "snapshots/x.arrow": b"computed"}
_STEPS = ("open", "os.", "shutil.", "sqlite3.")


#: Of a deletion, and what it takes.
ORDER = ErasureOrder("ordered", "判决1号", "张三", "李四", ("ab" * 32,))


def first_row(name: str, table: pa.Table) -> pa.Array | None:
    """The first fact of every file goes."""
    marks = [row == 0 for row in range(len(table))]
    return pa.array(marks, pa.bool_()) if name[0].isupper() else None


@dataclass(frozen=True)
class Office:
    """A data folder at work."""

    settings: Settings

    def commit(self, day: int) -> None:
        """One more batch, which the ledger knows, and a decision on it."""
        log = FactLog(self.settings.log_dir)
        world = World(log)
        world.node("Person", f"person:{day:032x}", name=f"样本{day}")
        world.commit(datetime(2026, 3, day, tzinfo=UTC))
        with OperationsStore(self.settings) as store:
            Ledger(store).reconcile(log.batches())
            DecisionArchive(store).keep(
                f"record {day}".encode(), party="p", product="x", verdict="符合", decided_at=MOMENT
            )
            JudgementBook(store).judge("a", f"b{day}", "same", user="张三", at=MOMENT, note="")

    def content(self) -> dict[str, Any]:
        """What it holds: to be the same after all."""
        settings = self.settings
        log = FactLog(settings.log_dir)
        assert log.verify() == []
        with OperationsStore(settings) as store:
            kept: list[object] = [
                sorted(item.id for item in DecisionArchive(store).of()),
                [
                    (item.number, item.one, item.other, item.at)
                    for item in JudgementBook(store).judgements()
                ],
                [(item.batch, item.state, item.known_at) for item in Ledger(store).deliveries()],
            ]
        names = [*BESIDE, *SECRET]
        return {
            "log": [batch.hash for batch in log.batches()],
            "people": log.read("Person")["name"].to_pylist(),
            "store": kept,
            "secrets": settings.secrets_file.read_bytes(),
            "beside": {name: (settings.data / name).read_bytes() for name in names},
        }  # fmt: skip


def office(settings: Settings, *, batches: int = 3) -> Office:
    """An office with some batches and one thing of every kind that lies in a data folder."""
    make_secrets(settings.secrets_file)
    made = Office(settings)
    for day in range(1, batches + 1):
        made.commit(day)
    for name, content in {**BESIDE, **SECRET, **AGAIN}.items():
        path = settings.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return made


class Lives:
    """One process that has imported everything, and forks a child for every run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self, what: str, data: Path, folder: Path, *, after: int = 0, url: str | None = None
    ) -> int | str:
        """`backup` or `restore`, ended before its so-manieth step.

        Returns how many steps it took, -1 where it was killed, or the code of its error.
        """
        assert self._process.stdin and self._process.stdout
        order = {"what": what, "data": str(data), "folder": str(folder), "after": after, "url": url}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        told: int | str = -1
        while "status" not in (said := json.loads(self._process.stdout.readline())):
            told = said["told"]
        assert os.waitstatus_to_exitcode(said["status"]) in {0, -signal.SIGKILL}
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()


def _serve() -> None:
    import graph.backup  # noqa: F401 - loaded once, before the children are forked

    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                _live(**json.loads(line))
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"status": status}), flush=True)


def _live(what: str, data: str, folder: str, after: int, url: str | None) -> None:
    from pydantic import SecretStr

    from graph.backup import back_up, restore, secrets_beside
    from graph.errors import XinnongError

    taken = 0

    def count(event: str, _: Any) -> None:
        nonlocal taken
        if event.startswith(_STEPS):
            taken += 1
            if taken == after:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    settings = Settings(data=Path(data), operations_url=SecretStr(url) if url else None)
    told: int | str
    try:
        if what == "backup":
            back_up(settings, Path(folder), at=MOMENT)
        else:
            restore(settings, Path(folder), secrets=secrets_beside(Path(folder)))
        told = taken
    except XinnongError as error:
        told = error.cause_code
    print(json.dumps({"told": told}), flush=True)


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2])]
    _serve()
