"""How much may be lent: the least of several terms, each said in words with its own ground.

A term is a cap by code (grade), a flat cap, or a share of money known (income, a valuation) less
what is owed.  While a term is unknown the amount is; the terms known say what it is at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self, TypeAlias

from pydantic import Discriminator, Field, PrivateAttr, Tag, ValidationInfo, model_validator

from queries.eligibility.catalogue import FactSpec, Strict, in_use
from queries.eligibility.condition import Certainty
from queries.eligibility.fact import Fact

__all__ = ["Amount", "AmountRule", "CapBy", "Flat", "ShareOf"]


class _Term(Strict):
    wording: str
    basis: str
    certainty: Certainty
    source: str

    _specs: dict[str, FactSpec] = PrivateAttr(default_factory=dict)

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts that it needs."""
        return ()

    @model_validator(mode="after")
    def _resolve(self, info: ValidationInfo) -> Self:
        known = in_use(info).own
        unknown = [name for name in self.facts if name not in known]
        if unknown:
            raise ValueError(f"no fact of a party's own is named {unknown}")
        self._specs = {name: known[name] for name in self.facts}
        return self

    def term_of(self, name: str) -> str:
        """Chinese term of one of its facts."""
        return self._specs[name].term


class CapBy(_Term):
    """A cap for each value of a code; a value not listed gets nothing."""

    cap_by: str
    caps_fen: dict[str, int]

    @property
    def facts(self) -> tuple[str, ...]:
        """The code."""
        return (self.cap_by,)

    @model_validator(mode="after")
    def _refuse_typos(self) -> Self:
        spec = self._specs[self.cap_by]
        if spec.type != "code" or set(self.caps_fen) - set(spec.values):
            raise ValueError(f"caps by {self.cap_by}: no such code or value")
        return self

    def fen(self, facts: Mapping[str, Fact]) -> tuple[int, str]:
        """The term, and how it comes about."""
        grade = str(facts[self.cap_by].value)
        cap = self.caps_fen.get(grade, 0)
        said = self._specs[self.cap_by].values[grade]
        return cap, f"{self.wording}：{said}，{_wan(cap)}"


class Flat(_Term):
    """The same cap for everybody."""

    cap_fen: int = Field(gt=0)

    def fen(self, _facts: Mapping[str, Fact]) -> tuple[int, str]:
        """The term, and how it comes about."""
        return self.cap_fen, f"{self.wording}：{_wan(self.cap_fen)}"


class ShareOf(_Term):
    """`times` a sum of money, less other sums; never below nothing."""

    share_of: str
    times: float = Field(gt=0)
    less: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The sums."""
        return (self.share_of, *self.less)

    @model_validator(mode="after")
    def _refuse_typos(self) -> Self:
        for name, spec in self._specs.items():
            if spec.type != "money":
                raise ValueError(f"{name} is no sum of money")
        return self

    def fen(self, facts: Mapping[str, Fact]) -> tuple[int, str]:
        """The term, and how it comes about."""
        held = {name: int(facts[name].value or 0) for name in self.facts}
        found = round(held[self.share_of] * self.times) - sum(held[name] for name in self.less)
        said = (
            f"{self.term_of(self.share_of)} {_wan(held[self.share_of])} × {self.times:g}"
            + "".join(f" − {self.term_of(name)} {_wan(held[name])}" for name in self.less)
        )
        return max(0, found), f"{self.wording}：{said} = {_wan(max(0, found))}"


def _form(stated: object) -> str:
    if not isinstance(stated, dict):
        return type(stated).__name__
    return "CapBy" if "cap_by" in stated else "ShareOf" if "share_of" in stated else "Flat"


Term: TypeAlias = Annotated[
    Annotated[CapBy, Tag("CapBy")]
    | Annotated[ShareOf, Tag("ShareOf")]
    | Annotated[Flat, Tag("Flat")],
    Discriminator(_form),
]


@dataclass(frozen=True)
class Amount:
    """The most that may be lent.

    Attributes:
        fen: None while a fact is missing; `at_most_fen` holds even then.
        terms: each term in words, the missing ones as what they lack.
        missing: names of the facts that are missing.
    """

    fen: int | None
    at_most_fen: int | None
    terms: tuple[str, ...]
    missing: tuple[str, ...]


class AmountRule(Strict):
    """At most the least of the terms, rounded down; the longest term of the loan in months."""

    least_of: tuple[Term, ...] = Field(min_length=1)
    round_to_fen: int = Field(default=100_000, gt=0)
    months: int = Field(gt=0)

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts that it needs, each once."""
        return tuple(dict.fromkeys(name for term in self.least_of for name in term.facts))

    def apply(self, facts: Mapping[str, Fact]) -> Amount:
        """Work it out; a fact not given is unknown."""
        found, said, missing = [], [], []
        for term in self.least_of:
            lacking = [n for n in term.facts if n not in facts or facts[n].value is None]
            if lacking:
                words = "、".join(map(term.term_of, lacking))
                said.append(f"{term.wording}：缺少{words}，暂不能测算")
                missing += lacking
            else:
                fen, words = term.fen(facts)
                found.append(fen)
                said.append(words)
        least = min(found) // self.round_to_fen * self.round_to_fen if found else None
        return Amount(None if missing else least, least, tuple(said), tuple(dict.fromkeys(missing)))


def _wan(fen: int) -> str:
    return f"{fen / 1e6:g} 万元"
