"""A question is planned once, whatever it is asked with.

The engine keeps a plan for parameters of about one length: of texts and lists alike none, one, up to
ten, up to a hundred.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from searched import CODE, IDENTITY_KEY

from graph.statement import Statement
from queries.canonical_keys import At, statement_of
from queries.question import Question
from queries.questions import library
from queries.scope import ADMINISTRATOR, Scope
from queries.search import hidden, read_typed

#: What is typed, and could be meant in one way or in many.
TYPED = ("许春英", "李永 001X", "lichunying", CODE, "JK2024-0007", "13800138000", "")
#: Keys of ten letters and fewer, and of more.
KEYS = ("p1", "w001:p0012", "person:" + "0" * 24)
SOURCES = ("court", "tax", "market", "agency", "police", "civil", "land", "water", "labour", "bank")
DIVISIONS = ("610322101", "610322102", "610322103")
DAY = date(2026, 1, 1)
KNOWN = datetime(2026, 1, 1, tzinfo=UTC)


def about(value: Any) -> object:
    """What the engine keeps a plan by: the type, and about how long it is."""
    if not isinstance(value, str | list):
        return type(value).__name__
    return type(value).__name__, math.ceil(math.log10(len(value))) if value else None


def moments() -> Iterator[At]:
    for many in (0, 1, 2, len(SOURCES)):
        registers = tuple(f"{source}/Person" for source in SOURCES[:many])
        yield At(DAY, KNOWN, many, veiled=SOURCES[:many], registers=registers)


def asked_with(question: Question) -> Iterator[dict[str, Any]]:
    """Values that differ in length wherever one can be given."""
    if question.read:
        for typed in TYPED:
            yield read_typed(hidden(typed, IDENTITY_KEY)).parameters()
        return
    texts = [item.name for item in question.parameters if item.type == "text"]
    for keys in itertools.product(KEYS, repeat=len(texts)):
        given = dict(zip(texts, keys, strict=True))
        yield question.values({**given, "as_of": DAY, "known_at": KNOWN})


def plans(statements: Iterator[Statement]) -> dict[str, set[tuple[object, ...]]]:
    """Text -> how differently it was asked."""
    found: dict[str, set[tuple[object, ...]]] = {}
    for one in statements:
        told = {name: about(value) for name, value in one.parameters.items()}
        found.setdefault(one.text, set()).add(tuple(sorted(told.items(), key=repr)))
    return found


@pytest.mark.parametrize("name", sorted(library()))
def test_a_question_is_planned_once_for_each_text(name: str) -> None:
    question = library()[name]
    told = plans(
        statement_of(question, scope, {**values, **at.parameters()})
        for at in moments()
        for values in asked_with(question)
        for scope in (
            ADMINISTRATOR,
            *(Scope("信贷员", divisions=DIVISIONS[:many]) for many in range(1, len(DIVISIONS) + 1)),
        )
    )
    assert {len(ways) for ways in told.values()} == {1}
    # one for who sees everything, one for who works somewhere
    assert len(told) <= 2


def test_a_list_that_is_filled_up_finds_nothing_more() -> None:
    for at in moments():
        told = at.parameters()
        assert {*told["veiled"]} - {""} == {*at.veiled}
        assert {*told["registers"]} - {""} == {*at.registers}
    one, several = Scope("甲", divisions=DIVISIONS[:1]), Scope("乙", divisions=DIVISIONS)
    for scope in (one, several):
        assert {*scope.parameters()["areas"]} == {*(scope.areas or ())}
