"""Parts as Spark tasks over `mapInArrow`, for a cluster that is there already.

A task remembers nothing, so the state of a part is a file beside its part, written anew at every
step: every step is a checkpoint, and a task that is run again gives the same file.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.errors import SettingsError
from queries.risk.parts.files import PartFolder
from queries.risk.parts.step import Model, State, step

__all__ = ["SparkTasks"]


class SparkTasks:
    """One task a part and step.

    Args:
        spark: a `SparkSession`; its workers have Xinnong installed.
        scratch: a folder that driver and workers all see; what earlier runs left there is removed.
    """

    def __init__(
        self, folder: PartFolder, spark: Any, scratch: Path, model: Model = "score"
    ) -> None:
        try:
            import pyspark  # noqa: F401
        except ImportError as error:
            raise SettingsError(
                "本环境没有安装 Spark。请运行 pip install 'xinnong[spark]'，或改用单机多线程。",
                "Spark is not installed: pip install 'xinnong[spark]', or use threads.",
                code="spark_missing",
            ) from error
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        self._folder, self._spark, self._scratch, self._model = folder, spark, scratch, model
        self._done = 0

    def step(self, everybody: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], float]]:
        """As `Crew.step`."""
        np.save(self._scratch / f"everybody-{self._done}.npy", everybody)
        done, model = self._done, self._model
        parts, scratch = str(self._folder.folder), str(self._scratch)

        def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for number in batch.column("id").to_pylist():
                    change = _one_step(Path(parts), Path(scratch), number, done, model)
                    yield pa.RecordBatch.from_pydict({"id": [number], "change": [change]})

        tasks = self._spark.range(0, len(self._folder), 1, len(self._folder))
        rows = tasks.mapInArrow(work, "id long, change double").collect()
        changes = {row["id"]: row["change"] for row in rows}
        self._done += 1
        return [
            (_load(self._scratch, number, self._done).reached, changes[number])
            for number in range(len(self._folder))
        ]


def _one_step(parts: Path, scratch: Path, number: int, done: int, model: Model) -> float:
    part = PartFolder(parts).read(number)
    state = _load(scratch, number, done) if done else State.of(part)
    change = step(part, state, np.load(scratch / f"everybody-{done}.npy"), model)
    columns = {item.name: getattr(state, item.name) for item in fields(State)}
    # Spark may run a task twice at once: each writes its own file, and the last rename stays
    written = scratch / f".{number}-{done + 1}-{os.getpid()}.npz"
    np.savez(written, **columns)
    written.rename(_state_file(scratch, number, done + 1))
    if done:  # the step before the last is no longer needed, not even by a repeated task
        _state_file(scratch, number, done - 1).unlink(missing_ok=True)
    return change


def _load(scratch: Path, number: int, done: int) -> State:
    with np.load(_state_file(scratch, number, done)) as held:
        return State(**{item.name: held[item.name] for item in fields(State)})


def _state_file(scratch: Path, number: int, done: int) -> Path:
    return scratch / f"state-{number:05d}-{done}.npz"
