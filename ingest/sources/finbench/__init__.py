"""The LDBC FinBench snapshot files: a credit graph that nobody here made up.

In FinBench a loan exists once it is granted, so who applied for it is its borrower.  Ties are kept
apart by their `createTime`, so that counts equal the files.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, node, tie

__all__ = [
    "company",
    "company_apply",
    "company_guarantee",
    "company_invest",
    "loan",
    "person",
    "person_apply",
    "person_guarantee",
    "person_invest",
]


def person(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Persons."""
    yield node(
        "Person",
        rows,
        key=_person(rows["person_id"]),
        valid_from=rows["created_on"],
        name=rows["person_name"],
        sex=rows["gender"],
        birth_on=rows["birthday"],
    )


def company(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Companies."""
    yield node(
        "Enterprise",
        rows,
        key=_company(rows["company_id"]),
        valid_from=rows["created_on"],
        name=rows["company_name"],
        established_on=rows["created_on"],
        industry=rows["business"],
    )


def loan(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Loans and their balance."""
    key = _loan(rows["loan_id"])
    yield node(
        "Loan",
        rows,
        key=key,
        valid_from=rows["created_on"],
        loan_no=rows["loan_id"],
        principal_fen=rows["principal_fen"],
        granted_on=rows["created_on"],
        purpose=rows["purpose"],
        interest_ratio=rows["interest_ratio"],
    )
    yield node(
        "LoanState", rows, key=key, valid_from=rows["created_on"], balance_fen=rows["balance_fen"]
    )


def person_apply(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Which person borrowed which loan, from whom."""
    yield from _apply(rows, _person(rows["person_id"]), "Person")


def company_apply(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Which company borrowed which loan, from whom."""
    yield from _apply(rows, _company(rows["company_id"]), "Enterprise")


def person_guarantee(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Which person guarantees which person."""
    yield _guarantee(rows, _person(rows["from_id"]), _person(rows["to_id"]), "Person")


def company_guarantee(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Which company guarantees which company."""
    yield _guarantee(rows, _company(rows["from_id"]), _company(rows["to_id"]), "Enterprise")


def person_invest(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Which person holds shares in which company."""
    yield _invest(rows, _person(rows["investor_id"]), "Person")


def company_invest(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Which company holds shares in which company."""
    yield _invest(rows, _company(rows["investor_id"]), "Enterprise")


def _person(ids: pd.Series) -> pd.Series:
    return "finbench:person:" + ids


def _company(ids: pd.Series) -> pd.Series:
    return "finbench:company:" + ids


def _loan(ids: pd.Series) -> pd.Series:
    return "finbench:loan:" + ids


def _apply(rows: pd.DataFrame, party: pd.Series, label: str) -> Iterator[FactFrame]:
    lender = "institution:finbench:" + rows["lender"]
    key = _loan(rows["loan_id"])
    yield node(
        "FinancialInstitution", rows, key=lender, where=~lender.duplicated(), name=rows["lender"]
    )
    began = rows["created_on"]
    yield tie("BORROWED", rows, source=(party, label), target=(key, "Loan"), valid_from=began)
    yield tie(
        "LENT_BY",
        rows,
        source=(key, "Loan"),
        target=(lender, "FinancialInstitution"),
        valid_from=began,
    )


def _guarantee(
    rows: pd.DataFrame, guarantor: pd.Series, borrower: pd.Series, label: str
) -> FactFrame:
    return tie(
        "GUARANTEES",
        rows,
        source=(guarantor, label),
        target=(borrower, label),
        discriminator=rows["created_at"],
        valid_from=_day(rows["created_at"]),
        relation=rows["relation"],
    )


def _invest(rows: pd.DataFrame, investor: pd.Series, label: str) -> FactFrame:
    return tie(
        "HOLDS_SHARES_IN",
        rows,
        source=(investor, label),
        target=(_company(rows["company_id"]), "Enterprise"),
        discriminator=rows["created_at"],
        valid_from=_day(rows["created_at"]),
        share_ratio=rows["share_ratio"],
    )


def _day(instants: pd.Series) -> pd.Series:
    return pd.to_datetime(instants, format="ISO8601").dt.date
