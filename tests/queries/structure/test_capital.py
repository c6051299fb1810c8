"""Ratios that follow from amounts, and sums that are rounding."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from breadth import examples
from firms import holdings, label_of, new_world, snapshot_of
from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

from graph.snapshot import Snapshot
from queries.eligibility.verdict import Verdict
from queries.risk.evidence import unused_ties
from queries.risk.policy import load_policy
from queries.risk.weights import weigh
from queries.structure.control import controllers_of
from queries.structure.ownership import LookThrough, own

WAN = 1_000_000  # fen


def subscribe(world: World, *told: tuple[str, str, int | None], **said: object) -> None:
    """State holdings (holder, firm, 万元 subscribed) without a ratio."""
    for place, (holder, firm, wan) in enumerate(told):
        terms = {"discriminator": f"{place}", **said}
        world.tie("HOLDS_SHARES_IN", (holder, label_of(holder)), (firm, label_of(firm)),
                  subscribed_fen=wan and wan * WAN, **terms)  # fmt: skip


def register(world: World, firm: str, wan: int | None) -> None:
    world.node("Enterprise", firm, name=firm, registered_capital_fen=wan and wan * WAN)


def shares(found: LookThrough) -> dict[str, float]:
    return {owner.party: owner.share for owner in found.owners}


def doubts(found: LookThrough) -> list[str]:
    return [doubt.kind for doubt in found.doubts]


def through(folder: Path, capital: int | None, *told: tuple[str, str, int | None]) -> LookThrough:
    world = new_world()
    register(world, "a", capital)
    subscribe(world, *told)
    return own(snapshot_of(world)).look_through("a")


def test_amounts_give_a_ratio_marked_as_derived() -> None:
    """Registered capital of 100 万, subscriptions of 60 and 40: the register shows no ratios."""
    world = new_world()
    register(world, "a", 100)
    subscribe(world, ("P", "a", 60), ("Q", "a", 40))
    ownership = own(snapshot_of(world))
    found = ownership.look_through("a")
    assert shares(found) == pytest.approx({"P": 0.6, "Q": 0.4})
    assert (doubts(found), found.unknown) == (["derived"], ())
    assert [owner.is_derived for owner in found.owners] == [True, True]
    control = controllers_of(ownership, "a")
    assert [(c.party, c.is_last) for c in control.controllers] == [("P", True)]
    assert control.verdict is Verdict.MET
    assert control.controllers[0].chain[0].evidence["is_derived"] is True


@pytest.mark.parametrize(
    ("capital", "told", "expected", "unknown"),
    [
        # what nobody subscribed of the registered capital is nobody's
        (100, (60, 30), {"P": 0.6, "Q": 0.3}, 0.1),
        # no capital registered: the whole is what all holders named subscribed
        (None, (60, 20), {"P": 0.75, "Q": 0.25}, 0.0),
        # nor all amounts: nothing follows
        (None, (60, None), {}, 1.0),
        # one amount is not known, the capital is
        (100, (60, None), {"P": 0.6}, 0.4),
        # the capital on file is older than the subscriptions
        (50, (60, 40), {"P": 0.6, "Q": 0.4}, 0.0),
    ],
)
def test_the_whole_is_the_capital_or_all_that_is_subscribed(
    tmp_path: Path,
    capital: int | None,
    told: tuple[int | None, ...],
    expected: dict[str, float],
    unknown: float,
) -> None:
    named = [(holder, "a", wan) for holder, wan in zip("PQ", told, strict=True)]
    found = through(tmp_path, capital, *named)
    assert shares(found) == pytest.approx(expected)
    assert found.unknown_share == pytest.approx(unknown)
    assert ("derived" in doubts(found)) is bool(expected)
    assert ("ratio_unknown" in doubts(found)) is (None in told)


def test_a_stated_ratio_is_not_derived_and_resemblance_gives_none() -> None:
    world = new_world()
    register(world, "a", 100)
    holdings(world, ("P", "a", 0.5), subscribed_fen=60 * WAN)
    subscribe(world, ("Q", "a", 30))
    subscribe(world, ("R", "a", 10), certainty=0.8)
    found = own(snapshot_of(world)).look_through("a")
    assert shares(found) == pytest.approx({"P": 0.5, "Q": 0.3})
    assert {o.party: o.is_derived for o in found.owners} == {"P": False, "Q": True}
    assert doubts(found) == ["derived", "resemblance"]


def test_risk_follows_a_derived_ratio(tmp_path: Path) -> None:
    def flows(folder: Path, capital: int | None, wan: int | None) -> Snapshot:
        world = new_world()
        register(world, "a", capital)
        subscribe(world, ("P", "a", wan), ("Q", "a", None))
        return snapshot_of(world)

    policy = load_policy()
    known = flows(tmp_path / "1", 100, 25)
    rule = policy.ties["HOLDS_SHARES_IN"]
    assert rule.back is not None
    # the firm's failure reaches its holder, and a holder's the firm
    assert sorted(weigh(known, policy).weight.tolist()) == pytest.approx(
        sorted([rule.weight * 0.25, rule.back.weight * 0.25])
    )
    silent = flows(tmp_path / "2", None, 25)
    graph = weigh(silent, policy)
    assert len(graph.weight) == 0
    assert len(unused_ties(silent, policy, graph, silent.index("a"))) == 2


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=4),
    st.lists(st.integers(1, 50), min_size=1, max_size=4),
    st.one_of(st.none(), st.integers(1, 500)),
)
@settings(max_examples=examples(40), deadline=None)
def test_a_contribution_split_in_several_is_the_same_holding(
    first: list[int], second: list[int], capital: int | None
) -> None:
    parts = [("P", "a", wan) for wan in first] + [("Q", "a", wan) for wan in second]
    with TemporaryDirectory() as folder:
        split = through(Path(folder) / "1", capital, *parts)
        whole = through(
            Path(folder) / "2", capital, ("P", "a", sum(first)), ("Q", "a", sum(second))
        )
    assert shares(split) == pytest.approx(shares(whole))
    assert split.unknown_share == pytest.approx(whole.unknown_share)
    assert sum(shares(split).values()) + split.unknown_share == pytest.approx(1)


# ------------------------------------------------------------------ rounding


def ratios(folder: Path, *percent: float) -> LookThrough:
    world = new_world()
    holders = "PQRSTUVW"[: len(percent)]
    holdings(world, *((h, "a", p / 100) for h, p in zip(holders, percent, strict=True)))
    return own(snapshot_of(world)).look_through("a")


@pytest.mark.parametrize(
    "percent",
    [(33.4, 33.4, 33.3), (16.7,) * 6, (33.334, 33.334, 33.333), (66.67, 33.34), (50, 33.34, 16.67),
     (14.3,) * 7, (34, 33, 34)],
)  # fmt: skip
def test_a_sum_within_half_a_unit_each_is_rounding(
    tmp_path: Path, percent: tuple[float, ...]
) -> None:
    found = ratios(tmp_path, *percent)
    assert doubts(found) == ["rounded"]
    assert sum(shares(found).values()) == pytest.approx(1)
    assert found.unknown == ()


@pytest.mark.parametrize("percent", [(33.4, 33.4, 33.4), (66.70, 33.41), (50.5, 50.5), (60, 45)])
def test_a_sum_beyond_it_is_an_error(tmp_path: Path, percent: tuple[float, ...]) -> None:
    found = ratios(tmp_path, *percent)
    assert doubts(found) == ["oversubscribed"]
    assert shares(found) == {}
