"""Who is tied to a thing, under every key that they may be named by.

A borrower may be named by a key that was given up, and an individual business by its operator: its
debts are the operator's own (民法典 第五十六条).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from graph.log import FactLog
from graph.resolution import redirects
from ingest.checking.reference import Joined

__all__ = ["tied"]


def tied(log: FactLog) -> Joined:
    """What the log knows of ties; only what is certain."""

    @cache
    def others() -> dict[str, set[str]]:
        """Key -> the keys that name the same, or who answers for it."""
        found: dict[str, set[str]] = defaultdict(set)
        for key, (stays, _) in redirects(log.read("SAME_AS").to_pylist()).items():
            found[stays].add(key)
            found[key].add(stays)
        run = log.read("LEGAL_REPRESENTATIVE_OF")
        run = run.filter(pc.equal(run["to_label"], "IndividualBusiness"))
        for row in run.filter(pc.greater_equal(run["certainty"], 1)).to_pylist():
            found[row["from_key"]].add(row["to_key"])
            found[row["to_key"]].add(row["from_key"])
        return found

    def joined(kind: str, targets: Collection[str]) -> Mapping[str, Collection[str]]:
        table = log.read(kind)
        wanted = pc.is_in(table["to_key"], value_set=pa.array(sorted(targets), pa.string()))
        certain = pc.greater_equal(table["certainty"], 1)
        found: dict[str, set[str]] = defaultdict(set)
        for row in table.filter(pc.and_(wanted, certain)).to_pylist():
            # two steps: the operator's key may have been given up as well
            near = {row["from_key"], *others().get(row["from_key"], ())}
            found[row["to_key"]] |= near.union(*(others().get(key, ()) for key in near))
        return found

    return joined
