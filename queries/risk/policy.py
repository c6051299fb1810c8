"""The risk policy: what counts as distress, and where it flows.  Data, versioned, with reasons."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.schema import SCHEMA
from graph.vocabulary import ValueType

__all__ = ["Policy", "Seed", "ListingSeed", "LoanClassSeed", "OverdueSeed", "TiePolicy",
           "load_policy", "read_policy"]

Probability = Annotated[float, Field(gt=0, lt=1)]
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Seed(_Part):
    """A fact about a party itself and the probability of distress that it stands for."""

    term: Text
    probability: Probability
    reason: Text


class ListingSeed(Seed):
    """A list entry of this kind."""

    list_kind: Text


class LoanClassSeed(Seed):
    """A loan in this class (五级分类)."""

    loan_class: Text


class OverdueSeed(Seed):
    """A loan overdue for at least `days`."""

    days: Annotated[int, Field(ge=1)]


class TiePolicy(_Part):
    """How distress uses a tie.

    Attributes:
        flow: `along` the sentence of the tie, `against` it, or `both`.
        factor: strength; times the value of `column` where one is named.
        forward, backward: how the tie reads from its source, and from its target.
    """

    kind: Text
    flow: Literal["along", "against", "both"]
    factor: Probability
    column: str | None = None
    forward: Text
    backward: Text
    reason: Text

    @model_validator(mode="after")
    def _fits_the_schema(self) -> Self:
        tie = SCHEMA.relationships.get(self.kind)
        if tie is None or SCHEMA.common_label(tie.targets) != "Party":
            raise ValueError(f"{self.kind} is no tie between two parties")
        real = {item.name for item in tie.properties if item.type is ValueType.REAL}
        if self.column is not None and self.column not in real:
            raise ValueError(f"{self.kind} has no real-valued property {self.column}")
        return self


class Policy(_Part):
    """One version of the policy; `hash` names its exact text."""

    version: Text
    floor: Probability
    cap: Probability
    listings: tuple[ListingSeed, ...]
    loan_classes: tuple[LoanClassSeed, ...]
    overdue: tuple[OverdueSeed, ...]
    ties: tuple[TiePolicy, ...]

    @model_validator(mode="after")
    def _says_everything_once(self) -> Self:
        for names in (
            [item.list_kind for item in self.listings],
            [item.loan_class for item in self.loan_classes],
            [item.days for item in self.overdue],
            [item.kind for item in self.ties],
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"said twice in {names}")
        return self

    @property
    def hash(self) -> str:
        """sha256 of the content, whatever its layout."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def name(self) -> str:
        """How an answer cites the policy."""
        return f"risk {self.version} sha256:{self.hash[:16]}"


def read_policy(text: str) -> Policy:
    """Read a policy from YAML; raises pydantic's `ValidationError` on anything unknown."""
    return Policy.model_validate(yaml.safe_load(text))


@cache
def load_policy() -> Policy:
    """The policy in force."""
    return read_policy((files("queries.risk") / "policy.yaml").read_text(encoding="utf-8"))
