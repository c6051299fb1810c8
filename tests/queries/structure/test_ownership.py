"""Ownership against published numbers, series, enumeration, its own conservation, and FinBench."""

from __future__ import annotations

import csv
import itertools
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from breadth import examples
from firms import DAY, holdings, matrices, new_world, of_matrix, snapshot_of
from hypothesis import given, settings
from hypothesis import strategies as st

import ingest
from graph.encoding import encode
from graph.errors import NotFoundError
from graph.log import FactLog
from graph.settings import Settings
from graph.snapshot import take_snapshot
from queries.structure.ownership import LookThrough, Ownership, own

Told = tuple[str, str, float | None]


def through(folder: Path, firm: str, *told: Told) -> LookThrough:
    world = new_world()
    holdings(world, *told)
    return own(snapshot_of(world)).look_through(firm)


def shares_of(found: LookThrough) -> dict[str, float]:
    return {item.party: item.share for item in found.owners}


# ------------------------------------------------------------------ published numbers


def test_a_path_and_a_direct_share_add_up(tmp_path: Path) -> None:
    found = through(tmp_path, "c", ("P", "b", 0.6), ("b", "c", 0.5), ("P", "c", 0.1))
    assert shares_of(found)["P"] == pytest.approx(0.40, abs=1e-9)
    assert found.owners[0].direct == pytest.approx(0.1)


def test_two_firms_that_hold_each_other(tmp_path: Path) -> None:
    told: tuple[Told, ...] = (("P", "x", 0.6), ("x", "y", 0.3), ("y", "x", 0.2))
    assert shares_of(through(tmp_path / "1", "x", *told))["P"] == pytest.approx(0.638298, abs=5e-7)
    found = through(tmp_path / "2", "y", *told)
    assert shares_of(found)["P"] == pytest.approx(0.191489, abs=5e-7)
    assert sum(shares_of(found).values()) + found.unknown_share == pytest.approx(1, abs=1e-9)


def test_path_products_say_a_half_and_two_thirds_is_right(tmp_path: Path) -> None:
    told: tuple[Told, ...] = (("P", "a", 0.5), ("a", "b", 0.5), ("b", "a", 0.5), ("Q", "b", 0.5))
    found = through(tmp_path, "a", *told)
    assert shares_of(found) == pytest.approx({"P": 2 / 3, "Q": 1 / 3}, abs=1e-9)
    assert found.unknown == ()
    # the firm between: integrated ownership leaves out what comes back to it
    assert {i.party: i.share for i in found.between}["b"] == pytest.approx(0.5, abs=1e-9)


def test_shares_that_a_firm_holds_in_itself_belong_to_its_other_holders(tmp_path: Path) -> None:
    found = through(tmp_path, "a", ("a", "a", 0.2), ("P", "a", 0.6), ("Q", "a", 0.2))
    assert shares_of(found) == pytest.approx({"P": 0.75, "Q": 0.25}, abs=1e-9)
    assert {i.party: i.share for i in found.between} == pytest.approx({"a": 0.2}, abs=1e-9)


# ------------------------------------------------------------------ oracles


@settings(max_examples=examples(80))
@given(matrices())
def test_the_solve_is_the_series(given_: tuple[np.ndarray, list[bool]]) -> None:
    matrix, is_firm = given_
    ownership = of_matrix(matrix, is_firm)
    total, power = np.eye(len(matrix)), np.eye(len(matrix))
    for _ in range(20_000):
        power = power @ matrix
        total += power
        if power.max() < 1e-14:
            break
    for firm in np.flatnonzero(is_firm).tolist():
        column, error = ownership.up(firm)
        assert error <= 1e-9
        assert column == pytest.approx(total[:, firm], abs=1e-9)
    integrated = (total - np.eye(len(matrix))) / np.diag(total)[:, None]
    for place in range(len(matrix)):
        assert ownership.integrated_down(place) == pytest.approx(integrated[place], abs=1e-9)
        if is_firm[place]:
            assert ownership.integrated_up(place) == pytest.approx(integrated[:, place], abs=1e-9)


