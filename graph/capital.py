"""What part of a firm a holding is, where the register tells amounts and no ratio.

The public register shows what each holder subscribed (认缴出资额); the ratio is that amount over the
whole capital (公司法 第二百六十五条: 出资额占资本总额).  The whole is the registered capital, or what all
holders named by the source subscribed, where that is more or no capital is registered.  Where
neither is known the ratio stays unknown.  A ratio that is stated is never derived; one that is
derived says so (`ratio_is_derived`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.last_heard import last_heard
from graph.schema import SCHEMA

__all__ = ["with_ratios"]

_SHARES = "HOLDS_SHARES_IN"
_CAPITAL = "registered_capital_fen"
_TOLD = ("key", "known_from", "valid_from", "fact_id", "certainty", _CAPITAL)


def with_ratios(
    facts: pa.Table, firm: NDArray[np.int32], read: Callable[[str], pa.Table]
) -> pa.Table:
    """Holdings with the ratios that follow from their amounts.

    Args:
        facts: holdings of one time, with the columns of the log.
        firm: number of the firm of each.
        read: kind -> facts of the same time.
    """
    stated, fen = (_numbers(facts[name]) for name in ("share_ratio", "subscribed_fen"))
    certain = _numbers(facts["certainty"]) >= 1
    lacking = certain & np.isnan(stated) & (fen > 0)
    if not lacking.any():
        return facts
    # sources tell of the same holdings: each is its own whole
    source = facts["source"].cast(pa.string()).combine_chunks().dictionary_encode().indices
    _, group = np.unique(
        np.stack((firm.astype(np.int64), source.to_numpy().astype(np.int64))),
        axis=1,
        return_inverse=True,
    )
    group = group.ravel()
    told = np.bincount(group, weights=np.where(certain, np.nan_to_num(fen), 0.0))[group]
    silent = np.bincount(group, weights=certain & np.isnan(fen))[group] > 0
    capital = _capital(facts["to_key"], lacking, read)
    whole = np.where(np.isnan(capital), np.where(silent, np.nan, told), np.fmax(capital, told))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(lacking, fen / whole, stated)
    derived = lacking & ~np.isnan(ratio)
    marks = pc.if_else(pa.array(derived), True, facts["ratio_is_derived"].combine_chunks())
    for name, column in (
        ("share_ratio", pa.array(ratio, pa.float64(), from_pandas=True)),
        ("ratio_is_derived", marks),
    ):
        facts = facts.set_column(facts.column_names.index(name), name, column)
    return facts


def _capital(
    firms: pa.ChunkedArray, wanted: NDArray[np.bool_], read: Callable[[str], pa.Table]
) -> NDArray[np.float64]:
    """Registered capital of each holding's firm as last heard, NaN where it is not known."""
    keys = firms.cast(pa.string()).combine_chunks()
    asked = pc.unique(keys.filter(pa.array(wanted)))
    parts = []
    for label in SCHEMA.relationships[_SHARES].targets:
        said = read(label)
        known = pc.and_(pc.is_in(said["key"], value_set=asked), pc.is_valid(said[_CAPITAL]))
        some = said.select(list(_TOLD)).filter(known)
        parts.append(some.set_column(0, "key", some["key"].cast(pa.string())))
    heard = last_heard(pa.concat_tables(parts), ["key"])
    at = pc.index_in(keys, value_set=heard["key"].combine_chunks())
    return _numbers(heard[_CAPITAL].take(at))


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
