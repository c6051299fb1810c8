"""The book of a reader's moment: what it reads, and that it is made once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from graph.calendar import WorkingCalendar
from queries.indicators.book import Book, RefusedDocument, build_book
from queries.indicators.months import month_number
from queries.lawful.clocks import clocks
from queries.lawful.publication import publication

if TYPE_CHECKING:
    from queries.district import DistrictReader

__all__ = ["book_of"]

#: Kind of record -> its class; the further acts say theirs.
_CLASS_OF = {"Permit": "permit", "Penalty": "penalty", "AdministrativeAct": None}
_COLUMNS = (
    "document", "body", "authority", "act_class", "document_no", "decided_on", "reported_on",
    "first_known_on", "is_registered", "is_ended", "excluded_reason",
)  # fmt: skip


def book_of(
    reader: DistrictReader,
    calendar: WorkingCalendar,
    refused: Sequence[RefusedDocument],
    *,
    within: float | None = None,
) -> Book | None:
    """Every decision that somebody told of by the reader's moment.

    Args:
        refused: rows that are open (`ingest.correction.refused_documents`).
        within: seconds to wait; None: until it is there, and the answer is not None.

    Raises `InputError` (`whole_district_only`).
    """
    told = repr([astuple(each) for each in refused]).encode()
    rules = (
        calendar.version,
        clocks().name,
        publication().name,
        hashlib.sha256(told).hexdigest(),
    )

    def make() -> Book:
        return _build(reader, calendar, refused)

    return reader.computed("rates", make, rules=rules, within=within)


def _build(
    reader: DistrictReader, calendar: WorkingCalendar, refused: Sequence[RefusedDocument]
) -> Book:
    produced = _ends(reader.table("PRODUCED_BY"))
    exercised = _ends(reader.table("EXERCISED_BY"))
    entries = reader.table("LedgerEntry")
    body = _of(entries["key"], produced)
    ledger = pa.table(
        {
            "id": entries["key"],
            "body": body,
            **{
                name: entries[name]
                for name in ("act_class", "document_no", "decided_on", "excluded_reason")
            },
        }
    ).filter(pc.is_valid(body))
    powers = reader.table("PowerItem")
    statements = reader.whenever("LedgerStatement")
    # a statement of a month is about it, whatever day is asked for
    of_statements = _of(statements["key"], _ends(reader.whenever("PRODUCED_BY")))
    names = reader.whenever("GovernmentBody").sort_by("known_from")
    return build_book(
        ledger,
        pa.concat_tables([_filed(reader, kind) for kind in _CLASS_OF]),
        refused,
        as_of=reader.moment.as_of,
        calendar=calendar,
        names={
            key: name
            for key, name in zip(names["key"].to_pylist(), names["name"].to_pylist(), strict=True)
            if name
        },
        powers={
            (key, name)
            for key, name in zip(
                _of(powers["key"], exercised).to_pylist(),
                powers["act_class"].to_pylist(),
                strict=True,
            )
            if key
        },
        stated=_stated(statements, of_statements),
    )


def _filed(reader: DistrictReader, kind: str) -> pa.Table:
    told = reader.filed(kind)
    named = _CLASS_OF[kind]
    if named is not None:
        told = told.append_column("act_class", pa.array([named] * len(told), pa.string()))
    told = told.append_column("excluded_reason", told["not_published"])
    types = {"decided_on": pa.date32(), "reported_on": pa.date32(), "first_known_on": pa.date32(),
             "is_registered": pa.bool_(), "is_ended": pa.bool_()}  # fmt: skip
    return pa.table({name: told[name].cast(types.get(name, pa.string())) for name in _COLUMNS})


def _ends(ties: pa.Table) -> tuple[pa.Array, pa.Array]:
    return ties["from_key"].combine_chunks(), ties["to_key"].combine_chunks()


def _of(keys: pa.ChunkedArray, ends: tuple[pa.Array, pa.Array]) -> pa.Array:
    """The body at the other end of the tie of each key; null where there is none."""
    place = pc.index_in(keys, value_set=ends[0])
    return ends[1].take(place.combine_chunks()).cast(pa.string())


def _stated(statements: pa.Table, bodies: pa.Array) -> Mapping[tuple[str, str, int], int]:
    columns = (bodies, *(statements[name] for name in ("act_class", "month", "produced_count")))
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return {(body, name, month_number(month)): count for body, name, month, count in rows if body}
