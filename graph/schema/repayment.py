"""Twenty-four months of repayment, one code a month (二代征信 还款状态).

`N` paid as due, `1`–`7` months overdue (7 = six months and more), `B` bad debt, `D` paid by a
guarantor, `Z` settled by an asset, `C` settled, `G` closed otherwise, `*` nothing due,
`#` unknown.  `#` is no month paid and no month missed.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Sensitivity, ValueType

NODES = (
    Node(
        "RepaymentHistory",
        "24个月还款状态",
        describes="Loan",
        basis="二代征信 借贷账户还款状态",
        properties=(
            Property("repayment_codes", "还款状态（由远及近）", sensitivity=Sensitivity.C2),
            Property(
                "overdue_month_count",
                "逾期月数",
                ValueType.INTEGER,
                sensitivity=Sensitivity.C2,
            ),
            Property(
                "longest_overdue_run",
                "最长连续逾期月数",
                ValueType.INTEGER,
                "连三累六",
                Sensitivity.C2,
            ),
            Property("unknown_month_count", "状态不明月数", ValueType.INTEGER),
            Property(
                "has_write_off",
                "有呆账、代偿或以资抵债",
                ValueType.FLAG,
                "代码 B、D、Z",
                Sensitivity.C2,
            ),
        ),
        information=InformationClass.CREDIT,
    ),
)

RELATIONSHIPS = ()
