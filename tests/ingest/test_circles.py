"""The circles of real districts, planted in the sample: the score against a plain simulation on each."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nets import cascade

from bench.structure.detectors import District, take_in
from ingest.sample import write_district
from queries.risk import RiskRun, assess, explain

_WORLDS = 40_000


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    return take_in(tmp_path_factory.mktemp("district"), persons=10_000, seed=20260401)


@pytest.fixture(scope="module")
def run(district: District) -> RiskRun:
    return assess(district.snapshot)


def keys(district: District, members: list[str]) -> list[str]:
    # a code has 18 characters as a resident id has, and begins with 9
    return [f"org:{m}" if m.startswith("9") else district.person(m) for m in members]


def around(run: RiskRun, members: list[str]) -> list[int]:
    """The members and everybody from whom distress could come to them, by number."""
    found = [run.snapshot.index(key) for key in members]
    senders: dict[int, list[int]] = {}
    for sender, receiver in zip(run.graph.source.tolist(), run.graph.target.tolist(), strict=True):
        senders.setdefault(receiver, []).append(sender)
    for party in found:
        found += [sender for sender in senders.get(party, []) if sender not in found]
    return found


def played_out(run: RiskRun, parties: list[int], seed: int) -> np.ndarray:
    """The share of worlds in which each is reached while its own facts do nothing: plain Monte-Carlo
    with random numbers of its own, ties thrown one by one."""
    dice = np.random.default_rng(seed)
    place = {party: n for n, party in enumerate(parties)}
    ties = [(place[s], place[t], w) for s, t, w in
            zip(run.graph.source.tolist(), run.graph.target.tolist(), run.graph.weight.tolist(),
                strict=True) if s in place and t in place]  # fmt: skip
    begins = dice.random((_WORLDS, len(parties))) < run.graph.own[parties]
    holds = [dice.random(_WORLDS) < weight for _, _, weight in ties]
    reached = begins.copy()
    for _ in parties:
        before = reached.sum()
        for (sender, receiver, _), held in zip(ties, holds, strict=True):
            reached[:, receiver] |= held & reached[:, sender]
        if reached.sum() == before:
            break
    return np.asarray((reached & ~begins).mean(axis=0))


def test_every_kind_and_size_is_there(district: District) -> None:
    circles = district.truth["circles"]
    sizes: dict[str, Counter[int]] = {}
    for circle in circles:
        sizes.setdefault(circle["kind"], Counter())[len(circle["members"])] += 1
    assert set(sizes) == {"couple_and_firms", "mutual_firms", "joint_group", "chain",
                          "guarantee_company"}  # fmt: skip
    assert set(sizes["mutual_firms"]) == set(range(3, 9))
    assert set(sizes["joint_group"]) | {5} == set(range(3, 11))
    assert max(sizes["chain"]) == 14
    assert any(not circle["adverse"] for circle in circles)
    # nobody plays in two
    members = Counter(member for circle in circles for member in circle["members"])
    assert set(members.values()) == {1}


def test_the_score_is_the_simulations_on_every_circle(district: District, run: RiskRun) -> None:
    worst = 0.0
    for number, circle in enumerate(district.truth["circles"]):
        members = keys(district, circle["members"])
        parties = around(run, members)
        # what a circle has to fear comes from inside it, its firms' owners and their homes
        assert len(parties) <= 60
        adverse = {run.snapshot.index(key) for key in keys(district, circle["adverse"])}
        assert {party for party in parties if run.graph.own[party] > 0} == adverse
        exact = played_out(run, parties, number)
        for place, party in enumerate(parties[: len(members)]):
            told = explain(run, members[place]).linked
            truth = float(exact[place])
            error = (truth * (1 - truth) / _WORLDS + told.error**2) ** 0.5
            assert abs(told.value - truth) <= 4.5 * error + 1e-4, (circle["kind"], members[place])
            sampled = float(run.linked[party])
            # what happened in neither happens in one of so many worlds by chance: both are one sample
            worlds = run.sampled.worlds
            both = (truth * _WORLDS + sampled * worlds) / (_WORLDS + worlds)
            error = (both * (1 - both) * (1 / _WORLDS + 1 / worlds)) ** 0.5
            assert abs(sampled - truth) <= 4.5 * error + 1 / run.sampled.worlds
            if truth > 0.1:  # rarer ones are rougher in 4,096 worlds than any ratio worth a bound
                worst = max(worst, told.value / truth, truth / told.value)
            if not adverse:
                assert told.value == 0 and told.level == "无"
    assert worst < 1.25


def test_a_small_circle_is_what_all_worlds_say(district: District, run: RiskRun) -> None:
    group = next(c for c in district.truth["circles"]
                 if c["kind"] == "joint_group" and len(c["members"]) == 3)  # fmt: skip
    members = [run.snapshot.index(key) for key in keys(district, group["members"])]
    inside = {(members.index(s), members.index(t)): w for s, t, w in
              zip(run.graph.source.tolist(), run.graph.target.tolist(), run.graph.weight.tolist(),
                  strict=True) if s in members and t in members}  # fmt: skip
    exact = cascade(run.graph.own[members].tolist(), inside)
    assert len(inside) == 6
    for place, key in enumerate(keys(district, group["members"])):
        told = explain(run, key)
        assert told.linked.exact or place == 0
        assert told.score == pytest.approx(exact[place], abs=1e-9)


def test_a_circle_moves_nothing_else(tmp_path: Path) -> None:
    """Circles are drawn apart: with or without them the district is the same."""

    def told(folder: Path, planted: bool, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        if not planted:
            monkeypatch.setattr("ingest.sample.planted_circles._CHAINS", ((2,), (2,)))
        write_district(folder, persons=1_000)
        truth: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        return truth

    with pytest.MonkeyPatch.context() as patch:
        first = told(tmp_path / "a", True, patch)
        second = told(tmp_path / "b", False, patch)
    for name in ("rings", "shells", "nominees", "holdings", "agents", "quarantined", "relatives"):
        assert first[name] == second[name]
    assert (tmp_path / "a" / "农户信息.csv").read_bytes() == (
        tmp_path / "b" / "农户信息.csv"
    ).read_bytes()
