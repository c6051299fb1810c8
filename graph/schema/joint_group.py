"""Joint-liability groups (联保小组): each member stands for every other."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

NODES = (
    Node(
        "JointLiabilityGroup",
        "联保小组",
        basis="农村信用合作社农户联保贷款指引（银监发〔2004〕68号）",
        properties=(
            Property("group_no", "联保小组编号"),
            Property("lender_code", "金融机构编码", basis="JR/T 0124-2014"),
            Property("signed_on", "联保协议签订日期", ValueType.DATE),
            Property("expires_on", "联保协议到期日期", ValueType.DATE),
            Property("limit_fen", "每户限额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
        ),
        information=InformationClass.GUARANTEE,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "JOINED_GROUP",
        "加入联保小组",
        ("Party",),
        ("JointLiabilityGroup",),
        "a party joined a joint-liability group",
        properties=(Property("is_leader", "是否组长", ValueType.FLAG),),
        information=InformationClass.GUARANTEE,
    ),
    Relationship(
        "JOINT_GUARANTEE_WITH",
        "联保",
        ("Party",),
        ("Party",),
        "a party stands in a joint guarantee with a party; stored once, the smaller key first",
        basis="民法典 第六百九十九条",
        information=InformationClass.GUARANTEE,
    ),
)
