"""Steps over all parts until nothing moves, whoever does the steps.

A crew does one step of every part and hands back the values of everybody; this loop decides when
to stop.  The same parts give the same bits on threads, on Ray and on Spark.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from queries.risk.kernels.blocks import processors
from queries.risk.parts.files import PartFolder
from queries.risk.parts.step import Model, State, step

__all__ = ["Crew", "Threads", "settle_parts"]

_STEPS = 10_000


class Crew(Protocol):
    """Somebody who does the steps."""

    def step(self, everybody: NDArray[np.float64]) -> Iterable[tuple[NDArray[np.float64], float]]:
        """One step of every part, in order: values of its parties, and the largest change."""


def settle_parts(
    folder: PartFolder, crew: Crew, *, model: Model = "score", tolerance: float = 2e-7
) -> NDArray[np.float64]:
    """Scores, or strongest paths, of everybody; `tolerance` as in `kernels.messages.settle`."""
    everybody = folder.own()
    before = np.inf
    for _ in range(_STEPS):
        reached, changes = zip(*crew.step(everybody), strict=True)
        everybody, change = np.concatenate(reached), max(changes)
        rate = min(change / before, 0.99) if before else 0.0
        if (not change) if model == "paths" else change * max(rate / (1 - rate), 1.0) <= tolerance:
            return everybody
        before = change
    raise ArithmeticError("the parts did not settle")


class Threads:
    """All parts in this process, one thread a part at a time."""

    def __init__(self, folder: PartFolder, model: Model = "score", threads: int = 0) -> None:
        self._parts = [folder.read(number) for number in range(len(folder))]
        self._states = [State.of(part) for part in self._parts]
        self._model: Model = model
        self._threads = threads or processors()

    def step(self, everybody: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], float]]:
        """As `Crew.step`."""
        with ThreadPoolExecutor(self._threads) as pool:
            changes = pool.map(
                lambda part, state: step(part, state, everybody, self._model),
                self._parts, self._states,
            )  # fmt: skip
        reached = [state.reached for state in self._states]
        return list(zip(reached, changes, strict=True))
