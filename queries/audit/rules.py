"""The rules of alerts: `alerts.yaml`, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from functools import cache
from typing import ClassVar

from pydantic import Field

from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["AlertRules", "ManyRule", "NamedRule", "OffHoursRule", "load_alert_rules"]


class NamedRule(Strict):
    """A rule that has no figures."""

    code: str
    title: str


class ManyRule(NamedRule):
    """How many subjects within some minutes are too many; `of_role` where a role has its own limit."""

    minutes: int = Field(ge=1, le=1440)
    limit: int = Field(ge=1)
    of_role: Mapping[str, int] = {}

    def limit_of(self, role: str) -> int:
        """The limit for a role."""
        return self.of_role.get(role, self.limit)


class OffHoursRule(NamedRule):
    """Working hours, and roles for whom there are none."""

    begins: time
    ends: time
    left_out: tuple[str, ...] = ()


class AlertRules(RuleFile):
    """Every rule."""

    FILE: ClassVar[str] = "alerts"

    many: tuple[ManyRule, ...]
    off_hours: OffHoursRule
    relative: NamedRule
    listed: NamedRule

    @property
    def titles(self) -> dict[str, str]:
        """Code of a rule -> its title."""
        every = (*self.many, self.off_hours, self.relative, self.listed)
        return {rule.code: rule.title for rule in every}


@cache
def load_alert_rules() -> AlertRules:
    """The rules as they stand in the file."""
    return read_rules(AlertRules)
