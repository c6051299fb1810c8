"""The list of duties, computed from what every source declares and what came.

A delivery counts for a period when it came after the period's end; what was withdrawn did not come.
Where no rule says by when, nothing is overdue: no term is made up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from pydantic import computed_field

from graph.effective_batches import effective_batches
from graph.log import Batch
from graph.operations import Delivery
from graph.time import Instant, day_of
from ingest.catalogue.editions import CatalogueInForce
from ingest.catalogue.local import Due, LocalDuty
from ingest.catalogue.source import Source, load_source, source_names
from ingest.comparing.completeness import missing_parts
from ingest.duties.period import due_label, last_period
from queries.basis import Basis

__all__ = ["STATES", "CatalogueTold", "Duties", "Duty", "DutyState", "duties_of"]

DutyState: TypeAlias = Literal[
    "overdue", "late", "awaited", "in_time", "by_act", "no_term", "never"
]

#: How an item stands, the pressing ones first.
STATES: Mapping[DutyState, str] = {
    "overdue": "逾期未报", "late": "本期迟报", "never": "从未报送", "awaited": "本期未到期",
    "in_time": "本期已按时报送", "by_act": "逐件报送", "no_term": "没有规定期限",
}  # fmt: skip


@dataclass(frozen=True)
class CatalogueTold:
    """The catalogue that is applied: its edition, local documents in force, and what to know of it."""

    code: str
    title: str
    document: str
    classes: tuple[str, ...]
    local: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Duty:
    """One item: a table of a source.

    Attributes:
        places, place_labels: where it stands in the catalogue, or its other ground; `place_basis`
            the document.
        is_record: whether it is public credit information at all.
        clause: on which it is taken in; due_clause: that says by when; None: none does.
        period, due_on: last period that is over (its last day) and by when it was owed.
        last_batch, last_on, last_file: of the last delivery; None: none came.
        rows_in, taken: rows of the last delivery, and those that were taken or unchanged.
        missing_parts: of a list that is not whole.
    """

    source: str
    table: str
    title: str
    department: str
    places: tuple[str, ...]
    place_labels: tuple[str, ...]
    place_basis: str
    is_record: bool
    clause: str
    due: str
    due_clause: str | None
    due_sure: str | None
    period: date | None
    due_on: date | None
    state: DutyState
    deliveries: int
    last_batch: str | None
    last_on: date | None
    last_at: Instant | None
    last_file: str | None
    rows_in: int | None
    taken: int | None
    missing_parts: tuple[str, ...]

    @computed_field
    @property
    def state_label(self) -> str:
        """In Chinese."""
        return STATES[self.state]

    @computed_field
    @property
    def completeness(self) -> float | None:
        """Share of the last delivery's rows that are in; None where nothing came."""
        return self.taken / self.rows_in if self.rows_in and self.taken is not None else None


@dataclass(frozen=True)
class Duties:
    """Every item that a department owes, the pressing ones first."""

    basis: Basis
    catalogue: CatalogueTold
    items: tuple[Duty, ...]

    @computed_field
    @property
    def counts(self) -> dict[str, int]:
        """Items by state."""
        found = Counter(item.state for item in self.items)
        return {state: found[state] for state in STATES}

    def of(self, state: str = "", department: str = "", source: str = "") -> tuple[Duty, ...]:
        """The items that a filter leaves; an empty word leaves all."""
        return tuple(
            item
            for item in self.items
            if state in ("", item.state)
            and department in ("", item.department)
            and source in ("", item.source)
        )


def duties_of(
    batches: Sequence[Batch],
    catalogue: CatalogueInForce,
    basis: Basis,
    *,
    deliveries: Sequence[Delivery] = (),
) -> Duties:
    """The list on the catalogue's day, from the batches that there were.

    Args:
        deliveries: of the ledger: a file that came again unchanged is no new batch, and was sent
            all the same.
    """
    standing = effective_batches(batches)
    by_table: dict[tuple[str, str], list[Batch]] = {}
    for batch in standing:
        table = str(batch.notes.get("table") or "")
        by_table.setdefault((batch.source, table), []).append(batch)
    again = {
        item.batch: day_of(item.received_at)
        for item in deliveries
        if item.batch and item.received_at
    }
    found = [
        _duty(source, table, by_table.get((source.name, table), []), standing, again, catalogue)
        for source in map(load_source, source_names())
        if source.reported
        for table in source.tables
    ]
    order = list(STATES)
    found.sort(key=lambda x: (order.index(x.state), x.department, x.source, x.table))
    edition = catalogue.edition
    told = CatalogueTold(
        edition.code,
        edition.title,
        edition.document,
        tuple(map(catalogue.title, edition.classes or ())),
        tuple(f"{item.title}（{item.document}）" for item in catalogue.local),
        catalogue.notes,
    )
    return Duties(basis, told, tuple(found))


def _duty(
    source: Source,
    table: str,
    came: Sequence[Batch],
    standing: Sequence[Batch],
    again: Mapping[str, date],
    catalogue: CatalogueInForce,
) -> Duty:
    day = catalogue.day
    assigned = _assigned(source.name, table, catalogue)
    due: Due | None = assigned or source.due_of(table)
    period = last_period(due, day) if due else None
    places = source.places(table)
    spec, last = source.tables[table], came[-1] if came else None
    counts = last.counts if last else None
    # a list in parts is one list: what lacks of the newest is what lacks now
    is_list = last is not None and "of" in last.notes
    lacking = missing_parts(standing, last) if last is not None and is_list else ()
    return Duty(
        source=source.name,
        table=table,
        title=spec.title or source.title,
        department=(assigned and assigned.department) or source.department,
        places=places,
        place_labels=tuple(map(catalogue.title, places)),
        place_basis="；".join(dict.fromkeys(map(catalogue.basis, places))),
        is_record=catalogue.is_record(places),
        clause=source.legal_basis,
        due=due_label(due),
        due_clause=due.clause if due else None,
        due_sure=due.sure if due else None,
        period=period.last if period else None,
        due_on=period.due_on if period else None,
        state=_state(due, [x for one in came for x in _came_on(one, again)], day),
        deliveries=len(came),
        last_batch=last.batch if last else None,
        last_on=day_of(last.known_at) if last else None,
        last_at=last.known_at if last else None,
        last_file=last.file_name if last else None,
        rows_in=counts["rows_in"] if counts else None,
        taken=counts["rows_in"] - counts["quarantined"] if counts else None,
        missing_parts=tuple(f"第 {number} 份" for number in lacking),
    )


def _assigned(source: str, table: str, catalogue: CatalogueInForce) -> LocalDuty | None:
    """What a document of the place says of an item: of the table before of the source, the newest first."""
    told = [
        (duty.table is not None, item.begins, duty)
        for item in catalogue.local
        for duty in item.duties
        if duty.source == source and duty.table in (None, table)
    ]
    return max(told, key=lambda each: each[:2])[2] if told else None


def _came_on(batch: Batch, again: Mapping[str, date]) -> tuple[date, ...]:
    came = day_of(batch.known_at)
    return (came, again[batch.batch]) if batch.batch in again else (came,)


def _state(due: Due | None, days: Sequence[date], day: date) -> DutyState:
    period = last_period(due, day) if due else None
    if period is None:
        return "never" if not days else "by_act" if due else "no_term"
    within = [one for one in days if period.last < one <= day]
    if within:
        return "in_time" if min(within) <= period.due_on else "late"
    return "awaited" if day <= period.due_on else "overdue"
