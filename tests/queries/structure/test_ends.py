"""Ownership questions end: however many owners, chains and layers; and what is cut is said."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from breadth import examples
from firms import holdings, new_world, of_matrix, snapshot_of
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.encoding import encode
from queries.eligibility.verdict import Verdict
from queries.structure.beneficial import beneficial_owners
from queries.structure.control import controllers_of
from queries.structure.holding_paths import strongest_chains
from queries.structure.overview import Owners
from queries.structure.ownership import Ownership, own

Told = tuple[str, str, float | None]


def ownership(folder: Path, told: Iterable[Told]) -> Ownership:
    world = new_world()
    holdings(world, *told)
    return own(snapshot_of(world))


def ladder(layers: int) -> tuple[np.ndarray, list[bool]]:
    """Firm 0 and two firms a layer, each held by both firms above; one person at the top."""
    size = 2 * layers + 2
    matrix = np.zeros((size, size))
    for layer in range(layers):
        below = [0] if layer == 0 else [2 * layer - 1, 2 * layer]
        for firm in below:
            matrix[2 * layer + 1, firm] = matrix[2 * layer + 2, firm] = 0.3
    matrix[-1, 2 * layers - 1] = matrix[-1, 2 * layers] = 0.3
    return matrix, [*[True] * (size - 1), False]


@pytest.mark.parametrize("layers", [5, 40, 250])
def test_of_exponentially_many_equal_chains_the_first_are_found(layers: int) -> None:
    """2ⁿ chains of the same strength: 0.3 and not a half, so that rounding tells them apart."""
    matrix, is_firm = ladder(layers)
    found, cut = strongest_chains(of_matrix(matrix, is_firm), len(matrix) - 1, 0, count=3)
    assert [len(places) for _, places in found] == [layers + 2] * 3
    assert [passed for passed, _ in found] == pytest.approx([0.3 ** (layers + 1)] * 3)
    assert len({places for _, places in found}) == 3
    assert not cut


def test_a_search_that_is_cut_says_so() -> None:
    """Everybody holds everybody: chains without number, and the owner at the end of none."""
    size = 40
    matrix = np.full((size, size), 0.02)
    np.fill_diagonal(matrix, 0.0)
    matrix[-1, :] = 0.0
    matrix[-1, 1] = 0.2
    # more chains than anybody would list
    found, cut = strongest_chains(
        of_matrix(matrix, [*[True] * (size - 1), False]), size - 1, 0, count=100_000
    )
    assert cut and found
    assert all(len(set(places)) == len(places) for _, places in found)
    none, cut = strongest_chains(
        of_matrix(matrix, [*[True] * (size - 1), False]), size - 1, 0, count=0
    )
    assert (none, cut) == ([], False)


def test_thousands_who_could_be_owners_are_listed_and_few_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register that proves little: everybody could be an owner, each asked about once at most."""
    asked = []
    way = Ownership.shortest
    monkeypatch.setattr(
        Ownership, "shortest", lambda self, place: asked.append(place) or way(self, place)
    )
    told = [(f"P{n:04d}", "a", 0.0002) for n in range(1_400)]
    found = ownership(tmp_path, [*told, ("Q", "a", 0.3)])
    owners = beneficial_owners(found, "a")
    assert len(owners.owners) == 1_401
    assert [o.verdict for o in owners.owners[:2]] == [Verdict.MET, Verdict.UNKNOWN]
    with_paths = [o for o in owners.owners if o.paths]
    assert (len(with_paths), owners.without_paths, len(asked)) == (11, 1_390, 11)
    assert owners.basis.truncated
    assert sum(o.paths_truncated for o in owners.owners) == 1_390
    asked.clear()
    silent = beneficial_owners(found, "a", paths=0)
    assert (silent.without_paths, silent.basis.truncated, asked) == (0, False, [])
    assert [o.party for o in silent.owners] == [o.party for o in owners.owners]


def test_a_line_of_firms_shows_the_chains_of_the_last_controllers(tmp_path: Path) -> None:
    """In a line everybody controls all behind it: chains that grow with its square."""
    line = [(f"f{n + 1:03d}", f"f{n:03d}", 1.0) for n in range(60)]
    control = controllers_of(ownership(tmp_path, [*line, ("P", "f060", 1.0)]), "f000")
    assert (control.verdict, len(control.controllers)) == (Verdict.MET, 61)
    first, *others = control.controllers
    assert (first.party, first.is_last, len(first.chain)) == ("P", True, 61)
    assert not first.chain_truncated
    assert sum(len(item.chain) for item in control.controllers) <= 500
    assert control.basis.truncated and others[-1].chain_truncated
    whole = Owners.of(ownership(tmp_path / "3", [*line, ("P", "f060", 1.0)]), "f000")
    assert encode(whole)["basis"]["truncated"]
    short = controllers_of(ownership(tmp_path / "2", [("P", "a", 1.0)]), "a")
    assert not short.basis.truncated


