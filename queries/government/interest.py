"""Interest on late payment, by the rule and to the fen.

Rates are fractions, days are whole, and an amount is rounded once, at the end: two ways of adding up
give one number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from queries.rule_file import RuleFile, Strict, read_rules

__all__ = [
    "Account",
    "AppliedRate",
    "ContractTerms",
    "InterestRules",
    "Payment",
    "accrue",
    "applied_rate",
    "interest_rules",
]

RateGround: TypeAlias = Literal["agreed", "minimum", "unagreed"]

#: Digits of a share that a paper can hold: what a binary fraction adds behind them is no rate.
_DIGITS = 10**10


class PublishedRate(Strict):
    """A rate, in percent a year, from the day of its publication."""

    begins: date = Field(alias="from")
    percent: str

    @property
    def ratio(self) -> Fraction:
        """A year's rate as a share of one."""
        return Fraction(self.percent) / 100


class InterestRules(RuleFile):
    """All of `interest.yaml`."""

    FILE: ClassVar[str] = "interest"

    clause: str
    applies_from: date
    unagreed_daily_percent: str
    days_in_year: int = Field(gt=0)
    days_in_year_source: str
    counting: str
    payments: str
    rounding: str
    known_through: date
    lpr_sure: Literal["found", "known_high"]
    lpr: tuple[PublishedRate, ...]

    @model_validator(mode="after")
    def _in_order(self) -> InterestRules:
        days = [one.begins for one in self.lpr]
        if not days or days != sorted({*days}) or self.known_through < days[-1]:
            raise ValueError("published rates stand in order, each day once")
        return self

    def lpr_on(self, day: date) -> Fraction | None:
        """The one-year loan prime rate in force on a day; None where it is not known here."""
        if day > self.known_through:
            return None
        return next((one.ratio for one in reversed(self.lpr) if one.begins <= day), None)

    @property
    def unagreed_daily(self) -> Fraction:
        """A day's rate where none was agreed."""
        return Fraction(self.unagreed_daily_percent) / 100


@cache
def interest_rules() -> InterestRules:
    """The rules that ship with this version."""
    return read_rules(InterestRules)


@dataclass(frozen=True)
class ContractTerms:
    """What a contract says of interest on late payment.

    Attributes:
        agreement: `agreed`, `not_agreed`; None: nobody said it.
        annual, daily: the rate agreed, as a share of one; None: not stated.
        stated_lpr: the loan prime rate of that day as the paper has it.
    """

    agreed_on: date
    agreement: str | None
    annual: float | None = None
    daily: float | None = None
    stated_lpr: float | None = None


@dataclass(frozen=True)
class AppliedRate:
    """The rate by which interest runs.

    Attributes:
        daily: a day's rate; None where it cannot be told.
        ground: why it is this one; None with no rate.
        minimum: the least that could be agreed, a year's rate; None where it is not known.
        findings: codes of what is wrong with the contract (`queries.government.arrears.FINDINGS`).
        lacking: what would settle it (`queries.government.arrears.LACKING`).
    """

    daily: Fraction | None
    ground: RateGround | None
    minimum: Fraction | None
    findings: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def applied_rate(terms: ContractTerms, rules: InterestRules | None = None) -> AppliedRate:
    """Which rate applies to a contract (保障中小企业款项支付条例 第十七条).

    A rate that was agreed below the loan prime rate of the contract's day is a finding, and the
    minimum runs in its place.  Whether it is below is not guessed where that rate is not known.
    """
    rules = rules or interest_rules()
    if terms.agreed_on < rules.applies_from:
        return AppliedRate(None, None, None, lacking=("before_regulation",))
    rates = [
        rate
        for rate in (
            None if terms.annual is None else _exact(terms.annual),
            None if terms.daily is None else _exact(terms.daily) * rules.days_in_year,
        )
        if rate is not None
    ]
    if terms.agreement == "not_agreed":
        if rates:
            return AppliedRate(None, None, None, lacking=("rate_contradicted",))
        return AppliedRate(rules.unagreed_daily, "unagreed", None)
    if len({*rates}) > 1:
        return AppliedRate(None, None, None, lacking=("rate_contradicted",))
    if not rates:
        lacking = "rate" if terms.agreement == "agreed" else "agreement"
        return AppliedRate(None, None, None, lacking=(lacking,))
    stated = None if terms.stated_lpr is None else _exact(terms.stated_lpr)
    published = rules.lpr_on(terms.agreed_on)
    minimum = stated if published is None else published
    if minimum is None:
        return AppliedRate(None, None, None, lacking=("lpr",))
    findings = (
        ["lpr_misstated"] if published is not None and stated not in (None, published) else []
    )
    [agreed] = {*rates}
    if agreed < minimum:
        findings.append("agreed_below_minimum")
    runs = max(agreed, minimum)
    return AppliedRate(
        runs / rules.days_in_year,
        "minimum" if agreed < minimum else "agreed",
        minimum,
        tuple(findings),
    )


@dataclass(frozen=True)
class Payment:
    """One payment; `settles` is `principal`, `interest`, or None where nobody said it."""

    paid_on: date
    amount_fen: int
    settles: str | None = None


@dataclass(frozen=True)
class Account:
    """A contract on a day, in fen.

    Attributes:
        principal_fen: still unpaid.  overpaid_fen: paid beyond what was owed.
        overdue_days: days on which something was unpaid after it was due.
        cleared_on: day of the payment with which nothing was left; None: something is.
        interest_fen: that has run; None: at no known rate.  interest_paid_fen: paid of it.
    """

    principal_fen: int
    overpaid_fen: int
    overdue_days: int
    cleared_on: date | None
    interest_fen: int | None
    interest_paid_fen: int

    @property
    def interest_owed_fen(self) -> int | None:
        """What of the interest is unpaid."""
        if self.interest_fen is None:
            return None
        return max(self.interest_fen - self.interest_paid_fen, 0)


def accrue(
    amount_fen: int,
    due_on: date,
    until: date,
    payments: Iterable[Payment],
    daily: Fraction | None,
) -> Account:
    """The account of a contract at the end of a day.

    Args:
        amount_fen: undisputed.
        due_on: the last day on which payment is in time; interest runs from the next one.
        until: the day; later payments do not count.
        daily: a day's rate; None: only the principal is worked out.
    """
    made = sorted((one for one in payments if one.paid_on <= until), key=lambda one: one.paid_on)
    left, interest_paid, days = amount_fen, 0, 0
    weighed = 0  # fen times days
    since, cleared = due_on, None
    for one in made:
        if one.settles == "interest":
            interest_paid += one.amount_fen
            continue
        if left > 0:
            late = max((one.paid_on - since).days, 0)
            weighed += left * late
            days += late
            since = max(since, one.paid_on)
            cleared = one.paid_on if one.amount_fen >= left else None
        left -= one.amount_fen
    if left > 0:
        late = max((until - since).days, 0)
        weighed += left * late
        days += late
    return Account(
        principal_fen=max(left, 0),
        overpaid_fen=max(-left, 0),
        overdue_days=days,
        cleared_on=cleared,
        interest_fen=None if daily is None else _rounded(weighed * daily),
        interest_paid_fen=interest_paid,
    )


def _exact(share: float) -> Fraction:
    """The share that the paper states, less what a binary fraction adds to it."""
    return Fraction(round(share * _DIGITS), _DIGITS)


def _rounded(fen: Fraction) -> int:
    """The nearest fen, a half upwards; `fen` is not negative."""
    return (2 * fen.numerator + fen.denominator) // (2 * fen.denominator)
