"""Control by votes and beneficial owners, by hand and against a slow closure."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from breadth import examples
from firms import DAY, holdings, matrices, new_world, of_matrix, snapshot_of
from hypothesis import given, settings

from graph.encoding import encode
from graph.errors import NotFoundError
from queries.eligibility.verdict import Verdict
from queries.structure.beneficial import beneficial_owners
from queries.structure.control import controlled_by, controllers_of
from queries.structure.holding_paths import holding_paths, strongest_chains
from queries.structure.ownership import Ownership, own

Told = tuple[str, str, float | None]


def ownership(folder: Path, *told: Told, as_of: date = DAY) -> Ownership:
    world = new_world()
    holdings(world, *told)
    return own(snapshot_of(world, as_of=as_of))


def deciding(found: Ownership, firm: str) -> list[tuple[str, float, bool]]:
    return [
        (c.party, pytest.approx(c.votes), c.is_last)
        for c in controllers_of(found, firm).controllers
    ]


def test_control_passes_down_a_chain_that_ownership_dilutes(tmp_path: Path) -> None:
    found = ownership(tmp_path, ("P", "a", 0.6), ("a", "b", 0.6), ("Q", "a", 0.4), ("R", "b", 0.4))
    assert deciding(found, "b") == [("P", 0.6, True), ("a", 0.6, False)]
    assert found.look_through("b").owners[1].share == pytest.approx(0.36)
    chain = controllers_of(found, "b").controllers[0].chain
    assert [(v.holder, v.firm, v.ratio) for v in chain] == [("P", "a", 0.6), ("a", "b", 0.6)]
    assert chain[0].evidence["source"] == "world"


def test_two_controlled_minorities_make_a_majority(tmp_path: Path) -> None:
    found = ownership(
        tmp_path, ("P", "a", 0.7), ("P", "b", 0.8), ("a", "c", 0.3), ("b", "c", 0.3),
        ("Q", "a", 0.3), ("Q", "b", 0.2), ("Q", "c", 0.4),
    )  # fmt: skip
    assert deciding(found, "c") == [("P", 0.6, True)]


def test_exactly_half_is_no_control_and_a_firms_own_shares_do_not_vote(tmp_path: Path) -> None:
    half = ownership(tmp_path / "1", ("P", "a", 0.5), ("Q", "a", 0.5))
    assert controllers_of(half, "a").verdict is Verdict.NOT_MET
    own_shares = ownership(tmp_path / "2", ("P", "a", 0.5), ("Q", "a", 0.4), ("a", "a", 0.1))
    assert deciding(own_shares, "a") == [("P", 0.5 / 0.9, True)]


def test_no_controller_is_proven_only_when_nothing_is_unknown(tmp_path: Path) -> None:
    found = ownership(tmp_path, ("P", "a", 0.4))
    assert controllers_of(found, "a").verdict is Verdict.UNKNOWN
    assert encode(controllers_of(found, "a"))["verdict"] == "待补充"


def test_firms_that_control_each_other_have_no_one_above(tmp_path: Path) -> None:
    found = ownership(tmp_path, ("a", "b", 0.6), ("b", "a", 0.6), ("P", "a", 0.4), ("Q", "b", 0.4))
    assert deciding(found, "a") == [("b", 0.6, False)]
    control = controllers_of(found, "a")
    assert (control.verdict, control.why) == (Verdict.UNKNOWN, "ring")


@pytest.mark.parametrize("size", [2, 3, 5])
def test_in_a_ring_of_whole_holdings_nobody_decides_in_the_end(tmp_path: Path, size: int) -> None:
    firms = "abcde"[:size]
    ring = zip(firms, firms[1:] + firms[0], strict=True)
    found = ownership(tmp_path, *((here, there, 1.0) for here, there in ring), ("a", "z", 1.0))
    for firm in (*firms, "z"):
        control = controllers_of(found, firm)
        assert control.controllers and not any(c.is_last for c in control.controllers)
        assert (control.verdict, control.why) == (Verdict.UNKNOWN, "ring")


def test_who_controls_a_ring_from_outside_is_last(tmp_path: Path) -> None:
    found = ownership(tmp_path, ("P", "a", 0.6), ("a", "b", 1.0), ("b", "a", 0.4))
    assert [(c.party, c.is_last) for c in controllers_of(found, "b").controllers] == [
        ("P", True), ("a", False),
    ]  # fmt: skip
    assert controllers_of(found, "b").verdict is Verdict.MET


@pytest.mark.parametrize("kind", ["有限合伙", "普通合伙", "特殊普通合伙"])
def test_a_partnership_is_not_controlled_by_a_share(kind: str) -> None:
    """合伙企业法 第六十七条、第六十八条: a limited partner with 99 % runs nothing."""
    world = new_world()
    world.node("Enterprise", "a", name=f"凤翔样例投资中心（{kind}）")
    world.node("Enterprise", "b", name="凤翔样例果业有限公司")
    holdings(world, ("P", "a", 0.99), ("Q", "a", 0.01), ("a", "b", 0.8), ("R", "b", 0.2))
    found = own(snapshot_of(world))
    control = controllers_of(found, "a")
    assert (control.controllers, control.verdict, control.why) == (
        (), Verdict.UNKNOWN, "partnership",
    )  # fmt: skip
    # what it holds it does control, and who decides through it is open
    assert deciding(found, "b") == [("a", 0.8, False)]
    assert controllers_of(found, "b").why == "partnership"
    # what a partner gets is his share all the same
    assert found.look_through("b").owners[0].share == pytest.approx(0.8 * 0.99)


@settings(max_examples=examples(80))
@given(matrices(firms=5, persons=2))
def test_control_agrees_with_a_closure_over_all_sets(
    given_: tuple[np.ndarray, list[bool]],
) -> None:
    """The controlled set is the least fixed point: no firm enters without a majority of votes."""
    matrix, is_firm = given_
    shares = of_matrix(matrix, is_firm).shares
    for holder in range(len(matrix)):
        controlled: set[int] = set()
        for _ in range(len(matrix)):
            for firm in np.flatnonzero(is_firm).tolist():
                voices = ({holder} | controlled) - {firm}
                votes = sum(matrix[v, firm] for v in voices)
                if firm != holder and votes > (0.5 + 1e-9) * (1 - matrix[firm, firm]):
                    controlled.add(firm)
        assert set(controlled_by(shares, holder)) == controlled


# ------------------------------------------------------------------ beneficial owners


@pytest.mark.parametrize(
    ("day", "rule", "is_owner"),
    [
        (date(2024, 10, 31), None, False),  # 超过 25 %
        (date(2024, 11, 1), None, True),  # 25 % 以上
        (DAY, "customer_due_diligence_2017", False),
    ],
)
def test_exactly_a_quarter_depends_on_the_rule_in_force(
    tmp_path: Path, day: date, rule: str | None, is_owner: bool
) -> None:
    # 0.5 × 0.5 through a firm that holds some of itself: a quarter only up to the last bits
    found = beneficial_owners(
        ownership(
            tmp_path, ("P", "b", 0.45), ("b", "b", 0.1), ("Q", "b", 0.45), ("b", "c", 0.5),
            ("S", "c", 0.5), as_of=day,
        ),
        "c", rule=rule,
    )  # fmt: skip
    assert ("P" in {o.party for o in found.owners}) is is_owner
    assert found.complete is Verdict.MET
    assert {o.ground for o in found.owners} == {"share"}


def test_before_any_rule_there_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="No beneficial-owner rule"):
        beneficial_owners(ownership(tmp_path, ("P", "a", 1.0), as_of=date(2016, 1, 1)), "a")


def test_an_unknown_part_leaves_the_question_open(tmp_path: Path) -> None:
    found = beneficial_owners(ownership(tmp_path, ("P", "a", 0.6), ("Q", "a", 0.2)), "a")
    assert [(o.party, o.verdict) for o in found.owners] == [
        ("P", Verdict.MET), ("Q", Verdict.UNKNOWN),
    ]  # fmt: skip
    assert found.complete is Verdict.UNKNOWN
    assert found.unknown_share == pytest.approx(0.2)


def test_control_below_the_threshold_is_the_second_ground(tmp_path: Path) -> None:
    told: list[Told] = [("P", "a", 0.51), ("a", "b", 0.51), ("b", "c", 0.51)]
    told += [("Q", "a", 0.49), *((name, firm, 0.07) for firm in "bc" for name in "RSTUVWX")]
    found = beneficial_owners(ownership(tmp_path, *told), "c")
    assert [(o.party, o.ground) for o in found.owners] == [("P", "control")]
    assert found.owners[0].share == pytest.approx(0.51**3)


def test_where_nobody_meets_a_standard_the_one_who_runs_it_is_named() -> None:
    world = new_world()
    holdings(world, *((name, "a", 0.2) for name in "PQRST"))
    world.tie("LEGAL_REPRESENTATIVE_OF", ("P", "Person"), ("a", "Enterprise"))
    found = beneficial_owners(own(snapshot_of(world)), "a")
    assert [(o.party, o.ground) for o in found.owners] == [("P", "management")]


def test_paths_are_the_strongest_chains_with_their_evidence() -> None:
    world = new_world()
    holdings(world, ("P", "b", 0.6), ("b", "c", 0.5), ("P", "c", 0.1), ("P", "d", 0.9),
             ("d", "c", 0.2), ("c", "b", 0.1))  # fmt: skip
    for key in ("P", "b", "c", "d"):
        world.node("Person" if key == "P" else "Enterprise", key, name=f"名{key}")
    found = own(snapshot_of(world))
    paths, cut = holding_paths(found, "P", "c", count=2)
    assert not cut
    assert [p.product for p in paths] == pytest.approx([0.3, 0.18])
    assert paths[0].sentence == "名P —60%→ 名b —50%→ 名c"
    assert [e["row"] for e in paths[0].evidence] == [1, 2]
    every, _ = holding_paths(found, "P", "c", count=9)
    owner = beneficial_owners(found, "c").owners[0]
    # loop-free chains explain the share up to what goes round the circle
    assert sum(p.product for p in every) == pytest.approx(0.58)
    assert owner.share == pytest.approx(0.58 / (1 - 0.5 * 0.1))
    told = encode(beneficial_owners(found, "c"))["owners"][0]["paths"][0]
    assert told["sentence"] == paths[0].sentence


@settings(max_examples=examples(40))
@given(matrices(firms=5, persons=2))
def test_the_strongest_path_is_the_strongest_of_all(
    given_: tuple[np.ndarray, list[bool]],
) -> None:
    matrix, is_firm = given_
    count = sum(is_firm)
    found = of_matrix(matrix, is_firm)
    owner, firm = len(matrix) - 1, 0
    chains = (
        (owner, *between, firm)
        for size in range(count)
        for between in itertools.permutations(range(1, count), size)
    )
    products = sorted(
        (float(np.prod([matrix[a, b] for a, b in itertools.pairwise(chain)])) for chain in chains),
        reverse=True,
    )
    chosen, _ = strongest_chains(found, owner, firm, count=3)
    assert [passed for passed, _ in chosen] == pytest.approx(
        [p for p in products if p > 0][: len(chosen)]
    )
    assert len(chosen) == min(3, sum(p > 0 for p in products))
