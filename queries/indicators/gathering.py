"""The book of a reader's moment: what it reads, and that it is made once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from graph.calendar import WorkingCalendar
from graph.time import MIN_DATE
from queries.indicators.book import Book, RefusedDocument, build_book
from queries.indicators.months import month_number
from queries.lawful.clocks import Channel, clocks
from queries.lawful.publication import publication

if TYPE_CHECKING:
    from queries.district import DistrictReader

__all__ = ["book_of"]

#: Kind of record -> its class; the further acts say theirs.
_CLASS_OF = {"Permit": "permit", "Penalty": "penalty", "AdministrativeAct": None}
_NO_LEDGER = pa.table(
    {
        name: pa.array([], pa.date32() if name == "decided_on" else pa.string())
        for name in ("id", "body", "act_class", "document_no", "decided_on", "excluded_reason")
    }
)
_COLUMNS = (
    "document", "body", "authority", "act_class", "document_no", "decided_on", "reported_on",
    "first_known_on", "is_registered", "is_ended", "excluded_reason",
)  # fmt: skip


def book_of(
    reader: DistrictReader,
    calendar: WorkingCalendar,
    refused: Sequence[RefusedDocument],
    *,
    channel: Channel = "credit_platform",
    within: float | None = None,
) -> Book | None:
    """Every decision that somebody told of by the reader's moment.

    Args:
        channel: whose clock runs.  Of `market_supervision` there are the penalties of authorities that
            it has a clock for, and what counts as told is that they stand in its publicity system.
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
        if channel == "market_supervision":
            return _of_market_supervision(reader, calendar)
        return _build(reader, calendar, refused)

    return reader.computed(f"rates:{channel}", make, rules=rules, within=within)


def _of_market_supervision(reader: DistrictReader, calendar: WorkingCalendar) -> Book:
    kept = [item for item in clocks().clocks if item.channel == "market_supervision"]
    filed = _filed(reader, "Penalty", told_on="market_published_on")
    fits = pa.repeat(pa.scalar(False), len(filed))
    for clock in kept:
        named = pc.match_substring_regex(filed["authority"], "|".join(clock.in_name))
        begun = pc.greater_equal(
            filed["decided_on"], pa.scalar(clock.begins or MIN_DATE, pa.date32())
        )
        fits = pc.or_(fits, pc.fill_null(pc.and_(named, begun), False))
    return build_book(
        _NO_LEDGER, filed.filter(fits), (), as_of=reader.moment.as_of, calendar=calendar,
        names=_names(reader), channel="market_supervision",
    )  # fmt: skip


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
    return build_book(
        ledger,
        pa.concat_tables([_filed(reader, kind) for kind in _CLASS_OF]),
        refused,
        as_of=reader.moment.as_of,
        calendar=calendar,
        names=_names(reader),
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


def _names(reader: DistrictReader) -> dict[str, str]:
    names = reader.whenever("GovernmentBody").sort_by("known_from")
    both = zip(names["key"].to_pylist(), names["name"].to_pylist(), strict=True)
    return {key: name for key, name in both if name}


def _filed(reader: DistrictReader, kind: str, *, told_on: str = "reported_on") -> pa.Table:
    """Args: told_on: the column that says when it was told; of another than the platform's, no file
    proves that it was there in time."""
    told = reader.filed(kind)
    if told_on != "reported_on":
        told = told.drop_columns(["reported_on", "first_known_on"])
        told = told.append_column("reported_on", told[told_on])
        told = told.append_column("first_known_on", pa.nulls(len(told), pa.date32()))
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
