"""What a reader sees of a version or a tie, as Cypher: `Scope.sees`, written from the schema.

Parameters: `$granted` (party -> fact kinds that it opened to this reader) and `$areas` (beginnings
of the keys of divisions).  Which kinds are open without consent, and whether the reader works in the
whole district, is known before: what need not be asked is not in the text, so that its plan is small.
Readers of one role share a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from graph.schema import SCHEMA
from graph.vocabulary import End, Node
from queries.pattern import Bound
from queries.scope import Scope

__all__ = ["Reading", "seen", "while_held", "while_known"]


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
    """Whether the reader sees what `name` is bound to."""
    kind = f"type({name})" if fact.is_tie else f"{name}.kind"
    ways: dict[str, list[str]] = {}
    for each in sorted(fact.kinds):
        condition = _condition(name, kind, each, fact, reading)
        ways.setdefault(condition, []).append(each)
    if len(ways) == 1:
        return next(iter(ways))
    # the cheap conditions first
    told = [
        f"{kind} IN {kinds}" + ("" if text == "true" else f" AND {text}")
        for text, kinds in sorted(ways.items(), key=lambda way: len(way[0]))
        if text != "false"
    ]
    return f"({' OR '.join(told)})"


def _condition(name: str, kind: str, of: str, fact: Bound, reading: Reading) -> str:
    """For facts of one kind."""
    if SCHEMA.information(of).is_public:
        return "true"
    declared = SCHEMA.kind(of)
    if isinstance(declared, Node):
        is_party = SCHEMA.superlabel(declared) == "Party"
        is_open = of in reading.open_kinds
        text = _open_and_near(kind, [(fact.of or "described_", is_party)], reading, is_open=is_open)
        if fact.of or text in ("true", "false"):
            return text
        return f"EXISTS {{ MATCH ({name})-[:DESCRIBES]->(described_) WHERE {text} }}"
    nodes = {"source": f"startNode({name})", "target": f"endNode({name})"}
    ends = [(nodes[end], end in SCHEMA.party_ends(declared)) for end in SCHEMA.about(declared)]
    text = _open_and_near(kind, ends, reading, is_open=of in reading.open_kinds)
    if not declared.is_identity or text == "false":
        return text
    # of who contradicts himself nothing is seen: half of it would be believed
    return (
        f"({text} AND ({name}.certainty < 1 OR NOT EXISTS {{ "
        f"WITH startNode({name}) AS old_, endNode({name}) AS new_ "
        f"MATCH (old_)-[also_:{declared.type}]->(further_) "
        f"WHERE {while_held('also_')} AND also_.certainty >= 1 AND further_ <> new_ }}))"
    )


def _open_and_near(
    kind: str, subjects: list[tuple[str, bool]], reading: Reading, *, is_open: bool
) -> str:
    """`subjects`: nodes that the fact is about, and whether each is a party."""
    told = []
    if not is_open and not reading.has_grants:
        return "false"
    if not is_open:
        told += [
            _granted(kind, node)
            if is_party
            else f"EXISTS {{ {_owner(node)} AND {_granted(kind, 'owner_')} }}"
            for node, is_party in subjects
        ]
    if reading.has_areas:
        near = [
            f"EXISTS {{ {_located(node) if is_party else _owner(node, located=True)} }}"
            for node, is_party in subjects
        ]
        told.append(near[0] if len(near) == 1 else f"({' OR '.join(near)})")
    return f"({' AND '.join(told)})" if told else "true"


def _granted(kind: str, party: str) -> str:
    return f"{kind} IN coalesce($granted[{party}.key], [])"


def _located(party: str) -> str:
    return (
        f"WITH {party} AS near_ MATCH (near_)-[at_:LOCATED_IN]->(place_:Division) WHERE {_IN_AREA}"
    )


def _owner(thing: str, *, located: bool = False) -> str:
    """A party that owns a thing, and is located where the reader works."""
    further = "-[at_:LOCATED_IN]->(place_:Division)" if located else ""
    return (
        f"WITH {thing} AS thing_ "
        f"MATCH (thing_)-[own_:{'|'.join(_owning_ties())}]-(owner_:Party){further} "
        f"WHERE {while_held('own_')} AND own_.certainty >= 1" + (f" AND {_IN_AREA}" * located)
    )


_IN_AREA = (
    f"{while_held('at_')} AND at_.certainty >= 1 "
    "AND any(area_ IN $areas WHERE place_.key STARTS WITH area_)"
)


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
