"""The heading of a file: which table it is, and where each field stands.

It is the first row, or the first two, that names every required column; what stands above it is a
title or a note, and told.  A row above that could be data is no title: then the clerk is told in so
many words what to do, since a heading guessed wrong puts every value into a wrong field.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from graph.errors import InputError
from ingest.catalogue.currency import currency_column
from ingest.catalogue.field import heading
from ingest.catalogue.source import Source, TableSpec
from ingest.finding import RowFinding
from ingest.reading.grouped import joined_titles, names_role

__all__ = ["ORIGIN_BATCH", "ORIGIN_ROW", "REASON", "Heading", "find_heading"]

#: Columns that we put into an error workbook ourselves; they are never data.
_OURS = "〔"
_MOST_COLUMNS = 1_000
_UNIT = re.compile(r"单位\s*:\s*(?:人民币)?(亿元|百万元|万元|千元|元)")
_BRACKETED = re.compile(r"[(（][^()（）]*元[)）]")
ORIGIN_BATCH, ORIGIN_ROW, REASON = "〔批次〕", "〔行号〕", "〔原因〕"


@dataclass(frozen=True)
class Heading:
    """A heading understood.

    Attributes:
        spec: the table as this heading has it, with the units that it names, and the columns that
            state a currency.
        columns: field -> place.
        titles: of all columns, as the file has them.
        width: cells up to the last one with a name.
        unknown: place -> title that nobody declared.
        origin: places of batch and row in a returned error workbook.
        last: number of the row that it ends with.
        notes: that it is not just the first row, and what stands above it.
    """

    table: str
    spec: TableSpec
    columns: dict[str, int]
    titles: tuple[str, ...]
    width: int
    unknown: dict[int, str]
    origin: tuple[int, int] | None
    last: int = 1
    notes: tuple[RowFinding, ...] = ()

    def is_like(self, other: Heading) -> bool:
        """Whether the rows below both are rows of one table, column by column."""
        mine, theirs = ((h.table, h.columns, h.width, h.unknown) for h in (self, other))
        return mine == theirs

    @property
    def is_correction(self) -> bool:
        """Whether the file is an error workbook that comes back: never a complete list."""
        return self.origin is not None


def find_heading(
    file_name: str, top: Sequence[tuple[int, Sequence[str]]], source: Source
) -> Heading:
    """The heading, from the first rows of a file that are not blank.

    The table is the one whose required columns are all there; among several, the one that files
    of this name usually are, then the one with most columns.

    Raises:
        InputError: `missing_column`, `heading_not_first`, `heading_in_two_rows`,
            `duplicate_column`, `unit_differs`, `too_many_columns`, `table_unclear`.
    """
    known = {name for _, spec in source.shapes() for item in spec.fields for name in item.spellings}
    if max((sum(map(bool, row)) for _, row in top), default=0) > _MOST_COLUMNS:
        raise InputError(
            f"{file_name} 的列数超过 {_MOST_COLUMNS:,}。请删除右侧多余的列后重新导入。",
            f"{file_name} has more than {_MOST_COLUMNS:,} columns.",
            code="too_many_columns",
        )
    for at, (number, titles) in enumerate(top):
        following = top[at + 1][1] if at + 1 < len(top) else ()
        both = joined_titles(titles, following, known)
        if both and (fits := _fitting(file_name, both, source)):
            head = _understood(file_name, both, *fits)
            return _below_others(file_name, top[:at], top[at + 1][0], head, known, two_rows=True)
        if fits := _fitting(file_name, titles, source):
            head = _understood(file_name, titles, *fits)
            return _below_others(file_name, top[:at], number, head, known)
    for (first, upper), (_, lower) in itertools.pairwise(top):
        width = max(len(upper), len(lower))
        both = [
            below or above
            for above, below in zip(_padded(upper, width), _padded(lower, width), strict=True)
        ]
        if _fitting(file_name, both, source):
            raise InputError(
                f"{file_name} 的列名分在第 {first} 行和第 {first + 1} 行，合不成本表的列名。"
                "请合成一行：取消合并单元格，每列只写一个列名。",
                f"{file_name} has its heading in two rows: make one of them.",
                code="heading_in_two_rows",
            )
    closest = min(
        (_missing(spec, _places(titles)) for _, titles in top for _, spec in source.shapes()),
        key=len,
    )
    raise InputError(
        f"{file_name} 缺少必填列：{'、'.join(closest)}。请补上这些列后重新导入；"
        f"列名以“{source.title}”模板为准。",
        f"{file_name} lacks required columns: {', '.join(closest)}.",
        code="missing_column",
    )


def _below_others(
    file_name: str,
    above: Sequence[tuple[int, Sequence[str]]],
    last: int,
    head: Heading,
    known: Collection[str],
    *,
    two_rows: bool = False,
) -> Heading:
    """The heading with what is to be told of it; raises where the rows above could be more of it,
    or data."""
    required = sum(item.required for item in head.spec.fields)
    for first, row in above:
        # 填报单位：… and the like stand beside each other above many a table
        said = [text for text in row if text and ":" not in text]
        if any(heading(text) in known for text in said) or (
            len(said) > 1 and any(map(names_role, said))
        ):
            raise InputError(
                f"{file_name} 的列名分在第 {first} 行和第 {last} 行，合不成本表的列名。"
                "请合成一行：取消合并单元格，每列只写一个列名。",
                f"{file_name} has its heading in two rows: make one of them.",
                code="heading_in_two_rows",
            )
        if len(said) > max(required // 2, 2):
            raise InputError(
                f"{file_name} 的列名在第 {last} 行，其上有像是数据的行，无法判断。"
                "请删除列名上方的数据，或把列名移到第 1 行后重新导入。",
                f"{file_name} has its heading in row {last}, below what looks like data.",
                code="heading_not_first",
            )
    notes = []
    if above:
        _refuse_other_unit(file_name, head, [text for _, row in above for text in row if text])
        notes.append(
            RowFinding(
                None,
                None,
                "title_lines",
                f"列名在第 {last} 行；其上的 {len(above)} 行（标题、说明）不是数据，没有读入。",
                f"The heading is row {last}; {len(above)} rows above it are no data.",
                severity="warning",
            )
        )
    if two_rows:
        joined = "、".join(head.titles[place] for place in sorted(head.columns.values()))
        notes.append(
            RowFinding(
                None,
                None,
                "heading_in_two_rows",
                f"表头分两行，已合成一行读取：{joined}。请核对。",
                "The heading has two rows; they were read as one.",
                severity="warning",
            )
        )
    return replace(head, last=last, notes=tuple(notes))


def _refuse_other_unit(file_name: str, head: Heading, lines: Sequence[str]) -> None:
    """“单位：元” above columns of 万元 that do not say so themselves: one of the two is wrong."""
    stated = next((found[1] for text in lines if (found := _UNIT.search(text))), None)
    for item in head.spec.fields:
        if item.type != "money" or item.name not in head.columns or stated is None:
            continue
        title = head.titles[head.columns[item.name]]
        if stated != (item.unit or "元") and not _BRACKETED.search(title):
            raise InputError(
                f"{file_name} 表上方写着“单位：{stated}”，而“{title}”列应以{item.unit or '元'}填报。"
                f"请换算，或把列名写成“{item.title}”后重新导入。",
                f"{file_name} states the unit {stated}; {item.name} is in another.",
                code="unit_differs",
            )


def _fitting(file_name: str, titles: Sequence[str], source: Source) -> tuple[str, TableSpec] | None:
    places = _places(titles)
    fits = []
    for order, (name, spec) in enumerate(source.shapes()):
        if not _missing(spec, places):
            count = sum(bool(field.spellings & places.keys()) for field in spec.fields)
            fits.append((spec.names_file(file_name), count, -order, name, spec))
    if not fits:
        return None
    best = max(fits, key=lambda item: item[:3])
    told = {name: spec for *rank, _, name, spec in fits if [*best[:2]] == rank}
    # tables whose templates differ, in a file that has only what is common to them
    templates = {tuple(item.title for item in spec.fields) for spec in told.values()}
    if len(templates) > 1 and len({_taken(spec, places) for spec in told.values()}) == 1:
        titles = "、".join(spec.title or name for name, spec in told.items())
        raise InputError(
            f"{file_name} 的列名看不出是哪一张表（{titles}）。请在文件名中写明是哪一类，或改用该表的模板。",
            f"{file_name} could be any of {', '.join(told)}: say which in its name.",
            code="table_unclear",
        )
    return best[3:]


def _taken(spec: TableSpec, places: dict[str, list[int]]) -> frozenset[str]:
    """The headings of a file that a table knows."""
    return frozenset(title for item in spec.fields for title in item.spellings & places.keys())


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
    fields = [
        field.headed(titles[columns[field.name]]) if field.name in columns else field
        for field in spec.fields
    ]
    for place, title in enumerate(titles):
        if place in columns.values() or title.startswith(_OURS):
            continue
        if currency := currency_column(title):
            fields.append(currency)
            columns[currency.name] = place
    taken = set(columns.values())
    named_places = [place for place, title in enumerate(titles) if title]
    origin = [list(titles).index(name) for name in (ORIGIN_BATCH, ORIGIN_ROW) if name in titles]
    return Heading(
        table,
        spec.model_copy(update={"fields": tuple(fields)}),
        columns,
        tuple(titles),
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
