"""A hint by association: two parties look alike in ways that a person should check.

Its type is its safety: no decision takes one, and no tie of the graph is made from one, so that it
carries no risk.  (国办发〔2020〕49号: no measure without law, none against those who stand near.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from pydantic import Field

from queries.basis import HINT_NOTICE
from queries.rule_file import RuleFile, Strict, read_rules
from queries.structure.profile import Profiles

__all__ = ["AssociationHint", "HintKind", "Likeness", "Signal", "hint", "load_likeness"]

HintKind = Literal["same_controller", "shared_address", "shared_phone", "shared_agent",
                   "re_registration", "nominee"]  # fmt: skip


class _Simple(Strict):
    certainty: float = Field(gt=0, lt=1)
    reason: str


class _ReRegistration(Strict):
    months: int = Field(gt=0)
    before_days: int = Field(ge=0)
    # with one alone an ended representative of both would do, whom nothing leads to
    signals: int = Field(ge=2)
    holders_ratio: float = Field(gt=0, le=1)
    certainty: dict[int, float]
    reason: str


class _Nominee(Strict):
    youngest: int
    oldest: int
    firms: int
    signals: int
    certainty: dict[int, float]
    reason: str


class Likeness(RuleFile):
    """All of `resemblance.yaml`."""

    FILE = "resemblance"

    expires_days: int = Field(gt=0)
    shared_by_at_most: dict[Literal["address", "phone", "agent", "representative"], int]
    same_controller: _Simple
    shared_value: _Simple
    re_registration: _ReRegistration
    nominee: _Nominee


@cache
def load_likeness() -> Likeness:
    """What makes two parties look alike, as it ships with this version."""
    return read_rules(Likeness)


@dataclass(frozen=True)
class Signal:
    """One thing that two parties have in common, in words, with the facts that show it."""

    kind: str
    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class AssociationHint:
    """One hint.

    Attributes:
        subject, other: keys; of a nominee hint, the firm and the person in front.
        certainty: between 0 and 1, never 1.
        path: keys on the way from one to the other.
        expires_on: the first day on which it is no longer shown.
    """

    kind: HintKind
    subject: str
    other: str
    certainty: float
    signals: tuple[Signal, ...]
    path: tuple[str, ...]
    sentence: str
    as_of: date
    expires_on: date
    policy: str
    notice: str = HINT_NOTICE

    def __post_init__(self) -> None:
        if not 0 < self.certainty < 1:
            raise ValueError("a hint is never certain")
        if not self.signals or self.expires_on <= self.as_of or self.notice != HINT_NOTICE:
            raise ValueError("a hint says why, until when, and that it is one")


def hint(
    profiles: Profiles,
    policy: Likeness,
    kind: HintKind,
    ends: tuple[str, str],
    certainty: float,
    signals: tuple[Signal, ...],
    *,
    via: tuple[str, ...] = (),
) -> AssociationHint:
    """A hint between two parties of a snapshot's profiles, with its sentence, date and expiry."""
    subject, other = ends
    as_of = profiles.snapshot.as_of
    first, second = (profiles.of[key].name or "（未具名）" for key in ends)
    what = "；".join(signal.text for signal in signals)
    return AssociationHint(
        kind=kind,
        subject=subject,
        other=other,
        certainty=certainty,
        signals=signals,
        path=(subject, *via, other),
        sentence=f"{first} 与 {second}：{what}。",
        as_of=as_of,
        expires_on=as_of + timedelta(policy.expires_days),
        policy=policy.name,
    )
