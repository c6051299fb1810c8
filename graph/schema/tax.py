"""Tax: credit rating of payers, what they paid, what they owe."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import WRITTEN_CONSENT, Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC

NODES = (
    Node(
        "TaxRating",
        "纳税信用评价",
        basis="纳税信用管理办法（国家税务总局公告2014年第40号）",
        properties=(
            Property("year", "评价年度", ValueType.INTEGER),
            Property(
                "grade",
                "纳税信用级别",
                basis="纳税信用管理办法 第十八条；公告 2018 年第 8 号（M 级）",
                values={grade: f"{grade} 级" for grade in "ABMCD"},
            ),
            Property("rated_on", "评价日期", ValueType.DATE),
        ),
        information=InformationClass.TAX,
    ),
    Node(
        "TaxPayment",
        "年度纳税",
        basis="国办发〔2021〕52号 纳税信息 NSXX",
        properties=(
            Property("year", "纳税年度", ValueType.INTEGER),
            Property("paid_fen", "纳税总额", ValueType.INTEGER, WRITTEN_CONSENT, Sensitivity.C2),
        ),
        information=InformationClass.TAX,
    ),
    Node(
        "TaxArrears",
        "欠税",
        superlabel="Debt",
        basis="欠税公告办法（试行） 第五条 QSXX",
        properties=(
            Property(
                "tax_kind",
                "欠税税种",
                sensitivity=_PUBLIC,
                values={
                    "vat": "增值税",
                    "corporate_income": "企业所得税",
                    "personal_income": "个人所得税",
                    "land_use": "城镇土地使用税",
                    "house": "房产税",
                    "other": "其他",
                },
            ),
            Property("balance_fen", "累计欠税余额", ValueType.INTEGER, "", _PUBLIC),
            Property("authority", "公告机关", sensitivity=_PUBLIC),
        ),
        information=InformationClass.PUBLIC_RECORD,
        is_adverse=True,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "RATED_AS",
        "纳税信用",
        ("Party",),
        ("TaxRating",),
        "a party was rated as a payer",
        information=InformationClass.TAX,
    ),
    Relationship(
        "PAID_TAX",
        "纳税",
        ("Party",),
        ("TaxPayment",),
        "a party paid tax in a year",
        information=InformationClass.TAX,
    ),
)
