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
    found = pd.DataFrame(list(rows), columns=names.split(), dtype=object)
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
        *(vacated(kind, gone, of=gone["key"], since=on(gone), where=gone["kind"] == kind)
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
        for person, firm in said["offices"]:
            offices[firm] = person
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


@settings(max_examples=200, deadline=None)
@given(st.lists(files(), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_in_whatever_order_the_files_come(
    tmp_path_factory: pytest.TempPathFactory, story: list[dict[str, list[Any]]], chance: random.Random
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
        again = compare(log, frames(FIRST + timedelta(number), said), source="s", batch="t",
                        day=DELIVERED)  # fmt: skip
        for number, expected in enumerate(lived(story)):
            assert not again.closed, again.closed
