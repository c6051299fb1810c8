"""A table in a terminal: folded where it must be, never cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Grid"]

#: A column of words may become this narrow; one of keys or numbers keeps its longest.
_WORDS = 10
#: How wide a column of words becomes in a file or a pipe, which have no width of their own.
_WIDEST = 60
#: Frame and blanks of one column.
_FRAME = 3


@dataclass(frozen=True)
class Grid:
    """Rows of texts under headings."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def print(self, console: Console | None = None) -> None:
        """Print it as wide as the terminal lets it; a file or a pipe lets it be as wide as it is."""
        from rich.console import Console

        out = console or Console()
        narrowest = [self._narrowest(place) for place in range(len(self.columns))]
        if not out.is_terminal:
            natural = [min(self._natural(place), _WIDEST) for place in range(len(self.columns))]
            wanted = sum(map(max, natural, narrowest)) + self._frames
            out.width = max(wanted, out.width)
        if sum(narrowest) + self._frames <= out.width:
            self._print_table(out)
        else:
            self._print_lists(out)

    @property
    def _frames(self) -> int:
        return len(self.columns) * _FRAME + 1

    def _texts(self, place: int) -> list[str]:
        return [self.columns[place], *(row[place] for row in self.rows)]

    def _natural(self, place: int) -> int:
        from rich.cells import cell_len

        lines = [line for text in self._texts(place) for line in text.splitlines()]
        return max(map(cell_len, lines), default=1)

    def _narrowest(self, place: int) -> int:
        """Chinese breaks anywhere; a key, a date or a number breaks nowhere."""
        whole = [
            len(word) for text in self._texts(place) for word in text.split() if word.isascii()
        ]
        return max(min(self._natural(place), _WORDS), *whole, 1)

    def _widths(self, room: int) -> list[int]:
        """How wide each column is where all of them have so much room: as narrow as it may be, and of
        what is left as much as it has words for, the most modest first.

        Said to rich and not left to it: it takes from a column that may not give, and the last one
        stands over the edge.
        """
        widths = [self._narrowest(place) for place in range(len(self.columns))]
        more = [self._natural(place) - width for place, width in enumerate(widths)]
        left = room - sum(widths)
        for waiting, place in enumerate(sorted(range(len(widths)), key=more.__getitem__)):
            given = min(more[place], left // (len(widths) - waiting))
            widths[place] += given
            left -= given
        return widths

    def _print_table(self, out: Console) -> None:
        from rich.table import Table
        from rich.text import Text

        printed = Table(title=Text(self.title))
        widths = self._widths(out.width - self._frames)
        for column, width in zip(self.columns, widths, strict=True):
            printed.add_column(Text(column), overflow="fold", width=width)
        for row in self.rows:
            # a bracket in a name is no mark-up
            printed.add_row(*map(Text, row))
        out.print(printed)
        if not self.rows:
            out.print(Text("（没有记录）"))

    def _print_lists(self, out: Console) -> None:
        from rich.table import Table
        from rich.text import Text

        out.print(Text(self.title), overflow="fold")
        if not self.rows:
            out.print(Text("（没有记录）"))
        for number, row in enumerate(self.rows, start=1):
            out.print(Text(f"── {number} / {len(self.rows)}"))
            listed = Table.grid(padding=(0, 2))
            listed.add_column(overflow="fold", max_width=out.width // 3)
            listed.add_column(overflow="fold")
            for column, text in zip(self.columns, row, strict=True):
                listed.add_row(Text(column), Text(text))
            out.print(listed)
