"""A small store to import while the classes of the engine are recorded: every type of column once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["write_rehearsal"]

#: Enough that Java notes what is called often, which it compiles first the next time.
_ROWS = 20_000


def write_rehearsal(folder: Path) -> tuple[list[tuple[str, Path]], list[tuple[str, Path]]]:
    """Write nodes and ties into `folder`, as `graph.import_files` writes those of a log.

    Returns (labels, file) and (type, file) pairs.
    """
    numbers = pa.array(np.arange(2 * _ROWS))
    things, versions = numbers.slice(0, _ROWS), numbers.slice(_ROWS)
    keys = pa.array([f"rehearsed:{number}" for number in range(_ROWS)])
    nodes = [
        _written(
            folder,
            "things",
            "Party",
            {":ID": things, "key:string": keys, ":LABEL": _same("Person")},
        ),
        _written(folder, "versions", "Version:PartyVersion", {":ID": versions, **_stated(keys)}),
    ]
    ties = [
        _written(folder, "describes", "DESCRIBES", {":START_ID": versions, ":END_ID": things}),
        _written(
            folder, "ties", "BELONGS_TO", {":START_ID": things, ":END_ID": things, **_stated(keys)}
        ),
    ]
    return nodes, ties


def _stated(keys: pa.Array) -> dict[str, pa.Array]:
    return {
        "fact_id:string": keys,
        "name:string": keys,
        "row:long": pa.array(np.arange(_ROWS)),
        "certainty:double": _same(1.0),
        "is_said:boolean": _same(True),
        "valid_from:date": _same(date(2026, 1, 1)),
        "known_from:datetime": _same(datetime(2026, 1, 1, tzinfo=UTC)),
        "kinds:string[]": _same("one;other"),
    }


def _same(value: object) -> pa.Array:
    return pa.array([value] * _ROWS)


def _written(
    folder: Path, name: str, labels: str, columns: Mapping[str, pa.Array]
) -> tuple[str, Path]:
    path = folder / f"{name}.parquet"
    pq.write_table(pa.table(dict(columns)), path)
    return labels, path
