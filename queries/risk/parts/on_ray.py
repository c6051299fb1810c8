"""Parts as Ray actors: each holds its part in memory, on whichever machine it was put.

An actor that dies loses only messages: `settle_parts` may be begun again from the files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import SettingsError
from queries.risk.parts.files import PartFolder
from queries.risk.parts.step import Model, State, step

__all__ = ["RayActors"]


class RayActors:
    """One actor a part; Ray must be running (`ray.init`), and every node must see the folder."""

    def __init__(self, folder: PartFolder, model: Model = "score") -> None:
        try:
            import ray
        except ImportError as error:
            raise SettingsError(
                "本环境没有安装 Ray。请运行 pip install 'xinnong[ray]'，或改用单机多线程。",
                "Ray is not installed: pip install 'xinnong[ray]', or use threads.",
                code="ray_missing",
            ) from error
        self._ray: Any = ray
        actor: Any = ray.remote(_Holder)
        self._holders = [
            actor.remote(str(folder.folder), number, model) for number in range(len(folder))
        ]

    def step(self, everybody: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], float]]:
        """As `Crew.step`; the values travel once to every machine, through the object store."""
        told = self._ray.put(everybody)
        found: list[tuple[NDArray[np.float64], float]] = self._ray.get(
            [holder.step.remote(told) for holder in self._holders]
        )
        return found


class _Holder:
    """A part and its state, in an actor."""

    def __init__(self, folder: str, number: int, model: Model) -> None:
        self._part = PartFolder(Path(folder)).read(number)
        self._state, self._model = State.of(self._part), model

    def step(self, everybody: Any) -> tuple[NDArray[np.float64], float]:
        change = step(self._part, self._state, everybody, self._model)
        return self._state.reached, change
