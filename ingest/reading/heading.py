"""The heading of a file: which table it is, and where each field stands.

One row, the first, with one name a column: whatever else stands there is told to the clerk in so
many words, since a heading guessed wrong puts every value into a wrong field.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import InputError
from ingest.catalogue.field import heading
from ingest.catalogue.source import Source, TableSpec

__all__ = ["ORIGIN_BATCH", "ORIGIN_ROW", "REASON", "Heading", "find_heading"]

#: Columns that we put into an error workbook ourselves; they are never data.
_OURS = "〔"
ORIGIN_BATCH, ORIGIN_ROW, REASON = "〔批次〕", "〔行号〕", "〔原因〕"


@dataclass(frozen=True)
class Heading:
    """A heading understood.

    Attributes:
        spec: the table as this heading has it, with the units that it names.
        columns: field -> place.
        width: cells up to the last one with a name.
        unknown: place -> title that nobody declared.
        origin: places of batch and row in a returned error workbook.
    """

    table: str
    spec: TableSpec
    columns: dict[str, int]
    width: int
    unknown: dict[int, str]
    origin: tuple[int, int] | None

    @property
    def is_correction(self) -> bool:
        """Whether the file is an error workbook that comes back: never a complete list."""
        return self.origin is not None


def find_heading(
    file_name: str, top: Sequence[tuple[int, Sequence[str]]], source: Source
) -> Heading:
    """The heading, from the first rows of a file.

    The table is the one whose required columns are all there; among several, the one that files
    of this name usually are, then the one with most columns.

    Raises:
        InputError: `missing_column`, `heading_not_first`, `heading_in_two_rows`,
            `duplicate_column`.
    """
    number, titles = top[0]
    fitting = _fitting(file_name, titles, source)
    if number == 1 and fitting:
        return _understood(file_name, titles, *fitting)
    for found_at, row in top:
        if _fitting(file_name, row, source):
            raise InputError(
                f"{file_name} 的列名在第 {found_at} 行，应在第 1 行。"
                f"请删除列名上方的标题行和空行（先取消合并单元格）后重新导入。",
                f"{file_name} has its heading in row {found_at}: it belongs into row 1.",
                code="heading_not_first",
            )
    for (first, upper), (_, lower) in itertools.pairwise(top):
        width = max(len(upper), len(lower))
        both = [
            below or above
            for above, below in zip(_padded(upper, width), _padded(lower, width), strict=True)
        ]
        if _fitting(file_name, both, source):
            raise InputError(
                f"{file_name} 的列名分在第 {first} 行和第 {first + 1} 行。"
                "请合成一行：取消合并单元格，每列在第 1 行只写一个列名。",
                f"{file_name} has its heading in two rows: make one of them.",
                code="heading_in_two_rows",
            )
    closest = min((_missing(spec, _places(titles)) for _, spec in source.shapes()), key=len)
    raise InputError(
        f"{file_name} 缺少必填列：{'、'.join(closest)}。请补上这些列后重新导入；"
        f"列名以“{source.title}”模板为准。",
        f"{file_name} lacks required columns: {', '.join(closest)}.",
        code="missing_column",
    )


def _fitting(file_name: str, titles: Sequence[str], source: Source) -> tuple[str, TableSpec] | None:
    places = _places(titles)
    fits = []
    for order, (name, spec) in enumerate(source.shapes()):
        if not _missing(spec, places):
            count = sum(bool(field.spellings & places.keys()) for field in spec.fields)
            fits.append((spec.names_file(file_name), count, -order, name, spec))
    return max(fits, key=lambda item: item[:3])[3:] if fits else None


def _understood(file_name: str, titles: Sequence[str], table: str, spec: TableSpec) -> Heading:
    places = _places(titles)
    columns: dict[str, int] = {}
    for field in spec.fields:
        named = sorted(place for title in field.spellings for place in places.get(title, ()))
        if len(named) > 1:
            twice = "、".join(titles[place] for place in named)
            raise InputError(
                f"{file_name} 有不止一列表示“{field.title}”：{twice}。请只保留一列。",
                f"{file_name} has more than one column for {field.name}.",
                code="duplicate_column",
            )
        if named:
            columns[field.name] = named[0]
    fields = tuple(
        field.headed(titles[columns[field.name]]) if field.name in columns else field
        for field in spec.fields
    )
    taken = set(columns.values())
    named_places = [place for place, title in enumerate(titles) if title]
    origin = [list(titles).index(name) for name in (ORIGIN_BATCH, ORIGIN_ROW) if name in titles]
    return Heading(
        table,
        spec.model_copy(update={"fields": fields}),
        columns,
        named_places[-1] + 1,
        {
            place: titles[place]
            for place in named_places
            if place not in taken and not titles[place].startswith(_OURS)
        },
        (origin[0], origin[1]) if len(origin) == 2 else None,
    )


def _missing(spec: TableSpec, places: dict[str, list[int]]) -> list[str]:
    return [
        field.title
        for field in spec.fields
        if field.required and not field.spellings & places.keys()
    ]


def _places(titles: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, title in enumerate(titles):
        if title and not title.startswith(_OURS):
            places.setdefault(heading(title), []).append(place)
    return places


def _padded(titles: Sequence[str], width: int) -> list[str]:
    return [*titles, *[""] * (width - len(titles))]
