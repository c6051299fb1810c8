"""Three-valued verdicts: unknown is not no (Kleene's strong logic)."""

from __future__ import annotations

from collections.abc import Iterable

from queries.coded import Coded

__all__ = ["Verdict", "all_of", "any_of", "negation"]


class Verdict(Coded):
    """符合 (met), 不符合 (not met), 待补充 (a fact is missing)."""

    MET = "符合"
    NOT_MET = "不符合"
    UNKNOWN = "待补充"


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """One 不符合 settles it, whatever comes after; otherwise one 待补充 leaves it open."""
    return _settled(verdicts, by=Verdict.NOT_MET, else_=Verdict.MET)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """One 符合 settles it, whatever comes after; otherwise one 待补充 leaves it open."""
    return _settled(verdicts, by=Verdict.MET, else_=Verdict.NOT_MET)


def _settled(verdicts: Iterable[Verdict], *, by: Verdict, else_: Verdict) -> Verdict:
    found = else_
    for verdict in verdicts:
        if verdict is by:
            return by
        if verdict is Verdict.UNKNOWN:
            found = verdict
    return found


def negation(verdict: Verdict) -> Verdict:
    """The other settled verdict; what is open stays open."""
    return _OPPOSITE[verdict]


_OPPOSITE = {
    Verdict.MET: Verdict.NOT_MET,
    Verdict.NOT_MET: Verdict.MET,
    Verdict.UNKNOWN: Verdict.UNKNOWN,
}