@settings(max_examples=examples(60))
@given(matrices(firms=4, persons=2))
def test_without_circles_it_is_the_sum_over_all_chains(
    given_: tuple[np.ndarray, list[bool]],
) -> None:
    matrix, is_firm = given_
    count = sum(is_firm)
    # a firm may be held by firms before it only
    matrix[:count, :count] = np.triu(matrix[:count, :count], 1)
    ownership = of_matrix(matrix, is_firm)
    for person in range(count, len(matrix)):
        for firm in range(count):
            chains = (
                (person, *between, firm)
                for size in range(firm + 1)
                for between in itertools.combinations(range(firm), size)
            )
            expected = sum(
                np.prod([matrix[a, b] for a, b in itertools.pairwise(chain)]) for chain in chains
            )
            assert ownership.up(firm)[0][person] == pytest.approx(expected, abs=1e-12)


@settings(max_examples=examples(100))
@given(matrices(firms=6))
def test_persons_and_unknown_parts_sum_to_the_whole(
    given_: tuple[np.ndarray, list[bool]],
) -> None:
    ownership = of_matrix(*given_)
    for firm in np.flatnonzero(given_[1]).tolist():
        assert ownership.up(firm)[0] @ ownership.leak == pytest.approx(1, abs=1e-9)


@settings(max_examples=examples(40))
@given(matrices(firms=4), st.integers(2, 4))
def test_splitting_a_holder_in_two_changes_nobody_elses_share(
    given_: tuple[np.ndarray, list[bool]], parts: int
) -> None:
    matrix, is_firm = given_
    split = np.vstack([matrix, matrix[-1:] * (1 / parts)])
    split[-2] -= split[-1]
    split = np.hstack([split, np.zeros((len(split), 1))])
    before, after = of_matrix(matrix, is_firm), of_matrix(split, [*is_firm, False])
    for firm in np.flatnonzero(is_firm).tolist():
        old, new = before.up(firm)[0], after.up(firm)[0]
        assert new[:-2] == pytest.approx(old[:-1], abs=1e-9)
        assert new[-2] + new[-1] == pytest.approx(old[-1], abs=1e-9)


# ------------------------------------------------------------------ what is not proven


def test_a_circle_without_anybody_outside_has_no_owner(tmp_path: Path) -> None:
    """I − A is singular for a and b; c, held by b and a person, still has an answer."""
    told: tuple[Told, ...] = (("a", "b", 1.0), ("b", "a", 1.0), ("b", "c", 0.3), ("P", "c", 0.7))
    found = through(tmp_path / "1", "c", *told)
    assert shares_of(found) == pytest.approx({"P": 0.7})
    assert [(u.firm, u.why) for u in found.unknown] == [("b", "closed")]
    assert found.unknown_share == pytest.approx(0.3)
    alone = through(tmp_path / "2", "a", *told)
    assert alone.owners == () and alone.unknown_share == pytest.approx(1)


def test_ratios_that_sum_to_more_than_the_whole_prove_nothing(tmp_path: Path) -> None:
    found = through(tmp_path, "a", ("P", "a", 0.7), ("Q", "a", 0.6))
    assert found.owners == ()
    assert [(u.firm, u.why, u.share) for u in found.unknown] == [("a", "oversubscribed", 1.0)]
    assert [(d.firm, d.kind) for d in found.doubts] == [("a", "oversubscribed")]


def test_rounded_ratios_are_brought_to_the_whole_and_said(tmp_path: Path) -> None:
    told = [(name, "a", 0.3334) for name in "PQR"]
    found = through(tmp_path / "1", "a", *told)
    assert shares_of(found) == pytest.approx(dict.fromkeys("PQR", 1 / 3), abs=1e-12)
    assert [d.kind for d in found.doubts] == ["rounded"]
    less = through(tmp_path / "2", "a", *[(name, "a", 0.3333) for name in "PQR"])
    assert less.unknown_share == pytest.approx(0.0001)


def test_a_holding_without_a_ratio_or_by_resemblance_is_unknown() -> None:
    world = new_world()
    holdings(world, ("P", "a", 0.5), ("Q", "a", None))
    holdings(world, ("R", "a", 0.2), certainty=0.8)
    found = own(snapshot_of(world)).look_through("a")
    assert shares_of(found) == {"P": 0.5}
    assert found.unknown_share == pytest.approx(0.5)
    assert [d.kind for d in found.doubts] == ["ratio_unknown", "resemblance"]


