"""By what a name is found: its characters, its sounds and their initials, token by token.

A search index cuts its columns at blanks and at nothing else, so that any run of characters of a
name is a phrase: one of them, the middle, the end.  What is typed is folded by the same function
as what is stored, and neither is ever shown: the name stays what the register wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from graph.names.sound import every_way, only_way
from graph.names.writing import simplified
from graph.schema import SCHEMA

__all__ = ["NAMED_KINDS", "fold", "search_columns", "search_rows"]

#: Fact kinds that say what a party is called.
NAMED_KINDS = tuple(
    node.kind
    for node in SCHEMA.nodes.values()
    if not node.describes
    and SCHEMA.superlabel(node) == "Party"
    and any(item.name == "name" for item in node.properties)
)

#: A name with several readings is found by so many of them; a longer text is cut.
_MOST_READINGS = 8
_LONGEST = 100

#: Rows made at a time.
_AT_ONCE = 5_000
_ROW = pa.schema([(name, pa.string()) for name in ("name", "written", "sounds", "initials")])

#: Stands between two readings of one name, so that no phrase runs across.
_APART = " | "


class _Folded(dict[int, str]):
    """Code point -> what it is compared as; filled as characters are met, a few thousand in all."""

    def __missing__(self, point: int) -> str:
        told = "".join(each for each in simplified(chr(point)) if each.isalnum())
        self[point] = told
        return told


_FOLDED = _Folded()


def fold(text: str) -> str:
    """What two ways of writing have in common: simplified, half-width, letters and digits alone.

    >>> fold("宝雞（集團）有限公司"), fold("买买提・艾力"), fold("㈱Ⅱ")
    ('宝鸡集团有限公司', '买买提艾力', '株ii')
    """
    return text.translate(_FOLDED)


def search_columns(name: str) -> dict[str, str]:
    """What the search index holds of a name: `written`, `sounds`, `initials`."""
    folded = fold(name)[:_LONGEST]
    written = " ".join(folded)
    if (only := only_way(folded)) is not None:  # most names by far: a first load reads a million
        return {
            "written": written,
            "sounds": " ".join(only),
            "initials": " ".join([each[0] for each in only]),
        }
    ways = list(islice(every_way(folded), _MOST_READINGS))
    return {
        "written": written,
        "sounds": _APART.join(map(" ".join, ways)),
        "initials": _APART.join(" ".join([each[0] for each in way]) for way in ways),
    }


def search_rows(columns: Iterable[pa.ChunkedArray]) -> Iterator[pa.Table]:
    """Every distinct name of these columns once, as it stands (`name`), with what it is found by.

    Some thousand at a time: a province has millions.
    """
    each = [pc.unique(column.drop_null()) for column in columns]
    names = pc.unique(pa.chunked_array(each, pa.string())) if each else pa.array([], pa.string())
    for start in range(0, len(names), _AT_ONCE):
        told = [name for name in names.slice(start, _AT_ONCE).to_pylist() if name]
        found = [search_columns(name) for name in told]
        columns = {name: [each[name] for each in found] for name in _ROW.names[1:]}
        yield pa.table({"name": told, **columns}, _ROW)
