"""A record in the template of a partner: its codes, its units, its dates, and what is still lacking.

Nothing is made up: what the template requires and nobody said is told, and the record waits for it.
Texts leave without numbers of persons in them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from graph.identifiers.redaction import redacted
from graph.schema import SCHEMA
from ingest.exchange.connection import Connection
from ingest.exchange.contract import Column, Contract, Template
from ingest.exchange.shared_records import SharedRecord
from queries.lawful.regimes import AND

__all__ = ["Rendered", "for_action", "render"]

_FEN = {"元": Decimal(100), "万元": Decimal(1_000_000), "分": Decimal(1)}
#: What is no part of what a row says of its record: it alone makes no new version.
_NOT_SAID = ("record.", "setting.")


@dataclass(frozen=True)
class Rendered:
    """One row.

    Attributes:
        row: text by column; the action stands in it only after `for_action`.
        digest: of what it says.
        problems: in Chinese, what keeps it from leaving.
    """

    row: Mapping[str, str]
    digest: str
    problems: tuple[str, ...]


def render(
    contract: Contract, template: Template, found: SharedRecord, connection: Connection
) -> Rendered:
    """A record as a row of a template."""
    row: dict[str, str] = {}
    problems: list[str] = []
    groups: dict[str, list[Column]] = {}
    for column in template.columns:
        if column.group:
            groups.setdefault(column.group, []).append(column)
        of_others = column.person is not None and column.person is not found.subject.is_person
        if of_others or column.taken_from == "record.action":
            row[column.name] = ""
        else:
            told = _cell(contract, template, column, found, connection)
            row[column.name] = told.text
            problems += [told.problem] if told.problem else []
    for columns in groups.values():
        if not any(row[column.name] for column in columns):
            problems.append(f"“{columns[0].title}”等代码至少填一项")
    said = [
        (column.name, row[column.name])
        for column in template.columns
        if not column.taken_from.startswith(_NOT_SAID)
    ]
    digest = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
    return Rendered(row, digest, tuple(problems))


def for_action(template: Template, row: Mapping[str, str], action: str) -> dict[str, str]:
    """A row as it is sent as new, as an update, or to withdraw what it says."""
    told = dict(row)
    for column in template.columns:
        if column.taken_from == "record.action":
            told[column.name] = column.codes[action]
    if action == "withdraw":
        name, code = template.withdraw
        told[name] = code
    return told


@dataclass(frozen=True)
class _Cell:
    text: str
    problem: str | None = None


def _cell(
    contract: Contract, template: Template, column: Column, found: SharedRecord,
    connection: Connection,
) -> _Cell:  # fmt: skip
    value: Any = column.fixed
    for name in (column.taken_from, *column.otherwise):
        if name and value in (None, ""):
            value = _value(contract, name, found, connection)
    parts = [_word(template, column, part) for part in _parts(column, value)]
    strange = [
        part for part, word in zip(_parts(column, value), parts, strict=True) if word is None
    ]
    if strange:
        return _Cell("", f"“{column.title}”：对方的代码表里没有“{strange[0]}”")
    text = AND.join(dict.fromkeys(part for part in parts if part))
    if not text and column.required:
        return _Cell("", f"缺“{column.title}”")
    if len(text) > column.most:
        return _Cell("", f"“{column.title}”超过 {column.most} 字")
    return _Cell(text)


def _value(contract: Contract, name: str, found: SharedRecord, connection: Connection) -> Any:
    owner, _, field = name.rpartition(".")
    if owner == "subject":
        if field == "number_masked" and (
            contract.persons is None or contract.persons.number == "none"
        ):
            return None
        return getattr(found.subject, field)
    if owner == "setting":
        return getattr(connection, field)
    if owner == "body":
        return found.body_code
    if owner == "record":
        return found.known_on
    return found.said[field]


def _parts(column: Column, value: Any) -> list[Any]:
    if not column.several or not value:
        return [value]
    every = str(value).split(AND)
    return {"first": every[:1], "rest": every[1:], "all": every}[column.several] or [None]


def _word(template: Template, column: Column, value: Any) -> str | None:
    """The partner's word for a value; None where it has none."""
    if value in (None, ""):
        return column.codes.get("", "")
    if isinstance(value, date):
        return value.strftime(column.day)
    if column.unit:
        return _plain(Decimal(int(value)) / _FEN[column.unit])
    word = next((told for told in _ours(template, column, str(value))), str(value))
    if column.codes:
        return column.codes.get(str(value), column.codes.get(word))
    return redacted(word) if "." not in column.taken_from else word


def _ours(template: Template, column: Column, value: str) -> Iterator[str]:
    """Our own word for a code."""
    for kind in (template.kind, template.beside):
        if kind and column.taken_from in {item.name for item in SCHEMA.nodes[kind].properties}:
            word = SCHEMA.word(kind, column.taken_from, value)
            if word:
                yield word


def _plain(amount: Decimal) -> str:
    """Without an exponent and without noughts behind: 0.2, 20, 0."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
