"""Whether both clocks are over every version and every tie of a Cypher text.

One that no clock is over would answer of what ended, of what was not known by then and of what is
not for the reader's eyes.  Each must therefore be a variable of a MATCH whose WHERE says `live(x)`
of it, or another of the words of `CLOCKED`, and not beneath an OR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from graph.schema import SCHEMA
from queries.brackets import closing, conditions, depth, is_beneath, line_at, within
from queries.pattern import Bound, bound

__all__ = ["CLOCKED", "unclocked", "unlawful"]

#: Words that put the clocks over a variable; the last two are for fragments only.
CLOCKED = ("live", "begun", "held", "known")

_CLAUSE = re.compile(
    r"(?<!STARTS )(?<!ENDS )\b(MATCH|WITH|RETURN|CALL|UNWIND|UNION|ORDER\s+BY|LIMIT)\b"
)
_BARE_TIE = re.compile(r"\)\s*(?:<--|-->|--|<-->)\s*\(")


def unclocked(plain: str) -> Iterator[str]:
    """What is wrong with a text (`queries.brackets.blanked`): each version and tie without a clock."""
    if bare := _BARE_TIE.search(plain):
        yield f"a tie without a name stands under no live(…): {line_at(plain, bare.start())}"
    for item in bound(plain):
        if item.is_taken:
            continue
        what = "tie" if item.is_tie else "version"
        where = line_at(plain, item.at)
        if item.is_many:
            said = conditions_on(plain, item)
            if not item.path or not any(_over_every(each, item.path) for each in said):
                yield f"ties of any number need all(t IN relationships(path) WHERE live(t)): {where}"
        elif not item.name:
            yield f"a {what} without a name stands under no live(…): {where}"
        elif conditions_on(plain, item).isdisjoint(f"{word}({item.name})" for word in CLOCKED):
            yield f"the {what} {item.name} stands under no live({item.name}): {where}"


def conditions_on(plain: str, item: Bound) -> set[str]:
    """What must hold of a pattern: what its bracket says, and the WHERE of its MATCH."""
    inside = plain[item.at + 1 : item.until].split(" WHERE ", 1)
    said = set(conditions(inside[1])) if len(inside) > 1 else set()
    block = within(plain)[item.at]
    clauses = [
        found for found in _CLAUSE.finditer(plain, block) if within(plain)[found.start()] == block
    ]
    before = [found for found in clauses if found.start() < item.at]
    if not before or before[-1][1] != "MATCH":
        return said
    close = closing(plain, block - 1) if block else len(plain)
    ends = [found.start() for found in clauses if found.start() > item.at]
    rest = plain[item.until + 1 : min([close, *ends])]
    for where in re.finditer(r"\bWHERE\b", rest):
        if depth(rest[: where.start()]) <= 0:
            return said | set(conditions(rest[where.end() :]))
    return said


def _over_every(condition: str, path: str) -> bool:
    found = re.fullmatch(rf"all\((\w+) IN relationships\({path}\) WHERE (.+)\)", condition)
    if found is None:
        return False
    return any(f"{word}({found[1]})" in conditions(found[2]) for word in CLOCKED)


def unlawful(plain: str) -> Iterator[str]:
    """What is wrong with a text: records that law bounds in time, read without `usable(x)`.

    It must hold of the record itself, where the record is bound or in a block around.
    """
    found = bound(plain)
    lawful = [
        (name[1], item)
        for item in found
        for each in conditions_on(plain, item)
        if (name := re.fullmatch(r"usable\((\w+)\)", each))
    ]
    for item in found:
        if item.is_taken:
            continue
        for record in _records(item):
            said = any(
                name == record and other.at <= item.at and is_beneath(plain, item.at, other.at)
                for name, other in lawful
            )
            if not said:
                where = line_at(plain, item.at)
                named = record or "x"
                yield f"it may be a public record: say usable({named}) of it: {where}"


def _records(item: Bound) -> Iterator[str]:
    """The variables that may be records that law bounds in time; empty for one without a name."""
    if not item.is_tie:
        if any(SCHEMA.nodes[kind].is_adverse for kind in item.kinds):
            yield item.of
        return
    for name, things in zip(item.ends, item.things, strict=True):
        # an end that may be anything may be a record; one that is bound as a party is none
        if things & _bounded():
            yield name


@cache
def _bounded() -> frozenset[str]:
    return frozenset(SCHEMA.thing(node).label for node in SCHEMA.nodes.values() if node.is_adverse)
