"""Which public body a row means that gives its name and no code: the one known under that name.

The edition of 2016 and the templates of other administrative acts have no column for the code of
the authority.  Where the log knows one body of that name, and no other, it is that body; else the
row names its authority and nobody is tied to it.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from graph.log import FactLog
from graph.names.writing import simplified
from ingest.catalogue.source import TableSpec

__all__ = ["of_named_bodies"]

_BODY = "GovernmentBody"
_AT_ONCE = 1 << 16


def of_named_bodies(log: FactLog, spec: TableSpec, rows: pd.DataFrame) -> pd.DataFrame:
    """The checked rows, with the body wherever only its name is given and one body has it."""
    known: dict[str, str] | None = None
    for item in spec.fields:
        if not item.by_name or rows.empty:
            continue
        key, named = f"{item.name}_key", rows[item.name_field]
        open_ = rows[key].isna() & named.notna()
        if not open_.any():
            continue
        known = _bodies(log) if known is None else known
        names = named[open_].astype(object)
        code_of = {name: known.get(simplified(name)) for name in names.unique()}
        codes = names.map(code_of).dropna()
        rows = rows.copy()
        for end, values in (("key", "org:" + codes), ("code", codes)):
            rows.loc[codes.index, f"{item.name}_{end}"] = values
        rows.loc[codes.index, f"{item.name}_label"] = _BODY
    return rows


def _bodies(log: FactLog) -> dict[str, str]:
    """Name -> code, of the bodies that have their name alone."""
    found: dict[str, set[str]] = {}
    columns = ["name", "unified_social_credit_code"]
    for piece in log.held(_BODY, rows=_AT_ONCE, columns=columns):
        names, codes = (piece[name].cast(pa.string()).to_pylist() for name in columns)
        for name, code in zip(names, codes, strict=True):
            if name and code:
                found.setdefault(simplified(name), set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}
