"""What is loaded is seen: every kind of tie on some page, every adverse kind in one sentence."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import DAYS, INSTANTS, Worlds
from searched import FIRM

from graph.moment import Moment
from graph.schema import SCHEMA
from queries import library
from queries.adverse import ADVERSE_KINDS, Adverse, AdverseSource
from queries.reader import Reader
from queries.scope import ADMINISTRATOR

CLOCK = {"as_of": DAYS[2], "known_at": INSTANTS[2]}
#: Questions whose rows no person looks at: a decision reads them.
UNSEEN = {"decision_records", "assessor_conflicts"}
#: What ends by law or is repaired, and yet says nothing against a party.
HARMLESS: dict[str, str] = {}


@pytest.mark.parametrize("kind", sorted(SCHEMA.relationships))
def test_every_kind_of_tie_is_shown_or_says_why_not(kind: str) -> None:
    readers = [
        name for name, question in library().items()
        if name not in UNSEEN and re.search(rf"\b{kind}\b", question.text)
    ]  # fmt: skip
    assert bool(readers) is not bool(SCHEMA.relationships[kind].not_shown), readers


def test_every_kind_that_can_end_by_law_is_looked_at() -> None:
    looked_at = frozenset().union(*ADVERSE_KINDS.values())
    assert looked_at <= SCHEMA.nodes.keys()
    for node in SCHEMA.nodes.values():
        if {"removed_on", "published_until"} & {item.name for item in node.properties}:
            assert node.kind in looked_at or HARMLESS.get(node.kind), node.kind
    text = library()["adverse_records"].text
    for code in ADVERSE_KINDS:
        assert f"'{code}' AS kind" in text


def adverse(worlds: Worlds, key: str, *, labels: list[str], **clock: Any) -> Adverse:
    stores: Any = SimpleNamespace(graph=worlds.graph, log=worlds.log)
    moment = Moment.of(worlds.log.batches(), **clock)
    return Reader(stores, moment, ADMINISTRATOR).adverse(key, labels=labels)


def test_a_penalty_in_force_is_no_clean_record(worlds: Worlds) -> None:
    found = adverse(worlds, FIRM, labels=["Enterprise"], **CLOCK)
    assert [row["document_no"] for row in found.proven] == ["凤市监罚〔2026〕1号"]
    assert [row["document_no"] for row in found.unproven] == ["凤市监罚〔2026〕3号"]
    assert found.sources == (AdverseSource("world", INSTANTS[2].date()),) and found.unheard == ()


def test_what_no_source_brought_is_not_heard(worlds: Worlds) -> None:
    # by the first instant nothing but the first batch had come
    early = {"as_of": DAYS[0], "known_at": INSTANTS[0]}
    found = adverse(worlds, "find:group", labels=["Enterprise"], **early)
    assert found.proven == [] and found.sources == (AdverseSource("world", INSTANTS[0].date()),)
    of_person = adverse(worlds, "find:li", labels=["Person"], **early)
    assert of_person.proven == [] and "registration" not in of_person.unheard
