"""Answers of the credit bureau: what only it can say of all lenders together.

That our graph holds no loan proves nothing; a report that says so, on its day, does.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_C2 = Sensitivity.C2


def _flag(name: str, term: str, basis: str = "") -> Property:
    return Property(name, term, ValueType.FLAG, basis, _C2)


NODES = (
    Node(
        "CreditReport",
        "征信查询结果",
        basis="征信业管理条例 第十八条",
        properties=(
            Property("report_no", "报告编号"),
            Property("report_on", "报告日期", ValueType.DATE),
            Property("consent_no", "书面授权编号", basis="征信业管理条例 第十八条"),
            Property(
                "purpose",
                "查询原因",
                basis="征信业管理条例 第十八条、第二十条",
                values={
                    "loan_approval": "贷款审批",
                    "post_loan": "贷后管理",
                    "guarantor_check": "担保资格审查",
                    "own_query": "本人查询",
                },
            ),
            Property("asked_by", "查询机构"),
            _flag("has_loan_record", "是否有贷款记录", "F270020 首贷户标识"),
            _flag("has_operating_loan_record", "是否有经营性贷款记录"),
            _flag("has_guarantee_record", "是否有对外担保记录"),
            Property("overdue_account_count", "当前逾期账户数", ValueType.INTEGER, "", _C2),
            Property("balance_fen", "未结清贷款余额", ValueType.INTEGER, "", _C2),
        ),
        information=InformationClass.CREDIT_REPORT,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "HAS_CREDIT_REPORT",
        "征信查询",
        ("Party",),
        ("CreditReport",),
        "a party has a credit report",
        not_shown="只供查询它的机构在授权范围内判定时使用，不在名片上列出（征信业管理条例 第十八条、第二十条）",
        information=InformationClass.CREDIT_REPORT,
    ),
)
