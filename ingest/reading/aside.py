"""Tables by name that wait on disk until they are looked at: the cells of a file, its facts.

What a million rows say is a gigabyte, of which only a part is looked at at a time.  Large tables
go into an unnamed temporary file, which is gone with its process; small ones stay in memory.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import IO, TypeAlias

import pyarrow as pa

from graph.errors import SettingsError

__all__ = ["Aside", "full_disk_told"]

_SMALL = 20_000  # rows that stay in memory
_PACKED = pa.ipc.IpcWriteOptions(compression="zstd")

#: Where a table begins and ends in the file.
_Place: TypeAlias = tuple[int, int]


class Aside(MutableMapping[str, pa.Table]):
    """A mapping from names to tables; what `[name]` gives is read anew each time."""

    def __init__(self) -> None:
        self._parts: dict[str, list[pa.Table | _Place]] = {}
        self._rows: dict[str, int] = {}
        self._file: IO[bytes] | None = None

    def add(self, name: str, table: pa.Table) -> None:
        """Put rows below those that the table already has; columns that either lacks are null."""
        part = table if len(table) < _SMALL else self._written(table)
        self._parts.setdefault(name, []).append(part)
        self._rows[name] = self._rows.get(name, 0) + len(table)

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return dict(self._rows)

    def __getitem__(self, name: str) -> pa.Table:
        parts = [
            part if isinstance(part, pa.Table) else self._read(*part) for part in self._parts[name]
        ]
        return pa.concat_tables(parts, promote_options="default")

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
            with pa.ipc.new_stream(self._file, table.schema, options=_PACKED) as stream:
                stream.write_table(table)
            self._file.flush()
            return begin, self._file.tell()

    def _read(self, begin: int, end: int) -> pa.Table:
        assert self._file is not None
        self._file.seek(begin)
        with pa.ipc.open_stream(pa.py_buffer(self._file.read(end - begin))) as stream:
            return stream.read_all()


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
