"""How long facts and rows of the stores are kept, as data: months after an event, with clause.

Deleting what has ended is the matter of `ingest.retention`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from queries.lawful.regimes import regimes
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["Retention", "RetentionRule", "StoreRule", "retention_rules"]


class RetentionRule(Strict):
    """One rule.

    Attributes:
        title: what it is about.
        months: after the event; 0: no longer than it, None: without end.
        after: the event, a word of `Retention.events`.
        sure: `judgement` is our own measure, where no public rule says one: by it alone nothing is
            deleted.
        then: what the clause orders after that: to delete, or to use no more.
    """

    title: str
    months: int | None = Field(ge=0)
    after: str
    clause: str
    sure: Literal["found", "known_high", "judgement"]
    then: Literal["deleted", "used_no_more"] = "deleted"


class StoreRule(Strict):
    """How long rows of the operations store, or files beside it, are kept.

    Attributes:
        tables: the tables, the first with the rows that end, the others with what hangs on them;
            none for files.
        months, days: after the event; both None: no law names a term, and nothing goes by itself.
        sure: `own` is a validity that the program itself gave (a link, a session); as
            `RetentionRule` otherwise.
        how: `rows` of which `column` is past; `audit`, cut with a signed anchor; `room`: swept by who
            keeps them; `kept`: by nobody.
        column: instant or day of the event, of the first table.
    """

    title: str
    tables: tuple[str, ...] = ()
    months: int | None = Field(default=None, ge=0)
    days: int | None = Field(default=None, ge=0)
    after: str
    clause: str
    sure: Literal["found", "known_high", "own", "judgement"]
    how: Literal["rows", "audit", "room", "kept"]
    column: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> StoreRule:
        has_term = (self.months is not None) + (self.days is not None)
        if has_term != (self.how != "kept") or (self.column is not None) != (self.how == "rows"):
            raise ValueError(f"{self.title}: term, way and column do not fit")
        if self.how in ("rows", "audit") and (self.sure == "judgement" or not self.tables):
            raise ValueError(f"{self.title}: nothing is deleted by our own judgement alone")
        return self


class Retention(RuleFile):
    """The events, the rules of facts by name, and those of the stores.

    Attributes:
        act_ends: adverse kind -> the days on which its act may have ended; the latest that is stated
            counts.
    """

    FILE: ClassVar[str] = "retention"

    events: Mapping[str, str]
    rules: Mapping[str, RetentionRule]
    act_ends: Mapping[str, tuple[str, ...]]
    stores: Mapping[str, StoreRule]

    @model_validator(mode="after")
    def _whole(self) -> Retention:
        for name, rule in self.rules.items():
            if rule.after not in self.events:
                raise ValueError(f"{name}: no such event as {rule.after}")
            if (rule.months is None) is not (rule.after == "never"):
                raise ValueError(f"{name}: what is kept without end waits for no event")
        if self.act_ends.keys() != regimes().records.keys():
            raise ValueError(f"adverse kinds are {sorted(regimes().records)}")
        for name, kept in self.stores.items():
            if kept.after not in self.events:
                raise ValueError(f"{name}: no such event as {kept.after}")
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
