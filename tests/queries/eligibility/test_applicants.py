"""Some dozens of applicants, each with the verdict that the rules give it: reasoned, not run.

Everybody begins as the plain farmer (or firm) who meets what the product asks; one thing is then
otherwise.  Y is 符合, N is 不符合, ? is 待补充.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from credit_files import report, right, thing
from world import World

from bench.scope.memory_log import MemoryLog
from graph.log import FactLog
from graph.operations import DecisionArchive, OperationsStore
from graph.settings import Settings
from queries.eligibility import Case, Decision, decide, packaged
from queries.eligibility.decisions.decide import Strata, facts_of
from queries.eligibility.decisions.record import keep, replay
from queries.eligibility.facts.paper import apply_documents, read_papers
from queries.eligibility.facts.records import records_from_log
from queries.eligibility.verdict import Verdict

DAY = date(2026, 12, 10)
ASKED = date(2026, 11, 20)
KNOWN = datetime(2026, 12, 1, tzinfo=UTC)
BANK, OTHER = "institution:bank", "institution:other"
NAMES = {BANK: "样本农村商业银行", OTHER: "另一家银行"}
P, WIFE, SON = ("person:p", "Person"), ("person:w", "Person"), ("person:s", "Person")
HOME, FIRM, COOP, FARM = (
    ("household:h", "Household"), ("org:firm", "Enterprise"), ("org:coop", "Cooperative"),
    ("family_farm:1", "FamilyFarm"),
)  # fmt: skip
SAID = {"Y": Verdict.MET, "N": Verdict.NOT_MET, "?": Verdict.UNKNOWN}
SMALL, APPLE, VILLAGE, START, LAND, ANIMAL, HELP = (
    "farmer_small_credit_loan", "apple_loan", "whole_village_credit", "startup_guaranteed_loan",
    "land_right_mortgage", "live_animal_mortgage", "assistance_small_loan",
)  # fmt: skip
FIRMS, COOPS = "agri_enterprise_credit_loan", "cooperative_loan"

#: Lists that came whole, as ingest notes them.
LISTS = (
    ("judgment_defaulter", "judgment_defaulter"), ("loan", "loan"), ("tax", "tax_arrears"),
    ("market_supervision_list", "abnormal_operation"),
    ("market_supervision_list", "serious_violation"), ("tax_dishonesty", "tax_black_list"),
    ("tax_dishonesty", "irregular_taxpayer"), ("administrative_decision", "penalty"),
    ("family_farm", "family_farm"), ("cooperative_member", "cooperative_member"),
)  # fmt: skip

#: What the plain farmer and the plain firm bring to the counter.
PAPERS: dict[str, Any] = {
    "consent": "是@2026-11-18#SQ1", "purpose_lawful": "是", "farm_purpose": "是",
    "private_debt_fen": 0, "village_credit_listed": "是", "legal_capacity": "是",
    "startup_eligible": "是", "startup_registered": "是", "marital_status": "single",
    "land_dispute": "否", "land_value_fen": 40_000_000, "animals_marked": "是",
    "animals_immunised": "是", "animals_insured": "是", "assistance_status": "assisted",
}  # fmt: skip
FIRM_PAPERS: dict[str, Any] = {
    "consent": "是@2026-11-18#SQ1", "purpose_lawful": "是", "farm_purpose": "是",
    "agricultural_business": "是", "own_bad_loan": "否@2026-11-20#R1",
    "bad_repayment": "否@2026-11-20#R1", "owed_fen": 0, "land_dispute": "否",
    "land_value_fen": 40_000_000, "annual_sales_fen": 1_000_000_000,
    "annual_profit_fen": 100_000_000,
}  # fmt: skip

Log = TypeVar("Log", bound=FactLog)
Change = Callable[["Applicant", World], None]


@dataclass
class Applicant:
    """The plain one, and what is otherwise with him; None leaves a thing out."""

    born: date | None = date(1985, 3, 16)
    income: int | None = 6_000_000
    expense: int | None = 2_000_000
    counted_on: date = date(2026, 1, 1)
    grade: str | None = "AA"
    graded_on: date = date(2026, 6, 1)
    report: dict[str, Any] | None = field(default_factory=dict)
    lists: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    papers: dict[str, Any] = field(default_factory=dict)
    institution: str | None = BANK
    firm: dict[str, Any] = field(default_factory=dict)
    more: tuple[Callable[[World], None], ...] = ()


def tell(world: World, one: Applicant) -> None:
    for key, name in NAMES.items():
        world.node("FinancialInstitution", key, name=name)
    world.node("Person", P[0], name="样本", birth_on=one.born)
    for other in (WIFE, SON):
        world.node("Person", other[0], name="样本", birth_on=date(1988, 1, 1))
    for who in (P, WIFE, SON):
        world.tie("BELONGS_TO", who, HOME, role="other")
        world.tie("LOCATED_IN", who, ("division:610305100201", "Village"))
    world.node("Household", HOME[0], credit_grade=one.grade, credit_household_level="village",
               orchard_mu=5.0, valid_from=one.graded_on)  # fmt: skip
    world.node("HouseholdAccount", HOME[0], "Household", valid_from=one.counted_on, year=2025,
               total_income_fen=one.income, total_expense_fen=one.expense)  # fmt: skip
    right(world, P[0], "J1", date(1998, 10, 1), date(2028, 9, 30))
    thing(world, HOME, "RAISES", "Herd", "herd:1", date(2026, 11, 1), species="奶牛", head_count=20,
          assessed_fen=20_000_000)  # fmt: skip
    for key, label in (FIRM, COOP):
        world.node(label, key, name="样本", established_on=date(2020, 1, 1),
                   **{"registration_state": "active", **one.firm})  # fmt: skip
        thing(world, (key, label), "RATED_AS", "TaxRating", f"tax:{key}", date(2026, 4, 20),
              grade="M", rated_on=date(2026, 4, 20))  # fmt: skip
    for number in range(6):
        world.node("Person", f"person:m{number}", name="社员")
        world.tie("MEMBER_OF", (f"person:m{number}", "Person"), COOP, is_farmer=True)
    world.node("FamilyFarm", FARM[0], name="样本家庭农场")
    if one.report is not None:
        said = {"has_loan_record": False, "has_guarantee_record": False, "balance_fen": 0,
                "overdue_account_count": 0, "asked_by": NAMES[BANK], "consent_no": "SQ1"}  # fmt: skip
        day = one.report.pop("day", ASKED)
        for key in (P[0], FIRM[0], COOP[0]):
            report(world, key, f"R:{key}", day, **{**said, **one.report})
    for more in one.more:
        more(world)


def owes(who: tuple[str, str], fen: int, *, settled: date | None = None, purpose: str = "种植",
         late: int = 0, grade: str = "pass", due: date = date(2027, 3, 1)) -> Callable[[World], None]:  # fmt: skip
    """A loan of another bank's."""

    def more(world: World) -> None:
        key = f"loan:{who[0]}:{fen}"
        world.node("Loan", key, granted_on=date(2025, 3, 1), due_on=due, purpose=purpose,
                   principal_fen=9_000_000)  # fmt: skip
        world.node("LoanState", key, "Loan", balance_fen=fen, settled_on=settled, loan_class=grade,
                   overdue_days=late, valid_from=date(2026, 11, 30))  # fmt: skip
        world.tie("BORROWED", who, (key, "Loan"), valid_from=date(2025, 3, 1))
        world.tie("LENT_BY", (key, "Loan"), (OTHER, "FinancialInstitution"))

    return more


