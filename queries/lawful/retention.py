"""How long facts are kept, as data: months after an event, with clause.  Deleting them is another matter."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["Retention", "RetentionRule", "retention_rules"]


class RetentionRule(Strict):
    """One rule.

    Attributes:
        title: what it is about.
        months: after the event; 0: no longer than it, None: without end.
        after: the event, a word of `Retention.events`.
        sure: `judgement` is our own measure, where no public rule says one.
    """

    title: str
    months: int | None = Field(ge=0)
    after: str
    clause: str
    sure: Literal["found", "known_high", "judgement"]


class Retention(RuleFile):
    """The events and the rules, by name."""

    FILE: ClassVar[str] = "retention"

    events: Mapping[str, str]
    rules: Mapping[str, RetentionRule]

    @model_validator(mode="after")
    def _whole(self) -> Retention:
        for name, rule in self.rules.items():
            if rule.after not in self.events:
                raise ValueError(f"{name}: no such event as {rule.after}")
            if (rule.months is None) is not (rule.after == "never"):
                raise ValueError(f"{name}: what is kept without end waits for no event")
        return self

    def words(self, name: str) -> str:
        """A rule in Chinese."""
        rule = self.rules[name]
        if rule.months is None:
            return f"{rule.title}：长期（{rule.clause}）"
        event = self.events[rule.after]
        if rule.months == 0:
            return f"{rule.title}：{event}即止（{rule.clause}）"
        years, rest = divmod(rule.months, 12)
        length = f"{rule.months} 个月" if rest else f"{years} 年"
        return f"{rule.title}：{event}之日起 {length}（{rule.clause}）"


@cache
def retention_rules() -> Retention:
    """The rules as they stand in the file; raises pydantic's `ValidationError`."""
    return read_rules(Retention)
