"""What a condition may rest on: a party's own fact.  What it may not: a hint by association.

The two are different types without a common ancestor, and neither can be made of the other.  The
runner takes `Fact` and nothing else, so that a hint cannot reach a verdict by any mistake of a
caller (国办发〔2020〕49号: no punishment by association).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

__all__ = ["NOT_COLLECTED", "Fact", "LinkedHint", "Value", "Why"]

#: Money is integer fen; a code is its English name; unknown is None.
Value = bool | int | float | str | None

#: Why a fact is unknown.
Why = Literal[
    "not_collected", "no_bureau_answer", "no_consent", "undetermined", "stale", "not_applicable"
]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with where it is from; `value` None is unknown, and `reason` says why.

    Attributes:
        source: a source's name, or the document that an officer brought.
        stated_on: the day that the statement is about, None where it has none.
        fact_id: of the log's fact that says it; None for paper, and for absence from a whole list.
        paper: whether an officer brought it.
        issuer, seen_by: of a paper: who made it out, and who looked at it.
        implied_by: name of the fact whose value says this one too; empty for what was read.
        reference: the document that the source rests on, with its number (征信报告 R1).
        proven: a record shows that it is so, and no later word makes it unhappened.
        against: the word that did not stand, where source and paper differ; shown beside it.
    """

    value: Value
    source: str = ""
    stated_on: date | None = None
    reason: Why | None = None
    fact_id: str | None = None
    paper: bool = False
    reference: str = ""
    implied_by: str = ""
    issuer: str = ""
    seen_by: str = ""
    proven: bool = field(default=False, compare=False)
    against: Fact | None = None

    def __post_init__(self) -> None:
        if not (self.value is None or isinstance(self.value, (bool, int, float, str))):
            raise TypeError(f"a fact is a plain value, not a {type(self.value).__name__}")
        if (self.value is None) == (self.reason is None):
            raise ValueError("a known fact has no reason for being unknown; an unknown one has")

    @property
    def said_by(self) -> str:
        """Whose word it is: the document with its number where there is one, or the source."""
        return self.reference or self.source


@dataclass(frozen=True, slots=True)
class LinkedHint:
    """Something about others that touches the party: shown with its notice, decides nothing.

    `reason` says why it is unknown; `not_applicable` where there are no such others.
    """

    holds: bool | None
    source: str = ""
    stated_on: date | None = None
    reason: Why | None = None


NOT_COLLECTED = Fact(None, reason="not_collected")
