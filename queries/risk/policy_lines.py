"""The lines a risk policy is made of; each says why it is so, and by what.

A line names its source (`clause`: a law, a rule or a standard, with its number), or is marked as
this institution's `judgement`, to be calibrated, or both: what flows follows from the law, how much
of it nobody has written down.  A line that says neither is refused.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, get_args

from pydantic import Field, model_validator

from queries.rule_file import Strict

__all__ = [
    "Amount",
    "Base",
    "Between",
    "Capacity",
    "Certainty",
    "Decay",
    "LevelCode",
    "Levels",
    "Line",
    "Most",
    "Overdue",
    "Seed",
    "Seedless",
    "Stale",
    "TiePolicy",
    "Variant",
    "Weight",
]

#: What a citation holds: an article, a document number, or the number of an order.
_CITED = re.compile(r"第[一二三四五六七八九十百千零\d]+[条号]|〔\d{4}〕\d+号|\d{4}年第\d+号")


class Line(Strict):
    """Why a line is so, in words that an officer reads, and by what."""

    reason: str = Field(min_length=4)
    clause: str = ""
    judgement: bool = False

    @model_validator(mode="after")
    def _by_what(self) -> Line:
        if self.clause and not _CITED.search(self.clause):
            raise ValueError(f"{self.clause!r} cites nothing: name an article or a number")
        if not self.clause and not self.judgement:
            raise ValueError(f"{self.reason!r}: state a clause, or mark it as a judgement")
        return self


class Certainty(Line):
    """How sure a fact or a tie must be to carry risk: no less than certain (docs/adr/0006)."""

    at_least: float = Field(ge=1, le=1)


class Base(Line):
    """What everybody has without any fact: shown beside a score, no part of it."""

    probability: float = Field(gt=0, lt=0.1)


class Most(Line):
    """No tie passes distress on with certainty: paths stay without loops."""

    weight: float = Field(gt=0, lt=1)


#: Codes of levels from nothing at all upward: the words are the policy's, these are not.
LevelCode = Literal["none", "low", "medium", "high"]
_LEVELS: tuple[LevelCode, ...] = get_args(LevelCode)


class Levels(Line):
    """Words for a share of worlds: the last whose limit it has passed; `none` for nothing at all."""

    none: str
    limits: dict[str, float] = Field(max_length=len(_LEVELS) - 1)

    def of(self, share: float) -> str:
        """The word for a share."""
        return (self.none, *self.limits)[self._reached(share)]

    def code_of(self, share: float) -> LevelCode:
        """The code for a share, whatever the policy calls it."""
        return _LEVELS[self._reached(share)]

    def _reached(self, share: float) -> int:
        return sum(share > limit for limit in self.limits.values())

    @model_validator(mode="after")
    def _rising(self) -> Levels:
        limits = list(self.limits.values())
        if limits != sorted(set(limits)) or not limits or limits[0] < 0:
            raise ValueError("limits of levels must rise")
        return self


class Decay(Line):
    """How a fact fades: its probability halves in `half_life_days`; None = it does not."""

    half_life_days: float | None = Field(gt=0)


class Stale(Line):
    """From what age a fact whose end nobody stated counts no more."""

    after_days: int = Field(gt=0)


class Seed(Line):
    """Own probability of distress that a fact brings.

    Attributes:
        cause: facts of one cause are one misfortune, and the worst of them counts once.
    """

    probability: float = Field(gt=0, lt=1)
    cause: str
    decay: Decay
    stale: Stale | None = None

    def at(self, as_of: date, since: date | None) -> float:
        """The probability at a day, for a fact that is true since another.

        Where nobody said since when, it does not fade: unknown is not long ago.
        """
        half = self.decay.half_life_days
        if half is None or since is None or since >= as_of:
            return self.probability
        return float(self.probability * 0.5 ** ((as_of - since).days / half))

    def is_stale(self, as_of: date, since: date | None, until: date | None) -> bool:
        """Whether a fact has grown too old; one with a stated end, or of unknown age, never has."""
        if self.stale is None or since is None or until is not None:
            return False
        return (as_of - since).days > self.stale.after_days


class Overdue(Line):
    """Class of a loan -> days overdue beyond which it is at least that."""

    limits: dict[str, int]

    def of(self, days: int) -> str | None:
        """The class that so many days amount to; None while they amount to none."""
        passed = [name for name, limit in self.limits.items() if days > limit]
        return passed[-1] if passed else None


class Seedless(Line):
    """An adverse kind of fact that brings no own probability.

    Attributes:
        tie: joins a party to it.  above: the column that must be above zero for it to be adverse.
    """

    tie: str
    above: str | None = None


class Capacity(Line):
    """One yardstick of what a party can bear, in fen.

    Attributes:
        title: what it is called beside a tie.
        kinds: of facts that tell it.  property: the column; less `minus`, where there is one.
        of: whose facts: the party's own, or those of the household that a person belongs to.
    """

    title: str
    kinds: tuple[str, ...]
    property: str
    minus: str | None = None
    of: Literal["self", "household"] = "self"


class Weight(Line):
    """How much of distress a tie passes on."""

    weight: float = Field(gt=0, le=1)


class Between(Weight):
    """Between members of one household; with more than `most` of them it is no family."""

    most: int = Field(ge=2)


class Amount(Line):
    """What a guarantor bears by the amount: `full` where what is owed is all that it can bear, and
    in proportion below; `weight` of the tie itself stands where amount or capacity is unknown."""

    full: float = Field(gt=0, le=1)


class Variant(Weight):
    """Ties of a kind that pass on less or more than the others, told by a column of theirs or by
    the label of one of their ends.

    Attributes:
        full: as in `Amount`, in place of the tie's.
    """

    column: str
    value: str
    full: float | None = Field(default=None, gt=0, le=1)
    others: int | None = Field(default=None, ge=1)


class TiePolicy(Weight):
    """Whether and how distress flows along a kind of tie.

    Attributes:
        flow: "against" = from the tie's target to its source, "along" = from source to target.
        variants: weights of ties of a certain sort, in place of `weight`.
        scale: a ratio column of the tie that scales the weight; where it is unknown, no distress
            flows: unknown is not one.
        amount: how the weight follows from amount and capacity.
        others: what one owes is shared among the others of a group; so many, where the group's
            size is not known.  A variant may say it for its sort.
        once: kinds of tie with the same word are one bond, of which the strongest counts.
        bare: weight of a tie between two whom neither a share nor a guarantee joins.
        back: weight of the other way, where it is another one.
        back_own: the other way passes on only what its sender has of its own.
        between: weight between two who have the same target (members of a household).
    """

    flow: Literal["along", "against", "both"]
    scale: str | None = None
    variants: dict[str, Variant] = Field(default_factory=dict)
    amount: Amount | None = None
    others: int | None = Field(default=None, ge=1)
    once: str | None = None
    bare: Weight | None = None
    back: Weight | None = None
    back_own: bool = False
    between: Between | None = None
