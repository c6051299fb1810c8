"""What a reader sees of a version or a tie, as Cypher: `Scope.sees`, written from the schema.

Parameters: `$open` (fact kinds that need nobody's consent for this reader), `$opened` (fact kind ->
groups of parties that opened it to them), `$granted` (the keys of each group, in parts by their
`$ending`) and `$areas` (beginnings of the keys of divisions).  Whether anybody opened anything, and
whether the reader works in the whole district, is known before: what need not be asked is not in the
text, so that its plan is small.  A text is planned once and slowly, so readers of all roles share
these four.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.schema import SCHEMA
from graph.vocabulary import Node
from queries.fragment import fragments
from queries.owning import owning, subjects
from queries.pattern import Bound
from queries.scope import Scope

__all__ = ["Reading", "of_fragment", "seen", "while_held", "while_known"]


#: Kinds of ties that a pattern names at most.
_NAMED = 6


@dataclass(frozen=True)
class Reading:
    """What of a scope decides which text is asked.

    Attributes:
        has_grants: whether anybody opened anything besides what needs no consent.
        has_areas: whether the reader works in some divisions only.
    """

    has_grants: bool = True
    has_areas: bool = True

    @classmethod
    def of(cls, scope: Scope) -> Reading:
        """That of a scope."""
        return cls(any(scope.granted.values()), scope.areas is not None)


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
        ways.setdefault(is_near, {}).setdefault(is_open, []).append(each)
    told = []
    for is_near, way in ways.items():
        is_alike = len(ways) == len(way) == 1
        opened = [
            _all(text, "true" if is_alike else f"{kind} IN {kinds}") for text, kinds in way.items()
        ]
        told.append(_all(_any(opened), is_near))
    # the cheap conditions first
    return _any(sorted(told, key=len))


def _conditions(name: str, kind: str, of: str, fact: Bound, reading: Reading) -> tuple[str, str]:
    """For facts of one kind: whether it is open, and whether it is where the reader works."""
    if SCHEMA.information(of).is_public:
        return "true", "true"
    declared = SCHEMA.kind(of)
    nodes = {
        "key": fact.of or "described_",
        "from_key": f"startNode({name})",
        "to_key": f"endNode({name})",
    }
    about = [(nodes[each.column], each.label == "Party") for each in subjects(of)]
    ways, wanted = _owning(fact)
    is_near, opened = "true", "false"
    if reading.has_grants:
        opened = _all(
            *(
                of_fragment("has_opened", node, kind)
                if is_party
                else of_fragment(
                    "has_owner_opening",
                    node,
                    ways,
                    wanted,
                    of_fragment("has_opened", "owner_", kind),
                )
                for node, is_party in about
            )
        )
    if reading.has_areas and all(is_party for _, is_party in about):
        nodes_ = f"[startNode({name}), endNode({name})]" if fact.is_tie else f"[{about[0][0]}]"
        is_near = of_fragment("is_near", nodes_)
    elif reading.has_areas:
        is_near = of_fragment("has_owner_near", about[0][0], ways, wanted)
    if isinstance(declared, Node) and not fact.of:
        opened, is_near = (
            text if text in ("true", "false") else of_fragment("described", name, text)
            for text in (opened, is_near)
        )
    is_open = _any([text for text in (f"{kind} IN $open", opened) if text != "false"])
    if not isinstance(declared, Node) and declared.is_identity:
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


def _owning(fact: Bound) -> tuple[str, str]:
    """The ties to owners of what a fact is about, as a pattern names them, and a condition on them.

    A pattern names none where the fact may be about things of many labels: each name is one more way
    for the planner, in every subquery.
    """
    about = {subject.label for kind in fact.kinds for subject in subjects(kind)}
    ties = sorted({tie.kind for label in about - {"Party", "Division"} for tie in owning(label)})
    if not ties or len(ties) > _NAMED:
        return "", "type(own_) IN $owning"
    return f":{'|'.join(ties)}", "true"
