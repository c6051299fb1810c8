"""One at a time: what a source says of a day holds on that day, in whatever order its files come."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.log import FactLog
from graph.schema import SCHEMA
from graph.vocabulary import Node, OneAtATime, Property, Relationship
from ingest.comparing.difference import Difference, compare
from ingest.emit import Statement, tie, vacated

FIRST = date(2026, 1, 1)
DELIVERED = date(2026, 6, 1)

HOME = st.tuples(
    st.sampled_from("pqr"), st.sampled_from("hk"), st.sampled_from(["householder", "son"])
)
PAIR = st.tuples(st.sampled_from("pq"), st.sampled_from("xy"))
OFFICE = st.tuples(st.sampled_from("pqr"), st.sampled_from(["f", "g"]))
GONE = st.tuples(
    st.sampled_from(["BELONGS_TO", "SPOUSE_OF", "LEGAL_REPRESENTATIVE_OF"]),
    st.sampled_from(["p", "q", "r", "x", "y", "f"]),
)


@st.composite
def files(draw: st.DrawFn) -> dict[str, list[Any]]:
    """One day's file: of each thing it says one thing, and each householder is one."""
    homes = draw(st.lists(HOME, max_size=3, unique_by=lambda row: row[0]))
    heads = Counter(house for _, house, role in homes if role == "householder")
    offices = draw(st.lists(OFFICE, max_size=2, unique_by=lambda row: row[1]))
    pairs = draw(st.lists(PAIR, max_size=2, unique_by=(lambda row: row[0], lambda row: row[1])))
    said = {*(p for p, _, _ in homes), *(f for _, f in offices), *(one for p in pairs for one in p)}
    return {
        "homes": [row for row in homes if row[2] != "householder" or heads[row[1]] == 1],
        "pairs": pairs,
        "offices": offices,
        "gone": [row for row in draw(st.lists(GONE, max_size=2)) if row[1] not in said],
    }


def table(rows: Iterable[Any], names: str) -> pd.DataFrame:
    found = pd.DataFrame([tuple(row) for row in rows], columns=names.split(), dtype=object)
    found.index = pd.RangeIndex(2, 2 + len(found))
    return found


def frames(day: date, said: dict[str, list[Any]]) -> list[Statement]:
    home, pair = table(said.get("homes", ()), "a b role"), table(said.get("pairs", ()), "a b")
    office, gone = table(said.get("offices", ()), "a b"), table(said.get("gone", ()), "kind key")

    def on(rows: pd.DataFrame) -> pd.Series:
        return pd.Series([day] * len(rows), rows.index, dtype=object)

    return [
        tie("BELONGS_TO", home, source=(home["a"], "Person"), target=(home["b"], "Household"),
            valid_from=on(home), role=home["role"]),
        tie("SPOUSE_OF", pair, source=(pair["a"], "Person"), target=(pair["b"], "Person"),
            valid_from=on(pair)),
        tie("LEGAL_REPRESENTATIVE_OF", office, source=(office["a"], "Person"),
            target=(office["b"], "Enterprise"), valid_from=on(office)),
        *(vacated(kind, of=gone["key"], since=on(gone), where=gone["kind"] == kind)
          for kind in ("BELONGS_TO", "SPOUSE_OF", "LEGAL_REPRESENTATIVE_OF")),
    ]  # fmt: skip


def take(log: FactLog, stated: Iterable[Statement], day: date = DELIVERED) -> Difference:
    """Compare and write, as the pipeline does."""
    name = f"s-{len(log.batches()) + 1}"
    found = compare(log, stated, source="s", batch=name, day=day)
    with log.append(source="s", batch=name, file_name="f", content_sha256=name) as pending:
        for kind, facts in found.asserted.items():
            pending.assert_facts(kind, facts)
        pending.close_facts(found.closed)
        for attached, rows in found.attachments.items():
            pending.attach(attached, rows)
    return found


def held_on(log: FactLog, kind: str, day: date) -> list[tuple[Any, ...]]:
    rows = log.read(kind, as_of=day).to_pylist()
    return sorted((row["from_key"], row["to_key"], str(row.get("role"))) for row in rows)


