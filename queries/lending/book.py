"""The loans, credit lines and borrower units of a district, one record each, at one moment.

A borrower unit is a farm household for whoever belongs to one, and the party itself for everybody
else: rural credit is granted by household (银发〔2014〕37号).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias, overload

import pyarrow.compute as pc

from graph.last_heard import last_heard
from queries.district import DistrictReader

__all__ = [
    "CreditLine",
    "IsFirst",
    "LendingBook",
    "LoanPart",
    "Unit",
    "heard_last",
    "lending_book",
    "read_book",
    "sure_ties",
]

#: Whether a loan was its borrower's first; `unknown`: nobody can say.
IsFirst: TypeAlias = Literal["yes", "no", "unknown"]

#: How old an answer of the credit bureau may be on the day of the loan: lenders ask anew by then.
_REPORT_HOLDS = timedelta(days=30)


@dataclass(frozen=True)
class Unit:
    """Who borrows, or may: a household on file, or another party that has a loan or a line."""

    key: str
    village: str | None
    is_household: bool
    is_rated: bool


@dataclass(frozen=True)
class CreditLine:
    """A credit line in force; an amount that nobody told is None."""

    key: str
    unit: str
    village: str | None
    lender: str | None
    product: str | None
    amount_fen: int | None


@dataclass(frozen=True)
class LoanPart:
    """A loan, as far as one unit owes it.

    Attributes:
        principal_fen, balance_fen: the unit's part: what several units owe together is split evenly,
            so that no fen is counted twice.  None: nobody told it.
        stated: what the institution says of a first loan: `first`, `not_first` or None.
        checked: what the records say of it, as of the day on which it was granted.
    """

    key: str
    unit: str
    village: str | None
    lender: str | None
    product: str | None
    security_kind: str | None
    granted_on: date | None
    principal_fen: int | None
    balance_fen: int | None
    is_open: bool
    stated: str | None
    checked: IsFirst


@dataclass(frozen=True, eq=False)
class LendingBook:
    """All of one moment."""

    units: tuple[Unit, ...]
    lines: tuple[CreditLine, ...]
    loans: tuple[LoanPart, ...]


@overload
def lending_book(reader: DistrictReader) -> LendingBook: ...


@overload
def lending_book(reader: DistrictReader, *, within: float | None) -> LendingBook | None: ...


def lending_book(reader: DistrictReader, *, within: float | None = None) -> LendingBook | None:
    """The book of a reader's moment, read once; None where it is not there within so many seconds."""
    return reader.computed("lending", lambda: read_book(reader), within=within)


def read_book(reader: DistrictReader) -> LendingBook:
    """Read it, as far as law and the scope of the reader let it be seen."""
    homes = _first_of(sure_ties(reader, "BELONGS_TO"))
    places = _places(reader, homes)
    lines = tuple(_lines(reader, homes, places))
    loans = tuple(_loans(reader, homes, places))
    return LendingBook(tuple(_units(reader, places, (*lines, *loans))), lines, loans)


def sure_ties(reader: DistrictReader, kind: str) -> list[tuple[str, str]]:
    """Ends of the ties of certainty 1, each pair once, in order."""
    found = reader.table(kind)
    found = found.filter(pc.greater_equal(found["certainty"], 1))
    return sorted(set(zip(found["from_key"].to_pylist(), found["to_key"].to_pylist(), strict=True)))


