"""What a reader sees of a version or a tie, as Cypher: `Scope.sees` written from the schema.

    seen(fact) := its class is public
      OR (the reader works everywhere, or SOME subject is located where it works)
        AND (its class is open to the reader, or the subjects opened it:
             each party that it is about, or some owner of the thing that it is about)

Parameters: `$public_kinds` and `$open_kinds` (fact kinds), `$granted` (party -> fact kinds that it
opened to this reader), `$areas` (beginnings of the keys of divisions, null for everywhere).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from graph.schema import SCHEMA
from graph.vocabulary import Relationship
from queries.pattern import Bound

__all__ = ["about", "owning_ties", "seen", "while_held", "while_known"]


def while_known(name: str) -> str:
    """The clock of what was known over a version or a tie."""
    return f"{name}.known_from <= $known_at AND $known_at < {name}.known_to"


def while_held(name: str) -> str:
    """Both clocks over a version or a tie."""
    return f"{name}.valid_from <= $as_of AND $as_of < {name}.valid_to AND {while_known(name)}"


def seen(name: str, fact: Bound) -> str:
    """Whether the reader sees what `name` is bound to."""
    kind = f"type({name})" if fact.is_tie else f"{name}.kind"
    ways = _ways_of_tie(name, kind, fact.kinds) if fact.is_tie else _ways_of_version(name, fact)
    told = [
        text if len(ways) == 1 else f"{kind} IN {_listed(kinds)} AND {text}"
        for kinds, text in ways
    ]  # fmt: skip
    return "(" + " OR ".join([f"{kind} IN $public_kinds", *(f"({each})" for each in told)]) + ")"


def _ways_of_version(name: str, fact: Bound) -> list[tuple[list[str], str]]:
    """(kinds, condition) for what is said of parties, and of things."""
    of_parties = [kind for kind in fact.kinds if _is_party(SCHEMA.thing(SCHEMA.nodes[kind]).label)]
    of_things = sorted(fact.kinds - {*of_parties})
    kind, of = f"{name}.kind", fact.of or "described_"
    ways = []
    if of_parties:
        ways.append((of_parties, _of_parties(kind, [of])))
    if of_things:
        ways.append((of_things, _of_owners(kind, of)))
    if not fact.of:
        ways = [
            (kinds, f"EXISTS {{ MATCH ({name})-[:DESCRIBES]->(described_) WHERE {text} }}")
            for kinds, text in ways
        ]
    return ways


def _ways_of_tie(name: str, kind: str, kinds: Iterable[str]) -> list[tuple[list[str], str]]:
    by_ends: dict[tuple[str, ...], list[str]] = {}
    for each in sorted(kinds):
        tie = SCHEMA.relationships[each]
        labels = {"source": tie.sources, "target": tie.targets}
        ends = ["source", "target"] if about(tie) == "both" else [about(tie)]
        shape = tuple(
            f"{'party' if all(map(_is_party, labels[end])) else 'thing'} {end}" for end in ends
        )
        by_ends.setdefault(shape, []).append(each)
    ways = []
    for shape, told in by_ends.items():
        ends = [_node_of(name, end.split()[1]) for end in shape]
        if shape[0].startswith("party"):
            ways.append((told, _of_parties(kind, ends)))
        else:
            ways.append((told, _of_owners(kind, ends[0])))
    return ways


def _of_parties(kind: str, parties: list[str]) -> str:
    opened = " AND ".join(f"{kind} IN coalesce($granted[{each}.key], [])" for each in parties)
    near = " OR ".join(_near(each) for each in parties)
    return f"({kind} IN $open_kinds OR {opened}) AND ($areas IS NULL OR {near})"


def _of_owners(kind: str, thing: str) -> str:
    owner = (
        f"WITH {thing} AS thing_ MATCH (thing_)-[own_:{'|'.join(owning_ties())}]-(owner_:Party) "
        f"WHERE {while_held('own_')} AND own_.certainty >= 1"
    )
    return (
        f"({kind} IN $open_kinds OR EXISTS {{ {owner} "
        f"AND {kind} IN coalesce($granted[owner_.key], []) }}) "
        f"AND ($areas IS NULL OR EXISTS {{ {owner} AND {_near('owner_')} }})"
    )


def _near(party: str) -> str:
    return (
        f"EXISTS {{ WITH {party} AS near_ MATCH (near_)-[at_:LOCATED_IN]->(place_:Division) "
        f"WHERE {while_held('at_')} "
        "AND any(area_ IN $areas WHERE place_.key STARTS WITH area_) }"
    )


def _node_of(tie: str, end: str) -> str:
    return f"{'startNode' if end == 'source' else 'endNode'}({tie})"


@cache
def about(tie: Relationship) -> str:
    """The end whose affair a tie is: `source`, `target`, or `both` where both are parties."""
    source, target = (all(map(_is_party, labels)) for labels in (tie.sources, tie.targets))
    if source and target:
        return "both"
    if target and {*tie.targets} <= {"FinancialInstitution", "GovernmentBody"}:
        return "source"
    return "target" if target else "source"


@cache
def owning_ties() -> tuple[str, ...]:
    """Kinds of ties that make a party the owner of the thing at their other end."""
    return tuple(
        tie.kind for tie in SCHEMA.relationships.values()
        if all(map(_is_party, tie.sources)) is not all(map(_is_party, tie.targets))
        and _party_end(tie) == about(tie)
        and "Division" not in {*tie.sources, *tie.targets}
    )  # fmt: skip


def _party_end(tie: Relationship) -> str:
    return "source" if all(map(_is_party, tie.sources)) else "target"


def _is_party(label: str) -> bool:
    return label == "Party" or (
        label in SCHEMA.nodes and SCHEMA.superlabel(SCHEMA.nodes[label]) == "Party"
    )


def _listed(kinds: Iterable[str]) -> str:
    return "[" + ", ".join(f"'{kind}'" for kind in sorted(kinds)) + "]"
