"""A sector of subjects: by industry, by class of subject, by area; what is left open takes everybody."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import field_validator

from graph.schema import SCHEMA
from queries.monitoring.rule_book import load_monitoring
from queries.rule_file import Strict
from queries.scope import Scope

__all__ = ["CLASSES", "Sector"]

#: Classes of subjects, with their Chinese terms.
CLASSES: Mapping[str, str] = {
    node.kind: node.term
    for node in SCHEMA.nodes.values()
    if not node.describes and SCHEMA.superlabel(node) == "Party"
}

_INDUSTRY = re.compile(r"[A-T]|[A-T]?\d{2,4}")


class Sector(Strict):
    """Whom one looks at.

    Attributes:
        industries: beginnings of codes of GB/T 4754: a section (`C`), or two to four digits (`1371`).
        classes: labels of subjects.
        areas: codes of divisions, each with all within it.
    """

    industries: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()

    @field_validator("industries")
    @classmethod
    def _known_industries(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [code for code in told if not _INDUSTRY.fullmatch(code)]:
            raise ValueError(
                f"行业代码写门类字母（如 C）或 2 至 4 位数字（如 1371），收到 {wrong[0]}"
            )
        return told

    @field_validator("classes")
    @classmethod
    def _known_classes(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [label for label in told if label not in CLASSES]:
            raise ValueError(f"没有这类主体：{wrong[0]}。可用的有：{'、'.join(CLASSES)}")
        return told

    @field_validator("areas")
    @classmethod
    def _known_areas(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        try:
            Scope("area", divisions=told)
        except ValueError as error:
            raise ValueError("区划代码是 2、4、6、9 或 12 位数字，如 610305100") from error
        return told

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Beginnings of codes without their letter; a section is the divisions in it."""
        sections = load_monitoring().sections
        found: list[str] = []
        for code in self.industries:
            if code in sections:
                section = sections[code]
                found += [f"{number:02d}" for number in range(section.first, section.last + 1)]
            else:
                found.append(code.lstrip("ABCDEFGHIJKLMNOPQRST"))
        return tuple(found)

    def has(self, events: pa.Table, industries: pa.Table, places: pa.Table) -> pa.Array:
        """Which of some events are of a subject of the sector.

        Args:
            industries: `key`, `industry` of who is registered.
            places: `from_key`, `to_key` of who is located where.
        """
        subjects = events["subject"].combine_chunks()
        kept = pa.array([True] * len(subjects), pa.bool_())
        if self.industries:
            codes = pc.ascii_ltrim(industries["industry"], "ABCDEFGHIJKLMNOPQRST")
            kept = pc.and_(
                kept, _in(subjects, industries["key"].filter(_begins(codes, self.prefixes)))
            )
        if self.classes:
            labels = events["label"].combine_chunks()
            kept = pc.and_(kept, pc.is_in(labels, value_set=pa.array(self.classes)))
        if self.areas:
            begins = Scope("area", divisions=self.areas).areas or ()
            here = _begins(places["to_key"], begins)
            kept = pc.and_(kept, _in(subjects, places["from_key"].filter(here)))
        return kept


def _begins(texts: pa.ChunkedArray, prefixes: tuple[str, ...]) -> pa.ChunkedArray:
    found = pc.starts_with(texts, prefixes[0])
    for prefix in prefixes[1:]:
        found = pc.or_(found, pc.starts_with(texts, prefix))
    return pc.fill_null(found, False)


def _in(asked: pa.Array, keys: pa.ChunkedArray) -> pa.Array:
    return pc.is_in(asked, value_set=pc.unique(keys))
