"""What the operations store holds of somebody: found in every table, deleted where no other duty keeps it.

Which columns may hold a party's key, and what becomes of their rows, is data (`erasure.yaml`); a table
that stands there nowhere is refused, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.orm import Session

from graph.errors import OperationsError
from graph.operations.store import OperationsStore
from graph.operations.tables import every_table
from graph.plain_yaml import read_yaml

__all__ = ["Named", "erase_named", "erasure_rules", "named"]

_RULES = Path(__file__).with_name("erasure.yaml")

#: `remove`: of a list of keys those go, and the row with the rest of the list stays.
Fate: TypeAlias = Literal["delete", "keep", "remove"]


@dataclass(frozen=True)
class Named:
    """Rows that name somebody: how many, and what becomes of them, with why where they stay."""

    table: str
    column: str
    rows: int
    fate: Fate
    why: str


@cache
def erasure_rules() -> tuple[Mapping[str, Mapping[str, Fate]], Mapping[str, str]]:
    """Table -> column -> fate, and `table.column` -> why it stays.

    Raises `OperationsError` (`erasure_undeclared`) for a table or a reason that is lacking.
    """
    stated: dict[str, Any] = read_yaml(_RULES.read_text(encoding="utf-8"))
    why = stated.pop("why")
    tables = every_table().tables
    wrong = sorted(tables.keys() ^ stated.keys())
    wrong += [
        f"{name}.{column}"
        for name, columns in stated.items()
        for column, fate in columns.items()
        if name not in tables
        or column not in tables[name].c
        or fate not in ("delete", "keep", "remove")
        or (fate == "keep") is not (f"{name}.{column}" in why)
    ]
    if wrong:
        raise OperationsError(
            f"erasure.yaml 没有说清这些表或列在依法删除时如何处理：{'、'.join(wrong)}",
            f"erasure.yaml does not say what becomes of {wrong}",
            code="erasure_undeclared",
        )
    return stated, why


def named(store: OperationsStore, keys: Collection[str]) -> list[Named]:
    """Where keys of somebody stand."""
    with store.reading() as session:
        return [
            Named(table.name, column, len(found), fate, why)
            for table, column, fate, why in _columns()
            if (found := _rows(session, table, table.c[column], keys))
        ]


def erase_named(store: OperationsStore, keys: Collection[str]) -> list[Named]:
    """Delete the rows that are to go, with what hangs on them; returns those and what stays.

    All or none; the bytes of what was deleted are overwritten (`OperationsStore.shrink`).
    """
    told = []
    with store.transaction() as session:
        for table, column, fate, why in _columns():
            found = _rows(session, table, table.c[column], keys)
            if found:
                told.append(Named(table.name, column, len(found), fate, why))
            for row in found:
                if fate == "delete":
                    _delete(session, table, row)
                elif fate == "remove":
                    _remove(session, table, table.c[column], row, keys)
    store.shrink()
    return told


def _columns() -> list[tuple[Table, str, Fate, str]]:
    rules, why = erasure_rules()
    return [
        (table, column, fate, why.get(f"{table.name}.{column}", ""))
        # what hangs on another comes before it
        for table in reversed(every_table().sorted_tables)
        for column, fate in rules[table.name].items()
    ]


def _rows(
    session: Session, table: Table, column: Column[Any], keys: Collection[str]
) -> list[tuple[Any, ...]]:
    """Primary keys of the rows in whose column one of the keys stands."""
    primary = [*table.primary_key.columns]
    return [
        tuple(row[:-1])
        for row in session.execute(select(*primary, column))
        if _stands(row[-1], keys)
    ]


def _stands(value: Any, keys: Collection[str]) -> bool:
    if isinstance(value, bytes):
        return any(key.encode() in value for key in keys)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return any(key in text for key in keys)


def _remove(
    session: Session, table: Table, column: Column[Any], row: tuple[Any, ...], keys: Collection[str]
) -> None:
    """Take keys out of a list; one that is empty then stays a list: it means nobody, not everybody."""
    where = [one == value for one, value in zip(table.primary_key.columns, row, strict=True)]
    listed = session.execute(select(column).where(*where)).scalar_one()
    left = [one for one in listed if one not in keys]
    session.execute(update(table).where(*where).values({column: left}))


def _delete(session: Session, table: Table, row: tuple[Any, ...]) -> None:
    primary = [*table.primary_key.columns]
    for other in every_table().sorted_tables:
        for reference in other.foreign_keys:
            if reference.column.table is table:
                at = primary.index(reference.column)
                session.execute(delete(other).where(reference.parent == row[at]))
    where = [column == value for column, value in zip(primary, row, strict=True)]
    session.execute(delete(table).where(*where))
