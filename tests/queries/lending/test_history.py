"""Figures month by month: by hand, and each point the table of its month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from lent_district import BANK, DAY, OTHER, A, B, District

from graph.errors import InputError
from queries.district import DistrictReader
from queries.lending import GROUPINGS, INDICATORS, Grouping, Period, lending_history, lending_table
from queries.lending.history import MONTHS, month_ends


@pytest.fixture
def district(tmp_path: Path) -> DistrictReader:
    """Nobody was on file before 2025-11; one loan in December, paid back in February, one in March."""
    made = District(tmp_path)
    for name, village in (("one", A), ("two", B)):
        made.house(name, village, valid_from=date(2025, 11, 20))
    made.loan("1", "person:one", on="2025-12-05", fen=400, owed=300)
    made.world.node("LoanState", "loan:1", "Loan", balance_fen=0, loan_class="pass",
                    valid_from=date(2026, 2, 10), settled_on=date(2026, 2, 10))  # fmt: skip
    made.loan("2", "person:two", on="2026-03-02", fen=500, owed=500, lender=OTHER)
    return made.done()


def values(reader: DistrictReader, code: str, by: Grouping = "district", key: str | None = None):  # type: ignore[no-untyped-def]
    told = lending_history(reader, by, key)
    assert told is not None
    (found,) = [item for item in told.indicators if item.code == code]
    return found.values[-6:]


def test_the_months_end_where_months_end_and_the_last_on_the_day() -> None:
    assert month_ends(date(2026, 3, 30), 3) == (
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 30),
    )
    assert month_ends(date(2024, 3, 1), 2) == (date(2024, 2, 29), date(2024, 3, 1))
    found = month_ends(DAY)
    assert len(found) == MONTHS and (found[0].year, found[0].month) == (DAY.year - 1, DAY.month)


def test_a_year_by_hand(district: DistrictReader) -> None:
    # October: nobody was on file, and of nobody nothing is said
    assert values(district, "on_file") == (None, 2, 2, 2, 2, 2)
    assert values(district, "balance_fen") == (None, 0, 300, 300, 0, 500)
    assert values(district, "lent_fen") == (None, 0, 400, 0, 0, 500)
    assert values(district, "unsecured_balance_ratio") == (None, None, 0, 0, None, 0)


def test_a_group_by_hand(district: DistrictReader) -> None:
    assert values(district, "balance_fen", "village", A) == (None, 0, 300, 300, 0, 0)
    assert values(district, "balance_fen", "institution", OTHER) == (
        None,
        None,
        None,
        None,
        None,
        500,
    )
    assert values(district, "balance_fen", "village", "division:nowhere") == (None,) * 6
    told = lending_history(district, "institution", BANK)
    assert told is not None and told.name == "样本银行"
    assert {key for key, _ in told.groups} == {BANK, OTHER, None}
    with pytest.raises(InputError):
        lending_history(district, "colour")  # type: ignore[arg-type]


@pytest.mark.parametrize("by", list(GROUPINGS))
def test_each_point_is_the_table_of_its_month(district: DistrictReader, by: Grouping) -> None:
    told = lending_history(district, by, A if by == "village" else None)
    assert told is not None and told.days == month_ends(DAY)
    for place, day in enumerate(told.days):
        table = lending_table(district.at(as_of=day), by, Period(day.replace(day=1), day))
        rows = {row.key: row for row in table.rows}
        row = table.whole if by == "district" else rows.get(told.key)
        for item in told.indicators:
            if item.values[place] is not None:
                assert row is not None and row.figure(item.code).value == item.values[place]
            else:
                assert row is None or row.figure(item.code).value in (None, 0)
    assert [item.code for item in told.indicators] == list(INDICATORS)
