"""The log as it was at a moment: whoever reads through it sees no batch that came later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.log import Batch, FactLog

__all__ = ["LogPrefix"]


class LogPrefix(FactLog):
    """Reads the first batches of a log; nothing is written through it."""

    def __init__(self, folder: Path, batches: Iterable[Batch]) -> None:
        super().__init__(folder)
        self._batches = tuple(batches)

    def batches(self) -> list[Batch]:
        """Those that are seen, in order."""
        return list(self._batches)

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Refused: raises `TypeError`."""
        raise TypeError("the past of a log is for reading")
        yield
