"""A condition that is not met, said as the fact that fails it: 现为失信被执行人.

“未满足：当前不是失信被执行人” is read as its contrary.  What fails a condition is a fact, and is
said as one; what the condition asks for stands beside it.  The words are for people (`failing.yaml`):
no rule and no kept decision holds them, so a decision of long ago is shown in them too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from queries.eligibility.facts.catalogue import FactSpec
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.condition import AllOf, AnyOf, Comes, Condition, Leaf, Not, Test
from queries.eligibility.rules.surplus import wan
from queries.eligibility.verdict import Verdict
from queries.rule_file import RuleFile, read_rules

__all__ = ["failing", "failing_words"]

#: How a value of a fact is said: the office has words for money, codes and places.
Say = Callable[[Value, FactSpec], str]

#: Who applies is never the fault where the condition asks something of that kind of party.
_WHO = "party_kind"


class _Failing(RuleFile):
    """All of `failing.yaml`."""

    FILE = "failing"

    words: dict[str, dict[bool, str]]


@cache
def failing_words() -> Mapping[str, Mapping[bool, str]]:
    """The words of every flag that can fail a condition, by the value that does."""
    return read_rules(_Failing).words


def failing(condition: Condition, facts: Mapping[str, Fact], say: Say) -> str:
    """What fails a condition, as facts; empty for one that is met or open.

    Args:
        facts: as the condition saw them.
        say: words of a value that is neither yes nor no.
    """
    if condition.test.verdict(facts) is not Verdict.NOT_MET:
        return ""
    told = {name: words for name, words in _against(condition.test, facts, say) if words}
    if len(told) > 1:
        told.pop(_WHO, None)
    return "；".join(dict.fromkeys(told.values())) or f"不符合“{condition.wording}”"


def _against(test: Test, facts: Mapping[str, Fact], say: Say) -> Iterator[tuple[str, str]]:
    """(fact, words) of whatever speaks against it, of all that is known to."""
    match test:
        case Leaf():
            yield test.fact, _held(test, facts, say)
        case Not():
            for leaf in test.leaves():
                yield leaf.fact, _held(leaf, facts, say)
        case Comes():
            yield "", _too_little(test, facts)
        case AllOf():
            for part in test.all:
                if part.verdict(facts) is Verdict.NOT_MET:
                    yield from _against(part, facts, say)
        case AnyOf():
            for part in test.any:
                yield from _against(part, facts, say)


def _held(leaf: Leaf, facts: Mapping[str, Fact], say: Say) -> str:
    """What a fact is, in its own words."""
    value = facts[leaf.fact].value if leaf.fact in facts else None
    if value is None:
        return ""
    if isinstance(value, bool):
        words = failing_words().get(leaf.fact, {})
        return words.get(value, f"{leaf.spec.term}：{'是' if value else '否'}")
    return f"{leaf.spec.term}：{say(value, leaf.spec)}"


def _too_little(test: Comes, facts: Mapping[str, Fact]) -> str:
    """Which sums, set off against each other, leave too little; each stands beside with its source."""
    sums = [leaf for leaf in test.leaves() if leaf.fact in facts]
    known = [leaf.spec.term for leaf in sums if facts[leaf.fact].value is not None]
    return f"{'、'.join(known)}相抵后不足 {wan(test.at_least_fen)}"
