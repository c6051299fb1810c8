"""The list of duties for whoever asks, by page, route or command: one way to each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.catalogue.editions import CatalogueInForce, in_force
from ingest.catalogue.local import local_catalogues
from ingest.delivery.deliveries import Deliveries
from ingest.department_rates import DepartmentRates
from ingest.duties.department import DepartmentDuty, department_duties
from ingest.duties.filling import Item, item_of
from ingest.duties.listing import Duties, duties_of
from queries.basis import Basis

if TYPE_CHECKING:
    from graph.operations import OfficeBooks
    from queries.reader import Reader

__all__ = ["DepartmentDuties", "DutyDesk"]


@dataclass(frozen=True)
class DepartmentDuties:
    """What departments owe of their acts, and the month of which their ledgers are looked at."""

    month: str
    departments: tuple[DepartmentDuty, ...]
    basis: Basis


class DutyDesk:
    """Duties at a reader's moment."""

    def __init__(self, office: OfficeBooks, reader: Reader) -> None:
        self._office, self._reader = office, reader

    @property
    def _deliveries(self) -> Deliveries:
        return Deliveries(
            self._office.settings, self._office.store, known_at=self._reader.moment.known_at
        )

    @property
    def catalogue(self) -> CatalogueInForce:
        """The catalogue in force at the moment; raises as `local_catalogues`."""
        folder = self._office.settings.catalogues_dir
        return in_force(self._reader.moment.as_of, local_catalogues(folder))

    def duties(self) -> Duties:
        """Every item by source and table."""
        told = self._deliveries
        return duties_of(
            told.batches, self.catalogue, self._reader.basis, deliveries=told.ledger.deliveries()
        )

    def item(self, source: str, table: str) -> Item:
        """One item, field by field; raises `NotFoundError`."""
        batches = self._deliveries.batches
        return item_of(self._reader, self.duties(), batches, source, table, self.catalogue)

    def departments(self, within: float | None = None) -> DepartmentDuties | None:
        """By the power list; None while decisions are being counted."""
        told = DepartmentRates(self._office, self._reader)
        book = told.ready(within)
        if book is None:
            return None
        month = told.newest(book)
        found = department_duties(book, told.rates(month, book))
        return DepartmentDuties(month, found, self._reader.basis)