def entry(who: tuple[str, str], kind: str, **said: Any) -> Callable[[World], None]:
    return lambda world: thing(world, who, "SUBJECT_OF", "ListEntry", f"list:{kind}",
                               date(2026, 1, 1), list_kind=kind, **said)  # fmt: skip


def penalty(who: tuple[str, str], kinds: str, content: str, day: date, **said: Any) -> Callable[[World], None]:  # fmt: skip
    return lambda world: thing(world, who, "PENALISED_BY", "Penalty", f"penalty:{kinds}", day,
                               penalty_kinds=kinds, content=content, decided_on=day, **said)  # fmt: skip


def member(key: str, label: str) -> Callable[[World], None]:
    def more(world: World) -> None:
        world.node(label, key, name="样本单位")
        world.tie("MEMBER_OF", (key, label), COOP, is_farmer=False)

    return more


def leased(until: date) -> Callable[[World], None]:
    return lambda world: thing(world, COOP, "HOLDS_LAND_RIGHT", "LandRight", "land_right:L1",
                               date(2024, 1, 1), right_kind="management_right", certificate_no="L1",
                               expires_on=until)  # fmt: skip


def told_log(log: Log, one: Applicant) -> Log:
    """The log with somebody's world: what is held, and every list that came."""
    world = World(log)
    tell(world, copy_of(one))
    world.commit(KNOWN - timedelta(days=800), source="farmer_household")
    came = {
        one.lists.get(name, KNOWN + timedelta(seconds=number)): name
        for number, name in enumerate(LISTS)
    }
    for number, instant in enumerate(sorted(at for at in came if at is not None)):
        source, table = came[instant]
        world.node("Village", f"division:{number}", name="村")
        notes = {"table": table, "list": "全", "part": 1, "of": 1}
        world.commit(instant, source=source, notes=notes)
    return log


