"""What a product demands: versions with dates, conditions over the fact vocabulary, an amount.

Read from `products/*.yaml`.  A misspelt key, fact, operator or code refuses to load.
"""

from __future__ import annotations

import hashlib
import itertools
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.errors import InputError, NotFoundError
from queries.eligibility.facts import GRADES, VOCABULARY, FactType
from queries.eligibility.facts import Value as FactualValue

__all__ = ["AmountRule", "Condition", "Product", "Version", "load_product", "read_product"]

Text = Annotated[str, Field(min_length=1)]
_OPERATORS = {
    "is": (FactType.FLAG, FactType.CODE, FactType.INTEGER),
    "one_of": (FactType.CODE,),
    "at_least": (FactType.INTEGER,),
    "at_most": (FactType.INTEGER,),
    "between": (FactType.INTEGER,),
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Condition(_Part):
    """One demand; a hard one that is not met refuses, a soft one asks for a person's review."""

    id: Text
    fact: Text
    operator: Literal["is", "one_of", "at_least", "at_most", "between"]
    value: Any
    hard: bool
    wording: Text
    basis: Text

    @model_validator(mode="after")
    def _can_be_tested(self) -> Self:
        fact = VOCABULARY.get(self.fact)
        if fact is None:
            raise ValueError(f"{self.id}: no fact is called {self.fact}")
        if fact.type not in _OPERATORS[self.operator]:
            raise ValueError(f"{self.id}: {self.operator} does not apply to {self.fact}")
        several = self.operator in ("one_of", "between")
        if several is not isinstance(self.value, list):
            raise ValueError(f"{self.id}: {self.operator} has a wrong number of values")
        limits = self.value if several else [self.value]
        for limit in limits:
            if not fact.type.holds(limit) or (fact.codes and limit not in fact.codes):
                raise ValueError(f"{self.id}: {limit!r} is no value of {self.fact}")
        if self.operator == "between" and (len(limits) != 2 or limits[0] > limits[1]):
            raise ValueError(f"{self.id}: between needs a lower and an upper limit")
        return self

    def holds(self, value: FactualValue) -> bool:
        """Whether a known value meets the demand."""
        match self.operator:
            case "is":
                return bool(value == self.value)
            case "one_of":
                return value in self.value
            case "at_least":
                return bool(value >= self.value)
            case "at_most":
                return bool(value <= self.value)
        return bool(self.value[0] <= value <= self.value[1])


class AmountRule(_Part):
    """min(cap of the grade, income * multiple - debts), not below 0; fen."""

    cap_fen_by_grade: dict[str, Annotated[int, Field(ge=0)]]
    income_multiple: Annotated[int, Field(ge=1)]
    wording: Text
    basis: Text

    @model_validator(mode="after")
    def _knows_every_grade(self) -> Self:
        if set(self.cap_fen_by_grade) != set(GRADES):
            raise ValueError(f"give a cap for each grade of {GRADES}")
        return self


class Version(_Part):
    """A version, in force from `effective_from` until the day before the next one."""

    version: Text
    effective_from: date
    term_months: Annotated[int, Field(ge=1, le=360)]
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]
    amount: AmountRule

    @model_validator(mode="after")
    def _has_distinct_conditions(self) -> Self:
        ids = [item.id for item in self.conditions]
        if len(set(ids)) != len(ids):
            raise ValueError(f"a condition is given twice in {ids}")
        return self

    @property
    def hash(self) -> str:
        """sha256 of the content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Product(_Part):
    """A loan product and the definition of a first loan that it uses."""

    id: Text
    title: Text
    first_loan_definition: Text
    versions: Annotated[tuple[Version, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _versions_follow(self) -> Self:
        days = [item.effective_from for item in self.versions]
        if any(one >= other for one, other in itertools.pairwise(days)):
            raise ValueError("versions must follow each other in time")
        return self

    def at(self, day: date) -> Version:
        """The version in force; raises `InputError` before the first one."""
        begun = [item for item in self.versions if item.effective_from <= day]
        if not begun:
            raise InputError(
                f"产品“{self.title}”在 {day} 尚未施行。",
                f"Product {self.id} was not in force on {day}.",
                code="product_not_in_force",
            )
        return begun[-1]


def read_product(text: str) -> Product:
    """Read a product from YAML; raises pydantic's `ValidationError` on anything unknown."""
    return Product.model_validate(yaml.safe_load(text))


@cache
def load_product(product_id: str) -> Product:
    """A product by its id; raises `NotFoundError`."""
    for entry in (files("queries.eligibility") / "products").iterdir():
        if entry.name == f"{product_id}.yaml":
            return read_product(entry.read_text(encoding="utf-8"))
    raise NotFoundError("没有这个产品。", "No product of that id.", code="product_unknown")
