"""What is wrong or doubtful about one value, told apart from where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CellVerdict", "WrongError"]


@dataclass(frozen=True)
class CellVerdict:
    """What is wrong or doubtful about one value."""

    code: str
    message_zh: str
    message_en: str
    value_class: str
    severity: Literal["error", "warning"] = "error"


class WrongError(ValueError):
    """A text that has no value; carries the verdict."""

    def __init__(self, code: str, message_zh: str, message_en: str, value_class: str) -> None:
        super().__init__(code)
        self.verdict = CellVerdict(code, message_zh, message_en, value_class)
