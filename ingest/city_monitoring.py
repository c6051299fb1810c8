"""The city-monitoring table for whoever asks, by page, route or command: one way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.code_errors import find_code_errors
from ingest.department_rates import DepartmentRates
from queries.city_monitoring import CityTable, Told, city_table
from queries.indicators.months import month_name, month_number, quarter_months
from queries.lending import Period

if TYPE_CHECKING:
    from graph.operations import OfficeBooks
    from queries.reader import Reader

__all__ = ["city_monitoring", "period_named"]


def period_named(text: str) -> str:
    """A month or quarter as it is written; raises `InputError` (`month`)."""
    period = text.strip().upper()
    return period if quarter_months(period) else month_name(month_number(period))


def city_monitoring(
    office: OfficeBooks, reader: Reader, period: str = "", *, within: float | None = None
) -> CityTable | None:
    """The table of a month or quarter, by default the month that is over last.

    Args:
        within: seconds to wait for what is computed about everybody; None: until it is there.

    Returns:
        None while it is being computed.

    Raises:
        InputError: `month`, `whole_district_only`.
    """
    rates = DepartmentRates(office, reader)
    asked = period_named(period) if period else None
    book = rates.ready(within)
    codes = find_code_errors(office, reader, within=within)
    if book is None or codes is None:
        return None
    chosen = asked or rates.newest(book)
    span = Period.of(chosen.replace("-Q", "Q"), reader.moment.as_of)
    told = Told(reader, office.store, rates.rates(chosen, book), codes, chosen, span)
    return city_table(told)
