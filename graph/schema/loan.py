"""Loans: the contract, its state month by month, who borrowed and who lent."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_MONEY = Sensitivity.C2

NODES = (
    Node(
        "Loan",
        "贷款",
        basis="金融基础数据 贷款借据",
        properties=(
            Property("loan_no", "借据号", basis="F270001"),
            Property("principal_fen", "借款金额", ValueType.INTEGER, "F270009", _MONEY),
            Property("granted_on", "实际发放日期", ValueType.DATE, "F270016"),
            Property("due_on", "到期日期", ValueType.DATE, "F270017"),
            Property("purpose", "贷款用途", basis="F270019"),
            Property(
                "security_kind",
                "担保方式",
                basis="F270021",
                values={
                    "unsecured": "信用",
                    "guarantee": "保证",
                    "mortgage": "抵押",
                    "pledge": "质押",
                    "joint_group": "联保",
                    "combined": "组合",
                    "other": "其他",
                },
            ),
            Property("product", "信贷产品"),
            # two systems in use count 1 as yes and 1 as no: only words are taken
            Property(
                "stated_first_loan",
                "机构申报的首贷标识",
                basis="F270020 首贷户标识",
                values={"first": "首贷", "not_first": "非首贷"},
            ),
            Property("interest_ratio", "年利率", ValueType.REAL, sensitivity=_MONEY),
        ),
        information=InformationClass.CREDIT,
    ),
    Node(
        "LoanState",
        "贷款状态",
        describes="Loan",
        basis="贷款风险分类 五级",
        properties=(
            Property("balance_fen", "贷款余额", ValueType.INTEGER, sensitivity=_MONEY),
            Property(
                "loan_class",
                "五级分类",
                sensitivity=_MONEY,
                basis="商业银行金融资产风险分类办法（银保监会令 2023 年第 1 号）第六条",
                values={
                    "pass": "正常",
                    "special_mention": "关注",
                    "substandard": "次级",
                    "doubtful": "可疑",
                    "loss": "损失",
                },
            ),
            Property("overdue_days", "逾期天数", ValueType.INTEGER, sensitivity=_MONEY),
            Property("overdue_interest_fen", "欠息", ValueType.INTEGER, sensitivity=_MONEY),
            Property("settled_on", "结清日期", ValueType.DATE),
            # says which debt a court listing is for, where a lender tells it
            Property("case_no", "涉诉案号", basis="案号或执行依据文号"),
        ),
        information=InformationClass.CREDIT,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "BORROWED",
        "借款",
        ("Party",),
        ("Loan",),
        "a party borrowed a loan",
        information=InformationClass.CREDIT,
    ),
    Relationship(
        "LENT_BY",
        "放款机构",
        ("Loan",),
        ("FinancialInstitution",),
        "a loan was lent by a financial institution",
        information=InformationClass.CREDIT,
        about="source",
    ),
)
