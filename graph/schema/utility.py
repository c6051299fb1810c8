"""Water, power and gas: accounts, and how they were paid."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

NODES = (
    Node(
        "UtilityAccount",
        "水电气户",
        basis="国办发〔2021〕52号 水电气费 SFXX DFXX RQFXX",
        properties=(
            Property("service", "服务类别", values={"water": "水", "power": "电", "gas": "气"}),
            Property("account_no", "用户号", sensitivity=Sensitivity.C2),
            Property("supplier", "供应单位"),
            Property(
                "used_for",
                "用途",
                values={
                    "residential": "居民",
                    "farming": "农业生产",
                    "business": "工商业",
                    "other": "其他",
                },
            ),
        ),
        information=InformationClass.UTILITY,
    ),
    Node(
        "UtilityState",
        "水电气缴费情况",
        describes="UtilityAccount",
        properties=(
            Property("period_ends_on", "账期止", ValueType.DATE),
            Property("quantity", "用量（吨、千瓦时、立方米）", ValueType.REAL),
            Property("billed_fen", "应缴金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
            Property("paid_fen", "实缴金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
            Property("arrears_fen", "欠费金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
            Property("late_count", "近12个月逾期次数", ValueType.INTEGER),
        ),
        information=InformationClass.UTILITY,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "PAYS_FOR",
        "缴费",
        ("Party",),
        ("UtilityAccount",),
        "a party pays for a utility account",
        information=InformationClass.UTILITY,
    ),
)
