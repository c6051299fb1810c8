"""Parquet files of the log: no byte of one can change without the next reader saying so.

Every page is written with its checksum, which Arrow compares as it reads the page.  The footer has
none, and one byte of it may swap columns or end the reader's process: so its hash stands in the
manifest, and is compared before anything of the file is parsed.  Together they cover every byte
that is read, at the speed of reading (ADR 0102).  The number of rows is compared as well.

A file written before 2026-12 has neither.  Its manifest states the hash of the whole: that is
compared instead, once in a process for every state of the file.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from graph.log_damage import file_damaged

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = [
    "file_state",
    "harm_of",
    "iterate_sealed",
    "read_sealed",
    "sha256_of",
    "sync",
    "write_sealed",
]

# One dictionary of keys for a whole file: whole-graph readers then hash each key once, not once a
# row (a third of the file's size, a quarter of its reading time at 5,000,000 ties).
_ROW_GROUP = 1 << 23
_DICTIONARY_BYTES = 1 << 28
#: A smaller file is read before a scan of it and its threads are set up: in half the time.
_SMALL_BYTES = 1 << 18
#: A file of so few rows is kept in memory once it was read, and so many of them: a log of many small
#: batches is opened once in a process, and not once for every file that comes in.
_FEW_ROWS, _SMALL_FILES = 256, 2_048
_READ_AT_ONCE = 1 << 20  # bytes
_END = 8  # length of the footer, and the four letters after it
_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EIO})


def write_sealed(
    path: Path,
    table: pa.Table,
    *,
    store_schema: bool = True,
    let_go: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Write and sync a file; returns what its manifest must state of it.

    Args:
        let_go: called whenever some of it is written, which goes column by column: a table whose
            columns lie in pages of a file needs those no more that were read.
    """
    with _Written(path, let_go) as file:
        pq.write_table(
            table,
            file,
            compression="zstd",
            row_group_size=_ROW_GROUP,
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
            # every fact_id occurs once: a dictionary of them would be the column again
            use_dictionary=[field for field in table.column_names if field != "fact_id"],
            store_schema=store_schema,
            write_page_checksum=True,
        )
    sync(path)
    size = _footer_size(path)
    return {
        "sha256": file.digest.hexdigest(),
        "rows": len(table),
        "footer": {"bytes": size, "sha256": _digest_of_end(path, size)},
    }


def read_sealed(
    path: Path, stated: Mapping[str, Any], *, read_dictionary: Sequence[str] | None = None
) -> pa.Table:
    """The whole of a file; raises `LogError` (`log_damaged`) where it is not what was written."""
    texts = tuple(read_dictionary or ())
    return _small(path, stated, texts) if _is_small(stated) else _whole(path, stated, texts)


def iterate_sealed(
    path: Path, stated: Mapping[str, Any], rows: int, columns: Sequence[str]
) -> Iterator[pa.Table]:
    """Some rows at a time of those of the columns that the file has; raises as `read_sealed`."""
    if _is_small(stated):
        whole = _small(path, stated, ())
        held = {*whole.column_names}
        part = whole.select([name for name in columns if name in held])
        for at in range(0, len(part), rows):
            yield part.slice(at, rows)
        return
    with _named(path):
        _compare(path, stated)
        # what is packed of a column comes a megabyte at a time too, and not all columns whole
        with pq.ParquetFile(
            path, page_checksum_verification=True, buffer_size=_READ_AT_ONCE
        ) as file:
            # a file of before may lack a column
            there = [name for name in columns if name in file.schema_arrow.names]
            count = 0
            for piece in file.iter_batches(rows, columns=there):
                count += len(piece)
                yield pa.Table.from_batches([piece])
    _count(path, count, stated)


