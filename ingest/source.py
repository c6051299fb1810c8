"""A source: who sends which files, with which columns, on what legal ground.

A source is a folder under `ingest/sources` with two files and no edit anywhere else:
`source.yaml`, all that an officer may read or correct, and `__init__.py`, one function a table
that turns its checked rows into facts.
"""

from __future__ import annotations

import fnmatch
import importlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from graph.errors import NotFoundError, SettingsError
from graph.vocabulary import Sensitivity

if TYPE_CHECKING:
    import pandas as pd

    from ingest.emit import FactFrame

__all__ = ["FieldSpec", "Source", "TableSpec", "in_order", "load_source", "source_names"]

_SOURCES = "ingest.sources"

FieldType = Literal[
    "text",
    "integer",
    "real",
    "ratio",
    "money",
    "date",
    "flag",
    "code",
    "resident_id",
    "uscc",
    "party_id",
    "division",
    "phone",
    "household",
    "repayment_codes",
]

#: Types whose digits Excel destroys when it takes them for a number.
IDENTIFIER_TYPES = frozenset(
    {"resident_id", "uscc", "party_id", "division", "phone", "household", "repayment_codes"}
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldSpec(_Strict):
    """One column of a table, declared once.

    Attributes:
        title: the column's Chinese name, as the template has it; `aliases` are accepted too.
        unit: of money 元, 万元 or 分; of a ratio 小数 or 百分比.
        codes: what the file may say -> what we keep.
        classes: of a unified social credit code: the first two characters that may stand here.
        reference: label of a thing that must already be known by this value's key.
        identifier: digits that must come as text although the type is text.
    """

    name: str
    title: str
    type: FieldType = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    unit: Literal["元", "万元", "分", "小数", "百分比"] | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    classes: tuple[str, ...] = ()
    reference: str | None = None
    identifier: bool = False
    message: str | None = None
    example: str = ""
    sensitivity: Sensitivity = Sensitivity.C1

    @property
    def spellings(self) -> frozenset[str]:
        """Every heading that means this field, in the form headings are compared in."""
        return frozenset(map(heading, (self.title, self.name, *self.aliases)))

    @property
    def must_be_text(self) -> bool:
        """Whether a numeric Excel cell has lost digits or leading zeros here."""
        return self.identifier or self.type in IDENTIFIER_TYPES


class TableSpec(_Strict):
    """One shape of file: its columns, its key, and the file names that usually carry it."""

    fields: tuple[FieldSpec, ...]
    key: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    separator: str = ","

    def names_file(self, file_name: str) -> bool:
        """Whether a file of this name is usually this table."""
        return any(fnmatch.fnmatch(file_name, pattern) for pattern in self.files)


class Source(_Strict):
    """All that is declared of one source.

    Attributes:
        retention: how long its facts are kept, and from when that is counted.
    """

    name: str
    title: str
    title_en: str
    department: str
    legal_basis: str
    retention: str = ""
    completeness: Literal["increment", "snapshot"] = "increment"
    needs: tuple[str, ...] = ()
    tables: dict[str, TableSpec]

    def facts(self, table: str, rows: pd.DataFrame) -> Iterator[FactFrame]:
        """What the checked rows of one table say."""
        module = importlib.import_module(f"{_SOURCES}.{self.name}")
        function: Callable[[pd.DataFrame], Iterator[FactFrame]] = getattr(module, table)
        return function(rows)


def heading(text: str) -> str:
    """The form in which two headings are compared: no width, case, space or bracket matters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character not in " \t()/_-:*　")


@cache
def source_names() -> tuple[str, ...]:
    """Names of all sources: the folders that hold a `source.yaml`."""
    folder = files(_SOURCES)
    return tuple(sorted(item.name for item in folder.iterdir() if (item / "source.yaml").is_file()))


@cache
def load_source(name: str) -> Source:
    """Read one source's declaration; raises `NotFoundError` for a name nobody declared."""
    if name not in source_names():
        raise NotFoundError(
            f"没有名为 {name} 的数据来源。可用的有：{'、'.join(source_names())}。",
            f"There is no source {name}; there are {', '.join(source_names())}.",
            code="source_unknown",
        )
    text = (files(_SOURCES) / name / "source.yaml").read_text(encoding="utf-8")
    return Source.model_validate({"name": name, **yaml.safe_load(text)})


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """The sources so that each comes after those it `needs`; raises `SettingsError` on a cycle."""
    chosen = tuple(names)
    graph = {name: [need for need in load_source(name).needs if need in chosen] for name in chosen}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise SettingsError(
            f"数据来源互相依赖：{error.args[1]}", f"sources need each other: {error.args[1]}"
        ) from error
