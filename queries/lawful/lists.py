"""The catalogue of lists: by which rule each is, for how long, how one leaves it, who decides.

A rule of which we are not sure computes nothing: the document that lists somebody has to say when it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from graph.schema import SCHEMA
from queries.lawful.regimes import Sure, regimes
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["Catalogue", "ListRule", "list_catalogue"]


class ListRule(Strict):
    """One list.

    Attributes:
        begins: since when the rule is in force; None: local rules.
        months: term of an entry; None: until it is removed, or as its document says (`note`).
        min_months: after which one may ask to leave; `max_months`: the longest term.
        leaves: how one leaves it.
        authority: part of the name of who decides.
        colour: `black`, `abnormal`, `light`, `record`; `red` is an honour, `measure` no finding at all.
        source: takes its files; None: it is not kept here as a list.
    """

    title: str
    rule: str
    begins: date | None = Field(alias="from")
    criteria: str
    months: int | None = None
    min_months: int | None = None
    max_months: int | None = None
    leaves: str = ""
    authority: str
    colour: Literal["black", "abnormal", "light", "record", "red", "measure"]
    subject: str
    sure: Sure
    source: str | None
    note: str = ""

    @property
    def kind(self) -> str | None:
        """Kind of the facts that hold its entries; None: none do."""
        if self.source is None or self.colour == "measure":
            return None
        return "Honour" if self.colour == "red" else "ListEntry"

    @property
    def computed_months(self) -> int | None:
        """The longest term that may be computed; None: only the document says when it ends."""
        return None if self.sure == "unsure" else self.max_months


class Catalogue(RuleFile):
    """Every list by its code."""

    FILE: ClassVar[str] = "lists"

    lists: Mapping[str, ListRule]

    @model_validator(mode="after")
    def _of_the_schema(self) -> Catalogue:
        for kind in ("ListEntry", "Honour"):
            [codes] = [
                item.values for item in SCHEMA.nodes[kind].properties if item.name == "list_kind"
            ]
            told = {code: item.title for code, item in self.lists.items() if item.kind == kind}
            if told != dict(codes):
                raise ValueError(f"{kind}: lists of the schema are {sorted(codes)}")
        return self

    def says(self, code: str) -> str:
        """By what an entry of a list ends, in Chinese."""
        item = self.lists[code]
        lines = [term for term in regimes().terms if code in term.classes and term.sure != "unsure"]
        if lines:
            return f"最长 {min(term.months for term in lines)} 个月；文书写明更短的从其文书"
        return item.note or "到移出为止；文书写明截止日期的从其文书"


@cache
def list_catalogue() -> Catalogue:
    """The catalogue as it stands in the file; raises pydantic's `ValidationError`."""
    return read_rules(Catalogue)
