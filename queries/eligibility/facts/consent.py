"""What stays closed: a fact that needs a consent is not read while nobody gave that.

Without it there is nothing to judge by, which is neither 符合 nor 不符合.  A paper that the party
itself brings is no reading of ours and needs no more than that it was handed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from queries.eligibility.facts.catalogue import Catalogue
from queries.eligibility.facts.fact import Fact

__all__ = ["CLOSED", "CONSENTS", "close", "closed", "refused"]

#: Facts that are themselves a consent, given in writing by whom they speak of
#: (征信业管理条例 第十八条; of an organisation 第二十八条).
CONSENTS = ("consent", "spouse_consent")

CLOSED = Fact(None, reason="no_consent")


def closed(known: Catalogue, given: Mapping[str, bool]) -> frozenset[str]:
    """Names of the facts and hints that may not be read; `given` says which consents there are."""
    return frozenset(
        name
        for name, spec in known.facts.items()
        if spec.needs is not None and not given.get(spec.needs, False)
    )


def close(facts: Mapping[str, Fact], shut: frozenset[str]) -> dict[str, Fact]:
    """The facts without what may not be read; what was brought on paper stays."""
    return {
        name: CLOSED if name in shut and not fact.paper else fact for name, fact in facts.items()
    }


def refused(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """A consent that is refused is none: what would need it stays open, and nobody fails by it."""
    return {
        name: replace(fact, value=None, reason="no_consent", against=None)
        if name in CONSENTS and fact.value is False
        else fact
        for name, fact in facts.items()
    }
