"""When something was first said: by any batch that stands, whatever became of the statement since.

A record that is told again, by another source, in another file or with a word corrected, was first
heard when it was first heard.  A batch that was withdrawn has said nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from graph.effective_batches import effective_batches
from graph.facts import INSTANT
from queries.district import DistrictReader

__all__ = ["FirstHeard", "among", "whole"]

_APART = "\x1f"


class FirstHeard:
    """Instants at which things of one kind were first said.

    Args:
        by: columns that say what is the same thing.
        only: which of the statements count; None: all.
    """

    def __init__(
        self,
        reader: DistrictReader,
        kind: str,
        by: Sequence[str],
        only: Callable[[pa.Table], pa.Table] | None = None,
    ) -> None:
        self._by = tuple(by)
        said = reader.history(kind)
        if only is not None:
            said = only(said)
        said = said.filter(pc.greater_equal(said["certainty"], 1))
        batches = effective_batches(reader.moment.batches)
        names = pa.array([batch.batch for batch in batches], pa.string())
        instants = pa.array([batch.known_at for batch in batches], INSTANT)
        place = pc.index_in(said["batch"].cast(pa.string()), value_set=names)
        told = pa.table({"thing": self._things(said), "at": instants.take(whole(place))})
        first = told.filter(pc.is_valid(told["at"])).group_by("thing").aggregate([("at", "min")])
        self._things_known, self._at = whole(first["thing"]), whole(first["at_min"])

    def of(self, facts: pa.Table) -> pa.Array:
        """The instant of each of some facts of the kind; where only it itself says so, its own."""
        place = pc.index_in(self._things(facts), value_set=self._things_known)
        return pc.coalesce(self._at.take(whole(place)), whole(facts["known_from"]))

    def at(self, facts: pa.Table) -> list[datetime]:
        """The same, one by one."""
        return [moment.as_py() for moment in self.of(facts)]

    def _things(self, facts: pa.Table) -> pa.Array:
        columns = [pc.fill_null(facts[name].cast(pa.string()), "") for name in self._by]
        if len(columns) == 1:
            return whole(columns[0])
        return whole(pc.binary_join_element_wise(*columns, _APART))


def among(*columns: str, keys: pa.Array) -> Callable[[pa.Table], pa.Table]:
    """Only statements in one of whose columns one of the keys stands."""

    def only(facts: pa.Table) -> pa.Table:
        found = [pc.is_in(facts[name].cast(pa.string()), value_set=keys) for name in columns]
        keep = found[0]
        for one in found[1:]:
            keep = pc.or_(keep, one)
        return facts.filter(keep)

    return only


def whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
