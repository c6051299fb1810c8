"""Guarantees: the contract, who gave it, which loan it secures, for whom it stands.

`GUARANTEES` points from guarantor to borrower.  Distress flows the other way: a borrower who
fails calls on the guarantor.  The contract is the discriminator of the tie: a guarantee stands as long
as what its contract `SECURES` (`graph.accessory`).
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_TERMS = (
    Property("amount_fen", "担保金额", ValueType.INTEGER, "PRICLASECAM", Sensitivity.C2),
    Property(
        "guarantee_kind",
        "保证方式",
        basis="GATYPE；民法典 第六百八十六条",
        values={
            "general": "一般保证",
            "joint_and_several": "连带责任保证",
            "joint_group": "联保",
            "not_agreed": "未约定",
        },
    ),
)

NODES = (
    Node(
        "Guarantee",
        "担保合同",
        basis="民法典 第六百八十一条",
        properties=(
            Property("contract_no", "担保合同号"),
            *_TERMS,
            Property("signed_on", "签订日期", ValueType.DATE),
            Property("expires_on", "到期日期（末日）", ValueType.DATE, "PEFPERTO"),
            Property("released_on", "解除日期", ValueType.DATE),
        ),
        information=InformationClass.GUARANTEE,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "GAVE",
        "提供担保",
        ("Party",),
        ("Guarantee",),
        "a party gave a guarantee",
        information=InformationClass.GUARANTEE,
    ),
    Relationship(
        "SECURES",
        "担保债务",
        ("Guarantee",),
        ("Loan",),
        "a guarantee secures a loan",
        information=InformationClass.GUARANTEE,
    ),
    Relationship(
        "GUARANTEES",
        "担保",
        ("Party",),
        ("Party",),
        "a party guarantees another party's debt",
        properties=(*_TERMS, Property("relation", "与被担保人关系")),
        information=InformationClass.GUARANTEE,
    ),
)
