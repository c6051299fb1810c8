"""Interest by the rule: vectors by hand, and a slow way that adds up day by day."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.government.interest import (
    ContractTerms,
    Payment,
    accrue,
    applied_rate,
    interest_rules,
)

DUE = date(2025, 6, 30)
A_DAY = interest_rules().unagreed_daily


def slow(
    amount: int, due: date, until: date, payments: list[Payment], daily: Fraction
) -> tuple[int, int]:
    """Principal left and interest: every evening what is unpaid bears a day's interest."""
    left, interest, day = amount, Fraction(0), min([due, *(one.paid_on for one in payments)])
    while day <= until:
        if day > due and left > 0:
            # the day of a payment counts for what was still owed that morning
            interest += left * daily
        left -= sum(
            one.amount_fen for one in payments if one.paid_on == day and one.settles != "interest"
        )
        day += timedelta(1)
    cents = interest * 2
    return max(left, 0), (cents.numerator + cents.denominator) // (2 * cents.denominator)


PAID = st.builds(
    Payment,
    paid_on=st.dates(date(2025, 5, 1), date(2026, 3, 31)),
    amount_fen=st.integers(0, 60_000),
    settles=st.sampled_from([None, "principal", "interest"]),
)


@settings(max_examples=examples(150))
@given(
    st.integers(0, 100_000),
    st.dates(date(2025, 5, 1), date(2026, 3, 31)),
    st.lists(PAID, max_size=5),
    st.sampled_from([A_DAY, Fraction(31, 365_000), Fraction(0), Fraction(1, 7)]),
)
def test_two_ways_of_adding_up_give_one_number(
    amount: int, until: date, payments: list[Payment], daily: Fraction
) -> None:
    known = [one for one in payments if one.paid_on <= until]
    account = accrue(amount, DUE, until, payments, daily)
    assert (account.principal_fen, account.interest_fen) == slow(amount, DUE, until, known, daily)
    principal = sum(one.amount_fen for one in known if one.settles != "interest")
    # not a fen is lost or made: what was owed and what was paid too much
    assert account.principal_fen - account.overpaid_fen == amount - principal
    assert account.interest_paid_fen == sum(
        one.amount_fen for one in known if one.settles == "interest"
    )
    assert account.interest_owed_fen == max(
        (account.interest_fen or 0) - account.interest_paid_fen, 0
    )
    assert accrue(amount, DUE, until, payments[::-1], daily) == account


@given(st.integers(0, 10**12), st.integers(1, 3_000))
def test_more_days_and_more_money_bear_no_less(amount: int, days: int) -> None:
    one = accrue(amount, DUE, DUE + timedelta(days), [], A_DAY).interest_fen
    assert one is not None and one >= 0
    longer = accrue(amount, DUE, DUE + timedelta(days + 1), [], A_DAY).interest_fen
    more = accrue(amount + 1, DUE, DUE + timedelta(days), [], A_DAY).interest_fen
    assert (longer or 0) >= one and (more or 0) >= one


