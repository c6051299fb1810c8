"""That things have none of what they may have one of, as a source says and once said it.

What a file says of it is kept with its batch, a table a kind: a statement of an earlier day that
comes late ends by it too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.effective_batches import effective_batches
from graph.facts import slots_of
from graph.log import FactLog
from ingest.comparing.slots import Numbers
from ingest.comparing.timeline import Vacant
from ingest.emit import Vacancies

__all__ = ["VACANT", "Vacated", "kept_vacancies", "stated_vacancies", "vacancies_name"]

#: What is kept of it.
VACANT = pa.schema([("key", pa.string()), ("valid_from", pa.date32())])


def vacancies_name(kind: str) -> str:
    """Name of the table with a batch."""
    return f"vacated_{kind.lower()}"


def kept_vacancies(log: FactLog, source: str, kind: str) -> pa.Table:
    """What the standing batches of a source said of a kind: key, valid_from."""
    kept = [
        log.table(batch, vacancies_name(kind))
        for batch in effective_batches(log.batches())
        if batch.source == source
    ]
    return pa.concat_tables([VACANT.empty_table(), *(table for table in kept if table)])


def stated_vacancies(said: Vacancies, day: date) -> pa.Table:
    """What a file says, in the form in which it is kept; `day` is that of the file."""
    since = pa.array(said.since, pa.date32(), from_pandas=True)
    keys = pa.array(said.keys, pa.string(), from_pandas=True)
    return pa.table([keys, pc.fill_null(since, day)], schema=VACANT)


@dataclass
class Vacated:
    """The slots of one kind that are vacant from some day on.

    Attributes:
        days: by slot.
        now: those days that the file says.
    """

    days: Vacant = field(default_factory=dict)
    now: Vacant = field(default_factory=dict)

    @classmethod
    def among(
        cls, kind: str, slots: list[Numbers], table: pa.Table, kept: pa.Table, said: pa.Table
    ) -> Vacated:
        """Of the facts in `table` (its `slots` numbered) those slots that are vacated."""
        told = pa.concat_tables([kept, said])
        if not len(told):
            return cls()
        keys = pc.unique(told["key"])
        names: dict[int, str] = {}
        for slot, numbers in zip(slots_of(kind), slots, strict=True):
            if slot.family:
                continue
            column = table[slot.columns[0]]
            here = pc.is_in(column, value_set=keys)
            number, first = np.unique(numbers[here.to_numpy()], return_index=True)
            named = column.filter(here).take(pa.array(first)).to_pylist()
            names |= dict(zip(number.tolist(), named, strict=True))
        return cls(_by_slot(told, names), _by_slot(said, names))

    def marked(self, size: int) -> NDArray[np.bool_]:
        """Whether each of the slots is vacated at some time."""
        marked = np.zeros(size, bool)
        marked[np.fromiter(self.days, np.int64, len(self.days))] = True
        return marked


def _by_slot(told: pa.Table, names: dict[int, str]) -> dict[int, tuple[date, ...]]:
    """The days that are told of each slot, in order; `names` are the keys of the slots."""
    told = told.filter(pc.is_in(told["key"], value_set=pa.array(names.values(), pa.string())))
    days: dict[str, set[date]] = defaultdict(set)
    for key, day in zip(told["key"].to_pylist(), told["valid_from"].to_pylist(), strict=True):
        days[key].add(day)
    return {slot: tuple(sorted(days[key])) for slot, key in names.items() if key in days}
