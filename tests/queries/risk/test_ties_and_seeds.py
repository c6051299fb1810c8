"""What a bank's risk officer asks of ties and seeds, each with its value worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from credit_world import DAY, End, Said, firm, listing, loan, named, person, take

from graph.encoding import encode
from queries.risk import RiskAnswer, RiskRun, assess, explain

A, B, C, D = (person(number) for number in range(1, 5))
FIRM, OTHER = firm(1), firm(2)
HOME: End = ("household:1", "Household")
YUAN = 100
WAN = 10_000 * YUAN


def run_of(*facts: Said | list[Said]) -> RiskRun:
    told = [one for some in facts for one in (some if isinstance(some, list) else [some])]
    parties = {end for said in told for end in said.ends
               if end[1] in ("Person", "Household", "Enterprise", "IndividualBusiness", "FamilyFarm")}  # fmt: skip
    described = {said.ends[0][0] for said in told if len(said.ends) == 1}
    return assess(
        take([[*named(*sorted(end for end in parties if end[0] not in described)), *told]])[0]
    )


def linked(run: RiskRun, party: End) -> float:
    """What is linked to a party; in these worlds always exact."""
    told = explain(run, party[0]).linked
    assert told.exact
    return told.value


def own(run: RiskRun, party: End) -> RiskAnswer:
    return explain(run, party[0])


def stands(guarantor: End, borrower: End, wan: float | None = None, contract: str = "c1",
           kind: str | None = "joint_and_several", source: str = "bank", **more: Any) -> Said:  # fmt: skip
    amount = None if wan is None else int(wan * WAN)
    told = {"discriminator": contract, "amount_fen": amount, "guarantee_kind": kind, **more}
    return Said("GUARANTEES", (guarantor, borrower), told, source)


def assets(party: End, wan: float) -> Said:
    return Said("AnnualReport", ((party[0], "Enterprise"),), {"net_assets_fen": int(wan * WAN)})


# --- what a guarantor bears -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("wan", "bears", "kind", "weight"),
    [
        (25, 100_000, "joint_and_several", 0.9 * 25 / 100_000),  # a drop in a billion
        (50, 100, "joint_and_several", 0.9 / 2),
        (50, 100, "general", 0.45 / 2),  # 先诉抗辩
        (100, 100, "joint_and_several", 0.9),
        (2_000, 100, "joint_and_several", 0.9),  # no more than all it has
        (2_000, 100, "general", 0.45),
        (25, -10, "joint_and_several", 0.9),  # nothing to bear it with
        (50, 100, None, 0.9 / 2),  # the kind was not told: no presumption of 一般保证
        (None, 100, "joint_and_several", 0.6),  # amount unknown
        (50, None, "joint_and_several", 0.6),  # capacity unknown: its own line
        (50, None, "general", 0.3),
        (50, None, None, 0.6),
        (0, 100, "joint_and_several", 0.0),
    ],
)
def test_a_guarantee_weighs_by_amount_against_capacity(
    wan: float | None, bears: float | None, kind: str | None, weight: float
) -> None:
    known = [] if bears is None else [assets(FIRM, bears)]
    run = run_of(loan(1, A), stands(FIRM, A, wan, kind=kind), known)
    assert linked(run, FIRM) == pytest.approx(0.9 * weight, rel=1e-12)


def household(income_wan: float | None, *members: End) -> list[Said]:
    told = {} if income_wan is None else {"annual_income_fen": int(income_wan * WAN)}
    return [Said("Household", (HOME,), told)] + [
        Said("BELONGS_TO", (member, HOME)) for member in members
    ]


def account(income_wan: float, since: date) -> Said:
    return Said(
        "HouseholdAccount",
        (HOME,),
        {"total_income_fen": int(income_wan * WAN), "valid_from": since},
    )


def test_a_farmer_bears_what_the_household_earns() -> None:
    for told, income in (
        (household(6, B), 6),
        ([*household(6, B), account(10, date(2025, 1, 1))], 10),  # the year's account is better
        ([*household(6, B), account(10, date(2025, 1, 1)), account(12, date(2026, 1, 1))], 12),
    ):
        run = run_of(loan(1, A), stands(B, A, 3), told)
        assert linked(run, B) == pytest.approx(0.9 * 0.9 * 3 / income, rel=1e-12)


def test_registered_capital_only_where_nothing_better_is_known() -> None:
    capital = Said("Enterprise", (FIRM,), {"name": "甲", "registered_capital_fen": 500 * WAN})
    facts = [*loan(1, A), stands(FIRM, A, 100), capital]
    assert linked(run_of(facts), FIRM) == pytest.approx(0.9 * 0.9 * 100 / 500)
    assert linked(run_of([*facts, assets(FIRM, 200)]), FIRM) == pytest.approx(0.9 * 0.9 / 2)
    unproven = assets(FIRM, 200).but(certainty=0.8)
    assert linked(run_of([*facts, unproven]), FIRM) == pytest.approx(0.9 * 0.9 * 100 / 500)


def secures(contract: str, number: int) -> list[Said]:
    return [Said("SECURES", ((contract, "Guarantee"), (f"loan:{number}", "Loan")))]


def test_never_more_than_what_it_secures() -> None:
    """100 万 promised, 10 万 still owed, 100 万 of assets (民法典 第六百八十二条)."""
    told = [*loan(1, A, balance_fen=10 * WAN), *secures("c1", 1)]
    run = run_of(told, stands(FIRM, A, 100), assets(FIRM, 100))
    assert linked(run, FIRM) == pytest.approx(0.9 * 0.9 * 10 / 100)


def test_what_is_over_released_or_settled_carries_nothing() -> None:
    bad = loan(1, A)
    yesterday, tomorrow = DAY - timedelta(days=1), DAY + timedelta(days=1)
    for tie in (stands(FIRM, A, 50, valid_to=yesterday), stands(FIRM, A, 50, valid_to=DAY)):
        assert linked(run_of(bad, tie), FIRM) == 0
    assert linked(run_of(bad, stands(FIRM, A, 50, valid_to=tomorrow)), FIRM) > 0
    # its own loan is settled, another one is bad
    settled = loan(2, A, "pass", settled_on=date(2026, 1, 1))
    assert linked(run_of(bad, settled, stands(FIRM, A, 50), secures("c1", 2)), FIRM) == 0
    # the balance is zero though nobody said settled: nothing is owed, and that is told
    run = run_of(bad, loan(2, A, "pass", balance_fen=0), stands(FIRM, A, 50), secures("c1", 2))
    assert linked(run, FIRM) == 0
    assert [tie.why for tie in own(run, FIRM).unused_ties] == ["nothing_owed"]


def test_contracts_add_up_and_one_contract_counts_once() -> None:
    """60 万 of 100 万; split in two, or told again by whoever, the same; another 30 万 is more."""
    around = [*loan(1, A), assets(FIRM, 100)]
    once = linked(run_of(around, stands(FIRM, A, 60)), FIRM)
    assert once == pytest.approx(0.9 * 0.9 * 0.6)
    halves = [stands(FIRM, A, 20, "c1"), stands(FIRM, A, 40, "c2")]
    assert linked(run_of(around, halves), FIRM) == once
    again = [stands(FIRM, A, 60), stands(FIRM, A, 60, source="bureau")]
    assert linked(run_of(around, again), FIRM) == once
    elsewhere = [stands(FIRM, A, 60), stands(FIRM, A, 60, "annual_report:7", source="report")]
    assert linked(run_of(around, elsewhere), FIRM) == once
    mixed = [*halves, stands(FIRM, A, 60, "annual_report:7", source="report")]
    assert linked(run_of(around, mixed), FIRM) == once
    more = [stands(FIRM, A, 60), stands(FIRM, A, 30, "c2")]
    assert linked(run_of(around, more), FIRM) == pytest.approx(0.9 * 0.9 * 0.9)
    full = [stands(FIRM, A, 60), stands(FIRM, A, 60, "c2")]
    assert linked(run_of(around, full), FIRM) == pytest.approx(0.9 * 0.9)
    # a known and an unknown amount: the stronger
    unknown = [stands(FIRM, A, 60), stands(FIRM, A, None, "c2")]
    assert linked(run_of(around, unknown), FIRM) == pytest.approx(0.9 * 0.6)


# --- joint groups -----------------------------------------------------------------------------


def agreement(*members: End, limit_wan: float | None = None, group: str = "group:1") -> list[Said]:
    """A group as its list tells it."""
    told = {} if limit_wan is None else {"limit_fen": int(limit_wan * WAN)}
    node = (group, "JointLiabilityGroup")
    pairs = [(a, b) for a in members for b in members if a[0] < b[0]]
    return [
        Said("JointLiabilityGroup", (node,), told),
        *(Said("JOINED_GROUP", (member, node)) for member in members),
        *(Said("JOINT_GUARANTEE_WITH", pair, {"discriminator": group}) for pair in pairs),
    ]


def contract(
    borrower: End, *guarantors: End, number: str = "c1", wan: float | None = None
) -> list[Said]:
    """The same group as a contract of joint guarantee for one loan tells it."""
    return [
        said
        for one in guarantors
        for said in (
            Said("GAVE", (one, (number, "Guarantee"))),
            stands(one, borrower, wan, number, "joint_group"),
        )
    ]


@pytest.mark.parametrize("size", [2, 3, 5, 8, 10])
def test_a_joint_group_shares_by_its_size(size: int) -> None:
    """What one owes is shared among the others: 0.6 / (n − 1), at any size.

    Only the one bad member's ties matter for two; in larger groups the enumeration is done below.
    """
    members = [person(number) for number in range(size)]
    weight = 0.6 / (size - 1)
    for told in (contract(members[0], *members[1:]), agreement(*members)):
        run = run_of(loan(1, members[0]), told)
        tie = next(
            tie
            for tie in range(len(run.graph.weight))
            if run.snapshot.keys[int(run.graph.source[tie])].as_py() == members[0][0]
        )
        assert run.graph.weight[tie] == pytest.approx(weight, rel=1e-12)
    # by contract nobody else borrowed: one step
    assert linked(run_of(loan(1, members[0]), contract(members[0], *members[1:])), members[1]) == (
        pytest.approx(0.9 * weight)
    )


def test_three_in_a_group_list_by_hand() -> None:
    """w = 0.3 each way: 0.9 · (0.3 + 0.7 · 0.3 · 0.3)."""
    run = run_of(loan(1, A), agreement(A, B, C))
    assert linked(run, B) == pytest.approx(0.9 * (0.3 + 0.7 * 0.09), rel=1e-12)


def test_a_group_known_by_list_and_by_contract_counts_once() -> None:
    both = run_of(loan(1, A), agreement(A, B), contract(A, B))
    assert linked(both, B) == pytest.approx(0.9 * 0.6)


def test_contracts_of_one_loan_are_one_group() -> None:
    """Each of four guarantors signed a paper of his own for the same loan."""
    papers = [
        said
        for number, one in enumerate((B, C, D, FIRM))
        for said in (*contract(A, one, number=f"c{number}"), *secures(f"c{number}", 1))
    ]
    assert linked(run_of(loan(1, A), papers), B) == pytest.approx(0.9 * 0.6 / 4)


def test_a_group_of_unknown_size_is_taken_for_five() -> None:
    tie = stands(B, A, None, "c1", "joint_group")
    assert linked(run_of(loan(1, A), tie), B) == pytest.approx(0.9 * 0.15)


def test_a_share_of_the_limit_against_the_income() -> None:
    """Four members, 10 万 each, 4 万 of income: a third of ten against four; the cap at twenty."""
    around = [*loan(1, A), *household(4, B)]
    run = run_of(around, contract(A, B, C, D, wan=10))
    assert linked(run, B) == pytest.approx(0.9 * 0.9 * 10 / 3 / 4)
    assert linked(run_of(around, contract(A, B, C, D, wan=20)), B) == pytest.approx(0.9 * 0.9)
    pair = run_of(around, agreement(A, B, limit_wan=2))
    assert linked(pair, B) == pytest.approx(0.9 * 0.9 * 2 / 4)


# --- firms, families --------------------------------------------------------------------------


def test_a_failed_parent_reaches_its_subsidiary_and_back_by_share() -> None:
    share = Said("HOLDS_SHARES_IN", (OTHER, FIRM), {"share_ratio": 0.8})
    assert linked(run_of(loan(1, OTHER), share), FIRM) == pytest.approx(0.9 * 0.4 * 0.8)
    assert linked(run_of(loan(1, FIRM), share), OTHER) == pytest.approx(0.9 * 0.4 * 0.8)
    unknown = run_of(loan(1, OTHER), share.but(share_ratio=None))
    assert linked(unknown, FIRM) == 0
    assert [tie.why for tie in own(unknown, FIRM).unused_ties] == ["ratio_unknown"]


def test_a_representative_without_share_or_guarantee_is_hardly_touched() -> None:
    office = Said("LEGAL_REPRESENTATIVE_OF", (A, FIRM))
    bare = run_of(loan(1, FIRM), office)
    assert linked(bare, A) == pytest.approx(0.9 * 0.05)
    share = Said("HOLDS_SHARES_IN", (A, FIRM), {"share_ratio": 0.5})
    # office 0.5 and share 0.2 are two causes
    assert linked(run_of(loan(1, FIRM), office, share), A) == pytest.approx(0.9 * (1 - 0.5 * 0.8))
    nothing = share.but(share_ratio=0.0)
    assert linked(run_of(loan(1, FIRM), office, nothing), A) == pytest.approx(0.9 * 0.05)
    stood = stands(A, FIRM)
    assert linked(run_of(loan(1, FIRM), office, stood), A) == pytest.approx(0.9 * (1 - 0.5 * 0.4))
    shop: End = ("org:9", "IndividualBusiness")
    runs = Said("LEGAL_REPRESENTATIVE_OF", (A, shop))
    assert linked(run_of(loan(1, shop), runs), A) == pytest.approx(0.9 * 0.95)


def test_a_marriage_counts_once_whether_told_as_spouse_or_household() -> None:
    married = Said("SPOUSE_OF", (A, B))
    home = household(None, A, B)
    assert linked(run_of(loan(1, A), married), B) == pytest.approx(0.9 * 0.2)
    assert linked(run_of(loan(1, A), home), B) == pytest.approx(0.9 * 0.1)
    assert linked(run_of(loan(1, A), married, home), B) == pytest.approx(0.9 * 0.2)
    # a child hears of both: 0.1 from A, and 0.2 · 0.1 by B
    three = run_of(loan(1, A), married, household(None, A, B, C))
    assert linked(three, C) == pytest.approx(0.9 * (1 - (1 - 0.1) * (1 - 0.2 * 0.1)))
    path = explain(three, C[0]).linked.paths[0]
    assert "“person:1号与person:3号同属一户”" in path.sentence
    assert path.hops[0].ties[0].kind == "BELONGS_TO"


def test_a_household_hears_of_its_members_and_tells_what_is_its_own() -> None:
    home = household(None, A, B)
    run = run_of(loan(1, A), home)
    # A directly, and by B: 0.2 + 0.8 · 0.1 · 0.2
    assert linked(run, HOME) == pytest.approx(0.9 * (0.2 + 0.8 * 0.1 * 0.2))
    run = run_of(loan(1, HOME), home)
    # from the household directly, and by A: 0.2 + 0.8 · 0.2 · 0.1
    assert linked(run, B) == pytest.approx(0.9 * (0.2 + 0.8 * 0.2 * 0.1))


def test_thirty_one_under_one_number_are_no_family() -> None:
    for size, value in ((30, 0.1), (31, 0.0)):
        members = [person(number) for number in range(size)]
        run = run_of(loan(1, members[0]), household(None, *members))
        ways = zip(run.graph.source, run.graph.target, run.graph.weight, strict=True)
        first, second = (run.snapshot.index(party[0]) for party in members[:2])
        found = [weight for a, b, weight in ways if (a, b) == (first, second)]
        assert sum(found) == pytest.approx(value)


# --- who is no more ----------------------------------------------------------------------------


def struck_off(party: End, ended_on: date | None = date(2025, 3, 1)) -> Said:
    return Said(
        "Enterprise",
        (party,),
        {"name": "原公司", "registration_state": "cancelled", "ended_on": ended_on},
    )


def test_who_is_struck_off_or_dead_conducts_nothing_after_the_end() -> None:
    chain = [*loan(1, A), stands(FIRM, A), stands(B, FIRM)]
    through = linked(run_of(chain), B)
    assert through == pytest.approx(0.9 * 0.6 * 0.6)
    for end in (struck_off(FIRM), struck_off(FIRM, None), struck_off(FIRM, DAY)):
        run = run_of(chain, end)
        assert (linked(run, FIRM), linked(run, B)) == (0, 0)
        assert {tie.why for tie in own(run, FIRM).unused_ties} == {"party_ended"}
    assert linked(run_of(chain, struck_off(FIRM, DAY + timedelta(days=1))), B) == through
    people = [*loan(1, A), stands(C, A), stands(B, C)]
    assert linked(run_of(people), B) == through
    dead = Said("Person", (C,), {"name": "故人", "died_on": date(2026, 5, 1)})
    run = run_of(people, dead)
    assert (linked(run, C), linked(run, B)) == (0, 0)
    assert linked(run_of(people, dead.but(died_on=DAY + timedelta(days=9))), B) == through


def test_a_firm_struck_off_with_450_000_unpaid_is_no_healthy_firm() -> None:
    owes = loan(1, FIRM, "pass", balance_fen=45 * WAN)
    run = run_of(owes, struck_off(FIRM), stands(A, FIRM))
    told = own(run, FIRM)
    assert [(fact.kind, fact.probability) for fact in told.own.facts] == [
        ("deregistered_with_debts", 0.9)
    ]
    # its guarantor is called, though it conducts nothing from others
    assert linked(run, A) == pytest.approx(0.9 * 0.6)
    for clean in (
        loan(1, FIRM, "pass", balance_fen=0),
        loan(1, FIRM, "pass", settled_on=date(2025, 1, 1)),
    ):
        assert own(run_of(clean, struck_off(FIRM)), FIRM).own.value == 0


# --- seeds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loan_class", "days", "value", "contradicts"),
    [
        ("pass", 180, 0.35, True),
        ("pass", 7, 0.0, False),
        ("pass", 8, 0.05, True),
        ("pass", 271, 0.65, True),
        ("special_mention", 400, 0.9, True),
        ("loss", 10, 0.9, False),
        ("special_mention", 30, 0.05, False),
        (None, 100, 0.35, False),
    ],
)
def test_of_class_and_days_overdue_the_worse_counts_and_a_contradiction_is_told(
    loan_class: str | None, days: int, value: float, contradicts: bool
) -> None:
    facts = [said.but(loan_class=loan_class, overdue_days=days) if said.kind == "LoanState" else said
             for said in loan(1, A)]  # fmt: skip
    told = own(run_of(facts), A)
    assert told.own.value == pytest.approx(value)
    notes = [fact.note for fact in told.own.facts]
    assert any(notes) is contradicts
    if contradicts:
        assert "与逾期天数不符" in notes[0] and f"逾期 {days} 天" in told.own.facts[0].reason


def test_matured_and_unpaid_by_a_word_said_after_its_day() -> None:
    def matured(**state: Any) -> RiskAnswer:
        facts = loan(1, A, "pass", **state)
        return own(run_of([facts[0].but(due_on=date(2026, 2, 1)), *facts[1:]]), A)

    told = matured(valid_from=date(2026, 4, 30))
    assert [(fact.kind, fact.probability) for fact in told.own.facts] == [("matured_unpaid", 0.2)]
    assert "到期日已过而仍有余额" in told.own.facts[0].note
    before = matured(valid_from=date(2026, 1, 31))
    assert before.own.value == 0 and [item.why for item in before.unused] == ["said_before_due"]
    for paid in ({"balance_fen": 0}, {"settled_on": date(2026, 2, 1)}):
        assert matured(valid_from=date(2026, 4, 30), **paid).own.value == 0
    assert own(run_of(loan(1, A, "pass", valid_from=date(2026, 4, 30))), A).own.value == 0


def test_what_was_written_off_counts_though_it_is_settled() -> None:
    history = Said(
        "RepaymentHistory",
        (("loan:1", "Loan"),),
        {"has_write_off": True, "valid_from": date(2025, 1, 1)},
    )
    facts = loan(1, A, "pass", settled_on=date(2025, 6, 1))
    told = own(run_of(facts, history), A)
    assert [(fact.kind, fact.probability) for fact in told.own.facts] == [("written_off", 0.9)]
    old = own(run_of(facts, history.but(valid_from=date(2019, 1, 1))), A)
    assert old.own.value == 0 and [item.why for item in old.unused] == ["too_old"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("tax_black_list", 0.3), ("irregular_taxpayer", 0.1), ("abnormal_operation", 0.05),
     ("serious_violation", 0.2), ("judgment_defaulter", 0.6)],
)  # fmt: skip
def test_every_list_seeds_by_its_line(kind: str, value: float) -> None:
    assert own(run_of(listing(1, FIRM, list_kind=kind)), FIRM).own.value == pytest.approx(value)


def test_lists_of_one_cause_count_once_and_of_two_apart() -> None:
    market = [
        *listing(1, FIRM, list_kind="abnormal_operation"),
        *listing(2, FIRM, list_kind="serious_violation"),
    ]
    told = own(run_of(market), FIRM)
    assert told.own.value == pytest.approx(0.2)
    assert [item.why for item in told.unused] == ["same_cause"]
    tax = listing(3, FIRM, list_kind="tax_black_list")
    assert own(run_of(market, tax), FIRM).own.value == pytest.approx(1 - 0.8 * 0.7)
    revoked = Said("Enterprise", (FIRM,), {"name": "甲", "registration_state": "revoked"})
    assert own(run_of(revoked), FIRM).own.value == pytest.approx(0.3)


def test_a_list_of_2014_without_an_end_is_stale_and_says_so() -> None:
    old = listing(1, A, listed_on=date(2014, 6, 1))
    told = own(run_of(old), A)
    assert told.own.value == 0
    (left_out,) = told.unused
    assert left_out.why == "too_old" and "请向法院核实" in left_out.reason
    # a stated end, or a young listing, or an unknown age: as ever
    for entry in (
        listing(1, A, listed_on=date(2014, 6, 1), published_until=date(2027, 1, 1)),
        listing(1, A, listed_on=date(2024, 6, 1)),
        listing(1, A),
    ):
        assert own(run_of(entry), A).own.value == pytest.approx(0.6)


def test_a_record_that_seeds_nothing_says_why() -> None:
    penalty = [
        Said("Penalty", (("penalty:1", "Penalty"),), {"decided_on": date(2025, 1, 1)}),
        Said("PENALISED_BY", (FIRM, ("penalty:1", "Penalty"))),
    ]
    arrears = [
        Said("TaxArrears", (("arrears:1", "TaxArrears"),), {"balance_fen": 5 * WAN}),
        Said("OWES", (FIRM, ("arrears:1", "TaxArrears"))),
    ]
    told = own(run_of(penalty, arrears, listing(1, FIRM, list_kind="unknown_list")), FIRM)
    assert told.own.value == 0
    assert {(item.kind, item.why) for item in told.unused} == {
        ("Penalty", "seeds_nothing"), ("TaxArrears", "seeds_nothing"), ("ListEntry", "no_line"),
    }  # fmt: skip
    assert all(item.reason for item in told.unused if item.why == "seeds_nothing")
    # what was repaired or is past its five years is not even told
    for gone in ({"removed_on": date(2026, 1, 1)}, {"decided_on": date(2019, 1, 1)}):
        assert own(run_of([penalty[0].but(**gone), penalty[1]]), FIRM).unused == ()


# --- one debt, one seed ---------------------------------------------------------------------------


def sued(case_no: str | None = None, loan_class: str = "loss") -> list[Said]:
    return loan(1, A, loan_class, case_no=case_no)


@pytest.mark.parametrize(
    ("stated", "entry", "value", "why"),
    [
        # nobody said which debt: one misfortune
        (None, {}, 0.9, "perhaps_same_debt"),
        (None, {"case_no": "(2025)陕0322执88号"}, 0.9, "perhaps_same_debt"),
        # the same case, however the brackets are written; or the same ground
        ("（2025）陕0322执88号", {"case_no": "(2025)陕0322执88号"}, 0.9, "same_debt"),
        ("(2024)陕0322民初7号", {"case_no": "(2025)陕0322执88号", "legal_ground": "（2024）陕0322民初7号"}, 0.9, "same_debt"),
        # known to be two: independent
        ("(2025)陕0322执99号", {"case_no": "(2025)陕0322执88号"}, 1 - 0.1 * 0.4, None),
        ("(2024)陕0322民初9号", {"legal_ground": "(2024)陕0322民初7号"}, 1 - 0.1 * 0.4, None),
        # a case number and a ground cannot be compared, and a resumed case has a new number
        ("(2025)陕0322执99号", {"legal_ground": "(2024)陕0322民初7号"}, 0.9, "perhaps_same_debt"),
        ("(2025)陕0322执恢9号", {"case_no": "(2023)陕0322执88号"}, 0.9, "perhaps_same_debt"),
    ],
)  # fmt: skip
def test_one_debt_seeds_once(
    stated: str | None, entry: dict[str, str], value: float, why: str | None
) -> None:
    told = own(run_of(sued(stated), listing(1, A, **entry)), A)
    assert told.own.value == pytest.approx(value)
    assert [item.why for item in told.unused] == ([why] if why else [])


def test_the_listing_counts_where_it_is_the_worse_of_one_debt() -> None:
    told = own(run_of(sued(loan_class="special_mention"), listing(1, A)), A)
    assert [fact.kind for fact in told.own.facts] == ["judgment_defaulter"]
    assert told.own.value == pytest.approx(0.6)
    assert [(item.kind, item.why) for item in told.unused] == [("LoanState", "perhaps_same_debt")]


# --- said to people ---------------------------------------------------------------------------------


def test_a_tie_says_by_what_it_weighs_and_no_income() -> None:
    run = run_of(loan(1, A), stands(FIRM, A, 50, kind="general"), assets(FIRM, 100))
    (tie,) = explain(run, FIRM[0]).linked.paths[0].hops[0].ties
    assert tie.measure.startswith("一般保证") and tie.measure.endswith("与担保人净资产之比计")
    run = run_of(loan(1, A), stands(B, A, 3), household(6, B))
    told = explain(run, B[0])
    assert "家庭年收入" in told.linked.paths[0].hops[0].ties[0].measure
    assert "60000" not in str(encode(told))
    run = run_of(loan(1, A), stands(B, A, 3))
    assert (
        explain(run, B[0])
        .linked.paths[0]
        .hops[0]
        .ties[0]
        .measure.endswith("担保能力不明，按固定值计")
    )
    run = run_of(loan(1, FIRM), Said("LEGAL_REPRESENTATIVE_OF", (A, FIRM)))
    assert (
        explain(run, A[0])
        .linked.paths[0]
        .hops[0]
        .ties[0]
        .measure.startswith("法定代表人既无出资又无担保")
    )
    share = Said("HOLDS_SHARES_IN", (OTHER, FIRM), {"share_ratio": 0.8})
    down = explain(run_of(loan(1, OTHER), share), FIRM[0])
    assert "母公司" in down.linked.paths[0].hops[0].ties[0].measure
    up = explain(run_of(loan(1, FIRM), share), OTHER[0])
    assert up.linked.paths[0].hops[0].ties[0].measure.startswith("企业失败使出资受损")
