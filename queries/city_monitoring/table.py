"""The table of a period: every indicator that is known by name, and how it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import computed_field

from queries.basis import Basis
from queries.city_monitoring.edition import city_edition
from queries.city_monitoring.figures import CityFigure, Told
from queries.city_monitoring.marking import Mark, marks_of

__all__ = ["HOW", "CityRow", "CityTable", "city_table"]

How: TypeAlias = Literal["computed", "no_data", "by_hand", "unknown"]

HOW: Mapping[How, str] = {
    "computed": "系统计算", "no_data": "系统计算，本期没有数据", "by_hand": "手工填报", "unknown": "未填报",
}  # fmt: skip


@dataclass(frozen=True)
class CityRow:
    """One indicator.

    Attributes:
        group, level: in Chinese; points: of the group, those of the indicator are not known.
        how: `unknown` is not zero and not `not_done`: nobody told.
    """

    id: str
    title: str
    level: str
    group: str
    points: int
    how: How
    figures: tuple[CityFigure, ...]
    mark: Mark | None

    @computed_field
    @property
    def how_label(self) -> str:
        """In Chinese."""
        return HOW[self.how]


@dataclass(frozen=True)
class CityTable:
    """All of a period.

    Attributes:
        unnamed: third-level indicators of the edition of which not even the name is known.
    """

    title: str
    period: str
    rows: tuple[CityRow, ...]
    unnamed: int
    basis: Basis
    rules: str

    @computed_field
    @property
    def counts(self) -> dict[str, int]:
        """Indicators by how they stand."""
        found = Counter(row.how for row in self.rows)
        return {how: found[how] for how in HOW}


def city_table(told: Told) -> CityTable:
    """The table from what is told; no score is formed (`indicators.yaml` says why)."""
    book, figures = city_edition(), told.figures()
    marks = marks_of(told.store, told.period)
    rows = []
    for one in book.indicators:
        group = book.groups[one.group]
        own = tuple(figures[code] for code in one.figures)
        mark = None if own else marks.get(one.id)
        how: How = "by_hand" if mark else "unknown"
        if own:
            how = "computed" if any(x.value is not None for x in own) else "no_data"
        level = book.levels[group.level].title
        rows.append(CityRow(one.id, one.title, level, group.title, group.points, how, own, mark))
    return CityTable(
        book.title,
        told.period,
        tuple(rows),
        book.third_level - len(rows),
        told.reader.basis,
        book.name,
    )
