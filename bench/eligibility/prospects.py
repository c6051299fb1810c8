"""Prospects of a whole district: every product for every household, from the log.

    .venv/bin/python bench/eligibility/prospects.py [--households 130000]

A synthetic district is written into a log in a temporary folder (not timed); then the log is read,
facts are gathered, ten products evaluated and the best member of every household found (timed, each
part apart), in one process, as `xinnong prospects` does it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graph.facts import arrow_schema
from graph.log import FactLog
from queries.eligibility import packaged
from queries.eligibility.decisions.prospects import prospects

KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = date(2026, 3, 15)


def main() -> None:
    """Print the times."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--households", type=int, default=130_000)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = FactLog(Path(folder))
        persons = _write(log, chosen.households)
        for _ in range(chosen.rounds):
            started, spent = time.perf_counter(), time.process_time()
            found = prospects(log, DAY, KNOWN, packaged())
            ready, spent = time.perf_counter(), time.process_time() - spent
            rows = found.summary()
            summed = time.perf_counter()
            village = found.village(rows[0].village)
            done = time.perf_counter()
            print(
                f"{chosen.households:,} households, {persons:,} persons: district "
                f"{ready - started:.2f} s ({spent:.2f} s of processor), summary of {len(rows):,} rows {summed - ready:.2f} s, one "
                f"village's sheet of {len(village):,} lines {done - summed:.2f} s; "
                f"{found.units:,} units without a known loan"
            )


