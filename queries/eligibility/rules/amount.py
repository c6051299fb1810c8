"""How much may be lent: the least of several terms, each said in words with its own ground.

A term is a cap by code (grade), a flat cap, a share of money known (income, a valuation) less
what is owed, or what a borrower can pay back (`Capacity`).  While a term is unknown the amount is;
the terms known say what it is at most.

A rule that says from which amount on it lends makes conditions of its terms (`as_conditions`): who
can pay back nothing is not 符合 with an amount of nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self, TypeAlias

from pydantic import (
    Discriminator,
    Field,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from queries.eligibility.facts.catalogue import FactSpec, in_use
from queries.eligibility.facts.fact import Fact
from queries.eligibility.rules.condition import Rule
from queries.eligibility.rules.surplus import Surplus, wan
from queries.rule_file import Strict

__all__ = ["Amount", "AmountRule", "CapBy", "Capacity", "Flat", "ShareOf", "Term", "as_conditions"]

#: Ids of the conditions that an amount becomes.
REPAYMENT, AMOUNT = "repayment", "amount"


class _Term(Rule):
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
        return cap, f"{self.wording}：{said}，{wan(cap)}"


class Flat(_Term):
    """The same cap for everybody."""

    cap_fen: int = Field(gt=0)

    def fen(self, _facts: Mapping[str, Fact]) -> tuple[int, str]:
        """The term, and how it comes about."""
        return self.cap_fen, f"{self.wording}：{wan(self.cap_fen)}"


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
            f"{self.term_of(self.share_of)} {wan(held[self.share_of])} × {self.times:g}"
            + "".join(f" − {self.term_of(name)} {wan(held[name])}" for name in self.less)
        )
        return max(0, found), f"{self.wording}：{said} = {wan(max(0, found))}"


class Capacity(Rule):
    """What can be paid back within the term of the loan: `surplus`, never below nothing.

    Attributes:
        for_whom: kinds of parties that it speaks of; all where none is named.
    """

    surplus: Surplus
    for_whom: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """Its sums, and of which kind the party is where that tells."""
        return (*(("party_kind",) if self.for_whom else ()), *self.surplus.facts)

    def concerns(self, facts: Mapping[str, Fact]) -> bool:
        """Whether it speaks of such a party, as far as is known."""
        kind = facts["party_kind"].value if "party_kind" in facts else None
        return not self.for_whom or kind is None or kind in self.for_whom

    def term_of(self, name: str) -> str:
        """Chinese term of one of its facts."""
        return "主体类别" if name == "party_kind" else self.surplus.spec(name).term

    def fen(self, facts: Mapping[str, Fact]) -> tuple[int, str]:
        """The term, and how it comes about."""
        found = max(0, self.surplus.at_most_fen(facts) or 0)
        return found, f"{self.wording}：{self.surplus.said(facts)} = {wan(found)}"

    def at_most_fen(self, facts: Mapping[str, Fact]) -> int | None:
        """The most that it can come to, whatever the unknown debts are."""
        most = self.surplus.at_most_fen(facts)
        return None if most is None else max(0, most)

    def test(self, at_least_fen: int) -> dict[str, object]:
        """That it comes to so much, as a test."""
        comes: dict[str, object] = {
            "surplus": self.surplus.model_dump(mode="json"),
            "at_least_fen": at_least_fen,
        }
        if not self.for_whom:
            return comes
        other = {"fact": "party_kind", "operator": "none_of", "value": list(self.for_whom)}
        return {"any": [other, comes]}


def _form(stated: object) -> str:
    if not isinstance(stated, dict):
        return type(stated).__name__
    if "surplus" in stated:
        return "Capacity"
    return "CapBy" if "cap_by" in stated else "ShareOf" if "share_of" in stated else "Flat"


Term: TypeAlias = Annotated[
    Annotated[CapBy, Tag("CapBy")]
    | Annotated[ShareOf, Tag("ShareOf")]
    | Annotated[Capacity, Tag("Capacity")]
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
    """At most the least of the terms, rounded down; the longest term of the loan in months.

    Attributes:
        lends_at_least_fen: the least that is lent; where it is said, who cannot be lent so much is
            not 符合, and of whom that is not known is 待补充.
    """

    least_of: tuple[Term, ...] = Field(min_length=1)
    round_to_fen: int = Field(default=100_000, gt=0)
    months: int = Field(gt=0)
    lends_at_least_fen: int | None = Field(default=None, gt=0)

    @model_serializer(mode="wrap")
    def _as_it_was_kept(self, form: SerializerFunctionWrapHandler) -> dict[str, Any]:
        told: dict[str, Any] = form(self)
        if self.lends_at_least_fen is None:
            del told["lends_at_least_fen"]
        return told

    @model_validator(mode="after")
    def _asks_who_can_repay(self) -> Self:
        least = self.lends_at_least_fen
        if least is not None and least % self.round_to_fen:
            raise ValueError("the least that is lent is no amount that the rounding leaves")
        if least is not None and not any(isinstance(term, Capacity) for term in self.least_of):
            raise ValueError("say by what it is repaid: no term is a surplus")
        return self

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts that it needs, each once."""
        return tuple(dict.fromkeys(name for term in self.least_of for name in term.facts))

    def apply(self, facts: Mapping[str, Fact]) -> Amount:
        """Work it out; a fact not given is unknown."""
        found, said, missing = [], [], []
        for term in self.least_of:
            if isinstance(term, Capacity) and not term.concerns(facts):
                continue
            lacking = [n for n in term.facts if n not in facts or facts[n].value is None]
            if lacking:
                words = "、".join(map(term.term_of, lacking))
                said.append(f"{term.wording}：缺少{words}，暂不能测算")
                missing += lacking
                most = term.at_most_fen(facts) if isinstance(term, Capacity) else None
                found += [] if most is None else [most]
            else:
                fen, words = term.fen(facts)
                found.append(fen)
                said.append(words)
        least = min(found) // self.round_to_fen * self.round_to_fen if found else None
        return Amount(None if missing else least, least, tuple(said), tuple(dict.fromkeys(missing)))


