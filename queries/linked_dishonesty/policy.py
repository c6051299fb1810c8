"""Which lists make a subject dishonest, which ties are followed, how far, and until when a hint holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import ClassVar

from pydantic import Field, model_validator

from graph.schema import SCHEMA
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["LinkPolicy", "TieWords", "load_links"]


class TieWords(Strict):
    """What the other end of a tie is, seen along the tie and against it."""

    forward: str
    backward: str


class LinkPolicy(RuleFile):
    """All of `linked.yaml`.

    Attributes:
        through_at_most: parties with more neighbours than this are reached and not passed through: a
            cooperative of a hundred members links nobody with anybody.
    """

    FILE: ClassVar[str] = "linked"

    lists: tuple[str, ...]
    ties: Mapping[str, TieWords]
    hops: int = Field(ge=1, le=4)
    through_at_most: int = Field(ge=1)
    expires_days: int = Field(gt=0)

    @model_validator(mode="after")
    def _of_the_schema(self) -> LinkPolicy:
        if lost := {*self.ties} - {*SCHEMA.relationships}:
            raise ValueError(f"no such ties: {sorted(lost)}")
        return self


@cache
def load_links() -> LinkPolicy:
    """The policy that ships with this version."""
    return read_rules(LinkPolicy)
