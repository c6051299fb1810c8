"""What a reader sees of a version or a tie, as Cypher: `Scope.sees`, written from the schema.

Parameters: `$public_kinds` and `$open_kinds` (fact kinds), `$granted` (party -> fact kinds that it
opened to this reader), `$areas` (beginnings of the keys of divisions, null for everywhere).  The
cheap conditions stand first: most readers need no further ones for most facts.
"""

from __future__ import annotations

from functools import cache

from graph.schema import SCHEMA
from graph.vocabulary import End, Node
from queries.pattern import Bound

__all__ = ["seen", "while_held", "while_known"]


def while_known(name: str) -> str:
    """The clock of what was known over a version or a tie."""
    return f"{name}.known_from <= $known_at AND $known_at < {name}.known_to"


def while_held(name: str) -> str:
    """Both clocks over a version or a tie."""
    return f"{name}.valid_from <= $as_of AND $as_of < {name}.valid_to AND {while_known(name)}"


def seen(name: str, fact: Bound) -> str:
    """Whether the reader sees what `name` is bound to."""
    kind = f"type({name})" if fact.is_tie else f"{name}.kind"
    ways: dict[str, list[str]] = {}
    for each in sorted(fact.kinds):
        if not SCHEMA.information(each).is_public:
            ways.setdefault(_condition(name, kind, each, fact), []).append(each)
    # where the text leaves one kind open, or all are alike, the kind need not be told apart
    alike = len(ways) == 1 and not any(SCHEMA.information(each).is_public for each in fact.kinds)
    told = [
        f"({text})" if alike else f"({kind} IN {sorted(kinds)} AND {text})"
        for text, kinds in ways.items()
    ]
    return f"({' OR '.join([f'{kind} IN $public_kinds', *told])})"


def _condition(name: str, kind: str, of: str, fact: Bound) -> str:
    """For facts of one kind that is not public."""
    declared = SCHEMA.kind(of)
    if isinstance(declared, Node):
        is_party = SCHEMA.superlabel(declared) == "Party"
        text = _open_and_near(kind, [(fact.of or "described_", is_party)])
        if fact.of:
            return text
        return f"EXISTS {{ MATCH ({name})-[:DESCRIBES]->(described_) WHERE {text} }}"
    nodes = {"source": f"startNode({name})", "target": f"endNode({name})"}
    ends = [(nodes[end], end in SCHEMA.party_ends(declared)) for end in SCHEMA.about(declared)]
    text = _open_and_near(kind, ends)
    if not declared.is_identity:
        return text
    # of who contradicts himself nothing is seen: half of it would be believed
    return (
        f"{text} AND ({name}.certainty < 1 OR NOT EXISTS {{ "
        f"WITH startNode({name}) AS old_, endNode({name}) AS new_ "
        f"MATCH (old_)-[also_:{declared.type}]->(further_) "
        f"WHERE {while_held('also_')} AND also_.certainty >= 1 AND further_ <> new_ }})"
    )


def _open_and_near(kind: str, subjects: list[tuple[str, bool]]) -> str:
    """`subjects`: nodes that the fact is about, and whether each is a party."""
    opened = " AND ".join(
        _granted(kind, node)
        if is_party
        else f"EXISTS {{ {_owner(node, _granted(kind, 'owner_'))} }}"
        for node, is_party in subjects
    )
    near = " OR ".join(
        f"EXISTS {{ {_located(node) if is_party else _owner(node, '', located=True)} }}"
        for node, is_party in subjects
    )
    return f"({kind} IN $open_kinds OR {opened}) AND ($areas IS NULL OR {near})"


def _granted(kind: str, party: str) -> str:
    return f"{kind} IN coalesce($granted[{party}.key], [])"


def _located(party: str) -> str:
    return (
        f"WITH {party} AS near_ MATCH (near_)-[at_:LOCATED_IN]->(place_:Division) "
        f"WHERE {_in_area()}"
    )


def _owner(thing: str, condition: str, *, located: bool = False) -> str:
    """A party that owns a thing: of the condition, or located where the reader works."""
    ties = "|".join(_owning_ties())
    further = "-[at_:LOCATED_IN]->(place_:Division)" if located else ""
    return (
        f"WITH {thing} AS thing_ MATCH (thing_)-[own_:{ties}]-(owner_:Party){further} "
        f"WHERE {while_held('own_')} AND own_.certainty >= 1 "
        f"AND {_in_area() if located else condition}"
    )


def _in_area() -> str:
    return (
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
