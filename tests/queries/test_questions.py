"""Every question against a second answer in plain Python, over random worlds."""

from __future__ import annotations

import random
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from asking import ask
from breadth import at_landing, some
from conftest import DAYS, INSTANTS, WORLDS, Worlds
from recorded import RECORDED
from reference import COLUMNS, LEADING, RECORDS, Reference

from graph.errors import InputError
from queries import library
from queries.question import COLUMN_TYPES
from queries.search import read_typed


def _key(worlds: Worlds, question: str, number: int, chance: random.Random) -> str:
    if question == "village_summary":
        return worlds.villages[number]
    if question == "cooperative_members":
        return f"w{number:03d}:coop"
    if question in ("same_controller", "shared_address", "shared_agent"):
        return f"w{number:03d}:f{chance.randrange(2)}"
    if question == "same_as":
        return f"w{number:03d}:p4"
    if question == "adverse_records":
        return chance.choice(RECORDED)
    if question == "list_entries":
        return f"w{number:03d}:p{chance.randrange(5)}"
    return chance.choice(worlds.parties[number])


@pytest.fixture(scope="session")
def references(worlds: Worlds) -> Any:
    """One reference for each pair of times."""

    @cache
    def at(as_of: date, known_at: datetime) -> Reference:
        return Reference(worlds.log, as_of, known_at)

    return at


@pytest.mark.parametrize("question", sorted(COLUMNS))
def test_agrees_with_its_reference(question: str, worlds: Worlds, references: Any) -> None:
    chance = random.Random(question)
    answered = 0
    for number in range(WORLDS):
        clock = {"as_of": chance.choice(DAYS), "known_at": chance.choice(INSTANTS)}
        reference = references(clock["as_of"], clock["known_at"])
        if question == "find_party":
            given = {"text": f"世界{number:03d}号"}
            expected = reference.find_party(given["text"])
        else:
            given = {"key": _key(worlds, question, number, chance)}
            asked = given["key"] if question == "same_as" else reference.standing(given["key"])
            expected = getattr(reference, question)(asked)
            if question == "neighbourhood":
                given["hops"] = 2
        answer = ask(worlds.graph, question, **given, **clock)
        rows = [tuple(row[name] for name in COLUMNS[question]) for row in answer.rows]
        assert sorted(rows, key=repr) == sorted(expected, key=repr), (given, clock)
        assert not answer.basis.truncated
        if question not in {"find_party", "same_as"}:
            assert (answer.basis.same_as or given["key"]) == asked
        for column in answer.question.columns:
            kinds = COLUMN_TYPES[column.type]
            assert all(
                row[column.name] is None or isinstance(row[column.name], kinds)
                for row in answer.rows
            ), column
        answered += bool(rows)
    # a comparison of nothing with nothing proves nothing
    assert answered >= WORLDS // 20


def test_party_card_says_what_each_source_says(worlds: Worlds, references: Any) -> None:
    chance = random.Random(5)
    for number in range(WORLDS):
        key = chance.choice(worlds.parties[number])
        clock = {"as_of": chance.choice(DAYS), "known_at": chance.choice(INSTANTS)}
        reference = references(clock["as_of"], clock["known_at"])
        expected = reference.party_card(reference.standing(key))
        rows = ask(worlds.graph, "party_card", key=key, **clock).rows
        found = [(r["kind"], r["facts"].get("name"), r["source"], r["certainty"]) for r in rows]
        assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_records_are_all_that_is_registered_of_a_party(worlds: Worlds, references: Any) -> None:
    chance = random.Random(7)
    kinds = set()
    for key in RECORDED:
        clock = {"as_of": chance.choice(DAYS), "known_at": chance.choice(INSTANTS)}
        rows = ask(worlds.graph, "records", key=key, **clock).rows
        found = [
            (r["kind"], r["record_key"], r["record_kind"], (r["facts"] or {}).get("fact_id"),
             sorted((each["kind"], each["key"]) for each in r["others"]), r["certainty"], r["source"])
            for r in rows
        ]  # fmt: skip
        expected = references(clock["as_of"], clock["known_at"]).records(key)
        assert sorted(found, key=repr) == sorted(expected, key=repr), (key, clock)
        kinds |= {row["kind"] for row in rows}
        kinds |= {each["kind"] for row in rows for each in row["others"]}
    assert kinds == {*RECORDS, *LEADING, "CONCERNS"}


