"""One party before two editions of a product: what each decides, and the difference in words.

The edition in force is the one that counts.  An older one tells why somebody was answered otherwise
before, a coming one what will be asked from its day on: both are looked at, and nothing is decided
by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from queries.eligibility.decisions.decide import Decision
from queries.eligibility.rules.difference import difference
from queries.eligibility.rules.product import Version
from queries.eligibility.rules.runner import Checked, evaluate, overall
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
        changes: from the older of the two to the newer, in Chinese: what can decide otherwise.
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
    facts = version.in_time(decision.case.facts, decision.case.as_of)
    checked = evaluate(version, facts)
    verdict = overall(checked)
    is_coming = version.effective_from > decision.version.effective_from
    ends = (decision.version, version) if is_coming else (version, decision.version)
    return Edition(
        version=version,
        is_coming=is_coming,
        verdict=verdict,
        fen=None if verdict is Verdict.NOT_MET else version.amount.apply(facts).fen,
        turned_by=_turned_by(decision.conditions, checked)
        if verdict is not decision.verdict
        else (),
        changes=difference(*ends, notes=False),
    )


def _turned_by(one: Iterable[Checked], other: Iterable[Checked]) -> tuple[str, ...]:
    first, second = _hard(one), _hard(other)
    return tuple(
        {**first, **second}[name].condition.wording
        for name in dict.fromkeys([*first, *second])
        if _verdict(first, name) is not _verdict(second, name)
    )


def _hard(checked: Iterable[Checked]) -> dict[str, Checked]:
    return {item.condition.id: item for item in checked if item.condition.hard}


def _verdict(checked: Mapping[str, Checked], name: str) -> Verdict:
    """Of a condition that is not asked for, that nothing stands against it."""
    return checked[name].verdict if name in checked else Verdict.MET
