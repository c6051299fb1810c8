"""A source: who sends which files, with which columns, on what legal ground.

A source is a folder under `ingest/sources` with two files and no edit anywhere else:
`source.yaml`, all that an officer may read or correct, and `__init__.py`, one function a table
that turns its checked rows into facts.
"""

from __future__ import annotations

import fnmatch
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import yaml
from pydantic import Field, model_validator

from graph.errors import NotFoundError, SettingsError
from graph.provenance import PARTY_KINDS
from ingest.catalogue.becoming import with_schema
from ingest.catalogue.editions import editions
from ingest.catalogue.field import PARTY_TYPES, FieldSpec, RowCheck, Strict
from ingest.catalogue.local import LOCAL, Due
from queries.lawful import RetentionRule, retention_rules

if TYPE_CHECKING:
    import pandas as pd

    from ingest.emit import Statement

__all__ = [
    "Completeness",
    "Expected",
    "Source",
    "TableSpec",
    "in_order",
    "load_source",
    "source_names",
]

_SOURCES = "ingest.sources"
_NAMED_TYPES = PARTY_TYPES | {"uscc_or_filler"}

Completeness = Literal["increment", "snapshot"]


class Expected(Strict):
    """How many rows a whole delivery of a table usually has.

    Attributes:
        min: fewer rows: the file is not taken at all, nothing is written.
        max: more rows: a warning.
        max_fall_ratio: by how much, of the rows before, a complete list may shrink before what it
            no longer names is taken as ended; 0.2 is a fifth.
    """

    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=1)
    max_fall_ratio: float | None = Field(default=None, ge=0, le=1)


class Shared(Strict):
    """Rows of several parties to one thing: of a loan, each of its debtors on a row.

    Attributes:
        by: columns that say which thing it is.
        apart: columns of the party; in all others the rows of one thing must be alike.
    """

    by: tuple[str, ...]
    apart: tuple[str, ...]


class TableSpec(Strict):
    """One shape of file: its columns, its key, and the file names that usually carry it.

    Attributes:
        states: kinds of facts that its rows state, besides the parties that they only name; where
            two have a property of one name, a field of that name becomes the first's.
        completeness, expected, retention: of this table, where it differs from its source.
        shared: where several rows may tell of one thing.
        scope: columns that say what a complete list is complete for: with [village], a town's
            list speaks for the villages that it names and for no other.
        catalogue, due: of this table, where it differs from its source.
        outside_because: why the table may not be taken in; outside: the same of headings of its
            columns.  No declaration says them: they follow from the day (`ingest.catalogue.within`).
    """

    fields: tuple[FieldSpec, ...]
    title: str | None = None
    states: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    separator: str = ","
    checks: tuple[RowCheck, ...] = ()
    shared: Shared | None = None
    completeness: Completeness | None = None
    expected: Expected | None = None
    retention: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    catalogue: tuple[str, ...] = ()
    due: Due | None = None
    outside_because: str | None = None
    outside: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _named_otherwise(self) -> TableSpec:
        by_name = {item.name: item for item in self.fields}
        for item in self.fields:
            if item.within and not (item.within in by_name and item.reference):
                raise ValueError(f"{item.name}: within names a field, and is for a reference")
            if not item.otherwise:
                continue
            lost = set(item.otherwise) - set(by_name)
            if lost or item.required or item.type not in PARTY_TYPES:
                raise ValueError(f"{item.name}: otherwise is for a party that may be absent {lost}")
            if not by_name[item.otherwise[0]].required:
                raise ValueError(f"{item.name}: what names it otherwise must be required")
        return self

    def costs_row(self, field: FieldSpec) -> bool:
        """Whether a cell that cannot be taken refuses its row: always where it is part of a key or
        says what the list is complete for, else as the field has it."""
        return field.costs_row or field.name in {
            *self.key,
            *self.scope,
            *(self.shared.by if self.shared else ()),
        }

    @property
    def party_names(self) -> frozenset[str]:
        """Fields that hold what a party is called: kept as the file writes it."""
        called = {item.name_field for item in self.fields if item.type in _NAMED_TYPES}
        return frozenset(
            item.name for item in self.fields if item.name in called and item.type == "text"
        )

    def names_file(self, file_name: str) -> bool:
        """Whether a file of this name is usually this table."""
        return any(fnmatch.fnmatch(file_name, pattern) for pattern in self.files)