def decided(log: FactLog, one: Applicant, product: str, who: str) -> Decision:
    papers = read_papers(
        {name: value for name, value in {**(PAPERS if who == P[0] else FIRM_PAPERS), **one.papers}.items()
         if value is not None}, DAY)  # fmt: skip
    known_at = datetime(2026, 12, 9, tzinfo=UTC)
    records = records_from_log(log, DAY, known_at)
    read, gathered = facts_of(records, who, papers, institution=one.institution, before=DAY)
    case = Case(who, apply_documents(read, papers), gathered.hints(0), papers, Strata(None, None, None, None),
                one.institution, DAY, DAY, known_at, 1, "hash")  # fmt: skip
    return decide(case, packaged()[product])


LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
#: name, what is otherwise, product -> verdict, and the conditions that are not 符合 (of the first).
FARMERS: list[tuple[str, Applicant, dict[str, str], set[str]]] = [
    ("plain", Applicant(),
     {SMALL: "Y", APPLE: "Y", VILLAGE: "Y", START: "Y", LAND: "Y", ANIMAL: "Y", HELP: "Y"}, set()),
    ("17 years old", Applicant(born=date(2009, 3, 1)),
     # whose own labour feeds him has capacity: a start-up at 16, and his land, are his
     {SMALL: "N", APPLE: "N", VILLAGE: "N", START: "Y", LAND: "Y"}, {"age"}),
    ("62 years old", Applicant(born=date(1964, 3, 1)),
     {SMALL: "Y", APPLE: "Y", START: "?", HELP: "Y"}, set()),
    ("63: three years are too long, two are not", Applicant(born=date(1963, 3, 1)),
     {SMALL: "N", APPLE: "Y", VILLAGE: "N", START: "N", HELP: "Y"}, {"age"}),
    ("55, of working age by her month of birth",
     Applicant(born=date(1971, 3, 1), papers={"working_age": "是"}), {START: "Y"}, set()),
    ("nobody knows when born", Applicant(born=None), {SMALL: "?", HELP: "Y"}, {"age"}),
    # ---- whether he can repay
    ("spends what he earns", Applicant(expense=6_000_000),
     {SMALL: "N", APPLE: "N", VILLAGE: "N", START: "N", LAND: "N", ANIMAL: "N", HELP: "N"},
     {"repayment"}),
    ("income unknown", Applicant(income=None), {SMALL: "?", START: "?", LAND: "?", HELP: "?"},
     {"repayment"}),
    ("expense unknown", Applicant(expense=None), {SMALL: "?", HELP: "?"}, {"repayment"}),
    ("figures of two years ago", Applicant(counted_on=date(2025, 1, 1)), {SMALL: "?", APPLE: "?"},
     {"repayment"}),
    ("private debts not declared", Applicant(papers={"private_debt_fen": None}), {SMALL: "?"},
     {"repayment"}),
    ("private debts above all", Applicant(papers={"private_debt_fen": 12_000_000}),
     {SMALL: "N", HELP: "N"}, {"repayment"}),
    ("three years' surplus less a thousand is lent", Applicant(papers={"private_debt_fen": 11_900_000}),
     {SMALL: "Y"}, set()),
    ("nothing is lent below a thousand", Applicant(papers={"private_debt_fen": 11_900_001}),
     {SMALL: "N"}, {"repayment"}),
    # 12 = 3 x (6 - 2); of two years 8
    ("his wife owes ten", Applicant(more=(owes(WIFE, 10_000_000, purpose="住房"),)),
     {SMALL: "Y", APPLE: "N", HELP: "Y"}, set()),
    ("his wife owes twelve", Applicant(more=(owes(WIFE, 12_000_000, purpose="住房"),)),
     {SMALL: "N", HELP: "N"}, {"repayment"}),
    ("stands for twelve since the report", Applicant(
        more=(lambda w: thing(w, P, "GAVE", "Guarantee", "guarantee:1", date(2026, 5, 1),
                              amount_fen=12_000_000, signed_on=date(2026, 5, 1)),)),
     {SMALL: "N", HELP: "N"}, {"repayment"}),
    ("the report says nothing of guarantees", Applicant(report={"has_guarantee_record": None}),
     {SMALL: "?"}, {"repayment"}),
    ("grade C leaves no amount", Applicant(grade="C"), {SMALL: "N", APPLE: "N", HELP: "Y"},
     {"amount", "grade_hint"}),
    ("not graded", Applicant(grade=None), {SMALL: "?", APPLE: "?", VILLAGE: "Y"},
     {"amount", "grade_hint"}),
    ("graded three years ago", Applicant(graded_on=date(2023, 6, 1)),
     {SMALL: "?", VILLAGE: "?", HELP: "Y"}, {"amount", "grade_hint"}),
    # ---- whose report, and under which consent
    ("nobody signed", Applicant(papers={"consent": None}, more=(owes(P, 500_000, late=90, grade="loss"),)),
     {SMALL: "?", APPLE: "?", HELP: "?", LAND: "?"},
     {"consent", "no_bad_loan", "not_overdue", "no_bad_repayment", "one_per_household",
      "first_loan", "repayment"}),
    ("refused to sign", Applicant(papers={"consent": "否"}, more=(owes(P, 500_000, late=90, grade="loss"),)),
     {SMALL: "?", APPLE: "?", HELP: "?"},
     {"consent", "no_bad_loan", "not_overdue", "no_bad_repayment", "one_per_household",
      "first_loan", "repayment"}),
    ("another bank asked", Applicant(report={"asked_by": NAMES[OTHER]}), {SMALL: "?", HELP: "?"},
     {"no_bad_loan", "not_overdue", "no_bad_repayment", "first_loan", "repayment"}),
    ("the other bank decides on its own report",
     Applicant(report={"asked_by": NAMES[OTHER]}, institution=OTHER), {SMALL: "Y"}, set()),
    ("nobody says who decides", Applicant(institution=None), {SMALL: "?"},
     {"no_bad_loan", "not_overdue", "no_bad_repayment", "first_loan", "repayment"}),
    ("asked for under another consent", Applicant(report={"consent_no": "SQ0"}), {SMALL: "?"},
     {"no_bad_loan", "not_overdue", "no_bad_repayment", "first_loan", "repayment"}),
    ("the consent has no number", Applicant(papers={"consent": "是"}), {SMALL: "Y"}, set()),
    ("he asked for it himself",
     Applicant(report={"purpose": "own_query", "asked_by": "本人", "consent_no": None}),
     {SMALL: "Y", HELP: "Y"}, set()),
    ("asked for after lending", Applicant(report={"purpose": "post_loan"}), {SMALL: "?"},
     {"no_bad_loan", "not_overdue", "no_bad_repayment", "first_loan", "repayment"}),
    ("a report of last spring", Applicant(report={"day": date(2026, 4, 1)}), {SMALL: "?"},
     {"no_bad_loan", "not_overdue", "no_bad_repayment", "first_loan", "repayment"}),
    # ---- loans
    ("a paid loan of long ago", Applicant(more=(owes(P, 0, settled=date(2026, 1, 1)),)),
     {SMALL: "N", HELP: "?"}, {"first_loan", "no_bad_repayment"}),
    ("balance 0 past due and nobody says settled",
     Applicant(report={"has_loan_record": None, "balance_fen": None, "overdue_account_count": None},
               more=(owes(P, 0, late=30, grade="loss", due=date(2026, 1, 1)),)),
     {START: "?", HELP: "?", SMALL: "N"},
     {"borrower_no_other_loan", "no_bad_loan", "not_overdue", "no_bad_repayment", "repayment"}),
    ("the wife's balance 0 and nobody says settled", Applicant(more=(owes(WIFE, 0),)),
     {SMALL: "?", HELP: "Y"}, {"one_per_household"}),
    ("the wife's loan for planting", Applicant(more=(owes(WIFE, 1_000_000),)),
     {SMALL: "N", HELP: "Y"}, {"one_per_household"}),
    ("the son's student loan", Applicant(more=(owes(SON, 1_000_000, purpose="助学"),)),
     {SMALL: "Y", VILLAGE: "Y"}, set()),
    # ---- lists
    ("judgment defaulter", Applicant(more=(entry(P, "judgment_defaulter"),)),
     {SMALL: "N", START: "N", LAND: "N", HELP: "N"}, {"not_listed"}),
    ("a defaulter once, removed", Applicant(
        more=(entry(P, "judgment_defaulter", removed_on=date(2026, 6, 1)),)), {SMALL: "Y"}, set()),
    ("on the tax office's black list", Applicant(more=(entry(P, "tax_black_list"),)),
     {SMALL: "N", HELP: "N"}, {"not_severely_listed"}),
    ("his wife is a defaulter: no ground against him",
     Applicant(more=(entry(WIFE, "judgment_defaulter"),)), {SMALL: "Y"}, set()),
    ("the defaulters' list is of last January", Applicant(
        lists={("judgment_defaulter", "judgment_defaulter"): LONG_AGO}), {SMALL: "?"}, {"not_listed"}),
    ("an old list still names whom it names", Applicant(
        lists={("judgment_defaulter", "judgment_defaulter"): LONG_AGO},
        more=(entry(P, "judgment_defaulter"),)), {SMALL: "N"}, {"not_listed"}),
    ("one of two severe lists never came", Applicant(
        lists={("tax_dishonesty", "tax_black_list"): None}), {SMALL: "?"}, {"not_severely_listed"}),
    ("an old list and a fresh paper", Applicant(
        lists={("judgment_defaulter", "judgment_defaulter"): LONG_AGO},
        papers={"own_listing": "否@2026-12-09#查询"}), {SMALL: "Y"}, set()),
    ("the banks' loans are of last January", Applicant(lists={("loan", "loan"): LONG_AGO}),
     {SMALL: "?", HELP: "?"}, {"one_per_household", "repayment"}),
    # ---- people in need, land, animals
    ("not on the roll of those in need", Applicant(papers={"assistance_status": "not_assisted"}),
     {HELP: "N", SMALL: "Y"}, {"assisted"}),
    ("not insured cows", Applicant(papers={"animals_insured": "否"}), {ANIMAL: "N"}, {"insured"}),
    ("mortgage and beneficiary are for the day of drawing",
     Applicant(papers={"animals_registered": "否", "animals_beneficiary": "否"}), {ANIMAL: "Y"},
     {"registered", "beneficiary"}),
    ("married, the wife's consent is not there", Applicant(papers={"marital_status": "married"}),
     {START: "?"}, {"spouse_no_other_loan", "spouse_consent"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "one", "expected", "open_"), FARMERS, ids=[row[0] for row in FARMERS]
)
def test_farmers(
    name: str, one: Applicant, expected: dict[str, str], open_: set[str], tmp_path: Path
) -> None:
    log = told_log(MemoryLog(), one)
    for number, (product, said) in enumerate(expected.items()):
        found = decided(log, one, product, P[0])
        left = {c.condition.id for c in found.conditions if c.verdict is not Verdict.MET}
        drawing = {c.condition.id for c in found.conditions if c.condition.stage == "drawing"}
        left -= {"insured"} if product == APPLE else set()
        assert found.verdict is SAID[said], (product, left)
        if number == 0:
            assert left - (drawing - open_) == open_
        # nobody is told that he may have a loan of nothing, or of nobody knows what
        if found.verdict is Verdict.MET:
            assert found.amount.fen is not None and found.amount.fen >= 100_000


ORGANISATIONS: list[tuple[str, Applicant, str, dict[str, str], set[str]]] = [
    ("plain firm", Applicant(), FIRM[0], {FIRMS: "Y"}, set()),
    ("revoked", Applicant(firm={"registration_state": "revoked"}), FIRM[0], {FIRMS: "N"}, {"active"}),
    ("makes a loss", Applicant(papers={"annual_profit_fen": -1}), FIRM[0], {FIRMS: "N"}, {"repayment"}),
    ("profit unknown", Applicant(papers={"annual_profit_fen": None}), FIRM[0], {FIRMS: "?"}, {"repayment"}),
    ("guarantees eat three years' profit", Applicant(papers={"external_guarantee_fen": 300_000_000},
        report={"has_guarantee_record": None}), FIRM[0], {FIRMS: "N"},
     {"repayment", "guarantee_within_net_assets"}),
    ("owes taxes", Applicant(more=(lambda w: thing(
        w, FIRM, "OWES", "TaxArrears", "arrears:1", date(2026, 9, 1), balance_fen=5_000),)), FIRM[0],
     {FIRMS: "N"}, {"tax_clear"}),
    ("owed taxes and paid them", Applicant(more=(lambda w: thing(
        w, FIRM, "OWES", "TaxArrears", "arrears:1", date(2026, 9, 1), balance_fen=0),)), FIRM[0],
     {FIRMS: "Y"}, set()),
    ("cannot be found by the tax office", Applicant(more=(entry(FIRM, "irregular_taxpayer"),)), FIRM[0],
     {FIRMS: "N"}, {"tax_clear"}),
    ("fined", Applicant(more=(penalty(FIRM, "罚款", "罚款二千元", date(2026, 3, 1)),)), FIRM[0],
     {FIRMS: "Y"}, set()),
    ("licence revoked by a penalty", Applicant(more=(penalty(
        FIRM, "警告;暂扣或吊销许可证、暂扣或吊销执照", "吊销食品生产许可证", date(2024, 3, 1)),)), FIRM[0],
     {FIRMS: "N"}, {"not_revoked"}),
    ("licence only suspended", Applicant(more=(penalty(
        FIRM, "暂扣或吊销许可证、暂扣或吊销执照", "暂扣许可证三十日", date(2024, 3, 1)),)), FIRM[0],
     {FIRMS: "Y"}, set()),
    ("closed by order six years ago", Applicant(more=(penalty(
        FIRM, "责令关闭", "责令关闭", date(2020, 12, 10)),)), FIRM[0], {FIRMS: "Y"}, set()),
    ("closed by order, repaired since", Applicant(more=(penalty(
        FIRM, "责令关闭", "责令关闭", date(2025, 1, 1), removed_on=date(2026, 6, 1)),)), FIRM[0],
     {FIRMS: "Y"}, set()),
    ("severe violation", Applicant(more=(entry(FIRM, "serious_violation"),)), FIRM[0],
     {FIRMS: "N"}, {"not_severely_listed"}),
    ("penalties came last in January", Applicant(
        lists={("administrative_decision", "penalty"): LONG_AGO}), FIRM[0], {FIRMS: "?"}, {"not_revoked"}),
    ("plain cooperative", Applicant(), COOP[0], {COOPS: "Y"}, set()),
    ("one member is a firm", Applicant(more=(member("org:x", "Enterprise"),)), COOP[0],
     # six farmers of seven are 85.7 %
     {COOPS: "Y"}, set()),
    ("two of eight members are firms", Applicant(
        more=(member("org:x", "Enterprise"), member("org:y", "GovernmentBody"))), COOP[0],
     {COOPS: "N"}, {"farmer_share", "organisation_members"}),
    ("the roll of members is two years old", Applicant(
        lists={("cooperative_member", "cooperative_member"): datetime(2025, 1, 1, tzinfo=UTC)}), COOP[0],
     {COOPS: "?"}, {"members"}),
    ("leases land for two more years", Applicant(more=(leased(date(2028, 12, 31)),), papers={
        "household_contract": "否", "lessor_consent": "是"}), COOP[0], {LAND: "N"}, {"years_left"}),
    ("leases land for three more years", Applicant(more=(leased(date(2029, 12, 31)),), papers={
        "household_contract": "否", "lessor_consent": "是"}), COOP[0], {LAND: "Y"}, set()),
    ("the lessor was not asked", Applicant(more=(leased(date(2040, 12, 31)),), papers={
        "household_contract": "否"}), COOP[0], {LAND: "?"}, {"lessor_consent"}),
    ("a farm without a licence: its operator borrows", Applicant(papers={
        "animals": 30, "animals_value_fen": 40_000_000, "animals_marked": "是", "animals_immunised": "是",
        "animals_insured": "是", "own_overdue": "否@2026-11-20#R1", "external_guarantee_fen": 0}), FARM[0],
     {ANIMAL: "N"}, {"registered_farm", "active_if_registered"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "one", "who", "expected", "open_"),
    ORGANISATIONS,
    ids=[row[0] for row in ORGANISATIONS],
)
def test_organisations(
    name: str, one: Applicant, who: str, expected: dict[str, str], open_: set[str], tmp_path: Path
) -> None:
    log = told_log(MemoryLog(), one)
    for product, said in expected.items():
        found = decided(log, one, product, who)
        left = {c.condition.id for c in found.conditions
                if c.verdict is not Verdict.MET and c.condition.stage == "eligibility"}  # fmt: skip
        soft = {"debt", "guarantee_within_net_assets"} - open_
        assert (found.verdict, left - soft) == (SAID[said], open_)
        if found.verdict is Verdict.MET:
            assert found.amount.fen is not None and found.amount.fen >= 100_000


def copy_of(one: Applicant) -> Applicant:
    """Another with the same things, since a report is taken apart when it is told."""
    return Applicant(**{**vars(one), "report": None if one.report is None else dict(one.report)})


def test_what_was_not_read_is_said_to_lack_consent(tmp_path: Path) -> None:
    one = Applicant(papers={"consent": None}, more=(owes(P, 500_000, late=90, grade="loss"),))
    found = decided(told_log(MemoryLog(), one), one, SMALL, P[0])
    reasons = {name: fact.reason for name, fact in found.case.facts.items()}
    for name in ("any_loan", "own_overdue", "owed_fen", "annual_income_fen", "household_owed_fen"):
        assert reasons[name] == "no_consent", name
    assert found.amount.fen is None and found.hints == {}
    assert "6 万元" not in "".join(found.amount.terms)
    # what the law makes public needs none
    assert found.case.facts["own_listing"].value is False


def test_the_sums_are_said_with_their_days(tmp_path: Path) -> None:
    one = Applicant(more=(owes(WIFE, 1_000_000, purpose="住房"),))
    found = decided(told_log(MemoryLog(), one), one, SMALL, P[0])
    (said,) = [term for term in found.amount.terms if "支出" in term]
    assert said.endswith(
        "家庭年总收入 6 万元（2026-01-01） × 3 − 家庭年总支出 2 万元（2026-01-01） × 3"
        " − 对外担保余额 0 万元（2026-11-20） − 同户其他人在已接入机构的贷款余额 1 万元（2026-11-30）"
        " − 现有债务余额（全部机构） 0 万元（2026-11-20） − 民间借贷余额 0 万元（2026-12-10） = 11 万元"
    )
    assert found.amount.fen == 8_000_000


@pytest.mark.parametrize("product", [SMALL, LAND, FIRMS, HELP])
def test_what_is_decided_is_made_again_byte_for_byte(product: str, tmp_path: Path) -> None:
    who = FIRM[0] if product == FIRMS else P[0]
    with OperationsStore(Settings(data=tmp_path / "data")) as store:
        archive = DecisionArchive(store)
        for number, one in enumerate(
            (Applicant(), Applicant(income=None, papers={"consent": None}))
        ):
            log = told_log(FactLog(tmp_path / str(number)), one)
            found = decided(log, one, product, who)
            name = keep(found, archive, at=KNOWN)
            again = replay(archive, name, log)
            assert (again.same, again.differs, again.gaps) == (True, (), ()), product
