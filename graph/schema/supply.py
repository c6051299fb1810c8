"""Supply contracts: the contract with its performance, and the short tie from seller to buyer."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

NODES = (
    Node(
        "SupplyContract",
        "购销合同",
        basis="民法典 第五百九十五条；合同履约信息 HTLY",
        properties=(
            Property("contract_no", "合同编号"),
            Property("goods", "标的"),
            Property("amount_fen", "合同金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
            Property("signed_on", "签订日期", ValueType.DATE),
            Property("ends_on", "履行期限至", ValueType.DATE),
            Property(
                "performance",
                "履约情况",
                basis="合同履约信息 HTLY",
                values={
                    "running": "履行中",
                    "performed": "已履约",
                    "breached": "违约",
                    "rescinded": "已解除",
                },
            ),
        ),
        information=InformationClass.OPERATION,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "PARTY_TO",
        "合同当事人",
        ("Party",),
        ("SupplyContract",),
        "a party is party to a supply contract",
        properties=(
            Property(
                "role",
                "合同角色",
                basis="民法典 第五百九十五条",
                values={"seller": "出卖人", "buyer": "买受人"},
            ),
        ),
        information=InformationClass.OPERATION,
    ),
    Relationship(
        "SUPPLIES",
        "供应",
        ("Party",),
        ("Party",),
        "a party supplies a party",
        properties=(
            Property("amount_fen", "合同金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
        ),
        information=InformationClass.OPERATION,
    ),
)
