"""The strings that the cells of an .xlsx share, found by number without being held.

A sheet of a million rows has millions of them, most used once.  They are unpacked into an unnamed
temporary file; what stays in memory is where each begins.  A slice of the sheet gets the few that
its cells use, under new numbers.

Source: ECMA-376 part 1, §18.4 (`sst`, `si`) and §18.3.1.4 (`c`, `t="s"`).
"""

from __future__ import annotations

import os
import re
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from typing import IO

from ingest.spill import full_disk_told

__all__ = ["SharedStrings", "cells_of"]

_READ = 4 << 20
_HEAD_BYTES = 1 << 20
_ITEM = re.compile(rb"<(?:\w+:)?si\b[^<>]*>")
_ROOT = re.compile(rb"<((?:\w+:)?)sst\b[^<>]*>")
_COUNT = re.compile(rb"""\s(?:uniqueCount|count)=["']\d*["']""")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>")
_SHARED = re.compile(rb"""\bt=["']s["']""")
_PLAIN_CELL = re.compile(rb't="s"><v>(\d+)</v></c>')  # as Excel writes it
_NUMBER = re.compile(rb"<(?:\w+:)?v\b[^<>]*>\s*(\d+)\s*(?=</)")


def cells_of(rows: bytes) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """The attributes of each cell, and where what is in it begins and ends.

    A cell ends where the next begins, at the latest: none is in another, and one that is never
    closed is not looked for to the end of the sheet.
    """
    found = _CELL.finditer(rows)
    cell = next(found, None)
    while cell is not None:
        following = next(found, None)
        end = following.start() if following else len(rows)
        yield cell[1], (cell.end(), cell.end() if cell[1].endswith(b"/") else end)
        cell = following


class SharedStrings:
    """The part `sharedStrings.xml` of one workbook; give it back with `close`.

    Attributes:
        head: what stands before the first string.
    """

    def __init__(self, part: IO[bytes] | None) -> None:
        with full_disk_told():
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` gives it back
        self._begins = array("q")
        self.head = b""
        self._prefix = b""
        try:
            with full_disk_told():
                self._unpack(part)
        except BaseException:
            self.close()
            raise

    def taken_from(self, rows: bytes) -> tuple[bytes, bytes]:
        """The rows with new numbers in their cells, and the part with the strings they use.

        Raises `IndexError` for a number that there is none of.
        """
        used: dict[int, int] = {}

        def plain(cell: re.Match[bytes]) -> bytes:
            return b't="s"><v>%d</v></c>' % used.setdefault(int(cell[1]), len(used))

        changed, count = _PLAIN_CELL.subn(plain, rows)
        if count != rows.count(b't="s"') or b"t='s'" in rows:
            used.clear()  # some cells are written in another way
            changed = _renumbered(rows, used)
        items = self._items(used)
        head = self.head or b"<sst>"
        return changed, head + items + b"</" + self._prefix + b"sst>"

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()

    def _unpack(self, part: IO[bytes] | None) -> None:
        """Copy the part aside and note where its strings begin."""
        rest, done = b"", 0
        while part is not None and (chunk := part.read(_READ)):
            text = rest + chunk
            self._begins.extend(done + found.start() for found in _ITEM.finditer(text))
            # a tag that goes on in the next piece is looked at with it; text has no bare "<"
            cut = text.rfind(b"<")
            whole = len(text) if cut < 0 or b">" in text[cut:] else cut
            self._file.write(text[:whole])
            rest, done = text[whole:], done + whole
        self._file.write(rest)
        end = done + len(rest)
        self._file.flush()
        if self._begins:
            if self._begins[0] > _HEAD_BYTES:
                raise ValueError("a long way to the first string")
            self._begins.append(self._last_end(end))
            self.head = _COUNT.sub(b"", os.pread(self._file.fileno(), self._begins[0], 0))
            root = _ROOT.search(self.head)
            self._prefix = root[1] if root else b""

    def _last_end(self, end: int) -> int:
        tail = os.pread(self._file.fileno(), 256, max(0, end - 256))
        return end - len(tail) + max(tail.rfind(b"</"), 0)

    def _items(self, used: Iterable[int]) -> bytes:
        """The strings of these numbers, in this order; neighbours are read together."""
        items = []
        first = last = None
        for number in used:
            if not 0 <= number < len(self._begins) - 1:
                raise IndexError(f"shared string {number}")
            if last is not None and number == last + 1:
                last = number
                continue
            if first is not None and last is not None:
                items.append(self._read(first, last))
            first = last = number
        if first is not None and last is not None:
            items.append(self._read(first, last))
        return b"".join(items)

    def _read(self, first: int, last: int) -> bytes:
        begin, end = self._begins[first], self._begins[last + 1]
        return os.pread(self._file.fileno(), end - begin, begin)


def _renumbered(rows: bytes, used: dict[int, int]) -> bytes:
    """The rows with new numbers, entered in `used`, where cells are written in any way there is."""
    pieces, done = [], 0
    for attributes, inside in cells_of(rows):
        if _SHARED.search(attributes) and (number := _NUMBER.search(rows, *inside)):
            place = used.setdefault(int(number[1]), len(used))
            pieces += [rows[done : number.start(1)], b"%d" % place]
            done = number.end(1)
    return b"".join([*pieces, rows[done:]])
