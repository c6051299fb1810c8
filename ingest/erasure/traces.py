"""Whether something that was deleted still stands somewhere: every store is gone through.

    traces_of    of values that are known: cells of the log and of refused rows, rows of the operations
                 store, and the bytes of every other file, the engine's store among them
    traces_left  of everything that was ever deleted, by the keyed hashes of the tombstones: every text
                 of the log, of refused rows and of the operations store

Told is where and how often, never what.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import select

from graph.compacted import COMPACTED
from graph.log import FactLog
from graph.operations import OperationsStore
from graph.operations.erasure import erasure_rules
from graph.operations.tables import every_table
from graph.sealed import read_sealed
from graph.settings import Settings
from graph.tombstones import standing, tombstones
from ingest.erasure.order import digests

__all__ = ["Trace", "traces_left", "traces_of"]

#: A shorter text stands by chance in bytes that are no text.
_LEAST_BYTES = 6
_PIECE = 1 << 24


@dataclass(frozen=True)
class Trace:
    """A place where something stands that was deleted, how often, and why it may, where it may."""

    place: str
    count: int
    why: str = ""


def traces_of(settings: Settings, store: OperationsStore, values: Collection[str]) -> list[Trace]:
    """Where some texts stand; what the order of a deletion that goes on says of them does not count."""
    wanted = pa.array(sorted(values), pa.string())
    found = [
        Trace(place, count)
        for place, texts in _tables(settings)
        if (count := int(pc.sum(pc.is_in(texts, value_set=wanted)).as_py() or 0))
    ]
    texts = [*_cells(store)]
    for place in sorted({place for place, _ in texts}):
        count = sum(
            any(value in text for value in values) for where, text in texts if where == place
        )
        if count:
            found.append(Trace(f"operations/{place}", count, erasure_rules()[1].get(place, "")))
    long = sorted(value.encode() for value in values if len(value.encode()) >= _LEAST_BYTES)
    if long:
        pattern = re.compile(b"|".join(map(re.escape, long)))
        longest = max(map(len, long))
        # bytes of what was deleted there are looked for where nothing of it may stay
        is_kept = any(item.why for item in found)
        files = (
            path
            for path in _other_files(settings)
            if not (is_kept and path.name.startswith(settings.operations_file.name))
        )
        counted = ((path, _occurrences(path, pattern, longest)) for path in files)
        found += [
            Trace(str(path.relative_to(settings.data)), count) for path, count in counted if count
        ]
    return found


def traces_left(
    settings: Settings, store: OperationsStore, *, there: Settings | None = None
) -> list[Trace]:
    """Where something stands that any tombstone names; raises as `tombstones`.

    Args:
        store: that is looked through.  there: another data folder to look through, as in a backup.
    """
    gone = {digest for item in tombstones(settings.log_dir) for digest in item.subjects}
    if not gone:
        return []
    found = []
    for place, texts in _tables(there or settings):
        told = [text for text in texts.to_pylist() if text]
        if count := len(gone.intersection(digests(settings, told))):
            found.append(Trace(place, count))
    for place, text in _cells(store):
        if gone.intersection(digests(settings, {text, *_keys_in(text)})):
            found.append(Trace(f"operations/{place}", 1, erasure_rules()[1].get(place, "")))
    return found


def _tables(settings: Settings) -> Iterator[tuple[str, pa.Array]]:
    """Every column of texts of the log and of refused rows: where, and each of its texts once."""
    log = FactLog(settings.log_dir)
    for batch in log.batches():
        for name, manifest in batch.files.items():
            table = read_sealed(*standing(batch.folder, name, manifest))
            yield from _columns(f"log/{batch.folder.name}/{name}", table)
    copies = (settings.log_dir / COMPACTED).glob("*/*.parquet")
    for path in sorted((*settings.quarantine_dir.glob("*.parquet"), *copies)):
        yield from _columns(str(path.relative_to(settings.data)), pq.read_table(path))


def _columns(place: str, table: pa.Table) -> Iterator[tuple[str, pa.Array]]:
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            yield f"{place}.{name}", pc.unique(column)


def _cells(store: OperationsStore) -> Iterator[tuple[str, str]]:
    """Every cell of the operations store that is or holds text: `table.column`, text."""
    with store.reading() as session:
        for table in every_table().sorted_tables:
            for row in session.execute(select(table)).mappings():
                for name, value in row.items():
                    if isinstance(value, bytes):
                        yield f"{table.name}.{name}", value.decode("utf-8", "replace")
                    elif isinstance(value, str | list | dict):
                        yield (
                            f"{table.name}.{name}",
                            value if isinstance(value, str) else str(value),
                        )


def _keys_in(text: str) -> list[str]:
    return re.findall(r"[a-z_]+:[0-9A-Za-z:-]+", text)


def _other_files(settings: Settings) -> Iterator[Path]:
    for path in sorted(settings.data.rglob("*")):
        inside = path.relative_to(settings.data).parts
        is_read_otherwise = inside[0] in ("log", "quarantine") and path.suffix == ".parquet"
        if path.is_file() and not is_read_otherwise and inside[0] not in ("erasing.json",):
            yield path


def _occurrences(path: Path, pattern: re.Pattern[bytes], longest: int) -> int:
    """How often one of the texts stands in a file, of any size."""
    count, carried = 0, b""
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                read = carried + piece
                ends = [match.end() for match in pattern.finditer(read)]
                count += len(ends)
                # what stands across two pieces is seen with the next one, and nothing is seen twice
                carried = read[max(len(read) - longest + 1, ends[-1] if ends else 0) :]
    except FileNotFoundError:
        # an engine that runs replaces its files
        return 0
    return count
