"""The first steps of a program that asks, as lines of curl: shown on `/docs`, run by the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from graph.plain_yaml import read_yaml

__all__ = ["Step", "guide"]


@dataclass(frozen=True)
class Step:
    """One line.

    Attributes:
        title, says: in both languages, Chinese before English.
        keeps: variable to place in the answer (`rows.0.key`).
    """

    title: str
    says: str
    curl: str
    keeps: dict[str, str] = field(default_factory=dict)

    def in_language(self, language: str) -> tuple[str, str]:
        """Title and what is said."""
        at = 0 if language == "zh" else 2
        return self.title.partition(" / ")[at], self.says.partition(" / ")[at]


@cache
def guide() -> tuple[Step, ...]:
    """Every step, in order."""
    text = Path(__file__).with_name("guide.yaml").read_text(encoding="utf-8")
    return tuple(Step(**told) for told in read_yaml(text))
