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
            Property("subsidy_kind", "补贴项目"),
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
