"""A household's money: income and expense by year, deposits, private debts.

Yearly figures stand from the end of the year that they cover until the next year's are told, so
that a question at a date gets the last closed year.  What a household spends on medicine is not
asked: it would tell of illness.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import WRITTEN_CONSENT, Node, Property, Relationship, Sensitivity, ValueType


def _income(name: str, term: str) -> Property:
    return Property(name, term, ValueType.INTEGER, WRITTEN_CONSENT, Sensitivity.C2)


def _money(name: str, term: str) -> Property:
    return Property(name, term, ValueType.INTEGER, sensitivity=Sensitivity.C2)


NODES = (
    Node(
        "HouseholdAccount",
        "农户年度收支",
        describes="Household",
        basis="银发〔2014〕37号 农户信用信息",
        properties=(
            Property("year", "年度", ValueType.INTEGER),
            _income("farming_income_fen", "农业收入"),
            _income("sideline_income_fen", "副业收入"),
            _income("business_income_fen", "经营收入"),
            _income("wage_income_fen", "务工收入"),
            _income("other_income_fen", "其他收入"),
            _income("total_income_fen", "总收入"),
            _money("production_expense_fen", "生产支出"),
            _money("living_expense_fen", "生活支出"),
            _money("education_expense_fen", "教育支出"),
            _money("insurance_expense_fen", "保险支出"),
            _money("other_expense_fen", "其他支出"),
            _money("total_expense_fen", "总支出"),
        ),
        information=InformationClass.INCOME,
    ),
    Node(
        "HouseholdDeposits",
        "农户存款",
        describes="Household",
        basis=WRITTEN_CONSENT,
        properties=(
            _income("local_deposit_fen", "本行存款"),
            _income("other_deposit_fen", "他行存款"),
        ),
        information=InformationClass.INCOME,
    ),
    Node(
        "PrivateDebt",
        "民间借贷",
        superlabel="Debt",
        basis="银发〔2014〕37号 农户信用信息",
        properties=(
            _money("amount_fen", "借入金额"),
            _money("balance_fen", "未还金额"),
            Property("borrowed_on", "借入日期", ValueType.DATE),
            Property("due_on", "到期日期", ValueType.DATE),
            Property("interest_ratio", "年利率", ValueType.REAL, sensitivity=Sensitivity.C2),
        ),
        information=InformationClass.CREDIT,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "OWES",
        "欠付",
        ("Party",),
        ("Debt",),
        "a party owes a debt",
        information=InformationClass.CREDIT,
    ),
)