def _first_of(ties: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for source, target in ties:
        found.setdefault(source, target)
    return found


def heard_last(reader: DistrictReader, kind: str, *columns: str) -> dict[str, dict[str, Any]]:
    """What counts of each thing of a kind, by key."""
    told = last_heard(reader.table(kind), ["key"]).select(["key", *columns])
    return {row["key"]: row for row in told.to_pylist()}


def _places(reader: DistrictReader, homes: Mapping[str, str]) -> dict[str, str]:
    """Village of each unit: its own, or else that of one of its members."""
    located = sure_ties(reader, "LOCATED_IN")
    members = [(homes[party], place) for party, place in located if party in homes]
    return {**_first_of(members), **_first_of(located)}


def _loans(
    reader: DistrictReader, homes: Mapping[str, str], places: Mapping[str, str]
) -> Iterable[LoanPart]:
    contracts = heard_last(
        reader, "Loan",
        "granted_on", "principal_fen", "security_kind", "product", "stated_first_loan",
    )  # fmt: skip
    states = heard_last(reader, "LoanState", "balance_fen", "settled_on")
    lenders = _first_of(sure_ties(reader, "LENT_BY"))
    owed = [pair for pair in sure_ties(reader, "BORROWED") if pair[1] in contracts]
    borrowers: dict[str, list[str]] = defaultdict(list)
    for party, key in owed:
        borrowers[key].append(party)
    checked = _checked(reader, homes, owed, contracts)
    day = reader.moment.as_of
    for key, parties in borrowers.items():
        told, state = contracts[key], states.get(key, {})
        settled = state.get("settled_on") is not None and state["settled_on"] <= day
        balance = 0 if settled else state.get("balance_fen")
        units = sorted({homes.get(party, party) for party in parties})
        for place, unit in enumerate(units):
            yield LoanPart(
                key,
                unit,
                places.get(unit),
                lenders.get(key),
                told["product"],
                told["security_kind"],
                told["granted_on"],
                _part(told["principal_fen"], place, len(units)),
                _part(balance, place, len(units)),
                balance != 0,
                told["stated_first_loan"],
                checked[key],
            )


def _part(fen: int | None, place: int, of: int) -> int | None:
    """The part of the unit at a place: the first ones bear what does not divide."""
    return None if fen is None else fen // of + (place < fen % of)


def _checked(
    reader: DistrictReader,
    homes: Mapping[str, str],
    owed: Iterable[tuple[str, str]],
    contracts: Mapping[str, dict[str, Any]],
) -> dict[str, IsFirst]:
    """Whether each loan was a first one, over all lenders, as of the day on which it was granted.

    An earlier loan that is on file says no, also of somebody of the same unit; only an answer of the
    credit bureau given by that day says yes; that no loan is on file says nothing.  Of two loans of
    one day neither came before the other, and neither is surely the first.  Of several borrowers of
    one loan, one who had borrowed before makes it no first one.
    """
    days: dict[str, list[date]] = defaultdict(list)
    for key, unit in {(key, homes.get(party, party)) for party, key in owed}:
        if contracts[key]["granted_on"] is not None:
            days[unit].append(contracts[key]["granted_on"])
    clean = _clean_reports(reader)
    said: dict[str, set[IsFirst]] = defaultdict(set)
    for party, key in owed:
        granted = contracts[key]["granted_on"]
        others = days[homes.get(party, party)]
        if granted is None:
            said[key].add("unknown")
        elif any(day < granted for day in others):
            said[key].add("no")
        else:
            asked = any(day <= granted <= day + _REPORT_HOLDS for day in clean.get(party, ()))
            said[key].add("yes" if asked and others.count(granted) == 1 else "unknown")
    return {
        key: "no" if "no" in told else "unknown" if "unknown" in told else "yes"
        for key, told in said.items()
    }


def _clean_reports(reader: DistrictReader) -> dict[str, list[date]]:
    """Days on which the credit bureau answered of a party that it has no loan on record."""
    reports = heard_last(reader, "CreditReport", "report_on", "has_loan_record")
    found: dict[str, list[date]] = defaultdict(list)
    for party, key in sure_ties(reader, "HAS_CREDIT_REPORT"):
        told = reports.get(key)
        # unknown is not no
        if told and told["has_loan_record"] is False and told["report_on"] is not None:
            found[party].append(told["report_on"])
    return found


def _lines(
    reader: DistrictReader, homes: Mapping[str, str], places: Mapping[str, str]
) -> Iterable[CreditLine]:
    told = heard_last(reader, "CreditLine", "amount_fen", "product")
    holders = _first_of((key, party) for party, key in sure_ties(reader, "GRANTED_LINE"))
    lenders = _first_of(sure_ties(reader, "LINE_OF"))
    for key, line in sorted(told.items()):
        if key in holders:
            unit = homes.get(holders[key], holders[key])
            yield CreditLine(
                key, unit, places.get(unit), lenders.get(key), line["product"], line["amount_fen"]
            )


def _units(
    reader: DistrictReader,
    places: Mapping[str, str],
    concerned: Iterable[CreditLine | LoanPart],
) -> Iterable[Unit]:
    houses = heard_last(reader, "Household", "credit_grade", "credit_household_level")
    for key, told in houses.items():
        rated = told["credit_grade"] is not None or told["credit_household_level"] is not None
        yield Unit(key, places.get(key), True, rated)
    for key in sorted({item.unit for item in concerned} - houses.keys()):
        yield Unit(key, places.get(key), False, False)
