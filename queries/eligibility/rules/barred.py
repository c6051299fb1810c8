"""What no next step may propose: the unlawful, and what helps nobody, each with its ground.

A product says what would change a condition that is not met.  Whatever it says, some ways are no
ways: founding a revoked firm anew, a member who borrows for the cooperative, an orchard on basic
farmland.  They stand in `barred_steps.yaml`; a proposed product that holds one is refused, and
one that was published before is offered without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Self

from pydantic import Field, model_validator

from graph.plain_yaml import read_yaml
from queries.eligibility.facts.fact import Fact
from queries.eligibility.rules.condition import Test
from queries.eligibility.rules.product import Product, Version
from queries.eligibility.verdict import Verdict
from queries.rule_file import Strict

__all__ = ["BarredStep", "Instead", "barred_for", "load_barred", "objections"]


class Instead(Strict):
    """What is said in the place of a step that is barred."""

    text: str
    days: int = Field(ge=0)


class BarredStep(Strict):
    """One kind of step that is never proposed.

    Attributes:
        says: a pattern of the step's words; empty: every step.
        unless: a pattern of words that make it right.
        when: of whom it is barred; None: of everybody.
        why: the ground, with its clause.
    """

    id: str
    says: str = ""
    unless: str = ""
    when: Test | None = None
    instead: Instead | None = None
    why: str

    @model_validator(mode="after")
    def _bars_something(self) -> Self:
        for pattern in (self.says, self.unless):
            re.compile(pattern)
        if not self.says and self.when is None:
            raise ValueError(f"{self.id}: it would bar every step of everybody")
        if self.instead and self.when is None:
            raise ValueError(f"{self.id}: what is said instead needs to know of whom")
        return self

    @cached_property
    def facts(self) -> frozenset[str]:
        """Facts that it looks at."""
        return frozenset() if self.when is None else frozenset(x.fact for x in self.when.leaves())

    def means(self, text: str) -> bool:
        """Whether it speaks of a step of these words."""
        return _speaks_of(self.says, self.unless, text)

    def holds_for(self, facts: Mapping[str, Fact]) -> bool:
        """Whether it holds for a party; where that is not known it does not."""
        return self.when is None or self.when.verdict(facts) is Verdict.MET


#: Steps that rules propose, and errands, each held against every bar.
_KEPT = 16_384


@lru_cache(maxsize=_KEPT)
def _speaks_of(says: str, unless: str, text: str) -> bool:
    return bool(re.search(says, text)) and not (unless and re.search(unless, text))


@cache
def load_barred() -> tuple[BarredStep, ...]:
    """Those that ship with this version."""
    text = (files("queries.eligibility.rules") / "barred_steps.yaml").read_text(encoding="utf-8")
    return tuple(BarredStep.model_validate(item) for item in read_yaml(text))


def barred_for(version: Version) -> tuple[BarredStep, ...]:
    """Those that can matter to a version: what is kept with a decision by it."""
    steps = [step.text for item in version.conditions for step in item.steps]
    asked = set(version.facts)
    return tuple(bar for bar in load_barred() if bar.facts <= asked and any(map(bar.means, steps)))


def objections(product: Product, versions: Iterable[Version] | None = None) -> Iterator[str]:
    """What a product proposes that nobody may, in Chinese, for whoever publishes it."""
    for version in product.versions if versions is None else versions:
        for condition in version.conditions:
            for step in condition.steps:
                for bar in load_barred():
                    if bar.when is None and bar.means(step.text):
                        yield f"条件“{condition.wording}”的下一步“{step.text}”不可提出：{bar.why}"
