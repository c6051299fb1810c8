"""How a source says facts: its rows, seen as columns, become tables of the log.

A source's function yields these frames and nothing else.  Keys and labels of parties come from
the gate (`borrower_key`, `borrower_label`); a raw resident id never reaches a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.schema import SCHEMA
from graph.vocabulary import Node

__all__ = [
    "Column",
    "End",
    "FactFrame",
    "Statement",
    "Vacancies",
    "emit_named_party",
    "end",
    "mention",
    "node",
    "node_with_tie",
    "tie",
    "vacated",
]

Column: TypeAlias = pd.Series | str | float | int | bool | None

#: Key and label of what stands at one end of a tie.
End: TypeAlias = tuple[pd.Series, pd.Series | str]


@dataclass(frozen=True)
class FactFrame:
    """Facts of one kind, one a row of the file in which they hold.

    Attributes:
        columns: the kind's end columns, `valid_from`, `valid_to`, `certainty`, its properties,
            and where its days are not all known `undated`; a series over all of `numbers`, or one
            value for every row.
        numbers: of the rows in the file.
        holds: which of them state a fact.
        also: of things, the key under which each may stand in the log already: where it does, and
            its own key does not, it stays under that (`ingest.comparing.held_keys`).
    """

    kind: str
    columns: Mapping[str, Column]
    numbers: pd.Index
    holds: NDArray[np.bool_]
    also: pd.Series | None = None

    def pieces(self, count: int) -> Iterator[tuple[pd.Index, dict[str, Column]]]:
        """The facts of `count` rows of the file at a time: row numbers, columns."""
        for begin in range(0, len(self.numbers), count):
            some = slice(begin, begin + count)
            holds = self.holds[some]
            whole = bool(holds.all())
            if not holds.any():
                continue
            yield (
                self.numbers[some] if whole else self.numbers[some][holds],
                {
                    name: column
                    if not isinstance(column, pd.Series)
                    else column.iloc[some] if whole else column.iloc[some][holds]
                    for name, column in self.columns.items()
                },
            )  # fmt: skip

    @property
    def frame(self) -> pd.DataFrame:
        """All of them, indexed by the row number in the file."""
        return pd.DataFrame(dict(self.columns), index=self.numbers)[self.holds]


@dataclass(frozen=True)
class Vacancies:
    """That things have none of what they may have one of (`graph.vocabulary.OneAtATime`).

    Attributes:
        keys: of the things.
        since: the day of each from which on; null: it is so by now.
    """

    kind: str
    keys: pd.Series
    since: pd.Series


#: What a source's function yields.
Statement: TypeAlias = FactFrame | Vacancies


def node(
    kind: str,
    rows: pd.DataFrame,
    *,
    key: pd.Series,
    also: pd.Series | None = None,
    columns: Iterable[str] = (),
    label: Column = None,
    valid_from: pd.Series | None = None,
    valid_to: pd.Series | None = None,
    certainty: float = 1.0,
    where: pd.Series | None = None,
    **properties: Column,
) -> FactFrame:
    """State one aspect of a thing for every row that has a `key` (and where `where` holds).

    Args:
        also: another key under which the thing may stand already: an earlier edition of its template
            lacked a part of the key.
        columns: properties that stand in columns of the same name.
        label: defaults to the kind's own, or that of the thing an aspect describes.
        properties: the others.
    """
    declared = SCHEMA.kind(kind)
    if not isinstance(declared, Node):
        raise TypeError(f"{kind} is a relationship: use tie()")
    ends: dict[str, Column] = {
        "key": key,
        "label": SCHEMA.thing(declared).label if label is None else label,
    }
    frame = _frame(kind, rows, ends, valid_from, valid_to, certainty, where, columns, properties)
    return frame if also is None else replace(frame, also=also)


def tie(
    kind: str,
    rows: pd.DataFrame,
    *,
    source: End,
    target: End,
    columns: Iterable[str] = (),
    discriminator: Column = "",
    valid_from: pd.Series | None = None,
    valid_to: pd.Series | None = None,
    undated: pd.Series | None = None,
    certainty: float = 1.0,
    where: pd.Series | None = None,
    **properties: Column,
) -> FactFrame:
    """State a tie for every row in which both ends are known (and where `where` holds).

    `discriminator` keeps parallel ties between the same two parties apart; `columns` as in `node`.

    Args:
        undated: rows whose `valid_from` is only the first day that is possible (a firm's founding,
            of its seat): it counts where nothing is known yet.  What was known stays as it is, or
            ends on the day of the file where that says another.
    """
    declared = SCHEMA.kind(kind)
    if isinstance(declared, Node):
        raise TypeError(f"{kind} is a node: use node()")
    if undated is not None and not declared.one_at_a_time:
        raise TypeError(f"{kind} is not one at a time: its days must be known")
    ends: dict[str, Column] = {
        "from_key": source[0],
        "from_label": source[1],
        "to_key": target[0],
        "to_label": target[1],
        "discriminator": discriminator,
    }
    frame = _frame(kind, rows, ends, valid_from, valid_to, certainty, where, columns, properties)
    if undated is None or not undated.any():
        return frame
    return replace(frame, columns={**frame.columns, "undated": _aligned(undated, rows.index)})


def vacated(kind: str, *, of: pd.Series, since: pd.Series, where: pd.Series) -> Vacancies:
    """State that things have no such tie any more: who died belongs to no household.

    Args:
        of: their keys; of what they have one, the schema says (`one_at_a_time`).
        since: from when on; where it is null, the day of the file.
    """
    declared = SCHEMA.kind(kind)
    if isinstance(declared, Node) or not declared.one_at_a_time:
        raise TypeError(f"{kind} is no tie of which there is one at a time")
    holds = where.fillna(False).to_numpy(dtype=bool) & of.notna().to_numpy(dtype=bool)
    return Vacancies(kind, of[holds], since[holds])


def end(rows: pd.DataFrame, party: str) -> End:
    """The end of a tie that the gate recognised in the identifier field `party`."""
    return rows[f"{party}_key"], rows[f"{party}_label"]


def node_with_tie(
    party: End,
    by: str,
    kind: str,
    rows: pd.DataFrame,
    *,
    key: pd.Series,
    columns: Iterable[str],
    valid_from: pd.Series | None = None,
    valid_to: pd.Series | None = None,
    where: pd.Series | None = None,
    **properties: Column,
) -> Iterator[FactFrame]:
    """State a thing and who it belongs to: reads `party` -[`by`]-> `kind`.

    Args:
        columns: properties of the thing that stand in columns of the same name.
        properties: the others.
    """
    when = {"valid_from": valid_from, "valid_to": valid_to, "where": where}
    yield node(kind, rows, key=key, columns=columns, **when, **properties)  # type: ignore[arg-type]
    yield tie(by, rows, source=party, target=(key, kind), **when)  # type: ignore[arg-type]


def mention(
    rows: pd.DataFrame, party: str, *, name: pd.Series, where: pd.Series | None = None
) -> Iterator[FactFrame]:
    """State what a passing mention tells of a party: its name and its identifier.

    One frame a label, since persons and organisations are described by different properties.
    A party named in several rows is stated once, as the first row has it.
    """
    keys, labels = rows[f"{party}_key"], rows[f"{party}_label"]
    present = keys.notna() if where is None else keys.notna() & where
    present &= ~keys.where(present).duplicated()
    for label in sorted(labels[present].unique()):
        chosen = present & (labels == label)
        if label == "Person":
            yield node(
                "Person",
                rows,
                key=keys,
                where=chosen,
                name=name,
                resident_id_masked=rows[f"{party}_masked"],
                birth_on=rows[f"{party}_birth_on"],
                sex=rows[f"{party}_sex"],
                resident_id_tail_key=rows[f"{party}_tail_key"],
            )
        else:
            yield node(
                label,
                rows,
                key=keys,
                where=chosen,
                name=name,
                unified_social_credit_code=rows[f"{party}_code"],
            )


def emit_named_party(
    party: str,
    by: str,
    kind: str,
    rows: pd.DataFrame,
    *,
    key: pd.Series,
    columns: Iterable[str],
    valid_from: pd.Series | None = None,
    **properties: Column,
) -> Iterator[FactFrame]:
    """As `node_with_tie`, where all that is told of the party is its name: `party` and `party`_name."""
    yield from mention(rows, party, name=rows[f"{party}_name"])
    yield from node_with_tie(
        end(rows, party),
        by,
        kind,
        rows,
        key=key,
        columns=columns,
        valid_from=valid_from,
        **properties,
    )


def _frame(
    kind: str,
    rows: pd.DataFrame,
    ends: dict[str, Column],
    valid_from: pd.Series | None,
    valid_to: pd.Series | None,
    certainty: float,
    where: pd.Series | None,
    named: Iterable[str],
    properties: dict[str, Column],
) -> FactFrame:
    properties = {name: rows[name] for name in named} | properties
    declared = {item.name for item in SCHEMA.kind(kind).properties}
    unknown = sorted(set(properties) - declared)
    if unknown:
        raise TypeError(f"{kind} has no property {unknown}; it has {sorted(declared)}")
    columns: dict[str, Column] = {
        name: _aligned(column, rows.index)
        for name, column in {
            **ends,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "certainty": certainty,
            **properties,
        }.items()
    }
    holds = np.ones(len(rows), dtype=bool)
    if where is not None:
        holds &= where.fillna(False).to_numpy(dtype=bool)
    for name in ends:
        if name.endswith("key"):
            holds &= pd.notna(columns[name])
    return FactFrame(kind, columns, rows.index, holds)


def _aligned(column: Column, index: pd.Index) -> Column:
    if not isinstance(column, pd.Series) or column.index.equals(index):
        return column
    return column.reindex(index)
