"""Rows of the outbox, and their values: items, requests, what was taken in, acts by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.operations.store import Instant, Row

__all__ = [
    "INCOMPLETE",
    "LONGEST",
    "UNSETTLED",
    "ActRow",
    "ExchangeAct",
    "ExchangeItem",
    "ExchangeRequest",
    "Intake",
    "IntakeRow",
    "ItemRow",
    "Outcome",
    "RequestRow",
    "StateRow",
    "item_id",
    "item_of",
    "request_of",
]

#: Characters of a message or a reason.
LONGEST = 500
#: States in which an item is still to leave, or may have left.
UNSETTLED = ("waiting", "sent", "refused", "deferred")

#: The code of what lacks something that the partner requires: it never left.
INCOMPLETE = "incomplete"


class ItemRow(Row):
    __tablename__ = "exchange_items"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    contract: Mapped[str] = mapped_column(String(64), index=True)
    template: Mapped[str] = mapped_column(String(64))
    record: Mapped[str] = mapped_column(String(255), index=True)
    version: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    row: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[str] = mapped_column(String(16), index=True)
    request: Mapped[str | None] = mapped_column(String(96), index=True)
    tries: Mapped[int] = mapped_column(Integer)
    code: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str | None] = mapped_column(String(LONGEST))
    made_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class RequestRow(Row):
    __tablename__ = "exchange_requests"

    number: Mapped[str] = mapped_column(String(96), primary_key=True)
    contract: Mapped[str] = mapped_column(String(64), index=True)
    template: Mapped[str] = mapped_column(String(64))
    items: Mapped[list[str]] = mapped_column(JSON)
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(Integer)
    problem: Mapped[str | None] = mapped_column(String(LONGEST))
    reply: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class IntakeRow(Row):
    __tablename__ = "exchange_intakes"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    contract: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(255))
    next: Mapped[str] = mapped_column(String(255))
    rows: Mapped[int] = mapped_column(Integer)
    batches: Mapped[list[str]] = mapped_column(JSON)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Instant)


class ActRow(Row):
    __tablename__ = "exchange_acts"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    contract: Mapped[str] = mapped_column(String(64), index=True)
    item: Mapped[str | None] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(LONGEST))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


class StateRow(Row):
    """Up to which batch of the log, and which day, a contract's outbox was made."""

    __tablename__ = "exchange_states"

    contract: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    as_of: Mapped[date] = mapped_column(Date)


@dataclass(frozen=True)
class ExchangeItem:
    """One version of one record for one partner.

    Attributes:
        template: the partner's table that it is rendered for.
        action: new, update or withdraw.
        digest: of what it says.
        row: what it says, by column; None once it is not needed any more.
        request: the last request in which it left.
        tries: how often it left in a request.
        code, message: what the partner said of it, or why it cannot leave as it is.
    """

    id: str
    contract: str
    template: str
    record: str
    version: int
    action: str
    digest: str
    row: Mapping[str, str] | None
    state: str
    request: str | None
    tries: int
    code: str | None
    message: str | None
    made_at: time.Instant
    changed_at: time.Instant


@dataclass(frozen=True)
class ExchangeRequest:
    """One request: its items are named in the order in which they stand in it.

    Attributes:
        ended_at: None while its answer is not known.
        problem: why the last try brought no answer.
        reply: code and counts of the answer.
    """

    number: str
    contract: str
    template: str
    items: tuple[str, ...]
    began_at: time.Instant
    ended_at: time.Instant | None
    tries: int
    problem: str | None
    reply: Mapping[str, Any] | None


@dataclass(frozen=True)
class Intake:
    """One page or file that came from a partner and was handed to ingest.

    Attributes:
        name: of the page or file.
        next: where the next page begins.
        counts: rows accepted, unchanged, quarantined.
    """

    contract: str
    name: str
    next: str
    rows: int
    batches: tuple[str, ...]
    counts: Mapping[str, int]
    at: time.Instant


@dataclass(frozen=True)
class ExchangeAct:
    """What somebody did by hand, and why."""

    contract: str
    item: str | None
    act: str
    reason: str
    by: str
    at: time.Instant


@dataclass(frozen=True)
class Outcome:
    """What became of one item of a request: `accepted` or `refused`, with what the partner said."""

    state: str
    code: str | None = None
    message: str | None = None


def item_id(contract: str, template: str, record: str, version: int) -> str:
    """The name of a version of a record in a partner's table: the key by which it is sent once."""
    return hashlib.sha256(f"{contract}\n{template}\n{record}\n{version}".encode()).hexdigest()


def item_of(row: ItemRow, *, with_row: bool = True) -> ExchangeItem:
    """The value of a row; what it says only where that is asked for."""
    names = ExchangeItem.__dataclass_fields__
    values: dict[str, Any] = {
        name: None if name == "row" and not with_row else getattr(row, name) for name in names
    }
    return ExchangeItem(**values)


def request_of(row: RequestRow) -> ExchangeRequest:
    """The value of a row."""
    values = {name: getattr(row, name) for name in ExchangeRequest.__dataclass_fields__}
    return ExchangeRequest(**{**values, "items": (*row.items,)})
