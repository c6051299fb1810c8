"""A district of nine households counted by hand, and random ones against a slow second count."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lent_district import DAY, OTHER, A, B, District

from graph.errors import InputError
from queries.district import DistrictReader
from queries.lending import INDICATORS, Period, lending_rows, lending_table

YEAR = Period(date(2026, 1, 1), DAY)


@pytest.fixture
def district(tmp_path: Path) -> DistrictReader:
    made = District(tmp_path)
    made.house("first", A, credit_grade="AA")
    made.house("again", A, people=2, credit_household_level="none")
    made.house("wife", A, people=2)
    made.house("asked", B)
    made.house("late", B)
    made.house("quiet", B, credit_grade="unrated")
    made.house("homeless", None)
    # the bank says first, and so did the bureau ten days before
    made.loan("1", "person:first", on="2026-02-10", security_kind="unsecured",
              stated_first_loan="first", product="果贷")  # fmt: skip
    made.report("person:first", "2026-01-31", has_loan=False)
    # an old loan elsewhere, repaid since: no first loan, whatever the bank says
    made.loan("2", "person:again", on="2020-05-01", owed=0, settled="2021-05-01", lender=OTHER)
    made.loan("3", "person:again", on="2026-03-01", fen=300, owed=250, security_kind="guarantee",
              stated_first_loan="first")  # fmt: skip
    # his wife had borrowed: the household is no first borrower
    made.loan("4", "person:wife1", on="2025-02-01", fen=50, owed=None, security_kind="unsecured")
    made.loan("5", "person:wife", on="2026-03-05", fen=70, owed=70, security_kind="mortgage",
              stated_first_loan="not_first", lender=OTHER)  # fmt: skip
    # nobody knows: no answer of the bureau, or one that is too old
    made.loan("6", "person:asked", on="2026-03-20", security_kind="unsecured", owed=40)
    made.report("person:asked", "2025-06-30", has_loan=False)
    # lent in another period
    made.loan("7", "person:late", on="2025-03-20", owed=10, security_kind="unsecured",
              stated_first_loan="first")  # fmt: skip
    # a firm borrows as itself, with the owner of a household: two units, half each
    made.loan("8", "org:firm", "person:homeless", on="2026-01-02", fen=1001, owed=1001,
              security_kind="mortgage")  # fmt: skip
    made.line("1", "person:first", 500, "2027-01-01", product="果贷")
    made.line("2", "person:first", 300, "2026-03-31")
    made.line("3", "person:quiet", 900, "2026-03-30")
    made.line("4", "person:late", 900, "2026-03-01")
    return made.done()


def values(row: Any) -> dict[str, Any]:
    return {item.code: item.value for item in row.figures}


def test_the_whole_district_by_hand(district: DistrictReader) -> None:
    told = lending_table(district, "district", YEAR)
    assert told.rows == ()
    found = values(told.whole)
    assert found == {
        "on_file": 7, "rated": 3, "lined": 1, "line_fen": 800,
        # 1, 3, 4 (nobody told the balance), 5, 6, 7, and both units of 8
        "indebted": 7, "balance_fen": 100 + 250 + 70 + 40 + 10 + 1001, "balance_unknown": 1,
        "lent_units": 6, "lent_fen": 100 + 300 + 70 + 100 + 1001,
        "first_stated": 2, "first_unstated": 3, "first_rate_stated": 2 / 3,
        "first_checked": 1, "first_possible": 4,
        "first_rate_checked": 1 / 6, "first_rate_possible": 4 / 6, "first_disputed": 1,
        "unsecured_balance_ratio": 150 / 1471, "unsecured_units_ratio": 4 / 7,
        "unsecured_lent_ratio": 200 / 1571,
    }  # fmt: skip
    share = told.whole.figure("first_rate_stated")
    assert (share.numerator, share.denominator) == (2, 3)
    # the year before, to the same day: of two loans nobody said of one, the other was a first one
    assert share.before == 1
    assert told.whole.figure("balance_fen").before is None


@pytest.mark.parametrize(
    ("code", "behind"),
    [
        ("first_stated", {"household:again", "household:first"}),
        ("first_checked", {"household:first"}),
        ("first_disputed", {"household:again"}),
        (
            "first_possible",
            {"household:asked", "household:first", "household:homeless", "org:firm"},
        ),
        ("balance_unknown", {"loan:4"}),
        ("lined", {"household:first"}),
        ("line_fen", {"credit_line:1", "credit_line:2"}),
    ],
)
def test_what_stands_behind_a_figure(district: DistrictReader, code: str, behind: set[str]) -> None:
    assert set(lending_rows(district, code, "district", None, YEAR)) == behind


def test_by_place_institution_and_product(district: DistrictReader) -> None:
    villages = {row.key: values(row) for row in lending_table(district, "village", YEAR).rows}
    assert [(villages[key]["on_file"], villages[key]["lent_units"]) for key in (A, B, None)] == [
        (3, 3), (3, 1), (1, 2),
    ]  # fmt: skip
    towns = lending_table(district, "town", YEAR)
    assert [(row.name, values(row)["on_file"]) for row in towns.rows] == [("样本镇", 6), (None, 1)]
    banks = {row.name: values(row) for row in lending_table(district, "institution", YEAR).rows}
    assert banks["别的银行"]["lent_fen"] == 70
    assert banks["样本银行"]["lined"] == 1
    # a household is on file at no bank
    assert banks[None]["on_file"] == 7
    products = {row.key: values(row) for row in lending_table(district, "product", YEAR).rows}
    assert (products["果贷"]["lent_units"], products["果贷"]["line_fen"]) == (1, 500)


def test_of_nothing_no_share_is_said(tmp_path: Path) -> None:
    made = District(tmp_path)
    made.house("alone", A)
    found = lending_table(made.done(), "district", YEAR).whole
    shares = [item for item in found.figures if item.unit == "ratio"]
    assert shares
    assert all(item.value is None and item.denominator == 0 for item in shares)


def test_the_day_before_a_first_loan_is_no_first_loan(tmp_path: Path) -> None:
    """Two loans of one day prove nothing of each other, whatever the bureau had said."""
    made = District(tmp_path)
    made.house("twice", A)
    made.loan("1", "person:twice", on="2026-02-10")
    made.loan("2", "person:twice", on="2026-02-10", lender=OTHER)
    made.report("person:twice", "2026-02-09", has_loan=False)
    found = values(lending_table(made.done(), "district", YEAR).whole)
    assert (found["first_checked"], found["first_possible"]) == (0, 1)


@pytest.mark.parametrize("seed", range(12))
def test_random_districts_against_a_slow_count(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    made, loans = District(tmp_path), []
    for number in range(12):
        made.house(f"h{number}-", chance.choice([A, B, None]), people=2)
    for number in range(30):
        home, member = chance.randrange(12), chance.choice(["", "1"])
        day = date(2025, 1, 1) + timedelta(days=chance.randrange(455))
        said = chance.choice(["first", "not_first", None])
        kind = chance.choice(["unsecured", "mortgage", None])
        owed = chance.choice([0, 5, 60, None])
        made.loan(str(number), f"person:h{home}-{member}", on=str(day), owed=owed,
                  stated_first_loan=said, security_kind=kind)  # fmt: skip
        loans.append((home, day, said, kind, owed))
    found = values(lending_table(made.done(), "district", YEAR).whole)
    lent = [one for one in loans if one[1] >= date(2026, 1, 1)]
    never = {
        home
        for home, day, *_ in lent
        if not any(other == home and before < day for other, before, *_ in loans)
    }
    stated = {home for home, _, said, *_ in lent if said == "first"}
    owing = [one for one in loans if one[4] != 0]
    assert found["lent_units"] == len({home for home, *_ in lent})
    assert found["first_stated"] == len(stated)
    assert found["first_possible"] == len(never)
    assert found["first_checked"] == 0
    assert found["indebted"] == len({home for home, *_ in owing})
    assert found["balance_fen"] == sum(one[4] or 0 for one in owing)
    assert found["balance_unknown"] == sum(one[4] is None for one in loans)
    free = sum(one[4] or 0 for one in owing if one[3] == "unsecured")
    whole = found["balance_fen"]
    assert found["unsecured_balance_ratio"] == (pytest.approx(free / whole) if whole else None)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("", "2026-01-01", "2026-03-31"),
        ("2025Q4", "2025-10-01", "2025-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-03", "2026-03-01", "2026-03-31"),
    ],
)
def test_periods(text: str, begins: str, ends: str) -> None:
    found = Period.of(text, DAY)
    assert (str(found.begins), str(found.ends)) == (begins, ends)


@pytest.mark.parametrize("text", ["26", "2026Q5", "2026-13", "三月", "2026-1"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="时间段"):
        Period.of(text, DAY)


def test_every_figure_has_rows(district: DistrictReader) -> None:
    for code in INDICATORS:
        lending_rows(district, code, "district", None, YEAR)
    with pytest.raises(InputError, match="没有指标"):
        lending_rows(district, "happiness", "district", None, YEAR)