def test_shortest_link_is_shortest_and_real(worlds: Worlds, references: Any) -> None:
    chance = random.Random(6)
    linked = 0
    for number in range(WORLDS):
        given = chance.sample(worlds.parties[number], 2)
        clock = {"as_of": chance.choice(DAYS), "known_at": chance.choice(INSTANTS)}
        reference = references(clock["as_of"], clock["known_at"])
        rows = ask(worlds.graph, "shortest_link", key=given[0], other=given[1], **clock).rows
        key, other = map(reference.standing, given)
        distance = reference.shortest_distance(key, other) if key != other else None
        assert (rows[0]["distance"] if rows else None) == distance
        if rows:
            linked += 1
            keys = rows[0]["keys"]
            assert (keys[0], keys[-1]) == (key, other)
            for here, there in pairwise(keys):
                assert there in {each for each, _ in reference._around(here)}
    assert linked > WORLDS // 5


def test_investors_are_as_alike_as_their_firms(worlds: Worlds, references: Any) -> None:
    chance = random.Random(10)
    alike = set()
    for number in range(WORLDS):
        given = chance.sample(worlds.parties[number], 2)
        clock = {"as_of": chance.choice(DAYS), "known_at": chance.choice(INSTANTS)}
        window = (
            {} if number % 2 else {"invested_from": "2025-02-01", "invested_before": "2026-03-01"}
        )
        reference = references(clock["as_of"], clock["known_at"])
        [row] = ask(worlds.graph, "investor_similarity", key=given[0], other=given[1],
                    **window, **clock).rows  # fmt: skip
        one, two = (reference.invested(reference.standing(key), **window) for key in given)
        assert (set(row["common"]), row["firm_count"]) == (one & two, len(one | two))
        assert row["common_count"] == len(one & two)
        expected = Decimal(len(one & two)) / max(len(one | two), 1)
        assert row["similarity"] == float(expected.quantize(Decimal("0.001"), ROUND_HALF_UP))
        alike.add(row["similarity"])
    assert {0.0, 1.0} <= alike


def test_a_party_is_no_link_to_itself(worlds: Worlds) -> None:
    key = worlds.parties[0][0]
    assert ask(worlds.graph, "shortest_link", key=key, other=key).rows == []


def test_every_question_has_a_reference() -> None:
    assert set(library()) == {
        *COLUMNS,
        "investor_similarity",
        "party_card",
        "records",
        "shortest_link",
    }


@pytest.mark.parametrize("question", at_landing(some(sorted(library())), sorted(library())))
def test_plans_scan_nothing_whole(question: str, worlds: Worlds) -> None:
    item = library()[question]
    given = {p.name: "w001:p1" for p in item.parameters if p.type == "text"}
    clock = {"as_of": DAYS[2], "known_at": INSTANTS[2]}
    values = item.values({**given, **clock})
    if item.read:
        values |= read_typed(values.pop("text")).parameters()
    operators = set(worlds.graph.explain(item.text, item.sent(values)))
    # what a reader with a scope is asked besides
    operators |= set(worlds.graph.explain(item.scoped_text, item.sent(values)))
    forbidden = {"AllNodesScan", "NodeByLabelScan", "CartesianProduct", "UnionNodeByLabelsScan"}
    assert operators & forbidden <= {word for word in forbidden if word in item.allowed}


def test_a_joint_group_is_not_walked_every_way_round(worlds: Worlds) -> None:
    """Twelve who guarantee each other have more trails among them than anybody can follow."""
    clock = {"as_of": DAYS[0], "known_at": INSTANTS[0]}
    reached = ask(worlds.graph, "guarantee_chain", key="joint:00", **clock)
    depth = {row["key"]: row["depth"] for row in reached.rows}
    assert depth == {f"joint:{n:02d}": 1 for n in range(1, 12)} | {
        f"chain:{n:02d}": n + 2
        for n in range(19)  # twenty steps at most
    }
    assert reached.basis.truncated and "20 层以内" in reached.notes[0]
    whole = ask(worlds.graph, "guarantee_chain", key="chain:09", **clock)
    assert ([row["depth"] for row in whole.rows], whole.notes) == ([*range(1, 21)], ())
    assert not whole.basis.truncated
    [link] = ask(worlds.graph, "shortest_link", key="joint:00", other="chain:06", **clock).rows
    assert (link["distance"], link["keys"][1]) == (8, "joint:11")
    for far in ("chain:07", "joint:stranger"):
        none = ask(worlds.graph, "shortest_link", key="joint:00", other=far, **clock)
        assert (none.rows, none.basis.truncated) == ([], True)
        assert "8 层以内没有找到" in none.notes[0]
    with pytest.raises(InputError, match="3 at most"):
        ask(worlds.graph, "neighbourhood", key="joint:00", hops=4, **clock)
