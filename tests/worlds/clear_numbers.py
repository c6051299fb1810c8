"""Everything that a data folder and its graph hold as text, and which planted numbers are in it."""

from __future__ import annotations

import io
import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pyarrow.parquet as pq

__all__ = ["arguments_of", "found_in", "texts_under"]

_APART = re.compile(r"[\s'`\"\u2018\u2019\u201c\u201d\u00b7\u2010-\u2015-]+")


def found_in(numbers: Iterable[str], texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(number, where) of every number that stands in a text in any spelling."""
    wanted = list(numbers)
    found = []
    for where, text in texts:
        plain = _APART.sub("", unicodedata.normalize("NFKC", text)).upper()
        found += [(number, where) for number in wanted if number in plain]
    return found


def texts_under(folder: Path) -> Iterator[tuple[str, str]]:
    """(where, text) of all that any file of a folder says, names of files as well."""
    for path in sorted(folder.rglob("*")):
        where = str(path.relative_to(folder))
        yield where, where
        if path.is_file():
            yield from _texts_of(where, path.read_bytes(), path)


def _texts_of(where: str, content: bytes, path: Path | None = None) -> Iterator[tuple[str, str]]:
    if content.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(content))
        yield where, str(table.schema)
        for name in table.column_names:
            yield f"{where}:{name}", "\n".join(map(str, table[name].to_pylist()))
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from _texts_of(f"{where}:{name}", archive.read(name))
    elif content.startswith(b"SQLite format 3") and path is not None:
        yield where, content.decode("latin-1")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store, store:
            for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
                for row in store.execute(f'SELECT * FROM "{name}"'):
                    said = (each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each)
                            for each in row)  # fmt: skip
                    yield f"{where}:{name}", "\n".join(said)
        store.close()
    else:
        # text in whatever encoding, and stores of others: digits are the same bytes in all but one
        yield where, content.decode("latin-1")
        yield where, content.decode("utf-8", "replace")
        yield where, content.decode("utf-16-le", "replace")
        yield where, content.decode("utf-16-be", "replace")


def arguments_of(process: psutil.Process) -> Iterator[tuple[str, str]]:
    """Arguments and environment of the process's children, which every user of the machine sees."""
    for child in process.children(recursive=True):
        try:
            yield f"arguments of {child.name()}", " ".join(child.cmdline())
            yield f"environment of {child.name()}", " ".join(child.environ().values())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
