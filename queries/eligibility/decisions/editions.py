"""One party before two editions of a product: what each decides, and the difference in words.

The edition in force is the one that counts.  An older one tells why somebody was answered otherwise
before, a coming one what will be asked from its day on: both are looked at, and nothing is decided
by them.
"""

from __future__ import annotations

from dataclasses import dataclass

from queries.eligibility.decisions.decide import Decision, decide
from queries.eligibility.rules.difference import difference
from queries.eligibility.rules.product import Version
from queries.eligibility.verdict import Verdict

__all__ = ["Edition", "other_editions"]


@dataclass(frozen=True)
class Edition:
    """What another edition would decide on the same facts.

    Attributes:
        is_coming: whether it begins after the day asked about; else it is an older one.
        fen: what it would lend; None where it is not worked out.
        turned_by: wordings of hard conditions that come out otherwise than in the edition in force,
            or that only one of the two asks for.
        changes: from the older of the two to the newer, in Chinese.
    """

    version: Version
    is_coming: bool
    verdict: Verdict
    fen: int | None
    turned_by: tuple[str, ...]
    changes: tuple[str, ...]


def other_editions(decision: Decision) -> tuple[Edition, ...]:
    """The edition before the one in force, and every one that is still to come."""
    versions = decision.product.versions
    place = versions.index(decision.version)
    beside = [*versions[max(0, place - 1) : place], *versions[place + 1 :]]
    return tuple(_edition(decision, version) for version in beside)


def _edition(decision: Decision, version: Version) -> Edition:
    other = decide(decision.case, decision.product, version)
    is_coming = version.effective_from > decision.version.effective_from
    ends = (decision.version, version) if is_coming else (version, decision.version)
    return Edition(
        version=version,
        is_coming=is_coming,
        verdict=other.verdict,
        fen=None if other.verdict is Verdict.NOT_MET else other.amount.fen,
        turned_by=_turned_by(decision, other) if other.verdict is not decision.verdict else (),
        changes=difference(*ends),
    )


def _turned_by(one: Decision, other: Decision) -> tuple[str, ...]:
    first, second = _hard(one), _hard(other)
    wordings = {item.condition.id: item.condition.wording for item in one.conditions}
    wordings |= {item.condition.id: item.condition.wording for item in other.conditions}
    return tuple(
        wordings[name]
        for name in dict.fromkeys([*first, *second])
        if first.get(name, Verdict.MET) is not second.get(name, Verdict.MET)
    )


def _hard(decision: Decision) -> dict[str, Verdict]:
    return {
        item.condition.id: item.verdict for item in decision.conditions if item.condition.hard
    }