# ------------------------------------------------------------------ a holder without a ratio


def test_a_sole_holder_without_a_ratio_is_asked_for(tmp_path: Path) -> None:
    found = ownership(tmp_path, [("P", "a", None)])
    owners = beneficial_owners(found, "a")
    assert [(o.party, o.share, o.verdict) for o in owners.owners] == [("P", 0.0, Verdict.UNKNOWN)]
    assert owners.complete is Verdict.UNKNOWN
    through = found.look_through("a")
    assert [(item.party, item.firm) for item in through.named] == [("P", "a")]
    assert through.named[0].evidence["row"] == 1
    assert "比例未查明" in encode(through)["named"][0]["sentence"]
    assert [(part.why, part.share) for part in through.unknown] == [("ratio_unknown", 1.0)]


def test_who_stands_above_a_holder_without_a_ratio_is_asked_for_too(tmp_path: Path) -> None:
    told: list[Told] = [("b", "a", None), ("P", "b", 0.9), ("Q", "b", 0.1), ("R", "a", 0.6)]
    told += [("S", "c", None), ("c", "b", None), ("T", "z", None)]
    found = ownership(tmp_path, told)
    owners = beneficial_owners(found, "a")
    # b may hold 40 %, and of it nobody knows more than 40 %; T is registered elsewhere
    assert {(o.party, o.verdict) for o in owners.owners} == {
        ("R", Verdict.MET), ("P", Verdict.UNKNOWN), ("Q", Verdict.UNKNOWN), ("S", Verdict.UNKNOWN),
    }  # fmt: skip
    named = {(item.party, item.firm) for item in found.look_through("a").named}
    assert named == {("b", "a"), ("c", "b"), ("S", "c")}


def test_holders_whose_ratios_contradict_are_asked_for(tmp_path: Path) -> None:
    found = ownership(tmp_path, [("P", "a", 0.7), ("Q", "a", 0.6)])
    owners = beneficial_owners(found, "a")
    assert [(o.party, o.verdict) for o in owners.owners] == [
        ("P", Verdict.UNKNOWN), ("Q", Verdict.UNKNOWN),
    ]  # fmt: skip
    assert {item.party for item in found.look_through("a").named} == {"P", "Q"}


def test_a_holder_without_a_ratio_who_cannot_reach_the_threshold_is_none(tmp_path: Path) -> None:
    owners = beneficial_owners(ownership(tmp_path, [("P", "a", 0.9), ("Q", "a", None)]), "a")
    assert [(o.party, o.verdict) for o in owners.owners] == [("P", Verdict.MET)]


def test_one_source_that_states_the_ratio_is_enough() -> None:
    told: list[Told] = [("P", "a", None), ("P", "a", 1.0)]
    world = new_world()
    for number, one in enumerate(told):
        holdings(world, one, discriminator=str(number))
    found = own(snapshot_of(world))
    assert found.look_through("a").named == ()
    assert beneficial_owners(found, "a").owners[0].verdict is Verdict.MET


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(2, 6), st.integers(0, 10**6))
def test_no_registered_person_who_could_be_an_owner_is_left_out(size: int, seed: int) -> None:
    """Whatever the true ratios are, who then holds a quarter is named MET or UNKNOWN."""
    chance = np.random.default_rng(seed)
    matrix = np.zeros((size + 2, size + 2))
    for firm in range(size):
        parts = chance.dirichlet(np.ones(size + 3))[:-1] * (chance.random(size + 2) < 0.5)
        parts[firm] = 0.0
        matrix[:, firm] = parts
    is_firm = [*[True] * size, False, False]
    true = of_matrix(matrix, is_firm)
    hidden = (chance.random(matrix.shape) < 0.4) & (matrix > 0)
    told = of_matrix(np.where(hidden, 0.0, matrix), is_firm, named=hidden)
    for firm in range(size):
        share = true.up(firm)[0]
        column = told.up(firm)[0]
        unknown = float((column * told.leak)[:size].sum())
        possible = told.possible(firm)
        for person in (size, size + 1):
            assert share[person] <= column[person] + unknown + 1e-9
            if share[person] > 1e-9:
                assert column[person] > 0 or person in possible
