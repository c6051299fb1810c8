"""Several questions in few transactions, and a question as one pastes it into Neo4j Browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from asking import ask
from conftest import DAYS, INSTANTS, Worlds

from graph.errors import NotFoundError
from graph.moment import Moment
from graph.statement import Rows, Statement
from queries import library
from queries.canonical_keys import CanonicalKeys
from queries.library import ask_many, statement
from queries.pasted import pasted
from queries.scope import ADMINISTRATOR, Scope

ABOUT_A_PARTY = ["party_card", "loans", "guarantees_given", "guarantees_received", "records",
                 "neighbourhood", "adverse_records", "household_members", "list_entries"]  # fmt: skip


class Counted:
    """A graph that counts its transactions."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self.transactions: list[int] = []

    def read_many(self, statements: Sequence[Statement], **more: Any) -> list[Rows]:
        self.transactions.append(len(statements))
        found: list[Rows] = self._graph.read_many(statements, **more)
        return found


def _moment(worlds: Worlds, day: date = DAYS[2]) -> Moment:
    return Moment.of(worlds.log.batches(), as_of=day, known_at=INSTANTS[2])


def test_a_page_is_read_in_two_transactions(worlds: Worlds) -> None:
    moment, counted = _moment(worlds), Counted(worlds.graph)
    asked = [(name, {"key": "w001:p1"}) for name in ABOUT_A_PARTY]
    answers = ask_many(counted, asked, moment=moment, scope=ADMINISTRATOR, of_known=True)  # type: ignore[arg-type]
    assert counted.transactions == [2, len(asked)]
    for (name, given), answer in zip(asked, answers, strict=True):
        alone = ask(worlds.graph, name, moment=moment, of_known=True, **given)
        assert (alone.rows, alone.basis, alone.notes) == (answer.rows, answer.basis, answer.notes)


@pytest.mark.parametrize("name", ["party_card", "decision_records"])
def test_until_when_something_was_held_nobody_knew_then(name: str, worlds: Worlds) -> None:
    moment = Moment.of(worlds.log.batches(), as_of=DAYS[2], known_at=INSTANTS[0])
    told = [
        row["facts"]
        for place in range(1, 10)
        for row in ask(worlds.graph, name, moment=moment, key=f"w001:p{place}").rows
    ]
    assert told and all(facts["known_from"] <= INSTANTS[0] for facts in told)
    assert {facts["known_to"] for facts in told} == {None}


def test_a_key_is_looked_up_once_for_a_reader(worlds: Worlds) -> None:
    moment, counted = _moment(worlds), Counted(worlds.graph)
    keys = CanonicalKeys(counted, moment, ADMINISTRATOR)  # type: ignore[arg-type]
    for name in ABOUT_A_PARTY:
        ask(counted, name, moment=moment, keys=keys, of_known=True, key="w001:p1")  # type: ignore[arg-type]
    assert counted.transactions == [2] + [1] * len(ABOUT_A_PARTY)


def test_whoever_is_unknown_is_unknown_to_each(worlds: Worlds) -> None:
    moment = _moment(worlds)
    with pytest.raises(NotFoundError) as refused:
        ask_many(
            worlds.graph,
            [("loans", {"key": "nobody"})],
            moment=moment,
            scope=ADMINISTRATOR,
            of_known=True,
        )
    assert refused.value.cause_code == "party_unknown"
    # to who sees something alone, nobody is known of whom nothing is seen: no parameter is needed
    blind = Scope("公众", open_classes=frozenset())
    with pytest.raises(NotFoundError) as unseen:
        ask(worlds.graph, "loans", moment=moment, scope=blind, key="joint:stranger")
    assert str(unseen.value) == str(refused.value)


@pytest.mark.parametrize("name", sorted(library()))
@pytest.mark.parametrize(
    "scope", [ADMINISTRATOR, Scope("公众", open_classes=frozenset({"credit"}))]
)
def test_what_is_shown_brings_the_same_rows(name: str, scope: Scope, worlds: Worlds) -> None:
    given: dict[str, Any] = {"other": "w001:p2"}
    given |= {"key": "r01:party" if name in ("records", "adverse_records") else "w001:p1"}
    if name == "find_party":
        given["text"] = "世界001号"
    declared = {item.name for item in library()[name].parameters}
    given = {word: value for word, value in given.items() if word in declared}
    sent = statement(worlds.graph, name, moment=_moment(worlds), scope=scope, **given)
    params, text = pasted(sent).split("\n\n", 1)
    told = [re.fullmatch(r":param (\w+) => (.+);", line) for line in params.splitlines()]
    assert all(told) and text.endswith(";")
    literals = ", ".join(f"{each[2]} AS {each[1]}" for each in told if each)
    [values] = worlds.graph.read(f"RETURN {literals}").rows
    found = worlds.graph.read(text.removesuffix(";"), values, max_rows=sent.max_rows).rows
    assert found == worlds.graph.read_many([sent])[0].rows
