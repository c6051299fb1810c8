"""What the credit platform's upload page says of the same fault, beside our own message.

Its words and numbers are data (`platform.yaml`); what is wrong is found by our own checks alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files

from graph.plain_yaml import read_yaml
from ingest.catalogue.field import FieldSpec, Strict
from ingest.catalogue.source import TableSpec
from ingest.checking.row_rules import ROW_RULES
from ingest.finding import RowFinding

__all__ = ["PlatformWords", "platform_words", "with_platform_words"]

#: Refusals that are not for what the cell itself says.
_OTHER = frozenset({*ROW_RULES, "required", "duplicate_key", "duplicate_row", "dangling_reference"})


class PlatformWords(Strict):
    """One line of the file."""

    findings: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    platform: str

    def fits(self, finding: RowFinding, field: FieldSpec | None) -> bool:
        """Whether the platform says it of this finding on a column."""
        if self.findings:
            if finding.code not in self.findings:
                return False
        elif finding.severity != "error" or finding.code in _OTHER:
            return False
        if not (self.types or self.fields):
            return True
        if field is None:
            return False
        wanted = field.type in self.types if self.types else True
        return wanted and (not self.fields or field.name in self.fields)


@cache
def platform_words() -> tuple[PlatformWords, ...]:
    """All of them, in order; raises pydantic's `ValidationError`."""
    text = (files("ingest.guidance") / "platform.yaml").read_text(encoding="utf-8")
    return tuple(map(PlatformWords.model_validate, read_yaml(text)["says"]))


def with_platform_words(spec: TableSpec, findings: Iterable[RowFinding]) -> list[RowFinding]:
    """The findings, each on a row with what the platform says of the same."""
    by_title = {item.title: item for item in spec.fields}

    @cache
    def words(finding: RowFinding) -> str | None:
        field = by_title.get(finding.column or "")
        return next((each.platform for each in platform_words() if each.fits(finding, field)), None)

    return [
        item if item.row is None else replace(item, platform=words(replace(item, row=None)))
        for item in findings
    ]
