"""Households of a synthetic district: who lives where with whom, what they farm, owe and are insured for.

About 2.95 persons a household and 800 households a village, fifteen villages a town, however large the
district is: what a village is does not grow with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from bench.district.column_batch import ColumnBatch

__all__ = ["DAY", "KNOWN", "MEMBERS", "Households", "write_households"]

#: When all of it became known, and on which day it is read.
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = date(2026, 3, 15)
#: Persons a household, in the mean.
MEMBERS = 2.95
_IN_A_VILLAGE, _IN_A_TOWN = 800, 15

Keys = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Households:
    """Who was written.

    Attributes:
        persons, villages: keys.
        village: of each person, its place among `villages`; rising.
    """

    persons: Keys
    villages: Keys
    village: NDArray[np.int64]


def write_households(
    batch: ColumnBatch, households: int, chance: np.random.Generator
) -> Households:
    """Write so many households with everybody in them; two in five have a loan, of a hundred loans
    two are bad."""
    sizes = chance.choice([1, 2, 3, 4, 5, 6], households, p=[0.16, 0.26, 0.24, 0.2, 0.09, 0.05])
    persons = int(sizes.sum())
    home = np.repeat(np.arange(households), sizes)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    head = np.zeros(persons, bool)
    head[first] = True
    spouse = np.concatenate([[False], head[:-1]]) & ~head
    p = np.array([f"person:{n:032x}" for n in range(persons)])
    h = np.array([f"household:610305100201-{n:06d}" for n in range(households)])
    villages = _villages(batch, households // _IN_A_VILLAGE + 1)
    place = np.sort(chance.integers(0, len(villages), households))
    v = villages[place]
    days = chance.integers(0, 25_000, persons).astype("timedelta64[D]")
    batch.node("Person", p, birth_on=np.datetime64("1950-01-01") + days, name="样本",
               sex=np.where(head, "male", "female"), marital_status="married")  # fmt: skip
    grades = np.array(["AAA", "AA", "A", "BBB", "BB", "B", "C", None])
    levels = np.array(["village", "none", None])
    batch.node("Household", h, credit_grade=chance.choice(grades, households),
               annual_income_fen=chance.integers(1, 20, households) * 1_000_000,
               orchard_mu=chance.choice([0.0, 4.0, 8.0], households),
               credit_household_level=chance.choice(levels, households))  # fmt: skip
    batch.tie("BELONGS_TO", p, "Person", h[home], "Household",
              role=np.where(head, "householder", np.where(spouse, "spouse", "son")))  # fmt: skip
    batch.tie("LOCATED_IN", p, "Person", v[home], "Village")
    batch.tie("LOCATED_IN", h, "Household", v, "Village")
    wife = np.flatnonzero(spouse)
    batch.tie("SPOUSE_OF", p[wife - 1], "Person", p[wife], "Person")
    borrowers = p[first][chance.random(households) < 0.4]
    batch.loans("C1", borrowers, "Person", chance.random(len(borrowers)) < 0.02,
                principal_fen=10_000_000, purpose="种植", bad="substandard", overdue_days=120)  # fmt: skip
    listed = p[chance.integers(0, persons, persons // 200)]
    entries = np.array([f"list:judgment_defaulter:{n}" for n in range(len(listed))])
    batch.node("ListEntry", entries, list_kind="judgment_defaulter")
    batch.tie("SUBJECT_OF", listed, "Person", entries, "ListEntry")
    _files(batch, chance, p, h)
    return Households(p, villages, place[home])


def _villages(batch: ColumnBatch, count: int) -> Keys:
    codes = [(n // _IN_A_TOWN, n % _IN_A_TOWN) for n in range(count)]
    towns = [f"division:{610305100 + town}" for town, _ in codes]
    villages = np.array([f"{town}{200 + own}" for town, (_, own) in zip(towns, codes, strict=True)])
    batch.node("Village", villages, name=np.array([f"样{n}村" for n in range(count)]))
    named = np.unique(towns)
    batch.node("Town", named, name=np.array([f"样{n}镇" for n in range(len(named))]))
    return villages


def _files(batch: ColumnBatch, chance: np.random.Generator, p: Keys, h: Keys) -> None:
    """What bureau, registers, insurers and villages say: of every fifth person, of every home."""
    asked = p[chance.random(len(p)) < 0.2]
    day = date(2026, 2, 1)
    reports = np.array([f"credit_report:{n:09d}" for n in range(len(asked))])
    batch.node("CreditReport", reports, report_no=reports, report_on=day, valid_from=day,
               purpose="loan_approval", has_loan_record=chance.random(len(asked)) < 0.5,
               overdue_account_count=0, balance_fen=0)  # fmt: skip
    batch.tie("HAS_CREDIT_REPORT", asked, "Person", reports, "CreditReport", valid_from=day)
    rights = np.array([f"land_right:{n:09d}" for n in range(len(h))])
    since, holders = date(1998, 10, 1), p[chance.choice(len(p), len(h), replace=False)]
    batch.node("LandRight", rights, certificate_no=rights, valid_from=since,
               right_kind="household_contract", expires_on=date(2028, 9, 30))  # fmt: skip
    batch.tie("HOLDS_LAND_RIGHT", holders, "Person", rights, "LandRight", valid_from=since)
    year = date(2026, 1, 1)
    batch.node("HouseholdAccount", h, label="Household", valid_from=year,
               total_income_fen=chance.integers(1, 20, len(h)) * 1_000_000,
               total_expense_fen=1_000_000)  # fmt: skip
    policies = np.array([f"policy:{n:09d}" for n in range(len(h))])
    batch.node("InsurancePolicy", policies, policy_no=policies, valid_from=year,
               insurance_kind="agricultural")  # fmt: skip
    batch.tie("INSURED_BY", h, "Household", policies, "InsurancePolicy", valid_from=year,
              subject_matter=chance.choice(["苹果", "小麦"], len(h)))  # fmt: skip
    herds = np.array([f"herd:{n:09d}" for n in range(len(h))])
    batch.node("Herd", herds, valid_from=day, species=chance.choice(["奶山羊", "蛋鸡"], len(h)),
               head_count=chance.integers(0, 30, len(h)))  # fmt: skip
    batch.tie("RAISES", h, "Household", herds, "Herd", valid_from=day)
