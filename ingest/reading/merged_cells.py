"""Rows of a table in which one cell may cover several rows and columns.

What such a cell says it says in each of its rows, in the first of its columns, as in a workbook
(HTML living standard §4.9.12, forming a table).
"""

from __future__ import annotations

__all__ = ["MergedCells"]

#: What a foreign page may claim.
_MOST_COLUMNS, _MOST_ROWS = 256, 1_000_000


class MergedCells:
    """One table on its way: `begin`, `add` cell by cell, `end` gives the row."""

    def __init__(self) -> None:
        self._cells: list[str] = []
        self._covered: dict[int, tuple[int, str]] = {}  # column -> rows still covered, text

    def begin(self) -> None:
        """A row begins."""
        self._cells = []

    def add(self, text: str, *, rows: int = 1, columns: int = 1) -> None:
        """The next cell of it."""
        self._fill()
        for at in range(min(columns, _MOST_COLUMNS - len(self._cells))):
            said = text if at == 0 else ""
            if rows > 1:
                self._covered[len(self._cells)] = (min(rows, _MOST_ROWS) - 1, said)
            self._cells.append(said)

    def end(self) -> list[str]:
        """The row, with what cells above say in it."""
        self._fill()
        return self._cells

    def _fill(self) -> None:
        while covered := self._covered.get(len(self._cells)):
            left, text = covered
            if left > 1:
                self._covered[len(self._cells)] = (left - 1, text)
            else:
                del self._covered[len(self._cells)]
            self._cells.append(text)
