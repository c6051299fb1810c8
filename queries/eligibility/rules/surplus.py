"""What is left of money that comes in when the money that goes out is taken off it.

    plus: {annual_income_fen: 3}
    minus: {annual_expense_fen: 3, owed_fen: 1, private_debt_fen: 1}

Each sum counts so many times: an income of three years against debts that are there once.  What is
not known is not nothing.  While an income is unknown so is the surplus; while a debt is, the
surplus is at most what the others leave, which can settle that it is too little and never that it
is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from queries.eligibility.facts.catalogue import FactSpec, in_use
from queries.eligibility.facts.fact import Fact
from queries.eligibility.verdict import Verdict
from queries.rule_file import Strict

__all__ = ["Surplus", "wan"]


class Surplus(Strict):
    """Sums that come in and sums that go out, each so many times."""

    plus: dict[str, float] = Field(min_length=1)
    minus: dict[str, float] = Field(default_factory=dict)

    _specs: dict[str, FactSpec] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _sums_of_money(self, info: ValidationInfo) -> Self:
        known = in_use(info).own
        for name in self.facts:
            if name not in known or known[name].type != "money":
                raise ValueError(f"{name} is no sum of money of a party's own")
        if set(self.plus) & set(self.minus) or min(self.times.values()) <= 0:
            raise ValueError("a sum comes in or goes out, more than no times")
        self._specs = {name: known[name] for name in self.facts}
        return self

    @property
    def facts(self) -> tuple[str, ...]:
        """The sums that it asks for."""
        return tuple(self.times)

    @property
    def times(self) -> dict[str, float]:
        """How many times each counts, what comes in first; by name, as a kept rule has them."""
        return dict([*sorted(self.plus.items()), *sorted(self.minus.items())])

    def spec(self, name: str) -> FactSpec:
        """What the catalogue says of one of its sums."""
        return self._specs[name]

    def missing(self, facts: Mapping[str, Fact]) -> tuple[str, ...]:
        """Names of the sums that are not known."""
        return tuple(n for n in self.facts if n not in facts or facts[n].value is None)

    def at_most_fen(self, facts: Mapping[str, Fact]) -> int | None:
        """The most that it can be, whatever the unknown debts are; None while an income is not
        known."""
        missing = self.missing(facts)
        if not set(missing).isdisjoint(self.plus):
            return None
        signed = {**self.plus, **{name: -times for name, times in self.minus.items()}}
        return round(
            sum(
                int(facts[name].value or 0) * times
                for name, times in signed.items()
                if name not in missing
            )
        )

    def verdict(self, facts: Mapping[str, Fact], at_least_fen: int) -> Verdict:
        """Whether it comes to so much."""
        most = self.at_most_fen(facts)
        if most is None:
            return Verdict.UNKNOWN
        if most < at_least_fen:
            return Verdict.NOT_MET
        return Verdict.UNKNOWN if self.missing(facts) else Verdict.MET

    def said(self, facts: Mapping[str, Fact]) -> str:
        """The sums in words, each with the day that it is of."""
        return "".join(self._parts(facts))

    def _parts(self, facts: Mapping[str, Fact]) -> Iterator[str]:
        for place, (name, times) in enumerate(self.times.items()):
            fact = facts[name]
            sign = "" if not place else " + " if name in self.plus else " − "
            often = "" if times == 1 else f" × {times:g}"
            day = f"（{fact.stated_on}）" if fact.stated_on else ""
            yield f"{sign}{self.spec(name).term} {wan(int(fact.value or 0))}{day}{often}"


def wan(fen: int) -> str:
    """Money as officers read it."""
    return f"{fen / 1e6:g} 万元"