def test_of_two_sources_the_one_heard_last_counts_and_the_difference_is_said() -> None:
    world = new_world()
    holdings(world, ("P", "a", 0.5))
    snapshot_of(world)
    holdings(world, ("P", "a", 0.4))
    later = snapshot_of(world, known=datetime(2026, 5, 2, tzinfo=UTC), source="annual_report")
    found = own(later).look_through("a")
    assert shares_of(found) == {"P": 0.4}
    assert [d.kind for d in found.doubts] == ["sources_differ"]


def test_tranches_add_up_and_ended_holdings_do_not_count() -> None:
    world = new_world()
    holdings(world, ("P", "a", 0.3), discriminator="1")
    holdings(world, ("P", "a", 0.2), discriminator="2")
    holdings(world, ("Q", "a", 0.5), valid_to=date(2026, 1, 1))
    found = own(snapshot_of(world)).look_through("a")
    assert shares_of(found) == pytest.approx({"P": 0.5})
    assert found.unknown[0].why == "not_registered"


def test_no_registered_holder_is_no_answer() -> None:
    world = new_world()
    holdings(world, ("P", "a", 0.3))
    world.node("Enterprise", "b", name="无股东")
    ownership = own(snapshot_of(world))
    for key in ("P", "b"):
        with pytest.raises(NotFoundError, match="No shareholders"):
            ownership.look_through(key)
    assert [(o.firm, o.share) for o in ownership.owned_by("P")] == [("a", pytest.approx(0.3))]
    assert ownership.owned_by("b") == ()


# ------------------------------------------------------------------ the knot


@pytest.fixture(scope="module")
def knot(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Ownership:
    folder = shared_data / "finbench" / "sf0.01" / "snapshot"
    config = Settings(data=tmp_path_factory.mktemp("finbench"))
    names = ("Person", "Company", "PersonInvestCompany", "CompanyInvestCompany")
    files = [folder / f"{name}.csv" for name in names]
    ingest.ingest("finbench", files, settings=config, into_graph=False)
    return own(take_snapshot(FactLog(config.log_dir), DAY))


def test_the_knot_of_203_companies(knot: Ownership, shared_data: Path) -> None:
    folder = shared_data / "finbench" / "sf0.01" / "snapshot"
    component = knot.components
    assert np.bincount(component).max() == 203
    assert knot.closed.sum() == 0
    # the dense inverse over numbers read from the files by another reader
    told: dict[tuple[str, str], float] = {}
    for name, kind in (("PersonInvestCompany", "person"), ("CompanyInvestCompany", "company")):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="|"):
                pair = (f"finbench:{kind}:{row['investorId']}",
                        f"finbench:company:{row['companyId']}")  # fmt: skip
                told[pair] = told.get(pair, 0.0) + float(row["ratio"])
    keys = [knot.shares.key(place) for place in range(len(knot.shares.members))]
    assert len(keys) == len(set(keys)) == len({key for pair in told for key in pair})
    at = {key: place for place, key in enumerate(keys)}
    dense = np.zeros((len(keys), len(keys)))
    for (holder, firm), ratio in told.items():
        dense[at[holder], at[firm]] = ratio
    inverse = np.linalg.inv(np.eye(len(keys)) - dense)
    integrated = (inverse - np.eye(len(keys))) / np.diag(inverse)[:, None]
    for place in np.flatnonzero(knot.shares.is_firm).tolist():
        column, error = knot.up(place)
        assert error < 1e-9
        assert np.abs(column - inverse[:, place]).max() < 1e-9
        assert abs(column @ knot.leak - 1) < 1e-9
    for place in np.flatnonzero(component == np.argmax(np.bincount(component)))[::20].tolist():
        assert np.abs(knot.integrated_up(place) - integrated[:, place]).max() < 1e-9
    assert (np.diag(dense) > 0).sum() == 5


def test_the_answer_for_a_company_of_the_knot(knot: Ownership) -> None:
    largest = np.argmax(np.bincount(knot.components))
    place = int(np.flatnonzero(knot.components == largest)[0])
    found = knot.look_through(knot.shares.key(place))
    assert sum(shares_of(found).values()) + found.unknown_share == pytest.approx(1, abs=1e-6)
    assert encode(found)["basis"]["rules"].startswith("ownership:2026.2+")
    back = {item.firm: item.share for item in knot.owned_by(found.owners[0].party)}
    assert back[found.firm] == pytest.approx(found.owners[0].share, abs=1e-9)
