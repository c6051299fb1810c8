"""Rows deleted from the log: every file that holds one is written anew without it.

The only way by which anything ever leaves the log.  Which rows go, and by which right, is decided by
who calls (`ingest.erasure`); here they go, all of them or none, and a tombstone stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from graph.compacted import compacting_alone, forget_compacted
from graph.errors import LogError
from graph.log import Batch, FactLog
from graph.log_damage import unwritable
from graph.progress import Progress, silent
from graph.sealed import read_sealed, sync, write_sealed
from graph.signing import Signer
from graph.tombstones import Tombstone, begin, place, standing, tidy

__all__ = ["ErasureOrder", "WhichRows", "erase_rows"]


class WhichRows(Protocol):
    """Knows what is to go."""

    def __call__(self, name: str, table: pa.Table, /) -> pa.Array | None:
        """Which rows of a table of a batch go; None for none of them."""


@dataclass(frozen=True)
class ErasureOrder:
    """By which right something is deleted (`graph.tombstones.Tombstone`)."""

    ground: str
    reason: str
    by: str
    second: str
    subjects: tuple[str, ...]


def erase_rows(
    log: FactLog,
    which: WhichRows,
    order: ErasureOrder,
    *,
    at: datetime,
    progress: Progress | None = None,
) -> Tombstone | None:
    """Delete rows; None, and nothing is written, where there are none.

    Nobody may read the log meanwhile: who does may be told that a file is gone.
    Raises `LogError` (`log_unwritable`): nothing was changed.
    """
    say = progress or silent
    with compacting_alone(log.folder), log.writer():
        # copies of what goes
        forget_compacted(log.folder)
        batches = log.batches()
        number = begin(log.folder)
        try:
            files: dict[str, Mapping[str, Any]] = {}
            for count, batch in enumerate(batches, start=1):
                files |= _without(batch, which, number)
                say("逐批删除", count, len(batches))
            if not files:
                return None
            return place(
                log.folder,
                Signer(log.folder.parent),
                at=at,
                ground=order.ground,
                reason=order.reason,
                by=order.by,
                second=order.second,
                subjects=order.subjects,
                files=files,
            )
        except OSError as error:
            raise unwritable(log.folder, error) from error
        finally:
            tidy(log.folder)


def _without(batch: Batch, which: WhichRows, number: int) -> dict[str, Mapping[str, Any]]:
    written: dict[str, Mapping[str, Any]] = {}
    for name, manifest in batch.files.items():
        path, stated = standing(batch.folder, name, manifest)
        table = read_sealed(path, stated)
        goes = which(name, table)
        erased = 0 if goes is None else int(pc.sum(goes).as_py() or 0)
        if not erased:
            continue
        file = f"{name}.e{number}.parquet"
        left = table.filter(pc.invert(goes))
        if len(left) + erased != len(table):
            raise LogError(
                f"{batch.folder.name}/{name} 的删除范围不明确，没有删除任何内容。",
                f"{name}: which rows go is not said of every row; nothing was deleted.",
                code="erasure_unclear",
            )
        seal = write_sealed(batch.folder / file, left, store_schema=not name[0].isupper())
        written[f"{batch.folder.name}/{name}"] = {
            **seal,
            "file": file,
            "erased": erased,
            "before": stated["sha256"],
        }
    if written:
        sync(batch.folder)
    return written
