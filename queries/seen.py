"""What a reader sees of a version or a tie, as Cypher: `Scope.sees`, written from the schema.

Parameters: `$granted` (party -> place in `$opened`, the lists of fact kinds that somebody opened to
this reader) and `$areas` (beginnings of the keys of divisions).  Which kinds are open without consent, and whether the reader works in the
whole district, is known before: what need not be asked is not in the text, so that its plan is small.
Readers of one role share a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from graph.schema import SCHEMA
from graph.vocabulary import End, Node
from queries.fragment import fragments
from queries.pattern import Bound
from queries.scope import Scope

__all__ = ["Reading", "of_fragment", "seen", "while_held", "while_known"]


@dataclass(frozen=True)
class Reading:
    """What of a scope decides which text is asked.

    Attributes:
        open_kinds: kinds of facts that need nobody's consent.
        has_grants: whether anybody opened anything besides.
        has_areas: whether the reader works in some divisions only.
    """

    open_kinds: frozenset[str]
    has_grants: bool = True
    has_areas: bool = True

    @classmethod
    def of(cls, scope: Scope) -> Reading:
        """That of a scope."""
        return cls(scope.open_kinds, any(scope.granted.values()), scope.areas is not None)


def while_known(name: str) -> str:
    """The clock of what was known over a version or a tie."""
    return f"{name}.known_from <= $known_at AND $known_at < {name}.known_to"


def while_held(name: str) -> str:
    """Both clocks over a version or a tie."""
    return f"{name}.valid_from <= $as_of AND $as_of < {name}.valid_to AND {while_known(name)}"


def seen(name: str, fact: Bound, reading: Reading) -> str:
    """Whether the reader sees what `name` is bound to.

    What is alike for several kinds is asked once: each subquery is one more for the planner.
    """
    kind = f"type({name})" if fact.is_tie else f"{name}.kind"
    ways: dict[str, dict[str, list[str]]] = {}
    for each in sorted(fact.kinds):
        is_open, is_near = _conditions(name, kind, each, fact, reading)
        if is_open != "false":
            ways.setdefault(is_near, {}).setdefault(is_open, []).append(each)
    alike = len(fact.kinds) == sum(len(kinds) for way in ways.values() for kinds in way.values())
    told = []
    for is_near, way in ways.items():
        one = len(ways) == 1 and alike
        opened = [
            _all(text, "true" if one and len(way) == 1 else f"{kind} IN {kinds}")
            for text, kinds in way.items()
        ]
        told.append(_all(_any(opened), is_near))
    # the cheap conditions first
    return _any(sorted(told, key=len))


def _conditions(name: str, kind: str, of: str, fact: Bound, reading: Reading) -> tuple[str, str]:
    """For facts of one kind: whether it is open, and whether it is where the reader works."""
    if SCHEMA.information(of).is_public:
        return "true", "true"
    declared = SCHEMA.kind(of)
    if isinstance(declared, Node):
        subjects = [(fact.of or "described_", SCHEMA.superlabel(declared) == "Party")]
    else:
        nodes = {"source": f"startNode({name})", "target": f"endNode({name})"}
        parties = SCHEMA.party_ends(declared)
        subjects = [(nodes[end], end in parties) for end in SCHEMA.about(declared)]
    owning = "|".join(_owning_ties())
    is_open, is_near = "true", "true"
    if of not in reading.open_kinds:
        opened = [
            of_fragment("has_opened", node, kind)
            if is_party
            else of_fragment("has_owner_opening", node, owning, kind)
            for node, is_party in subjects
        ]
        is_open = _all(*opened) if reading.has_grants else "false"
    if reading.has_areas and all(is_party for _, is_party in subjects):
        nodes_ = f"[startNode({name}), endNode({name})]" if fact.is_tie else f"[{subjects[0][0]}]"
        is_near = of_fragment("is_near", nodes_)
    elif reading.has_areas:
        is_near = of_fragment("has_owner_near", subjects[0][0], owning)
    if isinstance(declared, Node):
        if fact.of:
            return is_open, is_near
        return (
            is_open if is_open in ("true", "false") else of_fragment("described", name, is_open),
            is_near if is_near == "true" else of_fragment("described", name, is_near),
        )
    if declared.is_identity and is_open != "false":
        # of who contradicts himself nothing is seen: half of it would be believed
        contradicted = of_fragment("contradicted", name, declared.type)
        is_open = _all(is_open, f"({name}.certainty < 1 OR NOT {contradicted})")
    return is_open, is_near


def _all(*texts: str) -> str:
    told = [text for text in texts if text != "true"]
    return " AND ".join(told) if told else "true"


def _any(texts: list[str]) -> str:
    if not texts:
        return "false"
    if "true" in texts:
        return "true"
    return f"({' OR '.join(texts)})"


def of_fragment(name: str, *values: str) -> str:
    """A fragment with its values, and `held` in it written out."""
    text = fragments()[name].given([*values])
    return re.sub(r"\bheld\((\w+)\)", lambda found: while_held(found[1]), text)


@cache
def _owning_ties() -> tuple[str, ...]:
    """Kinds of ties that make a party the owner of a thing: those that are about the party."""
    other: dict[End, End] = {"source": "target", "target": "source"}
    found = []
    for tie in SCHEMA.relationships.values():
        ends = {"source": tie.sources, "target": tie.targets}
        for end in SCHEMA.party_ends(tie):
            thing = SCHEMA.common_label(ends[other[end]])
            if SCHEMA.about(tie) == (end,) and thing not in ("Party", "Division"):
                found.append(tie.type)
    return tuple(found)
