"""Limits with three-valued outcomes, and the check of a proposed guarantee."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest
from firms import label_of, new_world, snapshot_of
from promises import WAN, lend, net_of, promise
from world import World

from graph.encoding import encode
from graph.errors import InputError, NotFoundError
from queries.eligibility.verdict import Verdict
from queries.structure.guarantees import GuaranteeNet, read_guarantees
from queries.structure.limits import (
    LimitResult,
    check_group,
    check_guarantor,
    check_relatives,
    load_limits,
)
from queries.structure.patterns import find_joint_groups
from queries.structure.proposal import GuaranteeProposal, ProposalCheck, check_proposal

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


def by_rule(outcomes: tuple[LimitResult, ...]) -> dict[str, LimitResult]:
    return {item.rule: item for item in outcomes}


def report(world: World, firm: str, wan: int, day: date = date(2026, 1, 1), **said: object) -> None:
    world.node("AnnualReport", firm, "Enterprise", net_assets_fen=wan * WAN, valid_from=day, **said)


@pytest.mark.parametrize(("clients", "verdict"), [(5, MET), (6, NOT_MET)])
def test_a_firm_guarantees_at_most_five_clients_and_any_number_of_farmers(
    tmp_path: Path, clients: int, verdict: Verdict
) -> None:
    pairs = [("hub", firm) for firm in "abcdef"[:clients]] + [("hub", p) for p in "PQRSTUV"]
    found = by_rule(check_guarantor(net_of(tmp_path, *pairs), "hub"))["clients_per_firm"]
    assert (found.verdict, found.value, found.limit) == (verdict, clients, 5)
    assert "5 户" in found.basis and "已接入机构" in found.scope


def test_the_limits_on_firms_are_not_for_persons(tmp_path: Path) -> None:
    net = net_of(tmp_path, *(("P", firm) for firm in "abcdefg"))
    assert set(by_rule(check_guarantor(net, "P"))) == {"chain_links", "chain_debt_fen"}


@pytest.mark.parametrize(
    ("assets", "amounts", "verdict"),
    [
        (None, [10], UNKNOWN),  # nobody reported: no pass
        (30, [10, 20], MET),  # exactly the whole
        (29, [10, 20], NOT_MET),
        (30, [10, None], UNKNOWN),  # what is not known could break it
        (30, [31, None], NOT_MET),  # what is known breaks it already
        (-5, [10], NOT_MET),
        (None, [], MET),
    ],
)
def test_guarantees_stay_within_net_assets(
    assets: int | None, amounts: list[int | None], verdict: Verdict
) -> None:
    world = new_world()
    for place, wan in enumerate(amounts):
        promise(world, "a", f"b{place}", amount_fen=wan and wan * WAN)
    if assets is not None:
        report(world, "a", 999, date(2025, 1, 1), valid_to=date(2026, 1, 1))
        report(world, "a", assets)
    world.node("Enterprise", "a", name="甲")
    net = read_guarantees(snapshot_of(world))
    found = by_rule(check_guarantor(net, "a"))["guarantees_within_net_assets"]
    assert found.verdict is verdict, found


def group(folder: Path, *, relation: str | None = "同村", prepare: object = None) -> GuaranteeNet:
    world = new_world()
    for a, b in itertools.permutations("PQRS", 2):
        promise(world, a, b, guarantee_kind="joint_group", relation=relation)
    if prepare:
        prepare(world)  # type: ignore[operator]
    return read_guarantees(snapshot_of(world))


def household(first: str, second: str):  # type: ignore[no-untyped-def]
    def prepare(world: World) -> None:
        for person, role in (("P", first), ("R", second)):
            world.tie("BELONGS_TO", (person, "Person"), ("H", "Household"), role=role)

    return prepare


def married(world: World) -> None:
    world.tie("SPOUSE_OF", ("Q", "Person"), ("S", "Person"))


@pytest.mark.parametrize(
    ("relation", "prepare", "verdict", "related"),
    [
        ("同村", None, MET, "PQRS"),
        (None, None, UNKNOWN, "PQRS"),
        ("父子", None, NOT_MET, "PQRS"),
        ("同村", married, NOT_MET, "QS"),
        (None, married, NOT_MET, "QS"),
        ("同村", household("householder", "son"), NOT_MET, "PR"),
        ("同村", household("householder", "other"), MET, "PQRS"),
    ],
)
def test_no_relatives_stand_in_one_joint_group(
    tmp_path: Path, relation: str | None, prepare: object, verdict: Verdict, related: str
) -> None:
    net = group(tmp_path, relation=relation, prepare=prepare)
    (only,), _ = find_joint_groups(net)
    found = by_rule(check_group(net, only))
    assert found["no_relatives_in_joint_group"].verdict is verdict
    assert found["no_relatives_in_joint_group"].parties == tuple(related)
    assert found["joint_group_size"].verdict is MET


def test_a_marriage_by_resemblance_breaks_nothing(tmp_path: Path) -> None:
    def perhaps(world: World) -> None:
        world.tie("SPOUSE_OF", ("Q", "Person"), ("S", "Person"), certainty=0.8)

    net = group(tmp_path, prepare=perhaps)
    assert check_relatives(net, ("Q", "S"), load_limits()).verdict is MET


# ------------------------------------------------------------------ proposals


def proposal(guarantor: str, borrower: str, **more: object) -> GuaranteeProposal:
    said = {"amount_fen": 10 * WAN, "kind": "joint_and_several", "signed_on": date(2026, 6, 1),
            "loan": f"loan:{borrower}", "lender_code": "C1", "contract_no": "N1", **more}  # fmt: skip
    return GuaranteeProposal(guarantor=guarantor, borrower=borrower, **said)  # type: ignore[arg-type]


def checked(
    folder: Path, pairs: list[tuple[str, str]], guarantor: str, borrower: str,
    *, wan: int | None = 1, assets: int | None = 1_000, **more: object,
) -> ProposalCheck:  # fmt: skip
    world = new_world()
    for pair in pairs:
        promise(world, *pair)
    owing = {b for _, b in pairs} | {borrower}
    for key in sorted(owing):
        lend(world, key, wan)
    for key in sorted({guarantor, borrower, *itertools.chain(*pairs)}):
        world.node(label_of(key), key, name=f"名{key}")
        if label_of(key) == "Enterprise" and assets is not None:
            report(world, key, assets)
    net = read_guarantees(snapshot_of(world))
    return check_proposal(net, proposal(guarantor, borrower, **more))


def broken(check: ProposalCheck) -> list[tuple[str, str]]:
    return [(o.rule, o.subject) for o in check.outcomes if o.verdict is NOT_MET]


def test_a_harmless_proposal_passes_with_its_chain_shown(tmp_path: Path) -> None:
    check = checked(tmp_path, [("b", "c")], "a", "b")
    assert (check.verdict, broken(check), check.ring) == (MET, [], ())
    assert check.chain == (("b", "名b", 1), ("c", "名c", 2))
    assert encode(check)["basis"]["rules"].startswith("limits:2026.1+")


def test_the_sixth_client_is_refused(tmp_path: Path) -> None:
    check = checked(tmp_path, [("a", firm) for firm in "bcdef"], "a", "g")
    assert (check.verdict, broken(check)) == (NOT_MET, [("clients_per_firm", "a")])


def test_a_ring_is_refused_with_the_way_back_shown(tmp_path: Path) -> None:
    check = checked(tmp_path, [("b", "c"), ("c", "a")], "a", "b")
    assert check.ring == ("a", "b", "c", "a")
    assert broken(check) == [("no_new_ring", "a")]


def test_what_an_upstream_guarantor_would_stand_behind_counts_too(tmp_path: Path) -> None:
    pairs = [("x", "y"), ("y", "z"), ("z", "a"), ("b", "c")]
    check = checked(tmp_path, pairs, "a", "b")
    assert broken(check) == [("chain_links", "x")]
    money = checked(tmp_path / "2", [("x", "a")], "a", "b", wan=260)
    assert broken(money) == [("chain_debt_fen", "x")]


def test_an_unknown_is_no_pass(tmp_path: Path) -> None:
    check = checked(tmp_path / "1", [], "a", "b", assets=None)
    assert (check.verdict, check.open_rules) == (UNKNOWN, {"guarantees_within_net_assets"})
    farmers = checked(tmp_path / "2", [], "P", "Q", kind="joint_group")
    assert farmers.open_rules == {"no_relatives_in_joint_group"}
    stated = checked(tmp_path / "3", [], "P", "Q", kind="joint_group", relation="同村")
    assert stated.verdict is MET


@pytest.mark.parametrize(
    "more",
    [
        {"amount_fen": 0},
        {"expires_on": date(2026, 5, 31)},
        {"borrower": "a"},
        {"loan": "loan:other"},
        {"lender_code": "C0", "contract_no": "held", "guarantor": "c"},
    ],
)
def test_what_does_not_fit_is_refused(more: dict[str, object]) -> None:
    world = new_world()
    promise(world, "a", "c")
    promise(world, "c", "a", discriminator="guarantee:C0:held")
    lend(world, "b", 1)
    lend(world, "a", 1)
    net = read_guarantees(snapshot_of(world))
    parties = {"guarantor": "a", "borrower": "b", **more}
    with pytest.raises(InputError) as refused:
        check_proposal(net, proposal(**parties))  # type: ignore[arg-type]
    assert refused.value.cause_code == "guarantee_refused"


def test_an_unknown_party_is_not_found(tmp_path: Path) -> None:
    net = net_of(tmp_path, ("a", "b"))
    with pytest.raises(NotFoundError):
        check_proposal(net, proposal("a", "nobody"))