@pytest.mark.parametrize(
    ("amount", "until", "payments", "daily", "principal", "days", "interest"),
    [
        # the day on which it is due is in time; the next one is the first of interest
        (100_000, DUE, [], A_DAY, 100_000, 0, 0),
        (100_000, date(2025, 7, 1), [], A_DAY, 100_000, 1, 50),
        # a leap year's February counts as many days as it has
        (36_500, date(2024, 3, 1), [], Fraction(1, 36_500), 36_500, 30, 30),
        # half a fen goes up: 1,000 fen for one day are 0.5
        (1_000, date(2025, 7, 1), [], A_DAY, 1_000, 1, 1),
        (999, date(2025, 7, 1), [], A_DAY, 999, 1, 0),
        # paid before it was due, in part
        (100_000, date(2025, 7, 10), [Payment(date(2025, 6, 1), 40_000)], A_DAY, 60_000, 10, 300),
        # two payments of one day, and one of later that is not known yet
        (100_000, date(2025, 7, 10),
         [Payment(date(2025, 7, 5), 30_000), Payment(date(2025, 7, 5), 30_000),
          Payment(date(2025, 7, 11), 40_000)], A_DAY, 40_000, 10, 350),
    ],
)  # fmt: skip
def test_by_hand(
    amount: int, until: date, payments: list[Payment], daily: Fraction, principal: int, days: int,
    interest: int,
) -> None:  # fmt: skip
    due = date(2024, 1, 31) if until.year == 2024 else DUE
    account = accrue(amount, due, until, payments, daily)
    assert (account.principal_fen, account.overdue_days, account.interest_fen) == (
        principal, days, interest,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "daily", "ground", "findings", "lacking"),
    [
        # nobody said whether anything was agreed: that is not "not agreed"
        (ContractTerms(date(2025, 1, 6), None), None, None, (), ("agreement",)),
        (ContractTerms(date(2025, 1, 6), "not_agreed"), "0.0005", "unagreed", (), ()),
        (ContractTerms(date(2025, 1, 6), "agreed"), None, None, (), ("rate",)),
        # exactly the loan prime rate is not below it
        (ContractTerms(date(2025, 1, 6), "agreed", 0.031), "31/365000", "agreed", (), ()),
        (ContractTerms(date(2025, 1, 6), "agreed", 0.0309), "31/365000", "minimum",
         ("agreed_below_minimum",), ()),
        # a rate of a day is held to the same, a rate without the word counts as agreed
        (ContractTerms(date(2025, 1, 6), None, daily=0.0001), "1/10000", "agreed", (), ()),
        (ContractTerms(date(2025, 1, 6), "agreed", daily=0.00005), "31/365000", "minimum",
         ("agreed_below_minimum",), ()),
        # the rate of the day of the contract, not of the day before its publication
        (ContractTerms(date(2024, 10, 20), "agreed", 0.0335), "67/730000", "agreed", (), ()),
        (ContractTerms(date(2024, 10, 20), "agreed", 0.031), "67/730000", "minimum",
         ("agreed_below_minimum",), ()),
        (ContractTerms(date(2024, 10, 21), "agreed", 0.031), "31/365000", "agreed", (), ()),
        # what is not published here is the paper's to say
        (ContractTerms(date(2026, 1, 5), "agreed", 0.03), None, None, (), ("lpr",)),
        (ContractTerms(date(2026, 1, 5), "agreed", 0.03, stated_lpr=0.03), "3/36500", "agreed", (), ()),
        (ContractTerms(date(2026, 1, 5), "agreed", 0.02, stated_lpr=0.03), "3/36500", "minimum",
         ("agreed_below_minimum",), ()),
        # a paper that misstates a published rate is told so, and does not lower the minimum
        (ContractTerms(date(2025, 1, 6), "agreed", 0.025, stated_lpr=0.02), "31/365000", "minimum",
         ("lpr_misstated", "agreed_below_minimum"), ()),
        (ContractTerms(date(2025, 1, 6), "agreed", 0.05, 0.0005), None, None, (), ("rate_contradicted",)),
        (ContractTerms(date(2025, 1, 6), "not_agreed", 0.05), None, None, (), ("rate_contradicted",)),
        (ContractTerms(date(2020, 8, 31), "not_agreed"), None, None, (), ("before_regulation",)),
        (ContractTerms(date(2020, 9, 1), "not_agreed"), "0.0005", "unagreed", (), ()),
    ],
)  # fmt: skip
def test_which_rate_applies(
    terms: ContractTerms, daily: str | None, ground: str | None, findings: tuple[str, ...],
    lacking: tuple[str, ...],
) -> None:  # fmt: skip
    found = applied_rate(terms)
    assert (found.daily, found.ground, found.findings, found.lacking) == (
        None if daily is None else Fraction(daily), ground, findings, lacking,
    )  # fmt: skip


@given(st.integers(0, 240_000))
def test_a_rate_is_what_the_paper_says(millionths: int) -> None:
    """A share of one in binary is not what stood there; three decimals of a percentage are."""
    share = millionths / 1_000_000
    found = applied_rate(ContractTerms(date(2026, 1, 5), "agreed", share, stated_lpr=0.0))
    assert found.daily == Fraction(millionths, 1_000_000 * 365)