def file_state(seen: os.stat_result) -> tuple[int, ...]:
    """By which a file is told from another of its name: one that was read is not read again for nothing."""
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def harm_of(path: Path, stated: Mapping[str, Any]) -> str | None:
    """What is wrong with a file, every byte of it looked at; None when nothing is."""
    if not path.exists():
        return "缺失 / missing"
    try:
        return None if sha256_of(path) == stated["sha256"] else "内容被改动 / altered"
    except OSError as error:
        return f"读不出来 / unreadable ({error.strerror})"


def sha256_of(path: Path) -> str:
    """Digest of a whole file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a file or folder on the disk itself before what follows."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Written(io.BufferedWriter):
    """A file being written, whose digest is taken on the way.

    Attributes:
        digest: of all that was written so far.
    """

    def __init__(self, path: Path, let_go: Callable[[], None]) -> None:
        super().__init__(io.FileIO(path, "wb"))
        self.digest = hashlib.sha256()
        self._let_go = let_go

    def write(self, some: Buffer, /) -> int:
        self.digest.update(some)
        count = super().write(some)
        self._let_go()
        return count


def _whole(path: Path, stated: Mapping[str, Any], read_dictionary: tuple[str, ...]) -> pa.Table:
    with _named(path):
        _compare(path, stated)
        if path.stat().st_size < _SMALL_BYTES:
            with pq.ParquetFile(
                path, read_dictionary=[*read_dictionary], page_checksum_verification=True
            ) as file:
                table = file.read(use_threads=False)
        else:
            table = pq.read_table(
                path,
                partitioning=None,
                read_dictionary=[*read_dictionary],
                page_checksum_verification=True,
            )
    _count(path, len(table), stated)
    return table


def _is_small(stated: Mapping[str, Any]) -> bool:
    return stated["rows"] <= _FEW_ROWS and stated.get("footer") is not None


def _small(path: Path, stated: Mapping[str, Any], read_dictionary: tuple[str, ...]) -> pa.Table:
    """The whole of a file of few rows; read again only where it is another file by now."""
    with _named(path):
        state = file_state(path.stat())
    footer = stated["footer"]
    return _in_state(
        path, state, stated["rows"], (footer["bytes"], footer["sha256"]), read_dictionary
    )


@lru_cache(maxsize=_SMALL_FILES)
def _in_state(
    path: Path,
    _state: tuple[int, ...],
    rows: int,
    footer: tuple[int, str],
    read_dictionary: tuple[str, ...],
) -> pa.Table:
    stated = {"rows": rows, "footer": dict(zip(("bytes", "sha256"), footer, strict=True))}
    return _whole(path, stated, read_dictionary)


def _compare(path: Path, stated: Mapping[str, Any]) -> None:
    footer = stated.get("footer")
    if footer is None:
        whole = _digest_in_state(path, file_state(path.stat())) == stated["sha256"]
    else:
        whole = _digest_of_end(path, footer["bytes"]) == footer["sha256"]
    if not whole:
        raise file_damaged(path, "content differs from its manifest")


def _count(path: Path, count: int, stated: Mapping[str, Any]) -> None:
    """A page whose kind is changed is passed over by Arrow in silence: then rows are lacking."""
    if count != stated["rows"]:
        raise file_damaged(path, f"{count} rows of {stated['rows']}")


@lru_cache(maxsize=100_000)
def _digest_in_state(path: Path, _state: tuple[int, ...]) -> str:
    return sha256_of(path)


def _footer_size(path: Path) -> int:
    with path.open("rb") as stream:
        stream.seek(-_END, os.SEEK_END)
        return int.from_bytes(stream.read(4), "little") + _END


def _digest_of_end(path: Path, size: int) -> str:
    with path.open("rb") as stream:
        stream.seek(max(stream.seek(0, os.SEEK_END) - size, 0))
        return hashlib.sha256(stream.read()).hexdigest()


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        # Arrow's own complaints carry no number of the system; a lack of file handles is no damage
        if isinstance(error, OSError) and error.errno is not None and error.errno not in _GONE:
            raise
        raise file_damaged(path, f"{type(error).__name__}: {str(error).splitlines()[0]}") from error