def as_conditions(rule: AmountRule) -> tuple[dict[str, Any], ...]:
    """What must hold so that something can be lent at all: conditions of the product.

    That the borrower can pay back is one by the law of any loan; that the other terms leave
    something (a grade that is given a cap, a thing that is worth something) is another.
    """
    least = rule.lends_at_least_fen
    if least is None:
        return ()
    able = [term for term in rule.least_of if isinstance(term, Capacity)]
    other = [term for term in rule.least_of if not isinstance(term, Capacity | Flat)]
    found = [
        _condition(
            REPAYMENT,
            f"有还款能力：收入减去支出和各项债务后，可承担 {wan(least)}以上",
            able[0],
            [term.test(least) for term in able],
            "归还部分债务，或补充尚未计入的收入凭证后重新测算",
        )
    ]
    if other:
        found.append(
            _condition(
                AMOUNT,
                f"可测算额度不低于 {wan(least)}",
                other[0],
                [_test(term, least) for term in other],
                "按现有材料测算不出额度；情况有变化、补齐材料后重新测算",
            )
        )
    return tuple(found)


def _condition(
    name: str, wording: str, rule: Rule, tests: list[dict[str, object]], step: str
) -> dict[str, Any]:
    said = ("basis", "certainty", "source", "valid_from", "valid_until", "checked_on")
    return {
        "id": name,
        "wording": wording,
        "test": tests[0] if len(tests) == 1 else {"all": tests},
        "steps": [{"text": step, "days": 30}],
        **{part: getattr(rule, part) for part in said if getattr(rule, part) is not None},
    }


def _test(term: CapBy | ShareOf, least: int) -> dict[str, object]:
    if isinstance(term, CapBy):
        enough = [code for code, cap in term.caps_fen.items() if cap >= least]
        return {"fact": term.cap_by, "operator": "one_of", "value": enough}
    comes = {"plus": {term.share_of: term.times}, "minus": dict.fromkeys(term.less, 1.0)}
    return {"surplus": comes, "at_least_fen": least}
