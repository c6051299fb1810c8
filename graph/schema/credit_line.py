"""Credit lines (授信): how much an institution is ready to lend to whom, and until when."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

NODES = (
    Node(
        "CreditLine",
        "授信",
        basis="金融基础数据 授信协议；普惠金融统计 授信户数、授信额度",
        properties=(
            Property("line_no", "授信协议号", basis="F270003"),
            Property("amount_fen", "授信额度", ValueType.INTEGER, sensitivity=Sensitivity.C2),
            Property("product", "信贷产品"),
            Property("granted_on", "授信日期", ValueType.DATE),
            Property("expires_on", "到期日期", ValueType.DATE),
            Property("ended_on", "解除日期", ValueType.DATE),
        ),
        information=InformationClass.CREDIT,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "GRANTED_LINE",
        "获得授信",
        ("Party",),
        ("CreditLine",),
        "a party was granted a credit line",
        information=InformationClass.CREDIT,
    ),
    Relationship(
        "LINE_OF",
        "授信机构",
        ("CreditLine",),
        ("FinancialInstitution",),
        "a credit line is of a financial institution",
        information=InformationClass.CREDIT,
        about="source",
    ),
)
