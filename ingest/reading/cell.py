"""A cell: what stands in it as text, and what it may not be on the way out.

Text is brought to one spelling (NFKC, no invisible marks, no space around); only the name of a
party stays as the register wrote it, and is folded where two are compared.  What a spreadsheet
holds that is no text is told apart by a mark that no file can bring itself: a NUL in front.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from graph.identifiers.older_masks import shortened

__all__ = [
    "ERROR",
    "KEPT",
    "NUMERIC",
    "UNCALCULATED",
    "Cells",
    "as_kept_now",
    "comes_back",
    "kept_cell",
    "kept_values",
    "neutral",
    "shown",
    "text_of",
]

#: Stands before a cell's text where the spreadsheet holds a number: the gate refuses it where an
#: identifier belongs, since its last digits or leading zeros are lost.
NUMERIC = "\x00number:"

#: A formula whose result the file does not hold, and a result that is an error (#N/A, #REF!).
UNCALCULATED = "\x00formula"
ERROR = "\x00error"

#: What a spreadsheet writes of such a result into a text file; #N/A is how tables say "nothing".
_ERRORS = frozenset({"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})

#: A number of a person that was read and is kept without being there: its mask, and what stands
#: for it (`ingest.correction.kept`).
KEPT = "\x00kept:"
_BETWEEN = "\x1f"
#: Values of a kept person of before: key, day of birth, sex; by now the key of the end as well.
_WITHOUT_END = 3

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_GUARDED = re.compile(r"'[=+\-@]")
#: How systems keep Excel from taking a text in a CSV file for a number: ="2025000000000001".
_WRAPPED = re.compile(r'="((?:[^"]|"")*)"')
_PLAIN_NUMBER = re.compile(r"[+-][\d.,\s]+%?")


def text_of(cell: Any) -> str | None:
    """A cell as text; None when there is nothing in it."""
    if isinstance(cell, str):
        return _plain(cell)
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, (int, float)):
        return NUMERIC + _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    raise TypeError(f"a cell of type {type(cell).__name__}")


def kept_cell(mask: str, *values: str) -> str:
    """The cell that stands for a number: what is shown of it, and what it was read as."""
    return KEPT + _BETWEEN.join((mask, *values))


def kept_values(cell: str) -> list[str]:
    """The mask and the values of a kept cell."""
    return cell.removeprefix(KEPT).split(_BETWEEN)


def as_kept_now(cell: str) -> str:
    """A cell that the quarantine kept, as it would be kept now: masks of before are shortened."""
    if not cell.startswith(KEPT):
        return shortened(cell)
    mask, *values = kept_values(cell)
    now = shortened(mask)
    if now != mask and len(values) == _WITHOUT_END:
        now = f"{mask[:6]}{values[1].replace('-', '')}****"
    return kept_cell(now, *values)


def comes_back(text: str | None, cell: str | None) -> bool:
    """Whether what a workbook shows is a kept cell left as it was, in this version's mask or an older.

    An older one showed the last four; the cell that was kept with it has no key of them.
    """
    if text is None or cell is None or not cell.startswith(KEPT):
        return False
    mask, *values = kept_values(cell)
    older = len(values) == _WITHOUT_END and shortened(text) == f"{mask[:6]}{'*' * 12}"
    return text == mask or (older and text != shortened(text))


def shown(cell: str) -> str:
    """What a person sees of a cell."""
    return kept_values(cell)[0] if cell.startswith(KEPT) else cell


def neutral(text: str) -> str:
    """The text as a spreadsheet may open it: what would be run as a formula is only shown.

    `text_of` takes the apostrophe away again, so that a returned file says the same.
    Source: OWASP, "CSV Injection"; plain numbers with a sign are harmless and stay.
    """
    if text[:1] in ("=", "+", "-", "@") and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _number(cell: int | float) -> str:
    """The digits that a spreadsheet shows: fifteen, without an exponent.

    Behind the fifteenth stands what binary fractions leave: 12.3 - 1.1 is 11.200000000000001.
    """
    if isinstance(cell, int) or cell.is_integer():
        return str(int(cell))
    return format(Decimal(f"{cell:.15g}"), "f")


class Cells(dict[str, str | None]):
    """The texts of one column: equal cells are cleaned once and share one string.

    Attributes:
        as_written: whether the characters stay what the file has (`TableSpec.party_names`).
        rewritten: raw texts whose characters changed (full-width digits, invisible marks).
    """

    _ROOM = 5_000

    def __init__(self, *, as_written: bool = False) -> None:
        super().__init__()
        self.as_written = as_written
        self.rewritten: set[str] = set()

    def __missing__(self, raw: str) -> str | None:
        if len(self) >= self._ROOM:  # a column of identifiers: nothing to share, memory to save
            self.clear()
            self.rewritten.clear()
        text = self[raw] = _plain(raw, as_written=self.as_written)
        if text is not None and not raw.isascii() and text != raw.strip():
            self.rewritten.add(raw)
        return text

    def texts(self, column: Sequence[Any]) -> tuple[list[str | None], int]:
        """The column as texts, and how many of its cells were rewritten."""
        found: list[str | None]
        if set(map(type, column)) == {str}:
            found = list(map(self.__getitem__, column))
        else:
            found = [self[cell] if type(cell) is str else text_of(cell) for cell in column]
        changed = self.rewritten
        return found, sum(cell in changed for cell in column) if changed else 0


def _plain(raw: str, *, as_written: bool = False) -> str | None:
    if raw.startswith("\x00"):  # our own mark: files with a NUL in them are refused
        return raw
    if raw.isascii():
        text = raw.strip()
    else:
        # a registered name keeps its brackets and numerals; in one code for each character (NFC)
        text = unicodedata.normalize("NFC" if as_written else "NFKC", raw)
        if _INVISIBLE.search(text):  # a text in order stays the object that it is
            text = _INVISIBLE.sub("", text)
        text = text.strip()
    if text.startswith('="') and (wrapped := _WRAPPED.fullmatch(text)):
        text = wrapped[1].replace('""', '"').strip()
    if _GUARDED.match(text):
        text = text[1:]
    if text.startswith("#") and text in _ERRORS:
        return ERROR
    return text or None
