"""The rates of departments for whoever asks, by page, route or command: one way to each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest import by_department
from ingest.delivery.deliveries import Deliveries
from ingest.repair.desk import cases
from queries.bulletins import (
    Bulletin,
    BulletinContent,
    as_shown,
    bulletin,
    keep_bulletin,
    write_content,
)
from queries.bulletins.content import Correction
from queries.indicators import (
    Book,
    Rates,
    RatesHistory,
    Rows,
    attention,
    rates_history,
    rates_of,
    rows_of,
)
from queries.indicators.concealed import concealed_by
from queries.indicators.gathering import book_of
from queries.indicators.months import month_name, month_number, quarter_months
from queries.lawful import Channel
from queries.working_days import calendar_in_force

if TYPE_CHECKING:
    from graph.operations import OfficeBooks
    from queries.reader import Reader

__all__ = ["DepartmentRates", "months_of"]


def months_of(period: str) -> tuple[int, int]:
    """First and last month of `2026-03` or `2026-Q1`; raises `InputError` (`month`)."""
    return quarter_months(period) or (month_number(period), month_number(period))


class DepartmentRates:
    """Rates and rows at a reader's moment."""

    def __init__(self, office: OfficeBooks, reader: Reader) -> None:
        self._office, self._reader = office, reader

    def _deliveries(self) -> Deliveries:
        return Deliveries(
            self._office.settings, self._office.store, known_at=self._reader.moment.known_at
        )

    def ready(self, within: float | None, channel: Channel = "credit_platform") -> Book | None:
        """The book if it is there within so many seconds; None while it is being made."""
        deliveries = self._deliveries()
        calendar = calendar_in_force(self._office.store)
        refused = deliveries.refused_documents()
        return book_of(self._reader, calendar, refused, channel=channel, within=within)

    def book_of(self, channel: Channel) -> Book:
        """The same, waited for."""
        found = self.ready(None, channel)
        assert found is not None
        return found

    @property
    def book(self) -> Book:
        """That of the credit platform."""
        return self.book_of("credit_platform")

    def rates(self, period: str, book: Book | None = None) -> Rates:
        """Rates of a month or quarter."""
        first, last = months_of(period)
        return rates_of(
            book or self.book,
            self._reader.basis,
            first,
            last,
            concealed=concealed_by(self._office.store),
        )

    def history(
        self, period: str, *, department: str | None = None, book: Book | None = None
    ) -> RatesHistory:
        """The months up to one; raises `InputError` (`month`) for what is none."""
        return rates_history(
            book or self.book,
            self._reader.basis,
            month_number(period),
            department=department,
            concealed=concealed_by(self._office.store),
        )

    def rows(
        self,
        period: str,
        measure: str,
        *,
        department: str | None,
        act_class: str | None,
        limit: int | None,
        offset: int,
        book: Book | None = None,
    ) -> Rows:
        """The decisions that a measure counts."""
        first, last = months_of(period)
        return rows_of(
            book or self.book, self._reader.basis, measure, first, last,
            department=department, act_class=act_class, limit=limit, offset=offset,
        )  # fmt: skip

    def attention(
        self,
        kind: str,
        *,
        department: str | None = None,
        act_class: str | None = None,
        limit: int | None = 100,
        offset: int = 0,
        book: Book | None = None,
    ) -> Rows:
        """Decisions near their day, past it, or late, of whatever month."""
        return attention(
            book or self.book, self._reader.basis, kind,
            department=department, act_class=act_class, limit=limit, offset=offset,
        )  # fmt: skip

    def write(self, period: str, *, by: str, remarks: str, why: str) -> Bulletin:
        """Freeze the bulletin of a period; raises as `queries.bulletins.keep_bulletin`."""
        deliveries = self._deliveries()
        corrections = [
            Correction(department=load.department, rows=load.rows, oldest=load.oldest)
            for load in by_department(deliveries.worklist())
        ]
        overdue = cases(
            self._office.settings,
            self._office.store,
            limit=0,
            day=self._reader.moment.as_of,
        ).overdue
        content = write_content(
            self.book,
            self._reader.basis,
            period,
            months_of(period),
            corrections=corrections,
            overdue_repairs=overdue,
            remarks=remarks,
            concealed=concealed_by(self._office.store),
        )
        return keep_bulletin(self._office.store, content, by=by, why=why)

    def bulletin(
        self, digest: str, *, within: float | None = None
    ) -> tuple[Bulletin, BulletinContent] | None:
        """An edition as it may be shown today; None while it is found out what has ended since.

        Raises `NotFoundError`.
        """
        told, content = bulletin(self._office.store, digest)
        if not self._reader.scope.is_of_the_office:
            return told, as_shown(content, None)
        book = self.ready(within)
        return None if book is None else (told, as_shown(content, book.ended_names))

    def newest(self, book: Book | None = None) -> str:
        """The month that is asked about where none is named: the last that is over and has decisions,
        or where there is none, the last that is over."""
        return (book or self.book).newest or self.last_month()

    def last_month(self) -> str:
        """The month that is over last: a bulletin is due of it, whatever came."""
        day = self._reader.moment.as_of
        return month_name(month_number(f"{day:%Y-%m}") - 1)
