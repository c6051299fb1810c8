"""What goes to a partner and comes from it, and what either way to it can do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from graph.operations import ExchangeItem
from ingest.exchange.connection import Connection
from ingest.exchange.contract import Contract, Template
from ingest.exchange.reply import NotYet, Reply, Unheard

__all__ = ["End", "Outgoing", "Page", "row_keys"]


@dataclass(frozen=True)
class Outgoing:
    """A request as it leaves: the same number and items are the same bytes.

    Attributes:
        tries: how often it was handed over before, as far as is known.
    """

    number: str
    table: str
    template: Template
    items: Sequence[ExchangeItem]
    tries: int

    def body(self, contract: Contract, connection: Connection) -> dict[str, Any]:
        """As one message."""
        words = contract.words
        rows = [{**row_keys(contract, item), **(item.row or {})} for item in self.items]
        return {
            words.table: self.table,
            words.department: connection.department,
            words.version: self.template.version,
            words.number: self.number,
            words.body: rows,
        }


@dataclass(frozen=True)
class Page:
    """Rows of a partner, as it calls their columns.

    Attributes:
        name: by which the page is known, here and there.
        next: where the next one begins; empty: as far as is known there is none.
        path: of the file that it was, for the file end.
    """

    name: str
    table: str
    rows: Sequence[Mapping[str, Any]]
    next: str
    path: Path | None = None


class End(Protocol):
    """A way to a partner."""

    def hand_over(self, request: Outgoing) -> Reply | NotYet:
        """Send a request; raises `NoAnswer`."""

    def ask(self, request: Outgoing) -> Reply | NotYet | Unheard:
        """What became of a request; raises `NoAnswer`."""

    def fetch(self, table: str, cursor: str) -> Page | None:
        """The rows behind a cursor, None where there are none; raises `NoAnswer`."""

    def taken(self, page: Page, counts: Mapping[str, int]) -> None:
        """What was fetched is in the log."""


def row_keys(contract: Contract, item: ExchangeItem) -> dict[str, str]:
    """By which the partner knows a record again, and which version of it this is.

    The key of a record stays here: it is made of what our sources say.
    """
    words = contract.words
    record = hashlib.sha256(f"{item.contract}\n{item.record}".encode()).hexdigest()[:32]
    told = {words.row_id: record, words.row_version: str(item.version)}
    return {name: value for name, value in told.items() if name}
