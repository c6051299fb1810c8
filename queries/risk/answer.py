"""What an officer is told about one party: its own record, and apart from it what is linked.

Own and linked are two types.  Nothing adds them for a decision: a rule may read the first, never
the second (国办发〔2020〕49号; docs/adr/0041).  Values are shares of worlds in which distress reaches
the party: a level and a rank.  Only what a calibrated policy makes of them all together is called a
probability, with the date and the sample by which it may be (docs/adr/0112).
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import computed_field

from queries.basis import Basis
from queries.risk.evidence import TieEvidence, UnusedTie
from queries.risk.own_facts import OwnFact, UnusedFact
from queries.risk.policy_lines import LevelCode

__all__ = ["Contribution", "Hop", "LinkedRisk", "Origin", "OwnRisk", "Path", "RiskAnswer"]


@dataclass(frozen=True)
class OwnRisk:
    """What the party's own lawful facts bring: exact, by the policy's seeds."""

    value: float
    level: str
    level_code: LevelCode
    facts: tuple[OwnFact, ...]


@dataclass(frozen=True)
class Contribution:
    """The part of what is linked that arrives first over one direct tie (a hint).

    Attributes:
        ties: kinds of tie between the two, in Chinese.
        value: share of worlds; the values of all contributions sum to the linked value.
        share: of the linked value.
        without: the linked value if this tie were not, all else equal; None = not worked out.
    """

    party: str
    name: str | None
    ties: tuple[str, ...]
    value: float
    share: float
    without: float | None


@dataclass(frozen=True)
class Origin:
    """A party with adverse facts of its own from which distress arrives first (a hint)."""

    party: str
    name: str | None
    value: float
    share: float


@dataclass(frozen=True)
class Hop:
    """One step of a path: distress of `party` reaches the next with `weight`.

    `ties` are all kinds of tie between the two, each with its evidence; they act as independent
    causes, so that `weight` is more than any of theirs.
    """

    party: str
    name: str | None
    weight: float
    ties: tuple[TieEvidence, ...]


@dataclass(frozen=True)
class Path:
    """One way in which distress reaches the party; the sentence says it in Chinese (a hint)."""

    probability: float
    hops: tuple[Hop, ...]
    sentence: str


@dataclass(frozen=True)
class LinkedRisk:
    """What reaches the party from others while its own facts do not: hints, never a finding.

    Attributes:
        exact: whether `value` is exact; else `error` is its standard error over `worlds` samples.
        rank, of: the party's place among `of` parties by what is linked, the most first; None
            where nothing is linked.
        sentence: the value in words of Chinese.
    """

    value: float
    level: str
    level_code: LevelCode
    exact: bool
    error: float
    worlds: int
    rank: int | None
    of: int
    sentence: str
    contributions: tuple[Contribution, ...]
    origins: tuple[Origin, ...]
    paths: tuple[Path, ...]
    notice: str

    @computed_field
    @property
    def interval(self) -> tuple[float, float]:
        """Where the exact value lies, in 95 of a hundred cases."""
        reach = 1.96 * self.error
        return max(self.value - reach, 0.0), min(self.value + reach, 1.0)


@dataclass(frozen=True)
class RiskAnswer:
    """The risk of one party with its explanation.

    Attributes:
        base: what everybody has, known or not; no part of either value.
        score: own and linked value together; only for putting parties in an order.
        probability: of default within a year from any cause, known or not; None until the policy
            is calibrated, and for whom is in default already.
        standing: what may be said of the values as a whole, in Chinese.
        unused, unused_ties: facts and ties left out, and why.
    """

    party: str
    name: str | None
    own: OwnRisk
    linked: LinkedRisk
    base: float
    score: float
    unused: tuple[UnusedFact, ...]
    unused_ties: tuple[UnusedTie, ...]
    calibrated: bool
    probability: float | None
    standing: str
    basis: Basis
