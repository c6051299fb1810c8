"""Blocking loses nothing that comparing everybody would find; rivals share a probability."""

from __future__ import annotations

import random
import sys
from itertools import combinations
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from crowd import crowd, namesakes
from labelled import load

from ingest.identity.blocking import block
from ingest.identity.candidates import find_candidates
from ingest.identity.commonness import count
from ingest.identity.comparison import compare
from ingest.identity.policy import load_policy
from ingest.identity.record import Record


def everybody(records: list[Record]) -> set[tuple[str, str]]:
    """Pairs worth showing, found by comparing all with all."""
    policy, common = load_policy(), count(records)
    found = set()
    for one, other in combinations(records, 2):
        comparison = compare(one, other, common, policy)
        if comparison.by_identifier is None and comparison.probability >= policy.show_from:
            found.add(frozenset({one.key, other.key}))
    return {tuple(sorted(pair)) for pair in found}  # type: ignore[misc]


def test_blocks_lose_nothing_in_a_crowd() -> None:
    records, _ = crowd(3, identified=500, mentions=120)
    blocked = block(records, most=load_policy().blocks.most)
    compared = {tuple(sorted((records[a].key, records[b].key))) for a, b in blocked.pairs}
    wanted = everybody(records)
    assert len(wanted) > 80
    # what is lost has neither sound, alias, phone, birth nor mask in common: one pair in fifty
    assert len(wanted - compared) <= len(wanted) // 50
    assert len(compared) < 500 * 120 / 20


def test_blocks_lose_no_labelled_pair_that_the_queue_shows() -> None:
    policy = load_policy()
    for pair in load():
        comparison = pair.compared()
        if comparison.by_identifier is None and comparison.probability >= policy.show_from:
            assert block([pair.one, pair.other], most=200).pairs, pair.line


def test_nobody_identified_is_compared_with_another() -> None:
    records, _ = crowd(4, identified=300, mentions=30)
    for one, other in block(records, most=200).pairs:
        assert not (records[one].identifiers and records[other].identifiers)


def test_a_large_block_is_split_and_what_is_left_out_is_counted() -> None:
    blocked = block(namesakes(30), most=10)
    assert {other for one, other in blocked.pairs} == {n for n in range(30) if n % 5 == 3}
    assert blocked.left_out == {"sound": 1}


def test_rivals_share_the_probability() -> None:
    village = "610305110201"
    filler, _ = crowd(5, identified=200, mentions=0)
    twins = [
        Record(key=f"person:t{n}", label="Person", name="亢天佑", village=village,
               identifiers=frozenset({f"person:t{n}"}))
        for n in range(2)
    ]  # fmt: skip
    mention = Record(key="provisional:m", label="Person", name="亢天佑", village=village)
    alone = find_candidates([*filler, twins[0], mention]).candidates
    both = find_candidates([*filler, *twins, mention]).candidates
    assert len(alone) == 1 and alone[0].probability > 0.9 and alone[0].rivals == 0
    assert len(both) == 2 and all(item.rivals == 1 for item in both)
    assert sum(item.probability for item in both) <= 1
    assert all(item.probability < load_policy().likely_from for item in both)


def test_candidates_of_a_crowd_are_mostly_true() -> None:
    records, truth = crowd(6, identified=2_000, mentions=400)
    found = find_candidates(records)
    best: dict[str, tuple[float, str]] = {}
    for item in found.candidates:
        if item.other.identifiers:
            best.setdefault(item.mention.key, (item.probability, item.other.key))
    right = [truth[key] == other for key, (chance, other) in best.items() if chance >= 0.9]
    assert len(right) > 100 and sum(right) / len(right) >= 0.97
    shown = {(item.mention.key, item.other.key) for item in found.candidates}
    assert sum((key, other) in shown for key, other in truth.items()) >= 0.93 * len(truth)
    # probabilities mean what they say: of the pairs given half a chance, about half are true
    middle = [(i.probability, truth[i.mention.key] == i.other.key) for i in found.candidates
              if i.other.identifiers and 0.2 <= i.probability <= 0.8]  # fmt: skip
    if len(middle) >= 30:
        assert sum(true for _, true in middle) / len(middle) == pytest.approx(
            sum(chance for chance, _ in middle) / len(middle), abs=0.25
        )


def test_the_same_records_in_any_order_give_the_same_candidates() -> None:
    records, _ = crowd(7, identified=200, mentions=60)
    shuffled = list(records)
    random.Random(1).shuffle(shuffled)
    found = [
        [(c.mention.key, c.other.key, c.probability) for c in find_candidates(each).candidates]
        for each in (records, shuffled)
    ]
    assert found[0] == found[1]
