"""Rows of a text file, one at a time: the encoding found in an order that cannot guess wrong.

Byte order mark, strict UTF-8, strict GB18030; nothing else is tried.  GBK would fail on the rare
characters of place names, and statistics on the bytes guess wrong on short files.  Cells are parted
by what makes a heading of the source out of a line: comma, tab (Excel's “Unicode 文本”), semicolon.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from graph.errors import InputError

__all__ = ["delimited_rows"]

_CHUNK = 1 << 20
_OTHERS = (",", "\t", ";", "|")
_LINES, _LINE = 20, 1 << 16  # that are looked at for the separator
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


def delimited_rows(
    path: Path, separators: Collection[str], known: Callable[[list[str]], int]
) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) as a person counts them in Excel: a quoted line end does not end a row.

    Args:
        separators: those that the source declares; tab and semicolon are tried as well.
        known: how many of some cells are headings of the source; the separator is the one that
            makes most of them.

    Raises `InputError`: `encoding`, `file_broken` (a NUL byte, or quotes that do not match).
    """
    encoding = _encoding(path)
    # every kind of line end ends a line, also several kinds in one file
    with path.open(encoding=encoding, newline=None) as stream:
        lines = [stream.readline(_LINE) for _ in range(_LINES)]
        candidates = [*separators, *(each for each in _OTHERS if each not in separators)]
        # max takes the first of equals, so that a declared one goes before the others
        separator = max(candidates, key=lambda each: max(_fit(each, line, known) for line in lines))
        stream.seek(0)
        row = 0
        # the csv module limits a cell to 128 kB; a longer one is a broken quote
        reader = csv.reader(stream, delimiter=separator, strict=True)
        try:
            for cells in reader:
                row += 1
                yield row, cells
        except csv.Error as error:
            raise InputError(
                f"{path.name} 第 {row + 1} 行起引号不成对，或内容不完整。"
                "请在该行检查双引号（英文引号应成对），或重新导出该文件。",
                f"{path.name} is no whole CSV file from row {row + 1} on: {error}.",
                code="file_broken",
            ) from error


def _fit(separator: str, line: str, known: Callable[[list[str]], int]) -> tuple[int, int]:
    """How many headings, and how many cells, a separator makes of a line."""
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return (0, 0)
    return known(cells), len(cells)


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(4)
    marked = [name for mark, name in _MARKS if start.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        if _decodes(path, encoding):
            return encoding
    raise InputError(
        f"{path.name} 的文字编码无法识别。请用 UTF-8 或 GB18030（Excel 默认）另存后重试。",
        f"{path.name} is neither strict UTF-8 nor strict GB18030.",
        code="encoding",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                if "\0" in decoder.decode(chunk):
                    raise InputError(
                        f"{path.name} 含有空字节，不是文本文件或已损坏。请从业务系统重新导出为 CSV。",
                        f"{path.name} holds NUL bytes: it is no text, or damaged.",
                        code="file_broken",
                    )
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
