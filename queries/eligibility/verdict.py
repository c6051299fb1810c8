"""Three-valued verdicts (Kleene): an unknown never passes for a yes or a no."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

__all__ = ["Verdict", "all_of", "any_of"]


class Verdict(StrEnum):
    """What a condition, or a whole decision, comes to."""

    MET = "符合"
    NOT_MET = "不符合"
    UNKNOWN = "待补充"

    @classmethod
    def of(cls, truth: bool | None) -> Verdict:
        """From a plain truth value; None is unknown."""
        return cls.UNKNOWN if truth is None else cls.MET if truth else cls.NOT_MET


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Conjunction: one no settles it, else one unknown leaves it open."""
    found = set(verdicts)
    for decisive in (Verdict.NOT_MET, Verdict.UNKNOWN):
        if decisive in found:
            return decisive
    return Verdict.MET


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Disjunction: one yes settles it, else one unknown leaves it open."""
    found = set(verdicts)
    for decisive in (Verdict.MET, Verdict.UNKNOWN):
        if decisive in found:
            return decisive
    return Verdict.NOT_MET
