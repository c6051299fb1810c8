"""What is to be written of one kind of facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["AGAIN", "Laid"]

#: Days on which a fact was said again; `fact_id` is its first one.
AGAIN = pa.schema([("fact_id", pa.string()), ("valid_from", pa.date32())])


@dataclass(frozen=True)
class Laid:
    """What is to be written of one kind.

    Attributes:
        take: places of the facts to assert, held ones before those of the file; with each
        begins, ends: its validity,
        by_row: whether a row of the file says it so (else it is carried over),
        without: whether it goes on without its office.
        closed: identifiers of the facts that end being held.
        closed_with: for each of those the first place of the facts that it was laid together with:
            they are written in this order.
        succeeded: how many ties of which there is one at a time end sooner than was held.
        disputed: what there is one of, and the rows of the file that name several.
        again: facts that stay and the later days on which they are said again: fact_id, valid_from.
        later: the same of facts to assert, by their place in `take`.
    """

    take: NDArray[np.int64]
    begins: pa.Array
    ends: pa.Array
    by_row: NDArray[np.bool_]
    without: NDArray[np.bool_]
    closed: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    closed_with: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    succeeded: int = 0
    disputed: tuple[tuple[str, tuple[int, ...]], ...] = ()
    again: pa.Table = field(default_factory=AGAIN.empty_table)
    later: Mapping[int, tuple[date, ...]] = field(default_factory=dict)

    def and_also(self, other: Laid) -> Laid:
        """Both together."""
        closed_with = np.concatenate([self.closed_with, other.closed_with])
        order = np.argsort(closed_with, kind="stable")
        return Laid(
            take=np.concatenate([self.take, other.take]),
            begins=pa.concat_arrays([self.begins, other.begins]),
            ends=pa.concat_arrays([self.ends, other.ends]),
            by_row=np.concatenate([self.by_row, other.by_row]),
            without=np.concatenate([self.without, other.without]),
            closed=pa.concat_arrays([self.closed, other.closed]).take(pa.array(order)),
            closed_with=closed_with[order],
            succeeded=self.succeeded + other.succeeded,
            disputed=self.disputed + other.disputed,
            again=pa.concat_tables([self.again, other.again]),
            later={**self.later, **{len(self.take) + at: days for at, days in other.later.items()}},
        )
