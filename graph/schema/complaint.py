"""Complaints to the citizens' line 12345, and whom they concern; never who complained."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, ValueType

NODES = (
    Node(
        "Complaint",
        "12345投诉",
        basis="国办发〔2020〕53号 政务服务便民热线",
        properties=(
            Property("ticket_no", "工单号"),
            Property(
                "category",
                "投诉类别",
                values={
                    "quality": "产品质量",
                    "contract": "合同纠纷",
                    "wages": "拖欠工资",
                    "environment": "环境污染",
                    "price": "价格",
                    "food_safety": "食品安全",
                    "other": "其他",
                },
            ),
            Property("received_on", "受理日期", ValueType.DATE),
            Property("closed_on", "办结日期", ValueType.DATE),
            Property("handled_by", "承办单位"),
            # empty while nobody has looked into it: an allegation is neither true nor false
            Property("is_confirmed", "是否属实", ValueType.FLAG),
            Property("is_resolved", "是否解决", ValueType.FLAG),
        ),
        information=InformationClass.COMPLAINT,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "CONCERNS",
        "被投诉对象",
        ("Complaint",),
        ("Party",),
        "a complaint concerns a party",
        information=InformationClass.COMPLAINT,
    ),
)
