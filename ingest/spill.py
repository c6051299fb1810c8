"""Tables by name that wait on disk until they are looked at: the cells of a file, its facts.

What a million rows say is a gigabyte, of which only a part is looked at at a time.  Large tables
go into an unnamed temporary file, which is gone with its process; small ones stay in memory.
A process can write all of them to a file that another has open, which then has them.
"""

from __future__ import annotations

import mmap
import tempfile
import weakref
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import IO, TypeAlias

import numpy as np
import pyarrow as pa

from graph.errors import SettingsError
from ingest.memory import track_mmap

__all__ = ["PieceIndex", "SpilledTables", "full_disk_told"]

_SMALL = 20_000  # rows that stay in memory
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")
_PLAIN = pa.ipc.IpcWriteOptions()

#: Where a table begins and ends in the file.
_Place: TypeAlias = tuple[int, int]

#: What lies in a file, by table: where each piece begins and ends, and how many rows it has.
PieceIndex: TypeAlias = Mapping[str, Sequence[tuple[int, int, int]]]


class SpilledTables(MutableMapping[str, pa.Table]):
    """A mapping from names to tables; what `[name]` gives is read anew each time.

    Args:
        packed: half the room on disk, and unpacked into memory each time.  Otherwise the tables
            are looked at where they lie: pages of the file come when they are touched, and go at
            `ingest.memory.release_memory`.
        file: which temporary file is used; default one of its own.
    """

    def __init__(self, *, packed: bool = True, file: IO[bytes] | None = None) -> None:
        self._packed = packed
        self._parts: dict[str, list[pa.Table | _Place]] = {}
        self._rows: dict[str, int] = {}
        self._file = file
        self._sizes: dict[int, int] = {}  # rows, by where the piece begins

    @classmethod
    def from_file(cls, file: IO[bytes], index: PieceIndex) -> SpilledTables:
        """The tables that another process wrote to a file; it is closed with the mapping.

        Raises `pyarrow.ArrowInvalid` or `ValueError` where they do not lie there.
        """
        spilled = cls(file=file)
        weakref.finalize(spilled, file.close)
        for name, pieces in index.items():
            spilled._rows[name] = sum(rows for _, _, rows in pieces)
            spilled._parts[name] = [
                spilled._read(begin, end, None) if rows < _SMALL else (begin, end)
                for begin, end, rows in pieces
            ]
        return spilled

    def write_all(self) -> PieceIndex:
        """Put into the file what is still in memory, and say what lies where."""
        index: dict[str, list[tuple[int, int, int]]] = {}
        for name, parts in self._parts.items():
            for at, part in enumerate(parts):
                begin, end = self._written(part) if isinstance(part, pa.Table) else part
                parts[at] = begin, end
                index.setdefault(name, []).append((begin, end, self._sizes[begin]))
        return index

    def add(self, name: str, table: pa.Table) -> None:
        """Put rows below those that the table already has; columns that either lacks are null."""
        parts = self._parts.setdefault(name, [])
        self._rows[name] = self._rows.get(name, 0) + len(table)
        if parts and isinstance(parts[-1], pa.Table):  # small ones are written together
            table = pa.concat_tables([parts.pop(), table], promote_options="default")
        parts.append(_alone(table) if len(table) < _SMALL else self._written(table))

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return dict(self._rows)

    def pieces(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The rows as they were added, piece by piece; with `columns` no others are unpacked."""
        for part in self._parts[name]:
            if isinstance(part, pa.Table):
                yield part if columns is None else part.select(columns)
            else:
                begin, end = part
                yield self._read(begin, end, columns)

    def columns(self, name: str, columns: Sequence[str]) -> pa.Table:
        """Some columns of a table; no others are unpacked."""
        return pa.concat_tables(self.pieces(name, columns), promote_options="default")

    def __getitem__(self, name: str) -> pa.Table:
        return pa.concat_tables(self.pieces(name), promote_options="default")

    def __setitem__(self, name: str, table: pa.Table) -> None:
        self._parts.pop(name, None)
        self._rows.pop(name, None)
        self.add(name, table)

    def __delitem__(self, name: str) -> None:
        del self._parts[name], self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._parts))

    def __len__(self) -> int:
        return len(self._parts)

    def _written(self, table: pa.Table) -> _Place:
        with full_disk_told():
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - given back with the mapping
                weakref.finalize(self, self._file.close)
            begin = self._file.seek(0, 2)
            options = _PACKED if self._packed else _PLAIN
            with pa.ipc.new_stream(self._file, table.schema, options=options) as stream:
                stream.write_table(table)
            self._file.flush()
            self._sizes[begin] = len(table)
            return begin, self._file.tell()

    def _read(self, begin: int, end: int, columns: Sequence[str] | None) -> pa.Table:
        buffer = self._mapped(begin, end)
        options = pa.ipc.IpcReadOptions()
        if columns is not None:
            schema = pa.ipc.read_schema(buffer)
            options.included_fields = sorted(map(schema.get_field_index, columns))
        with pa.ipc.open_stream(buffer, options=options) as stream:
            table = stream.read_all()
        return table if columns is None else table.select(columns)

    def _mapped(self, begin: int, end: int) -> pa.Buffer:
        assert self._file is not None
        pages = mmap.mmap(self._file.fileno(), end, access=mmap.ACCESS_READ)
        track_mmap(pages)
        return pa.py_buffer(pages).slice(begin, end - begin)


def _alone(table: pa.Table) -> pa.Table:
    """The rows by themselves: a slice would keep all of what it is a slice of."""
    held = table.get_total_buffer_size()
    return table.take(pa.array(np.arange(len(table)))) if held > 2 * table.nbytes else table


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Say what to do where the temporary folder has no room: raises `SettingsError` for `OSError`."""
    try:
        yield
    except OSError as error:
        folder = tempfile.gettempdir()
        raise SettingsError(
            f"临时目录 {folder} 写不进去（磁盘已满或没有权限）。请腾出空间，或用 TMPDIR 指定别的目录"
            "后重试；尚未写入任何数据。",
            f"The temporary folder {folder} cannot be written ({error}): make room or set TMPDIR; "
            "nothing was changed.",
            code="temporary_unwritable",
        ) from error