def _write(log: FactLog, households: int) -> int:
    chance = np.random.default_rng(5)
    sizes = chance.choice([1, 2, 3, 4, 5, 6], households, p=[0.16, 0.26, 0.24, 0.2, 0.09, 0.05])
    persons = int(sizes.sum())
    home = np.repeat(np.arange(households), sizes)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    head = np.zeros(persons, bool)
    head[first] = True
    spouse = np.concatenate([[False], head[:-1]]) & ~head
    p = np.array([f"person:{n:032x}" for n in range(persons)])
    h = np.array([f"household:610305100201-{n:06d}" for n in range(households)])
    village = np.array([f"division:610305{n:06d}" for n in range(160)])
    v = village[np.sort(chance.integers(0, 160, households))]
    born = np.datetime64("1950-01-01") + chance.integers(0, 25_000, persons).astype(
        "timedelta64[D]"
    )
    borrower = p[first][chance.random(households) < 0.4]
    loans = np.array([f"loan:C1:{n:09d}" for n in range(len(borrower))])
    listed = p[chance.integers(0, persons, persons // 200)]
    entries = np.array([f"list:judgment_defaulter:{n}" for n in range(len(listed))])
    with log.append(
        source="loan", batch="loan-1", file_name="a", content_sha256="a" * 64, known_at=KNOWN
    ) as batch:
        _node(batch, "Person", p, birth_on=born, sex=np.where(head, "male", "female"),
              name=np.full(persons, "样本"), marital_status=np.full(persons, "married"))  # fmt: skip
        grades = np.array(["AAA", "AA", "A", "BBB", "BB", "B", "C", None])
        levels = np.array(["village", "none", None])
        _node(batch, "Household", h, credit_grade=chance.choice(grades, households),
              annual_income_fen=chance.integers(1, 20, households) * 1_000_000,
              orchard_mu=chance.choice([0.0, 4.0, 8.0], households),
              credit_household_level=chance.choice(levels, households))  # fmt: skip
        _tie(batch, "BELONGS_TO", p, "Person", h[home], "Household",
             role=np.where(head, "householder", np.where(spouse, "spouse", "son")))  # fmt: skip
        _tie(batch, "LOCATED_IN", np.concatenate([p, h]), "Person",
             np.concatenate([v[home], v]), "Village")  # fmt: skip
        wife = np.flatnonzero(spouse)
        _tie(batch, "SPOUSE_OF", p[wife - 1], "Person", p[wife], "Person")
        _node(batch, "Loan", loans, granted_on=np.full(len(loans), np.datetime64("2025-01-01")),
              purpose=np.full(len(loans), "种植"))  # fmt: skip
        _node(batch, "LoanState", loans, loan_class=np.full(len(loans), "pass"), label="Loan",
              overdue_days=np.zeros(len(loans), int), balance_fen=np.full(len(loans), 100))  # fmt: skip
        _tie(batch, "BORROWED", borrower, "Person", loans, "Loan")
        _node(batch, "ListEntry", entries, list_kind=np.full(len(entries), "judgment_defaulter"))
        _tie(batch, "SUBJECT_OF", listed, "Person", entries, "ListEntry")
        _files(batch, chance, p, h)
        batch.counts.update(rows_in=0, accepted=0, unchanged=0, quarantined=0)
    return persons


def _files(batch: Any, chance: np.random.Generator, p: Any, h: Any) -> None:
    """What bureau, registers, insurers and villages say: of every fifth person, of every home."""
    asked = p[chance.random(len(p)) < 0.2]
    day = np.full(len(asked), np.datetime64("2026-02-01"))
    reports = np.array([f"credit_report:{n:09d}" for n in range(len(asked))])
    _node(batch, "CreditReport", reports, report_no=reports, report_on=day, valid_from=day,
          purpose=np.full(len(asked), "loan_approval"), has_loan_record=chance.random(len(asked)) < 0.5,
          overdue_account_count=np.zeros(len(asked), int), balance_fen=np.zeros(len(asked), int))  # fmt: skip
    _tie(batch, "HAS_CREDIT_REPORT", asked, "Person", reports, "CreditReport", valid_from=day)
    rights = np.array([f"land_right:{n:09d}" for n in range(len(h))])
    since = np.full(len(h), np.datetime64("1998-10-01"))
    holders = p[chance.choice(len(p), len(h), replace=False)]
    _node(batch, "LandRight", rights, certificate_no=rights, valid_from=since,
          right_kind=np.full(len(h), "household_contract"),
          expires_on=np.full(len(h), np.datetime64("2028-09-30")))  # fmt: skip
    _tie(batch, "HOLDS_LAND_RIGHT", holders, "Person", rights, "LandRight", valid_from=since)
    year = np.full(len(h), np.datetime64("2026-01-01"))
    _node(batch, "HouseholdAccount", h, label="Household", valid_from=year,
          total_income_fen=chance.integers(1, 20, len(h)) * 1_000_000,
          total_expense_fen=np.full(len(h), 1_000_000))  # fmt: skip
    policies = np.array([f"policy:{n:09d}" for n in range(len(h))])
    _node(batch, "InsurancePolicy", policies, policy_no=policies, valid_from=year,
          insurance_kind=np.full(len(h), "agricultural"))  # fmt: skip
    _tie(batch, "INSURED_BY", h, "Household", policies, "InsurancePolicy", valid_from=year,
         subject_matter=chance.choice(["苹果", "小麦"], len(h)))  # fmt: skip
    herds = np.array([f"herd:{n:09d}" for n in range(len(h))])
    _node(batch, "Herd", herds, valid_from=day[0].repeat(len(h)),
          species=chance.choice(["奶山羊", "蛋鸡"], len(h)), head_count=chance.integers(0, 30, len(h)))  # fmt: skip
    _tie(batch, "RAISES", h, "Household", herds, "Herd", valid_from=day[0].repeat(len(h)))


def _node(batch: Any, kind: str, keys: Any, label: str | None = None, **said: Any) -> None:
    _table(batch, kind, len(keys), {"key": keys, "label": label or kind, **said})


def _tie(batch: Any, kind: str, a: Any, label_a: str, b: Any, label_b: str, **said: Any) -> None:
    ends = {"from_key": a, "from_label": label_a, "to_key": b, "to_label": label_b,
            "discriminator": ""}  # fmt: skip
    _table(batch, kind, len(a), {**ends, **said})


def _table(batch: Any, kind: str, count: int, said: dict[str, Any]) -> None:
    said = {"fact_id": np.array([f"{kind}-{n:08d}" for n in range(count)]), "known_from": KNOWN,
            "certainty": 1.0, "source": "loan", "batch": "loan-1", "row": 1, **said}  # fmt: skip
    columns = []
    for field in arrow_schema(kind):
        value = said.get(field.name)
        if value is None:
            columns.append(pa.nulls(count, field.type))
        elif isinstance(value, np.ndarray):
            columns.append(
                pa.array(value.tolist() if value.dtype == object else value).cast(field.type)
            )
        else:
            columns.append(pa.repeat(pa.scalar(value, field.type), count))
    batch.assert_facts(kind, pa.table(columns, schema=arrow_schema(kind)))


if __name__ == "__main__":
    main()
