"""The lines of the evaluation that facts give: of a body and a year, the rows that are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from graph.names.writing import simplified
from graph.operations import Concealments, OperationsStore
from queries.district import DistrictReader
from queries.government.arrears import Claim
from queries.government.book import GovernmentBook, government_book
from queries.government.commitment import Commitment
from queries.government.debtors import ListedBody
from queries.measures import measure_register

__all__ = ["COMPUTED", "FigureRows", "Told", "read_told"]


@dataclass(frozen=True)
class FigureRows:
    """What is counted: keys of the rows of both numbers; `of` is None of a plain number."""

    counted: tuple[str, ...]
    of: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Told:
    """From what the computed lines are worked out."""

    book: GovernmentBook
    year: int
    overreach: Mapping[str, tuple[str, ...]]
    concealed: Mapping[str, tuple[str, ...]]


def _year_of(told: Told, body: str) -> list[Commitment]:
    """Commitments of a body that fall into the year: by their day, or by that of their outcome."""
    return [
        one
        for one in told.book.commitments
        if one.body == body and (day := one.due_on or one.outcome_on) and day.year == told.year
    ]


def _kept(told: Told, body: str) -> FigureRows:
    known = [one for one in _year_of(told, body) if one.outcome in ("kept", "not_kept")]
    return FigureRows(_keys(one for one in known if one.outcome == "kept"), _keys(known))


def _in_time(told: Told, body: str) -> FigureRows:
    timed = [
        one for one in _year_of(told, body)
        if one.outcome == "not_kept" or one.kept_late is not None
    ]  # fmt: skip
    return FigureRows(_keys(one for one in timed if one.kept_late is False), _keys(timed))


def _unknown(told: Told, body: str) -> FigureRows:
    over = [one for one in _year_of(told, body) if one.outcome != "not_due"]
    return FigureRows(_keys(one for one in over if one.outcome == "unknown"), _keys(over))


def _claims(told: Told, body: str) -> list[Claim]:
    """Contracts of a body whose payment was due by the end of the year, and of which it is known."""
    last = date(told.year, 12, 31)
    return [
        one for one in told.book.claims
        if one.debtor == body and one.due_on is not None and one.due_on <= last
        and one.state in ("overdue", "paid_late", "paid")
    ]  # fmt: skip


def _cleared(told: Told, body: str) -> FigureRows:
    due = _claims(told, body)
    return FigureRows(_keys(one for one in due if one.state != "overdue"), _keys(due))


def _below(told: Told, body: str) -> FigureRows:
    every = [one for one in told.book.claims if one.debtor == body]
    return FigureRows(_keys(one for one in every if "agreed_below_minimum" in one.findings))


def _disclosed(told: Told, body: str) -> FigureRows:
    """Of what had to be published in the year, about the year before."""
    owed = [
        one for one in told.book.disclosures
        if one.body == body and one.by_on.year == told.year and one.state != "nothing_owed"
        and one.state != "awaited"
    ]  # fmt: skip
    names = [f"{one.body}|{one.year}" for one in owed]
    in_time = [f"{one.body}|{one.year}" for one in owed if one.state == "in_time"]
    return FigureRows(tuple(in_time), tuple(names))


def _listed(rows: Iterable[ListedBody], body: str) -> FigureRows:
    return FigureRows(
        tuple(one.record for one in rows if body == one.body or body in one.candidates)
    )


#: Lines that facts give: of a body, the rows.
COMPUTED: Mapping[str, Callable[[Told, str], FigureRows]] = {
    "overreach": lambda told, body: FigureRows(told.overreach.get(body, ())),
    "concealed": lambda told, body: FigureRows(told.concealed.get(body, ())),
    "disclosure_in_time": _disclosed,
    "commitments_kept": _kept,
    "commitments_in_time": _in_time,
    "commitments_unknown": _unknown,
    "arrears_cleared": _cleared,
    "arrears_below_minimum": _below,
    "judgment_debtor": lambda told, body: _listed(told.book.debtors, body),
    "arrears_recorded": lambda told, body: _listed(told.book.recorded, body),
}


def read_told(reader: DistrictReader, store: OperationsStore, year: int) -> Told:
    """What the lines of a year are worked out from."""
    book = government_book(reader)
    by_name: dict[str, list[str]] = defaultdict(list)
    for key, name in book.bodies.items():
        if name:
            by_name[simplified(name)].append(key)
    overreach: dict[str, list[str]] = defaultdict(list)
    for one in measure_register(reader, store).overreach:
        # by its whole name alone; a name that two have is nobody's
        keys = by_name.get(simplified(one.statement.said.authority or ""), [])
        if len(keys) == 1:
            overreach[keys[0]].append(one.statement.id)
    concealed: dict[str, list[str]] = defaultdict(list)
    for found in Concealments(store).all():
        if found.withdrawn_at is None and found.decided_on.year == year:
            concealed[found.department].append(found.document_no)
    return Told(
        book,
        year,
        {key: tuple(ids) for key, ids in overreach.items()},
        {key: tuple(ids) for key, ids in concealed.items()},
    )


def _keys(rows: Iterable[Claim | Commitment]) -> tuple[str, ...]:
    return tuple(sorted(one.key for one in rows))
