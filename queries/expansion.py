"""The words of a question that stand for a condition: both clocks, the reader, the veil.

    live(x)       x holds on $as_of, was known at $known_at, and the reader sees it
    begun(x)      as `live`, whether or not it has ended by $as_of
    source_of(x)  which source says it; one that states adverse records is not named for what a party is
    batch_of(x)   in which batch it came, as `source_of`
    facts_of(x)   all that it says, source, batch and row as `source_of`; not until when it was held,
                  which nobody knew at the moment that is asked about
    labels_of(p)  what a party is: its kind, and of the roles those that a live fact gives it
    kind_of(p)    the kind alone, of a party or a place
    held(x), known(x), visible(x)
                  both clocks, the later of them and the reader alone: words of fragments only

x is a version node or a tie; which of both is read from the text (`queries.pattern`).  A text has
one rendering for who sees everything, and four for whoever does not (`queries.seen`).
"""

from __future__ import annotations

import re
from functools import cache

from graph.provenance import OTHER_SOURCES, PARTY_KINDS
from graph.schema import SCHEMA
from graph.statement import microseconds
from queries.brackets import blanked
from queries.lawful import PARAMETERS
from queries.pattern import Bound, bound
from queries.seen import Reading, seen, while_held, while_known

__all__ = ["SUPPLIED", "rendered", "with_roles"]

#: Parameters that no question declares: the moment and the scope give them.
SUPPLIED = frozenset(
    {"as_of", "known_at", "veiled", "registers", *PARAMETERS,
     "open", "owning", "opened", "granted", "ending", "areas"}
)  # fmt: skip

_FOR_A_READER = frozenset({"live", "begun"})
_WORDS = re.compile(r"\b(live|begun|held|known|visible|source_of|batch_of|facts_of)\((\w+)\)")
_LABELS = re.compile(r"\b(labels_of|kind_of)\((\w+)\)")


def with_roles(text: str) -> str:
    """The text with `labels_of` and `kind_of` in place, written in the other words."""
    return _LABELS.sub(
        lambda found: _labels_of(found[2]) if found[1] == "labels_of" else _kind_of(found[2]), text
    )


def rendered(text: str, reading: Reading | None = None) -> str:
    """The text as it runs, for who sees everything by default; raises `ValueError` where a word is said of no version and no tie."""
    facts = bound(blanked(text))

    def one(found: re.Match[str]) -> str:
        name = found[2]
        told = [item for item in facts if item.name == name and item.at < found.start()]
        if not told:
            raise ValueError(f"{found[0]} is said of what is no version and no tie")
        return _written(found[1], name, told[-1], reading)

    return _WORDS.sub(one, text)


def _written(word: str, name: str, fact: Bound, reading: Reading | None) -> str:
    """What a word says of one version or tie."""
    reader = seen(name, fact, reading) if reading else "true"
    veiled = _veiled(name, fact)
    heard = f"known_from: {microseconds(f'{name}.known_from')}, known_to: null"
    said = {
        "live": while_held(name),
        "begun": f"{name}.valid_from <= $as_of AND {while_known(name)}",
        "held": while_held(name),
        "known": while_known(name),
        "visible": reader,
        "source_of": f"CASE WHEN {veiled} THEN '{OTHER_SOURCES}' ELSE {name}.source END",
        "batch_of": f"CASE WHEN {veiled} THEN null ELSE {name}.batch END",
        "facts_of": f"CASE WHEN {veiled} "
        f"THEN {name} {{.*, source: '{OTHER_SOURCES}', batch: null, row: null, {heard}}} "
        f"ELSE {name} {{.*, {heard}}} END",
    }[word]
    return f"{said} AND {reader}" if word in _FOR_A_READER and reader != "true" else said


def _veiled(name: str, fact: Bound) -> str:
    """Whether its source is not to be named: where it says what a party is (`graph.provenance`)."""
    if fact.is_tie or not {*fact.kinds} & PARTY_KINDS:
        return "false"
    among = f"{name}.source IN $veiled"
    if {*fact.kinds} <= PARTY_KINDS:
        return among
    return f"{among} AND {name}.kind IN {sorted(PARTY_KINDS)}"


@cache
def _roles() -> dict[str, str | None]:
    """Role -> the tie that gives it to its source, None where a statement does."""
    told: dict[str, str | None] = {
        node.label: None for node in SCHEMA.nodes.values() if node.is_role
    }
    return told | {
        tie.source_role: tie.type for tie in SCHEMA.relationships.values() if tie.source_role
    }


def _labels_of(party: str) -> str:
    # by cases: of alternatives the engine makes every combination before it plans them
    ways = []
    for role, tie in _roles().items():
        words = f"has_tie({party}, {tie})" if tie else f"is_said_to_be({party}, label_)"
        ways.append(f"WHEN '{role}' THEN {words}")
    return f"[label_ IN labels({party}) WHERE CASE label_ {' '.join(ways)} ELSE true END]"


def _kind_of(thing: str) -> str:
    kinds = [item.label for item in SCHEMA.nodes.values() if not item.describes]
    return f"head([own_ IN labels({thing}) WHERE own_ IN {kinds}])"
