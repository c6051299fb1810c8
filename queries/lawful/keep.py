"""What law leaves of the tables of a log, for every reader and every scope (`graph.log_view`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.log_view import FactsAt
from graph.moment import lawful_on
from queries.lawful.table import Barred, barred

__all__ = ["Law", "Shared"]


#: What is out at a moment, which nobody's scope changes: made once, whoever reads.
Shared: TypeAlias = Callable[[FactsAt, Callable[[], Barred]], Barred]


class Law:
    """Keeps what may be used: a `graph.log_view.Keep`, asked of one kind of a moment after the other.

    By the later of both clocks, as a day in China: a repair known today also protects the past.
    """

    def __init__(self, shared: Shared | None = None) -> None:
        """`shared`: keeps what is out at a moment for others who read at it; None: for nobody else."""
        self._shared = shared
        self._last: tuple[FactsAt, Barred] | None = None

    def __call__(self, kind: str, facts: pa.Table, at: FactsAt, /) -> pa.Table:
        """Those of some facts of a kind that may be used."""
        last = self._last
        if last is None or last[0] is not at:

            def make() -> Barred:
                return barred(at.held, lawful_on(at.as_of, at.known_at))

            last = self._last = at, self._shared(at, make) if self._shared else make()
        return last[1].without(kind, facts)

    def tells_all(self, _kind: str, parties: pa.Array, _at: FactsAt, /) -> NDArray[np.bool_]:
        """Of all of them: a record that law has ended is as if it had never been."""
        return np.ones(len(parties), bool)
