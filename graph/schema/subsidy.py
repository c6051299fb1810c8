"""Subsidies paid to farmers and farms (惠农补贴)."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

NODES = (
    Node(
        "Subsidy",
        "惠农补贴",
        basis="惠民惠农财政补贴资金“一卡通”管理办法",
        properties=(
            Property(
                "subsidy_kind",
                "补贴项目",
                values={
                    "farmland_protection": "耕地地力保护补贴",
                    "machinery": "农机购置补贴",
                    "grain_growers": "实际种粮农民一次性补贴",
                    "seed": "良种补贴",
                    "livestock": "畜牧补贴",
                    "reforestation": "退耕还林补助",
                    "other": "其他",
                },
            ),
            Property("year", "补贴年度", ValueType.INTEGER),
            Property("quantity", "补贴数量（亩、台、头）", ValueType.REAL),
            Property("amount_fen", "补贴金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
            Property("paid_on", "发放日期", ValueType.DATE),
        ),
        information=InformationClass.OPERATION,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "RECEIVED",
        "领取",
        ("Party",),
        ("Subsidy",),
        "a party received a subsidy",
        information=InformationClass.OPERATION,
    ),
)
