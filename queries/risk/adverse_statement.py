"""One adverse statement about a party, before it is decided what counts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["Statement"]


@dataclass(frozen=True)
class Statement:
    """An adverse statement about a party.

    Attributes:
        kind: of the fact of the log.  sort: what is one thing said in several ways (all loans, one
            kind of list).  seed: the policy's line.
        cause: of the line; empty where it has none.
        row: the fact's columns.
        why: it may not be used; None when it may.
        reason: for people, in Chinese.  note: what does not fit in what was told.
        cases: numbers of cases and grounds that say which debt it is: (court case, ground).
        tells_reason: whether the reason may be told where the statement is not used.
    """

    party: int
    kind: str
    sort: str
    seed: str
    cause: str
    row: dict[str, Any] = field(repr=False)
    probability: float = 0.0
    why: str | None = None
    reason: str = ""
    note: str = ""
    cases: tuple[str | None, str | None] = (None, None)
    tells_reason: bool = False

    @property
    def is_debt(self) -> bool:
        """Whether it speaks of a debt."""
        return self.cause == "debt"

    def left_out(self, why: str) -> Statement:
        """The same, not used; what does not fit in it is told nevertheless."""
        return replace(self, why=why, reason=self.note, tells_reason=bool(self.note))
