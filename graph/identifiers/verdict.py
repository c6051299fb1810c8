"""What a check of an identifier finds: one verdict, one stable code, words for two readers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["IdentifierIssue", "Verdict"]


class Verdict(StrEnum):
    """VALID may be used; WARNING may be used and should be looked at; INVALID may not."""

    VALID = "valid"
    WARNING = "warning"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class IdentifierIssue:
    """The outcome of one check.

    The messages never repeat the value: they are shown and logged where a resident id may not be.

    Attributes:
        verdict: whether the value may be used.
        code: stable class of the cause, `ok` for the ordinary valid value.
        message_zh: what is wrong and what to do, in Chinese; empty when there is nothing to say.
        message_en: the same in English.
        value: the compact normal form; None exactly when the verdict is INVALID.
    """

    verdict: Verdict
    code: str
    message_zh: str
    message_en: str
    value: str | None

    def __post_init__(self) -> None:
        if (self.value is None) is not (self.verdict is Verdict.INVALID):
            raise ValueError("an INVALID finding has no value, and every other finding has one")
