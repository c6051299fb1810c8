"""A few parties of a snapshot and what is between them, less some facts.

What a policy makes of these parties is found by weighing this part alone, with the very code that
weighs everybody: a what-if can not drift away from the real thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.schema import SCHEMA
from graph.snapshot import Snapshot, Ties

__all__ = ["Subgraph", "subgraph_of"]


@dataclass(frozen=True, eq=False)
class Subgraph(Snapshot):
    """A snapshot of some parties; `facts` are those about them, without the ones left out."""

    whole: Snapshot | None = field(default=None, repr=False)
    left_out: pa.Array = field(default_factory=lambda: pa.array([], pa.string()), repr=False)

    def facts(self, kind: str) -> pa.Table:
        """Facts of a kind about these parties; of things, those that these parties have."""
        table = self._kept(kind)
        if kind in SCHEMA.relationships:
            tie = SCHEMA.relationships[kind]
            for ends, column in ((tie.sources, "from_key"), (tie.targets, "to_key")):
                if SCHEMA.common_label(ends) == "Party":
                    table = table.filter(pc.is_in(table[column], value_set=self.keys))
        elif SCHEMA.superlabel(SCHEMA.nodes[kind]) != "Party":
            table = table.filter(pc.is_in(table["key"], value_set=self._things))
        return table

    @cached_property
    def _things(self) -> pa.Array:
        """Keys of what these parties have: loans, list entries, contracts."""
        had = [
            self.facts(tie.kind)["to_key"].cast(pa.string())
            for tie in SCHEMA.relationships.values()
            if SCHEMA.common_label(tie.sources) == "Party" != SCHEMA.common_label(tie.targets)
        ]
        return pa.chunked_array([chunk for column in had for chunk in column.chunks], pa.string())

    def _kept(self, kind: str) -> pa.Table:
        if self.whole is None:
            raise ValueError("a part needs its whole: use part_of")
        table = self.whole.facts(kind)
        return table.filter(pc.invert(pc.is_in(table["fact_id"], value_set=self.left_out)))


def subgraph_of(snapshot: Snapshot, parties: NDArray[np.int64], left_out: pa.Array) -> Subgraph:
    """The part of these parties (sorted numbers), which get the numbers 0, 1, … in it."""
    ties: Mapping[str, Ties] = {
        kind: _between(found, parties, left_out) for kind, found in snapshot.ties.items()
    }
    stated = {item.name: getattr(snapshot, item.name) for item in fields(snapshot)}
    stated |= {name: getattr(snapshot, name).take(pa.array(parties)) for name in _COLUMNS}
    return Subgraph(**{**stated, "ties": ties, "whole": snapshot, "left_out": left_out})


_COLUMNS = ("keys", "labels", "names")


def _between(ties: Ties, parties: NDArray[np.int64], left_out: pa.Array) -> Ties:
    inside = np.flatnonzero(np.isin(ties.source, parties) & np.isin(ties.target, parties))
    table = ties.table.take(pa.array(inside))
    keep = pc.invert(pc.is_in(table["fact_id"], value_set=left_out))
    rows = inside[keep.to_numpy(zero_copy_only=False)]
    return Ties(
        ties.kind,
        np.searchsorted(parties, ties.source[rows]).astype(np.int32),
        np.searchsorted(parties, ties.target[rows]).astype(np.int32),
        table.filter(keep),
    )