class Source(Strict):
    """All that is declared of one source.

    Attributes:
        completeness: `snapshot`: a delivery names everything there is, so what it no longer names
            may have ended; `increment`: it names only what is new.
        retention: names of the rules by which its facts are kept (`queries.lawful.retention`).
        registers: kinds of party that it is the register, or the household file, of: its word on
            them counts before that of who mentions them (`graph.provenance`).
        uploaded: whether its rows go on to the credit platform, whose upload page has words of its
            own for what is wrong (`ingest.guidance.platform`), and asks that the subject is known
            to a register.
        reported: whether a department reports it; one that none does (a benchmark) is offered to no
            clerk and missed by nobody.
        catalogue: where it stands in the catalogue of public credit information, or on which other
            lawful ground: classes of `ingest.catalogue.editions`, of which one has to be in force.
        due: by when its department owes it; None: no rule says, and none is made up.
        forms: the same source as counties write it, with headings of their own (`ingest.catalogue.form`).
    """

    name: str
    title: str
    title_en: str
    department: str
    legal_basis: str
    catalogue: tuple[str, ...]
    due: Due | None = None
    retention: tuple[str, ...]
    registers: tuple[str, ...] = ()
    completeness: Completeness = "increment"
    expected: Expected = Expected()
    needs: tuple[str, ...] = ()
    uploaded: bool = False
    reported: bool = True
    tables: dict[str, TableSpec]
    forms: tuple[Source, ...] = ()

    def shapes(self) -> Iterator[tuple[str, TableSpec]]:
        """Every shape a file of this source may have: its own tables, then those of the forms."""
        for variant in (self, *self.forms):
            yield from variant.tables.items()

    def only(self, table: str) -> Source:
        """The source as if it had this one table, in all forms."""
        forms = tuple(form.only(table) for form in self.forms if table in form.tables)
        here = {table: self.tables[table]} if table in self.tables else {}
        return self.model_copy(update={"tables": here, "forms": forms})

    @model_validator(mode="after")
    def _of_the_rules(self) -> Source:
        kept = {
            *self.retention,
            *(rule for spec in self.tables.values() for rule in spec.retention),
        }
        if strange := kept - retention_rules().rules.keys():
            raise ValueError(f"no such rule of retention: {sorted(strange)}")
        stated = {*self.catalogue}
        for spec in self.tables.values():
            stated |= {*spec.catalogue, *(place for x in spec.fields for place in x.catalogue)}
        known = editions().places
        if not self.catalogue or {x for x in stated if not x.startswith(LOCAL)} - known:
            raise ValueError(f"catalogue names classes of an edition, or grounds: {stated - known}")
        if not self.retention:
            raise ValueError("say by which rules its facts are kept (retention)")
        if strange := {*self.registers} - PARTY_KINDS:
            raise ValueError(f"no such kind of party: {sorted(strange)}")
        return self

    def places(self, table: str) -> tuple[str, ...]:
        """Where a table stands in the catalogue."""
        return self.tables[table].catalogue or self.catalogue

    def due_of(self, table: str) -> Due | None:
        """By when a table is owed; None where no rule says."""
        return self.tables[table].due or self.due

    def retention_of(self, table: str) -> tuple[RetentionRule, ...]:
        """The rules by which the facts of a table are kept."""
        names = self.tables[table].retention or self.retention
        return tuple(retention_rules().rules[name] for name in names)

    def kept(self, table: str | None = None) -> str:
        """How long its facts, or those of one table, are kept, in words."""
        names = (self.tables[table].retention if table else ()) or self.retention
        return "；".join(map(retention_rules().words, names))

    @property
    def grounds(self) -> tuple[str, ...]:
        """The laws and clauses on which it is taken in, one by one."""
        return tuple(self.legal_basis.split("；"))

    def completeness_of(self, table: str) -> Completeness:
        """Whether a delivery of this table is a complete list."""
        return self.tables[table].completeness or self.completeness

    def expected_of(self, table: str) -> Expected:
        """The counts expected of a delivery of this table."""
        return self.tables[table].expected or self.expected

    def facts(self, table: str, rows: pd.DataFrame) -> Iterator[Statement]:
        """What the checked rows of one table say."""
        module = importlib.import_module(f"{_SOURCES}.{self.name}")
        function: Callable[[pd.DataFrame], Iterator[Statement]] = getattr(module, table)
        return function(rows)


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
    # of this package, so that an alias may say a list twice; in C where PyYAML was built with it
    stated = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    tables = {table: with_schema(said) for table, said in stated["tables"].items()}
    return Source.model_validate({"name": name, **stated, "tables": tables})


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
