"""Small worlds of firms and their holders, as snapshots."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
from hypothesis import strategies as st
from scipy import sparse
from world import World

from bench.scope.memory_log import MemoryLog
from graph.snapshot import Snapshot, take_snapshot
from queries.structure.ownership import Ownership
from queries.structure.shares import Shares
from queries.structure.thresholds import load_thresholds
from queries.visible import as_view

__all__ = ["DAY", "holdings", "label_of", "matrices", "new_world", "of_matrix", "snapshot_of"]

DAY = date(2026, 6, 1)
_KNOWN = datetime(2026, 5, 1, tzinfo=UTC)


def label_of(key: str) -> str:
    """Persons have keys in capitals, firms in small letters; a body begins with `=`."""
    if key.startswith("="):
        return "GovernmentBody"
    return "Person" if key.isupper() else "Enterprise"


def holdings(world: World, *told: tuple[str, str, float | None], **said: object) -> None:
    """State holdings (holder, firm, ratio); keys as `label_of` reads them."""
    for holder, firm, ratio in told:
        world.tie(
            "HOLDS_SHARES_IN",
            (holder, label_of(holder)),
            (firm, label_of(firm)),
            share_ratio=ratio,
            **said,
        )


def snapshot_of(
    world: World, *, known: datetime = _KNOWN, as_of: date = DAY, source: str = "world"
) -> Snapshot:
    """Commit what was stated and look at it."""
    world.commit(known, source)
    return take_snapshot(as_view(world.log), as_of)


def new_world() -> World:
    """An empty world."""
    return World(MemoryLog())


def of_matrix(
    matrix: np.ndarray, is_firm: list[bool], named: np.ndarray | None = None
) -> Ownership:
    """Ownership from plain numbers, without a snapshot; `named` are holdings without a ratio."""
    size = len(matrix)
    held = sparse.csc_array(matrix)
    open_ = sparse.csc_array(np.zeros((size, size)) if named is None else named)
    return Ownership(
        Shares(None, load_thresholds(), np.arange(size), held, held, open_, np.array(is_firm), {})  # type: ignore[arg-type]
    )


@st.composite
def matrices(draw: st.DrawFn, firms: int = 5, persons: int = 3) -> tuple[np.ndarray, list[bool]]:
    """Random holdings, circles and self-holdings among them; no firm is held by firms alone."""
    count = draw(st.integers(1, firms))
    size = count + persons
    matrix = np.zeros((size, size))
    for firm in range(count):
        parts = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
        whole = sum(parts) + draw(st.integers(1, 9))
        matrix[:, firm] = np.array(parts) / whole
    return matrix, [place < count for place in range(size)]
