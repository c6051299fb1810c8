"""Who may be whom: the pairs worth an officer's look, with probability and reasons.

A mention means one party at most.  So where several identified parties fit it, they share the
probability: two 张伟 of one village are 可能 each, and neither is 很可能.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.identity.blocking import block
from ingest.identity.commonness import count
from ingest.identity.comparison import Comparison, compare, probability
from ingest.identity.policy import IdentityPolicy, load_policy
from ingest.identity.record import Record

__all__ = ["WORTHLESS", "Candidate", "Found", "find_candidates", "shared"]

#: Log2 odds of one in a million: such a rival takes nothing from anybody.
WORTHLESS = -20.0


@dataclass(frozen=True)
class Candidate:
    """One pair for the queue; `mention` has no identifier, `other` may have one.

    Attributes:
        probability: that both are one party, shared among rivals.
        rivals: how many other identified parties also fit the mention.
    """

    mention: Record
    other: Record
    probability: float
    comparison: Comparison
    rivals: int = 0


@dataclass(frozen=True)
class Found:
    """The outcome of one search.

    Attributes:
        candidates: the most probable first.
        compared: pairs compared.
        left_out: block -> records that could not be compared there (too common, no village).
        weighed_by: name of the policy, and of the way where that is not the rules.
    """

    candidates: tuple[Candidate, ...]
    compared: int
    left_out: dict[str, int]
    weighed_by: str

    @classmethod
    def of(
        cls, candidates: Iterable[Candidate], compared: int, left_out: dict[str, int], by: str
    ) -> Found:
        """Candidates in any order, put in that of the queue."""
        ordered = sorted(
            candidates, key=lambda item: (-item.probability, item.mention.key, item.other.key)
        )
        return cls(tuple(ordered), compared, left_out, by)


def find_candidates(records: Sequence[Record], policy: IdentityPolicy | None = None) -> Found:
    """Compare what may be the same; nothing is decided here."""
    weights = policy or load_policy()
    # of two mentions the one with the smaller key is compared with the other: no order of input counts
    records = sorted(records, key=lambda record: record.key)
    common = count(records)
    blocked = block(records, most=weights.blocks.most)
    by_mention: dict[int, list[tuple[int, Comparison]]] = defaultdict(list)
    for mention, other in blocked.pairs:
        comparison = compare(records[mention], records[other], common, weights)
        if comparison.by_identifier is None and comparison.odds > WORTHLESS:
            by_mention[mention].append((other, comparison))
    found = (
        candidate
        for mention, others in by_mention.items()
        for candidate in shared(records, mention, others, weights)
    )
    return Found.of(found, len(blocked.pairs), blocked.left_out, weights.name)


def shared(
    records: Sequence[Record],
    mention: int,
    others: Iterable[tuple[int, Comparison]],
    policy: IdentityPolicy,
) -> list[Candidate]:
    """The candidates of one mention, which its rivals share; places in the records."""
    each = list(others)
    odds = {
        place: 2.0 ** min(comparison.odds, 500.0)
        for place, comparison in each
        if records[place].identifiers
    }
    total = sum(odds.values())
    made = []
    for place, comparison in each:
        chance = odds[place] / (1 + total) if place in odds else probability(comparison.odds)
        if chance >= policy.show_from:
            made.append(Candidate(records[mention], records[place], chance, comparison))
    made.sort(key=lambda item: (-item.probability, item.other.key))
    known = sum(bool(item.other.identifiers) for item in made)
    return [
        replace(item, rivals=known - 1 if item.other.identifiers else 0)
        for item in made[: policy.most_candidates]
    ]