def lived(story: list[dict[str, list[Any]]]) -> list[dict[str, list[tuple[Any, ...]]]]:
    """What holds after each day, said the plain way."""
    homes: dict[str, list[Any]] = {}
    pairs: set[tuple[str, str]] = set()
    offices: dict[str, str] = {}
    days = []
    for said in story:
        for person, house, role in said["homes"]:
            for other, home in homes.items():
                if role == "householder" and other != person and home == [house, "householder"]:
                    homes[other] = [house, None]
            homes[person] = [house, role]
        for pair in said["pairs"]:
            pairs = {held for held in pairs if not {*held} & {*pair}} | {pair}
        offices |= {firm: person for person, firm in said["offices"]}
        for kind, key in said["gone"]:
            if kind == "BELONGS_TO":
                homes.pop(key, None)
            elif kind == "SPOUSE_OF":
                pairs = {held for held in pairs if key not in held}
            else:
                offices.pop(key, None)
        days.append(
            {
                "BELONGS_TO": sorted((p, h, str(role)) for p, (h, role) in homes.items()),
                "SPOUSE_OF": sorted((p, q, "None") for p, q in pairs),
                "LEGAL_REPRESENTATIVE_OF": sorted((p, f, "None") for f, p in offices.items()),
            }
        )
    return days


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(files(), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_in_whatever_order_the_files_come(
    tmp_path_factory: pytest.TempPathFactory,
    story: list[dict[str, list[Any]]],
    chance: random.Random,
) -> None:
    log = FactLog(tmp_path_factory.mktemp("log"))
    order = list(enumerate(story))
    chance.shuffle(order)
    for number, said in order:
        take(log, frames(FIRST + timedelta(number), said))
    for number, expected in enumerate(lived(story)):
        for kind, ties in expected.items():
            assert held_on(log, kind, FIRST + timedelta(number)) == ties, (kind, number)
    # and once more says nothing new
    for number, said in order:
        again = compare(
            log, frames(FIRST + timedelta(number), said), source="s", batch="t", day=DELIVERED
        )
        assert not again.closed and not again.asserted


def test_the_later_word_of_one_day_stands(tmp_path: Path) -> None:
    log, day = FactLog(tmp_path), FIRST + timedelta(9)
    take(log, frames(FIRST, {"pairs": ["px"]}))
    take(log, frames(day, {"pairs": ["px"]}))
    take(log, frames(day, {"gone": [("SPOUSE_OF", "p")]}))
    assert held_on(log, "SPOUSE_OF", FIRST + timedelta(8)) == [("p", "x", "None")]
    assert held_on(log, "SPOUSE_OF", day) == []
    take(log, frames(FIRST + timedelta(4), {"pairs": ["px"]}))
    assert held_on(log, "SPOUSE_OF", day) == []
    take(log, frames(day, {"pairs": ["px"]}))
    assert held_on(log, "SPOUSE_OF", day) == [("p", "x", "None")]
    take(log, frames(FIRST + timedelta(5), {"pairs": ["px"]}))
    assert held_on(log, "SPOUSE_OF", day) == [("p", "x", "None")]
    take(log, frames(day, {"pairs": ["qx"]}))
    assert held_on(log, "SPOUSE_OF", day) == [("q", "x", "None")]


def test_what_one_file_says_in_two_ways_is_not_taken(tmp_path: Path) -> None:
    log, day = FactLog(tmp_path), FIRST + timedelta(9)
    take(log, frames(FIRST, {"offices": ["pf"], "homes": [("p", "h", "householder")]}))
    two = {
        "offices": ["qf", "rf", "qg"],
        "pairs": ["px", "py"],
        "homes": [("p", "h", "householder"), ("q", "h", "householder"), ("r", "k", "son")],
    }
    found = take(log, frames(day, two))
    assert {(item.term, item.rows) for item in found.disputes} == {
        ("法定代表人", (2, 3)), ("配偶", (2, 3)), ("户主", (2, 3)),
    }  # fmt: skip
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", day) == [("p", "f", "None"), ("q", "g", "None")]
    assert held_on(log, "SPOUSE_OF", day) == []
    assert held_on(log, "BELONGS_TO", day) == [
        ("p", "h", "householder"), ("q", "h", "None"), ("r", "k", "son"),
    ]  # fmt: skip


def test_who_loses_the_house_stays_in_it(tmp_path: Path) -> None:
    log = FactLog(tmp_path)
    take(log, frames(FIRST, {"homes": [("p", "h", "householder")]}))
    found = take(log, frames(FIRST + timedelta(5), {"homes": [("q", "h", "householder")]}))
    assert found.closed_count == 1 and found.succeeded == {}
    assert held_on(log, "BELONGS_TO", FIRST + timedelta(5)) == [
        ("p", "h", "None"), ("q", "h", "householder"),
    ]  # fmt: skip
    # who had moved before that did not lose it
    take(log, frames(FIRST + timedelta(3), {"homes": [("p", "k", "son")]}))
    assert held_on(log, "BELONGS_TO", FIRST + timedelta(5)) == [
        ("p", "k", "son"), ("q", "h", "householder"),
    ]  # fmt: skip


def firm(who: str, since: date, until: date | None = None) -> list[Statement]:
    """What a register says that gives no day of the office: founded on `since`."""
    rows = table([(who, "f", since, until)], "a b since until")
    return [
        tie("LEGAL_REPRESENTATIVE_OF", rows, source=(rows["a"], "Person"),
            target=(rows["b"], "Enterprise"), valid_from=rows["since"], valid_to=rows["until"],
            undated=pd.Series(True, rows.index))
    ]  # fmt: skip


def test_without_a_day_of_its_own_it_holds_from_the_day_of_the_file(tmp_path: Path) -> None:
    log, founded, known = FactLog(tmp_path), date(2020, 1, 1), date(2021, 3, 1)
    take(log, firm("p", founded), date(2026, 2, 1))
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", founded) == [("p", "f", "None")]
    # a day that is known corrects it; without a day what is known stays
    take(log, frames(known, {"offices": ["qf"]}))
    assert take(log, firm("q", founded), date(2026, 3, 1)).asserted == {}
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", known - timedelta(1)) == [("p", "f", "None")]
    take(log, firm("r", founded), date(2026, 4, 1))
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", date(2026, 3, 31)) == [("q", "f", "None")]
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", date(2026, 4, 1)) == [("r", "f", "None")]
    # deregistered: the office ends with the firm; the same again is nothing new
    take(log, firm("r", founded, date(2026, 4, 20)), date(2026, 5, 1))
    assert take(log, firm("r", founded, date(2026, 4, 20)), date(2026, 6, 1)).asserted == {}
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", date(2026, 4, 19)) == [("r", "f", "None")]
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", date(2026, 4, 20)) == []
    # entered again in the register
    take(log, firm("r", founded), date(2026, 7, 1))
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", date(2026, 6, 30)) == []
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", date(2026, 7, 1)) == [("r", "f", "None")]


def test_what_a_log_from_before_holds_twice_ends_with_the_next_statement(tmp_path: Path) -> None:
    """Logs were written in which both representatives of a firm are held without end."""
    log = FactLog(tmp_path)
    for number, who in enumerate("pq"):
        rows = frames(FIRST + timedelta(number), {"offices": [f"{who}f"]})
        alone = compare(FactLog(tmp_path / "none"), rows, source="s", batch=who, day=DELIVERED)
        with log.append(source="s", batch=who, file_name="f", content_sha256=who) as pending:
            pending.assert_facts(
                "LEGAL_REPRESENTATIVE_OF", alone.asserted["LEGAL_REPRESENTATIVE_OF"]
            )
    assert len(held_on(log, "LEGAL_REPRESENTATIVE_OF", FIRST + timedelta(1))) == 2
    take(log, frames(FIRST + timedelta(1), {"offices": ["qf"]}))
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", FIRST) == [("p", "f", "None")]
    assert held_on(log, "LEGAL_REPRESENTATIVE_OF", FIRST + timedelta(1)) == [("q", "f", "None")]


def test_a_relationship_says_what_it_is_one_of() -> None:
    role = Property("role", "角色")
    only_office = (OneAtATime("target", "户主", office=("role", "head")),)
    with pytest.raises(ValueError, match="say first"):
        Relationship("A", "甲", ("P",), ("P",), "", properties=(role,), one_at_a_time=only_office)
    both = (OneAtATime("source", "户"), *only_office)
    with pytest.raises(ValueError, match="a property of the tie"):
        Relationship("A", "甲", ("P",), ("P",), "", one_at_a_time=both)
    assert Relationship("A", "甲", ("P",), ("P",), "", (role,), one_at_a_time=both)


def test_only_of_what_there_is_one_a_vacancy_is_said() -> None:
    rows = table([("p", FIRST)], "a since")
    for kind in ("HOLDS_SHARES_IN", "Person"):
        with pytest.raises(TypeError, match="one at a time"):
            vacated(kind, of=rows["a"], since=rows["since"], where=rows["a"].notna())
    assert isinstance(SCHEMA.kind("Person"), Node)
