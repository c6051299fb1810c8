"""What credit bureau, land register, insurers, tax and village say: a file by hand, and random ones.

`write` states a few parties by hand and `EXPECTED` says, fact by fact, what they come to on
2026-05-01; `scatter` throws the same kinds of records at random parties, for oracles.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from world import World

DAY = date(2026, 5, 1)
#: The institution that asks, and that asked for the reports.
BANK, BANK_NAME = "told:bank", "样本农村商业银行"
PERSON, WIFE, LATE, HOME, FIRM = (
    "told:person", "told:wife", "told:late", "told:household", "told:firm",
)  # fmt: skip
_PEOPLE = {PERSON: "Person", WIFE: "Person", LATE: "Person", HOME: "Household", FIRM: "Enterprise"}

#: (party, fact) -> (value, whose word, its day), or the reason why it is unknown.
EXPECTED: dict[tuple[str, str], tuple[Any, str, date | None] | str] = {
    # the newest usable report speaks, to the institution that asked for it; one asked for after lending is not used for another loan
    (PERSON, "any_loan"): (False, "征信报告 R2", date(2026, 4, 1)),
    (PERSON, "operating_loan"): (False, "征信报告 R2", date(2026, 4, 1)),
    (PERSON, "open_loan"): (False, "征信报告 R2", date(2026, 4, 1)),
    (PERSON, "own_overdue"): (False, "征信报告 R2", date(2026, 4, 1)),
    (PERSON, "owed_fen"): (0, "征信报告 R2", date(2026, 4, 1)),
    # drawn from the report: a loan never had was never overdue
    (PERSON, "bad_repayment"): (False, "征信报告 R2", date(2026, 4, 1)),
    (PERSON, "own_bad_loan"): (False, "征信报告 R2", date(2026, 4, 1)),
    # of others' loans one's own report says nothing
    (PERSON, "household_any_loan"): (True, "world", date(2025, 3, 1)),
    # of two certificates the longer; the forest right and the one that ended are not read
    (PERSON, "land_right_certificate"): (True, "土地承包经营权证 610305J1", date(1998, 10, 1)),
    (PERSON, "land_right_years"): (2, "土地承包经营权证 610305J1", date(1998, 10, 1)),
    (PERSON, "land_value_fen"): "not_collected",
    (PERSON, "pact_months"): (10, "联保协议 L7", date(2024, 3, 2)),
    (PERSON, "orchard_insured"): (True, "保险单 P1", date(2026, 1, 1)),
    # the household's policy: of farming it is, of what nobody wrote down
    (PERSON, "animals_insured"): "undetermined",
    (PERSON, "animals_beneficiary"): "not_collected",
    # goats and cows that give milk; hens are not counted
    (PERSON, "animals"): (12, "world", date(2026, 2, 1)),
    (PERSON, "animals_value_fen"): (9_000_000, "world", date(2026, 2, 1)),
    # the closed year before the sum told at a visit
    (PERSON, "annual_income_fen"): (6_100_000, "world", date(2026, 1, 1)),
    (PERSON, "annual_expense_fen"): (2_000_000, "world", date(2026, 1, 1)),
    # seven opinions that are not one: nobody's grade is made of them
    (PERSON, "moral_grade"): "not_collected",
    (PERSON, "best_honour"): ("county", "world", date(2024, 5, 4)),
    # a loan of hers is known, whatever the older report says; it is owed beside
    (WIFE, "any_loan"): (True, "world", date(2025, 3, 1)),
    (WIFE, "operating_loan"): (True, "world", date(2025, 3, 1)),
    (WIFE, "open_loan"): (True, "world", date(2026, 3, 1)),
    (WIFE, "owed_fen"): (500_000, "world", date(2026, 3, 1)),
    (WIFE, "bad_repayment"): (True, "world", date(2026, 3, 1)),
    (WIFE, "own_overdue"): (False, "征信报告 R4", date(2026, 3, 15)),
    (WIFE, "own_bad_loan"): "no_bureau_answer",
    # a report of last year says nothing of today, but a loan that it knows was a loan
    (LATE, "any_loan"): (True, "征信报告 R5", date(2025, 6, 1)),
    (LATE, "own_overdue"): "stale",
    (LATE, "owed_fen"): "stale",
    (LATE, "land_right_certificate"): "not_collected",
    (FIRM, "tax_grade"): ("B", "纳税信用评价", date(2026, 4, 20)),
    (FIRM, "annual_sales_fen"): (80_000_000, "企业年度报告 2025", date(2026, 1, 1)),
    (FIRM, "net_assets_fen"): (-5_000_000, "企业年度报告 2025", date(2026, 1, 1)),
    (FIRM, "debt_ratio"): (1.25, "企业年度报告 2025", date(2026, 1, 1)),
    (FIRM, "agricultural_business"): (True, "农业产业化龙头企业认定 凤农〔2024〕3号", date(2024, 1, 1)),
    # the report knows of no guarantee, a contract after it is one
    (FIRM, "external_guarantee_fen"): (3_000_000, "world", date(2026, 4, 10)),
    # its report does not say whether there ever was one
    (FIRM, "any_loan"): "undetermined",
    (FIRM, "abnormal_operation"): "not_collected",
}  # fmt: skip


def write(world: World) -> None:
    """State the file."""
    for key, label in _PEOPLE.items():
        if label != "Household":
            world.node(label, key, name="样本")
    world.node("FinancialInstitution", BANK, name=BANK_NAME)
    world.node("Household", HOME, annual_income_fen=9_000_000, annual_expense_fen=1,
               valid_from=date(2026, 3, 1))  # fmt: skip
    for key in (PERSON, WIFE):
        world.tie("BELONGS_TO", (key, "Person"), (HOME, "Household"), role="other")
    report(world, PERSON, "R1", date(2026, 2, 1), has_loan_record=None, overdue_account_count=1)
    report(world, PERSON, "R2", date(2026, 4, 1), has_loan_record=False, balance_fen=0,
           overdue_account_count=0)  # fmt: skip
    report(world, PERSON, "R3", date(2026, 4, 20), purpose="post_loan", has_loan_record=True,
           balance_fen=7)  # fmt: skip
    report(world, WIFE, "R4", date(2026, 3, 15), has_loan_record=False, balance_fen=100,
           overdue_account_count=0)  # fmt: skip
    report(world, LATE, "R5", date(2025, 6, 1), has_loan_record=True, balance_fen=0,
           overdue_account_count=0)  # fmt: skip
    report(world, FIRM, "R6", date(2026, 4, 1), has_guarantee_record=False)
    loan(world, WIFE, "told:loan", granted_on=date(2025, 3, 1), stated=date(2026, 3, 1))
    world.node("RepaymentHistory", "told:loan", "Loan", valid_from=date(2026, 3, 1),
               longest_overdue_run=3, overdue_month_count=3, has_write_off=False)  # fmt: skip
    right(world, PERSON, "610305J1", date(1998, 10, 1), date(2028, 9, 30))
    right(world, PERSON, "610305J2", date(2020, 1, 1), date(2027, 1, 1))
    right(world, PERSON, "610305F", date(2000, 1, 1), date(2070, 1, 1), kind="forest")
    right(world, LATE, "610305J3", date(1998, 10, 1), date(2026, 4, 30))
    thing(world, (PERSON, "Person"), "JOINED_GROUP", "JointLiabilityGroup", "told:group",
          date(2024, 3, 2), group_no="L7", expires_on=date(2027, 3, 1))  # fmt: skip
    policy(world, (PERSON, "Person"), "P1", date(2026, 1, 1), "苹果")
    policy(world, (HOME, "Household"), "P2", date(2026, 1, 1), None)
    policy(world, (HOME, "Household"), "P3", date(2026, 1, 1), None, kind="medical")
    for species, heads, worth, counted in (
        ("奶牛", 4, 8_000_000, date(2026, 3, 1)), ("奶山羊", 8, 1_000_000, date(2026, 2, 1)),
        ("蛋鸡", 900, 1, date(2026, 3, 1)),
    ):  # fmt: skip
        thing(world, (HOME, "Household"), "RAISES", "Herd", f"told:herd:{species}", counted,
              species=species, head_count=heads, assessed_fen=worth)  # fmt: skip
    world.node("HouseholdAccount", HOME, "Household", valid_from=date(2026, 1, 1), year=2025,
               total_income_fen=6_100_000, total_expense_fen=2_000_000)  # fmt: skip
    appraise(world, HOME, date(2026, 1, 10), "good", "fairly_good")
    for level, day in (("town", date(2025, 1, 1)), ("county", date(2024, 5, 4)), ("village", date(2026, 1, 1))):  # fmt: skip
        thing(world, (HOME, "Household"), "DECLARED", "DeclaredRecord", f"told:{level}", day,
              record_kind="commendation", level=level)  # fmt: skip
    thing(world, (HOME, "Household"), "DECLARED", "DeclaredRecord", "told:fine", date(2025, 1, 1),
          record_kind="penalty", level="national")  # fmt: skip
    for number, (grade, day) in enumerate((("B", date(2026, 4, 20)), ("D", date(2025, 4, 20)))):
        thing(world, (FIRM, "Enterprise"), "RATED_AS", "TaxRating", f"told:tax:{number}", day,
              grade=grade, rated_on=day)  # fmt: skip
    world.node("AnnualReport", FIRM, "Enterprise", valid_from=date(2026, 1, 1), year=2025,
               revenue_fen=80_000_000, net_assets_fen=-5_000_000, liabilities_fen=25_000_000,
               total_assets_fen=20_000_000)  # fmt: skip
    world.node("LeadingEnterprise", FIRM, "Enterprise", valid_from=date(2024, 1, 1),
               document_no="凤农〔2024〕3号", level="county", debt_ratio=0.1)  # fmt: skip
    thing(world, (FIRM, "Enterprise"), "GAVE", "Guarantee", "told:guarantee", date(2026, 4, 10),
          amount_fen=3_000_000)  # fmt: skip


def scatter(world: World, chance: random.Random, name: str, person: str, household: str,
            firm: str) -> None:  # fmt: skip
    """Records of every kind that facts are read from, at random, of one person, home and firm."""

    def day(back: int = 900) -> date:
        return date(2026, 6, 1) - timedelta(chance.randrange(back))

    def flag() -> bool | None:
        return chance.choice([True, False, None])

    world.node("FinancialInstitution", BANK, name=BANK_NAME)
    for number in range(chance.randrange(3)):
        report(world, chance.choice([person, firm]), f"{name}:R{number}", day(300),
               purpose=chance.choice(["loan_approval", "own_query", "post_loan"]),
               asked_by=chance.choice([*[BANK_NAME] * 6, "别的银行", None]),
               consent_no=chance.choice(["A7", "B8", None]),
               has_loan_record=flag(), has_operating_loan_record=flag(), has_guarantee_record=flag(),
               overdue_account_count=chance.choice([None, 0, 2]),
               balance_fen=chance.choice([None, 0, 100]))  # fmt: skip
    if chance.random() < 0.4:
        loan(world, person, f"{name}:loan", granted_on=day(), stated=day(200))
        world.node("RepaymentHistory", f"{name}:loan", "Loan", valid_from=day(400),
                   longest_overdue_run=chance.choice([0, 3]), overdue_month_count=chance.choice([None, 6]),
                   has_write_off=flag())  # fmt: skip
    for number in range(chance.randrange(3)):
        right(world, person, f"{name}:J{number}", date(1998, 1, 1), day() + timedelta(900),
              kind=chance.choice(["household_contract", "forest", None]))  # fmt: skip
        policy(world, chance.choice([(person, "Person"), (household, "Household")]),
               f"{name}:P{number}", day(), chance.choice(["苹果", "奶牛", None]))  # fmt: skip
        thing(world, (household, "Household"), "RAISES", "Herd", f"{name}:herd{number}", day(400),
              species=chance.choice(["奶牛", "奶山羊", "蛋鸡", None]), head_count=chance.choice([None, 6, 20]),
              assessed_fen=chance.choice([None, 5_000_000]))  # fmt: skip
        thing(world, (household, "Household"), "DECLARED", "DeclaredRecord", f"{name}:d{number}",
              day(), record_kind=chance.choice(["commendation", "penalty"]),
              level=chance.choice(["national", "town", "village"]))  # fmt: skip
        thing(world, (firm, "Enterprise"), "RATED_AS", "TaxRating", f"{name}:tax{number}", day(),
              grade=chance.choice(["A", "D"]))  # fmt: skip
        thing(world, (firm, "Enterprise"), "GAVE", "Guarantee", f"{name}:g{number}", day(),
              amount_fen=chance.choice([None, 100]))  # fmt: skip
    thing(world, (person, "Person"), "JOINED_GROUP", "JointLiabilityGroup", f"{name}:group", day(),
          expires_on=chance.choice([None, day() + timedelta(900)]))  # fmt: skip
    world.node("HouseholdAccount", household, "Household", valid_from=day(1200),
               total_income_fen=chance.choice([None, 100]), total_expense_fen=7)  # fmt: skip
    appraise(world, household, day(600), "good", chance.choice(["good", "poor", None]))
    world.node("AnnualReport", firm, "Enterprise", valid_from=day(), revenue_fen=5,
               net_assets_fen=chance.choice([None, -5]), liabilities_fen=chance.choice([None, 3]),
               total_assets_fen=chance.choice([0, 4]))  # fmt: skip
    if chance.random() < 0.5:
        world.node("LeadingEnterprise", firm, "Enterprise", valid_from=day(), debt_ratio=0.5,
                   sales_fen=9, document_no=chance.choice([None, "文"]))  # fmt: skip


def report(world: World, party: str, number: str, day: date, **said: Any) -> None:
    """A credit report."""
    said.setdefault("purpose", "loan_approval")
    said.setdefault("asked_by", BANK_NAME)
    thing(world, (party, _label(party)), "HAS_CREDIT_REPORT", "CreditReport",
          f"credit_report:{number}", day, report_no=number, report_on=day, **said)  # fmt: skip


def loan(world: World, party: str, key: str, *, granted_on: date, stated: date) -> None:
    """A loan of 5,000 yuan for planting, open and in order."""
    world.node("Loan", key, granted_on=granted_on, purpose="种植", valid_from=granted_on)
    world.node("LoanState", key, "Loan", balance_fen=500_000, loan_class="pass", overdue_days=0,
               valid_from=stated)  # fmt: skip
    world.tie("BORROWED", (party, _label(party)), (key, "Loan"), valid_from=granted_on)


def right(world: World, party: str, number: str, since: date, until: date, *,
          kind: str | None = "household_contract") -> None:  # fmt: skip
    """A right over land."""
    thing(world, (party, "Person"), "HOLDS_LAND_RIGHT", "LandRight", f"land_right:{number}", since,
          until=until + timedelta(days=1), right_kind=kind, certificate_no=number, expires_on=until,
          assessed_fen=9_999)  # fmt: skip


def policy(world: World, party: tuple[str, str], number: str, since: date, of: str | None, *,
           kind: str = "agricultural") -> None:  # fmt: skip
    """A policy of a year."""
    when = {"valid_from": since, "valid_to": since + timedelta(days=365)}
    world.node("InsurancePolicy", f"policy:{number}", insurance_kind=kind, policy_no=number, **when)
    world.tie(
        "INSURED_BY", party, (f"policy:{number}", "InsurancePolicy"), subject_matter=of, **when
    )


def appraise(world: World, household: str, day: date, grade: str, honesty: str | None) -> None:
    """What the village says: six virtues alike, and the seventh."""
    virtues = ("character", "family_harmony", "care_of_elders", "neighbourliness", "lawfulness",
               "public_spirit")  # fmt: skip
    world.node("VillageAppraisal", household, "Household", valid_from=day, honesty=honesty,
               **dict.fromkeys(virtues, grade))  # fmt: skip


def thing(world: World, party: tuple[str, str], by: str, kind: str, key: str, day: date, *,
          until: date | None = None, **said: Any) -> None:  # fmt: skip
    """A thing and whose it is."""
    world.node(kind, key, valid_from=day, valid_to=until, **said)
    world.tie(by, party, (key, kind), valid_from=day, valid_to=until)


def _label(party: str) -> str:
    is_firm = ":firm" in party or party.startswith("org:")
    return _PEOPLE.get(party, "Enterprise" if is_firm else "Person")
