"""A list does not rename a registered firm.

A register says what a firm is called; lists, contracts and loans mention it, shortened or with a slip.
Whoever looks a firm up reads the name that was heard last, so a mention that differs from the
register's name states the firm's code alone; that it differs is a finding of the gate.  A mention of a
firm that no register has told of names it, until one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

import pandas as pd
import pyarrow.compute as pc

from graph.log import FactLog
from graph.names.writing import plain
from graph.schema import SCHEMA
from ingest.emit import FactFrame, Statement

__all__ = ["under_registered_names"]

#: What a mention of an organisation says (`ingest.emit.mention`); a register says more.
_MENTIONED = frozenset({"name", "unified_social_credit_code"})
_REGISTERED_BY = ("registration_state", "established_on")
_KINDS = frozenset(
    node.kind
    for node in SCHEMA.nodes.values()
    if not node.describes and {*_REGISTERED_BY} <= {item.name for item in node.properties}
)
_NO_PROPERTIES = frozenset({"key", "label", "valid_from", "valid_to", "certainty"})


def under_registered_names(log: FactLog, frames: Iterable[Statement]) -> Iterator[Statement]:
    """The facts of a file, in which no mention gives a registered organisation another name."""

    @cache
    def registered(kind: str) -> dict[str, str]:
        held = log.read(kind).sort_by([("known_from", "ascending")])
        by_register = pc.or_(*(pc.is_valid(held[name]) for name in _REGISTERED_BY))
        told = held.filter(pc.and_(by_register, pc.is_valid(held["name"])))
        return dict(zip(told["key"].to_pylist(), told["name"].to_pylist(), strict=True))

    for frame in frames:
        if not isinstance(frame, FactFrame):
            yield frame
            continue
        said = frame.columns.keys() - _NO_PROPERTIES
        names = frame.columns.get("name")
        if frame.kind not in _KINDS or said != _MENTIONED or not isinstance(names, pd.Series):
            yield frame
            continue
        keys = frame.columns["key"]
        assert isinstance(keys, pd.Series)
        kept = [
            name
            if pd.isna(name) or (known := registered(frame.kind).get(key)) is None
            or plain(known) == plain(name) else None
            for key, name in zip(keys, names, strict=True)
        ]  # fmt: skip
        yield replace(
            frame,
            columns={
                **frame.columns,
                "name": pd.Series(kept, index=names.index, dtype=names.dtype),
            },
        )
