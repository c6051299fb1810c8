"""How well an answer fits what was typed: the best first, near spellings last and said to be near."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from rapidfuzz.distance import OSA

from graph.names.searching import fold
from graph.names.sound import every_way, folded
from queries.search.typed import Typed

__all__ = ["best_first", "is_exact"]

#: How a party was found, the surest first.
_ORDER = (
    "key", "name", "loan", "phone", "household", "begin", "part", "sound", "place", "code_part", "near",
)  # fmt: skip
_EXACT = frozenset({"key", "name", "loan", "household"})
_MOST_NEAR = 12
_MOST_WAYS = 8
_SHORT = 4
#: Of a longer name so many characters may differ for each that it has.
_PER_CHARACTER = 5


def best_first(rows: list[dict[str, Any]], typed: Typed) -> list[dict[str, Any]]:
    """Every party once, as what it fits best.

    Where something is exactly what was typed, what only sounds like it is left out.
    """
    best: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {}
    for row in rows:
        match, distance = _fit(row, typed)
        if match is None:
            continue
        told = {**row, "match": match}
        rank = (
            _ORDER.index(match),
            distance,
            # of a village its households first, of a name the person
            ("Household" in row["labels"]) != (match == "place"),
            row["name"] or "",
            row["town"] or "",
            row["village"] or "",
            row["key"],
        )
        if row["key"] not in best or rank < best[row["key"]][0]:
            best[row["key"]] = rank, told
    ordered = [told for _, told in sorted(best.values(), key=lambda item: item[0])]
    near = [row for row in ordered if row["match"] == "near"]
    sure = ordered[: len(ordered) - len(near)]
    if any(row["match"] in _EXACT for row in sure):
        return sure
    return [*sure, *near[:_MOST_NEAR]]


def is_exact(rows: Iterable[dict[str, Any]], typed: Typed) -> bool:
    """Whether a party is exactly what was typed, so that nothing near it is wanted."""
    return any(_fit(row, typed)[0] in _EXACT for row in rows)


def _fit(row: dict[str, Any], typed: Typed) -> tuple[str | None, int]:
    """How the party was found and by how much it is off; None where it is too far off."""
    match = row["match"]
    called = fold(row["matched"] or "")
    if match == "part":
        name = (
            typed.alternative[0]
            if typed.alternative and typed.folded not in called
            else typed.folded
        )
        if called == name:
            return "name", 0
        return ("begin" if called.startswith(name) else "part"), len(called) - len(name)
    if match == "household":
        return "household", abs(len(called) - len(typed.household))
    if match == "near" and not typed.is_latin:
        distance = _distance(called, typed)
        return (None, 0) if distance is None else ("near", distance)
    return match, 0


def _distance(called: str, typed: Typed) -> int | None:
    """How many characters are written or heard otherwise; None: another name.

    Of a short name one may be left out, one too many, or two may have changed places; one that
    sounds altogether different makes it another name.
    """
    wanted = [tuple(map(folded, way)) for way in typed.syllables]
    heard = [tuple(map(folded, way)) for way in islice(every_way(called), _MOST_WAYS)]
    pairs = [(one, other) for one in wanted for other in heard]
    if not pairs:
        return None
    one, other = min(pairs, key=lambda pair: OSA.distance(*pair))
    sounds = OSA.distance(one, other)
    written = OSA.distance(typed.folded, called)
    longest = max(len(one), len(other))
    if min(len(one), len(other)) <= _SHORT:
        replaced = sounds == 1 and len(one) == len(other) and sorted(one) != sorted(other)
        if sounds > 1 or replaced:
            return None
    elif sounds > longest // _PER_CHARACTER:
        return None
    return sounds * 10 + written
