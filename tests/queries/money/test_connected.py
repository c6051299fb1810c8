"""Connected clients and large exposures: limits with clause, evidence, and what is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from credit_world import BANK, Said, firm, loan, named, person, take

from graph.encoding import encode
from graph.errors import NotFoundError
from queries.eligibility.verdict import Verdict
from queries.money.connected import Exposures, large_exposures
from queries.structure import read_structure

F1, F2, F3, F4 = (firm(n) for n in range(1, 5))
P = person(1)
MILLION = 100_000_000  # fen: a million yuan


def shares(holder: tuple[str, str], of: tuple[str, str], ratio: float | None) -> Said:
    return Said("HOLDS_SHARES_IN", (holder, of), {"share_ratio": ratio})


def sells(seller: tuple[str, str], buyer: tuple[str, str], fen: int | None, no: str = "1") -> Said:
    return Said("SUPPLIES", (seller, buyer), {"amount_fen": fen, "discriminator": no})


def report(of: tuple[str, str], **figures: int) -> Said:
    return Said("AnnualReport", ((of[0], "Enterprise"),), figures)


def stands(guarantor: tuple[str, str], borrower: tuple[str, str], fen: int | None) -> Said:
    return Said("GUARANTEES", (guarantor, borrower), {"amount_fen": fen, "discriminator": "g"})


def lent(*parts: tuple[tuple[str, str], int | None]) -> list[Said]:
    said = [*named(P, F1, F2, F3, F4)]
    for number, (who, fen) in enumerate(parts, start=1):
        said += loan(number, who, "pass", balance_fen=fen)
    return said


def told(said: list[Said], **capital: Any) -> Exposures:
    structure = read_structure(take([said])[0])
    return large_exposures(
        structure.snapshot, structure.ownership, structure.net, BANK[0], **capital
    )


def verdicts(checks: Any) -> dict[str, Verdict]:
    return {check.limit: check.verdict for check in checks}


def test_without_capital_every_limit_is_asked_for() -> None:
    found = told(lent((F1, MILLION)))
    (client,) = found.clients
    assert verdicts(client.checks) == {
        "single_loans": Verdict.UNKNOWN, "single_exposure": Verdict.UNKNOWN,
    }  # fmt: skip
    assert [c.lacking for c in client.checks] == ["本机构的资本净额", "本机构的一级资本净额"]
    assert found.large is None and encode(found)["tier1_fen"] is None
    # one figure given answers what rests on it, and no more
    assert verdicts(told(lent((F1, MILLION)), tier1_fen=100 * MILLION).clients[0].checks) == {
        "single_loans": Verdict.UNKNOWN, "single_exposure": Verdict.MET,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fen", "loans", "exposure"),
    [
        (10 * MILLION, Verdict.MET, Verdict.MET),
        (10 * MILLION + 1, Verdict.NOT_MET, Verdict.MET),
        (15 * MILLION, Verdict.NOT_MET, Verdict.MET),
        (15 * MILLION + 1, Verdict.NOT_MET, Verdict.NOT_MET),
    ],
)
def test_a_limit_is_kept_at_the_limit(fen: int, loans: Verdict, exposure: Verdict) -> None:
    found = told(lent((F1, fen)), tier1_fen=100 * MILLION, capital_fen=100 * MILLION)
    assert verdicts(found.clients[0].checks) == {"single_loans": loans, "single_exposure": exposure}
    assert all("第七条" in check.basis for check in found.clients[0].checks)
    assert found.large == (F1[0],)


def test_a_balance_that_nobody_told_leaves_it_open_unless_it_is_broken_already() -> None:
    capital = {"tier1_fen": 100 * MILLION, "capital_fen": 100 * MILLION}
    silent = told(lent((F1, MILLION), (F1, None)), **capital).clients[0]
    assert (silent.balance.known, silent.balance.unknown) == (MILLION, 1)
    assert set(verdicts(silent.checks).values()) == {Verdict.UNKNOWN}
    broken = told(lent((F1, 20 * MILLION), (F1, None)), **capital).clients[0]
    assert set(verdicts(broken.checks).values()) == {Verdict.NOT_MET}


def test_firms_under_one_controller_are_one_group() -> None:
    """P is no client and controls F1 directly and F2 through F3; F4 is held by half, and alone."""
    said = lent((F1, 12 * MILLION), (F2, 9 * MILLION), (F4, MILLION))
    said += [shares(P, F1, 0.6), shares(P, F3, 0.51), shares(F3, F2, 0.9), shares(P, F4, 0.5)]
    found = told(said, tier1_fen=100 * MILLION)
    (group,) = found.groups
    assert (group.members, set(group.joined_by)) == ((F1[0], F2[0]), {P[0], F3[0]})
    assert group.balance.known == 21 * MILLION and group.by_control_only
    (check,) = group.checks
    assert (check.limit, check.verdict) == ("group_exposure", Verdict.NOT_MET)
    assert check.ratio == pytest.approx(0.21) and "第八条" in check.basis
    direct = next(c for c in group.connections if (c.a, c.b) == (P[0], F1[0]))
    assert (direct.ground, direct.ratio) == ("control", pytest.approx(0.6))
    assert direct.evidence[0]["source"] == "world" and "附件1" in direct.basis
    at_limit = told(
        [*lent((F1, 11 * MILLION), (F2, 9 * MILLION)), *said[-4:]], tier1_fen=100 * MILLION
    )
    assert at_limit.groups[0].checks[0].verdict is Verdict.MET


def test_the_operator_and_the_business_are_one_client_group() -> None:
    shop = ("org:92", "IndividualBusiness")
    said = [*lent((P, MILLION), (shop, MILLION)), *named(shop)]
    said += [Said("LEGAL_REPRESENTATIVE_OF", (P, shop))]
    (group,) = told(said).groups
    assert set(group.members) <= {P[0], shop[0]} and group.connections[0].ground == "operator"


@pytest.mark.parametrize(
    ("fen", "revenue", "joined", "lacking"),
    [
        (50, 100, True, []),
        (49, 100, False, []),
        (49, None, False, ["销售方的年度总收入"]),
        (None, 100, False, ["购销合同的金额"]),
    ],
)
def test_half_of_the_revenue_from_one_buyer_is_dependence(
    fen: int | None, revenue: int | None, joined: bool, lacking: list[str]
) -> None:
    said = [*lent((F1, MILLION), (F2, MILLION)), sells(F1, F2, fen)]
    said += [report(F1, revenue_fen=revenue)] if revenue else []
    found = told(said)
    assert bool(found.groups) is joined
    assert [item.lacking for item in found.open] == lacking
    if joined:
        assert not found.groups[0].by_control_only
        assert found.groups[0].connections[0].ratio == pytest.approx(0.5)


def test_two_contracts_add_up_and_old_ones_do_not() -> None:
    said = [*lent((F1, MILLION), (F2, MILLION)), report(F1, revenue_fen=100)]
    assert told([*said, sells(F1, F2, 30), sells(F1, F2, 30, "2")]).groups
    old = Said("SUPPLIES", (F1, F2), {"amount_fen": 90, "discriminator": "3",
                                      "valid_from": take([said])[0].as_of.replace(year=2024)})  # fmt: skip
    assert told([*said, old]).groups == ()


def test_a_guarantee_counts_what_is_owed() -> None:
    """F1 promised 100 for F2 and has net assets of 60: of a loan with 50 left it owes 50."""
    guarantee = [
        stands(F1, F2, 100 * MILLION),
        Said("Guarantee", (("g", "Guarantee"),), {"amount_fen": 100 * MILLION}),
        Said("SECURES", (("g", "Guarantee"), ("loan:2", "Loan"))),
        report(F1, net_assets_fen=60 * MILLION),
    ]
    assert told([*lent((F1, MILLION), (F2, 50 * MILLION)), *guarantee]).groups == ()
    (group,) = told([*lent((F1, MILLION), (F2, 70 * MILLION)), *guarantee]).groups
    assert group.connections[0].ground == "guarantee"
    assert group.connections[0].ratio == pytest.approx(70 / 60)
    silent = told([*lent((F1, MILLION), (F2, 70 * MILLION)), *guarantee[:-1]])
    assert (silent.groups, [item.lacking for item in silent.open]) == ((), ["担保人的净资产"])


def test_who_owes_little_is_not_looked_at_for_dependence() -> None:
    said = [*lent((F1, MILLION), (F2, MILLION)), report(F1, revenue_fen=100), sells(F1, F2, 90)]
    assert told(said).groups and told(said, tier1_fen=10 * MILLION).groups
    small = told(said, tier1_fen=100 * MILLION)
    assert (small.groups, small.open) == ((), ())


def test_a_lender_that_lent_nothing_is_told_so() -> None:
    structure = read_structure(take([lent((F1, MILLION))])[0])
    with pytest.raises(NotFoundError, match="no running loan"):
        large_exposures(structure.snapshot, structure.ownership, structure.net, F1[0])
