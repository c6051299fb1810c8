"""A condition as data: one test on a fact, or several combined by all, any, not.

    test: {fact: age, operator: between, value: [18, 60]}
    test: {any: [{fact: …}, {all: [{fact: …}, {not: {fact: …}}]}]}

    test: {surplus: {plus: {annual_income_fen: 3}, minus: {owed_fen: 1}}, at_least_fen: 100000}

A fact, an operator or a code that does not exist is refused when the product is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self, TypeAlias

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
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.surplus import Surplus
from queries.eligibility.verdict import Verdict, all_of, any_of, negation
from queries.rule_file import Strict

__all__ = [
    "AllOf",
    "AnyOf",
    "Certainty",
    "Comes",
    "Condition",
    "Leaf",
    "Not",
    "Rule",
    "Step",
    "Test",
    "compare",
]

#: How sure a threshold is: read in a public source, known practice, or unsure (confirm locally).
Certainty = Literal["found", "known", "unsure"]

_NUMBERS = frozenset({"integer", "money", "real"})


class Leaf(Strict):
    """One fact against one limit; `known` is met by any value.

    `granted` is met by a consent and left open without one: to refuse is nobody's fault, and there
    is nothing then to judge by.  `summed` stands for a part of a surplus.
    """

    fact: str
    operator: Literal[
        "is", "between", "at_least", "at_most", "one_of", "none_of", "known", "granted", "summed"
    ]
    value: bool | int | float | tuple[int | float, int | float] | tuple[str, ...] | None = None

    _spec: FactSpec = PrivateAttr()

    @model_validator(mode="after")
    def _refuse_typos(self, info: ValidationInfo) -> Self:
        spec = in_use(info).own.get(self.fact)
        if spec is None:
            raise ValueError(f"no fact of a party's own is named {self.fact}")
        fits = {
            "is": spec.type == "flag" and isinstance(self.value, bool),
            "between": spec.type in _NUMBERS and _is_range(self.value),
            "at_least": spec.type in _NUMBERS and _is_number(self.value),
            "at_most": spec.type in _NUMBERS and _is_number(self.value),
            "one_of": spec.type == "code" and _are_codes(self.value, spec),
            "none_of": spec.type == "code" and _are_codes(self.value, spec),
            "known": self.value is None,
            "granted": spec.type == "flag" and self.value is None,
            "summed": spec.type == "money" and self.value is None,
        }[self.operator]
        if not fits:
            raise ValueError(f"{self.fact} ({spec.type}) cannot be {self.operator} {self.value}")
        self._spec = spec
        return self

    @cached_property
    def spec(self) -> FactSpec:
        """What the catalogue says of the fact."""
        # kept, for pydantic looks for a private attribute where it finds no other
        return self._spec

    def verdict(self, facts: Mapping[str, Fact]) -> Verdict:
        """Unknown while the fact is."""
        fact = facts.get(self.fact)
        if fact is None or fact.value is None:
            return Verdict.UNKNOWN
        if self.operator == "granted" and fact.value is False:
            return Verdict.UNKNOWN
        return Verdict.MET if compare(self, fact.value) else Verdict.NOT_MET

    def leaves(self) -> Iterator[Leaf]:
        """Itself."""
        yield self


class AllOf(Strict):
    """Every part must be met."""

    all: tuple[Test, ...] = Field(min_length=1)

    def verdict(self, facts: Mapping[str, Fact]) -> Verdict:
        """One part not met settles it."""
        return all_of(part.verdict(facts) for part in self.all)

    def leaves(self) -> Iterator[Leaf]:
        """Every single test in it."""
        for part in self.all:
            yield from part.leaves()


class AnyOf(Strict):
    """One part is enough."""

    any: tuple[Test, ...] = Field(min_length=1)

    def verdict(self, facts: Mapping[str, Fact]) -> Verdict:
        """One part met settles it."""
        return any_of(part.verdict(facts) for part in self.any)

    def leaves(self) -> Iterator[Leaf]:
        """Every single test in it."""
        for part in self.any:
            yield from part.leaves()


class Not(Strict):
    """The part must not be met."""

    negated: Test = Field(alias="not")

    def verdict(self, facts: Mapping[str, Fact]) -> Verdict:
        """The other one; open stays open."""
        return negation(self.negated.verdict(facts))

    def leaves(self) -> Iterator[Leaf]:
        """Every single test in it."""
        yield from self.negated.leaves()


class Comes(Strict):
    """A surplus must come to so much."""

    surplus: Surplus
    at_least_fen: int

    _leaves: tuple[Leaf, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _parts(self, info: ValidationInfo) -> Self:
        stated = ({"fact": name, "operator": "summed"} for name in self.surplus.facts)
        self._leaves = tuple(Leaf.model_validate(it, context=info.context) for it in stated)
        return self

    def verdict(self, facts: Mapping[str, Fact]) -> Verdict:
        """Too little is settled by what is known, enough only when all is."""
        return self.surplus.verdict(facts, self.at_least_fen)

    def leaves(self) -> Iterator[Leaf]:
        """Its sums."""
        yield from self._leaves


_FORMS: tuple[tuple[str, type], ...] = (
    ("all", AllOf), ("any", AnyOf), ("not", Not), ("surplus", Comes),
)  # fmt: skip


def _form(stated: Any) -> str:
    if not isinstance(stated, dict):
        return next((word for word, kind in _FORMS if isinstance(stated, kind)), "leaf")
    return next((word for word, _ in _FORMS if word in stated), "leaf")


Test: TypeAlias = Annotated[
    Annotated[Leaf, Tag("leaf")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Comes, Tag("surplus")],
    Discriminator(_form),
]

for _combined in (AllOf, AnyOf, Not):
    _combined.model_rebuild()


class Step(Strict):
    """Something lawful that the party can do about a condition that is not met.

    Attributes:
        days: the least time that it takes; steps are offered in this order.
        sets: facts as they stand once it is done; empty for another way round the condition
            (another applicant, another product), which leaves the verdict as it is.
    """

    text: str
    days: int = Field(ge=0)
    sets: dict[str, bool | int | float | str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _typed(self, info: ValidationInfo) -> Self:
        known = in_use(info).own
        for name, value in self.sets.items():
            if name not in known:
                raise ValueError(f"no fact is named {name}")
            known[name].typed(value)
        return self


class Rule(Strict):
    """What every rule says of itself.

    Attributes:
        basis: law or policy it rests on; `certainty` and `source` say how sure the threshold is.
        valid_from, valid_until: the days from and until which it holds; open where not said.
        checked_on: the day on which somebody last held it against its source.
    """

    wording: str
    basis: str
    certainty: Certainty
    source: str
    valid_from: date | None = None
    valid_until: date | None = None
    checked_on: date | None = None

    @model_serializer(mode="wrap")
    def _as_it_was_kept(self, form: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # a rule kept before these could be said is the same text, and hash, as it was
        told: dict[str, Any] = form(self)
        return {name: value for name, value in told.items() if not self._is_unsaid(name)}

    def _is_unsaid(self, name: str) -> bool:
        return name in _SINCE and getattr(self, name) == type(self).model_fields[name].default


#: What rules can say since 0.4.0.
_SINCE = frozenset({"valid_from", "valid_until", "checked_on", "stage", "for_whom"})


class Condition(Rule):
    """One condition.  `hard` ones decide; soft ones are said and do not.

    Attributes:
        stage: conditions of `drawing` are to be met before money is paid out, not before a loan is
            granted; they are said and decide nothing.
        steps: what would change a 不符合; for a 待补充 the catalogue knows.
    """

    id: str
    test: Test
    hard: bool = True
    stage: Literal["eligibility", "drawing"] = "eligibility"
    steps: tuple[Step, ...] = Field(min_length=1)

    @cached_property
    def test_text(self) -> str:
        """What is tested, as a text: of two conditions that test the same it is the same."""
        return self.model_dump_json(include={"test"}, by_alias=True)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every single test in it."""
        return tuple(self.test.leaves())

    @cached_property
    def specs(self) -> Mapping[str, FactSpec]:
        """What the catalogue says of the facts that it asks for, in order."""
        return {leaf.fact: leaf.spec for leaf in self.leaves}

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts that it asks for, each once, in order."""
        return tuple(self.specs)

    @property
    def can_fail(self) -> bool:
        """Whether it can be 不符合 at all: what any value meets can only be open."""
        return _can_fail(self.test)

    @model_validator(mode="after")
    def _drawing_decides_nothing(self) -> Self:
        if self.stage == "drawing" and self.hard:
            raise ValueError(f"{self.id}: what is due before drawing decides no application")
        return self


def compare(leaf: Leaf, value: Value) -> bool:
    """Whether a known value meets the limit; raises `TypeError` on a value of another type.

    A wrong type never passes for a value out of range: it is a fault of the caller.
    """
    limit: Any = leaf.value
    held: Any = value
    if isinstance(value, bool) != (leaf.spec.type == "flag") or (
        isinstance(value, str) != (leaf.spec.type in ("code", "text"))
    ):
        raise TypeError(f"{leaf.fact} is a {leaf.spec.type}, not {type(value).__name__}")
    match leaf.operator:
        case "is":
            return held is limit
        case "between":
            return bool(limit[0] <= held <= limit[1])
        case "at_least":
            return bool(held >= limit)
        case "at_most":
            return bool(held <= limit)
        case "one_of":
            return held in limit
        case "none_of":
            return held not in limit
        case "granted":
            return held is True
        case "known" | "summed":
            return True


def _can_fail(test: Test) -> bool:
    match test:
        case AllOf():
            return any(map(_can_fail, test.all))
        case AnyOf():
            return all(map(_can_fail, test.any))
        case Leaf():
            any_code = test.operator == "one_of" and set(test.spec.values) == set(_limit(test))
            return not any_code and test.operator not in ("known", "granted")
        case _:
            return True


def _limit(leaf: Leaf) -> tuple[Any, ...]:
    return leaf.value if isinstance(leaf.value, tuple) else ()


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_range(value: object) -> bool:
    return isinstance(value, tuple) and all(map(_is_number, value)) and value[0] <= value[1]


def _are_codes(value: object, spec: FactSpec) -> bool:
    return isinstance(value, tuple) and bool(value) and set(value) <= set(spec.values)
