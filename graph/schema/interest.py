"""What is declared of a firm's owners beyond its register: interests, arrangements, exemptions.

The words are those of the Beneficial Ownership Data Standard 0.4 (Open Ownership), whose interests
also hold what 受益所有人信息管理办法 (中国人民银行 国家市场监督管理总局令〔2024〕第3号) has filed: shares, votes and
profit as a number or a range, and control by other means.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC

NODES = (
    Node(
        "LegalArrangement",
        "法律安排（信托、代持等）",
        superlabel="Party",
        basis="信托法 第二条；BODS 0.4 entityType arrangement",
        properties=(
            Property("name", "名称", sensitivity=_PUBLIC),
            Property("arrangement_kind", "种类", basis="trust nomination", sensitivity=_PUBLIC),
        ),
        information=InformationClass.BENEFICIAL_OWNER,
    ),
    Node(
        "OwnershipDisclosure",
        "所有权披露情况",
        describes="Enterprise",
        basis="BODS 0.4 unspecifiedReason、publicListing",
        properties=(
            Property("is_listed", "是否上市公司", ValueType.FLAG, sensitivity=_PUBLIC),
            Property("reason", "未披露的原因", sensitivity=_PUBLIC),
            Property("note", "说明", sensitivity=_PUBLIC),
        ),
        information=InformationClass.BENEFICIAL_OWNER,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "HAS_INTEREST_IN",
        "申报的权益或控制",
        ("Party",),
        ("Party",),
        "a party is declared to have an interest in a firm or an arrangement",
        basis="受益所有人信息管理办法 第六条；BODS 0.4 interestType",
        not_shown="股权穿透（queries.structure）从快照读取申报的权益，不经图查询",
        properties=(
            Property("interest", "权益种类", basis="BODS 0.4 interestType", sensitivity=_PUBLIC),
            Property("is_direct", "是否直接", ValueType.FLAG, sensitivity=_PUBLIC),
            Property("is_beneficial", "是否申报为受益所有", ValueType.FLAG, sensitivity=_PUBLIC),
            Property("ratio", "比例", ValueType.REAL, sensitivity=_PUBLIC),
            Property("least_ratio", "比例下限", ValueType.REAL, sensitivity=_PUBLIC),
            Property("most_ratio", "比例上限", ValueType.REAL, sensitivity=_PUBLIC),
            # “超过 25 %” is not “25 % 以上”
            Property("least_is_open", "不含下限", ValueType.FLAG, sensitivity=_PUBLIC),
            Property("most_is_open", "不含上限", ValueType.FLAG, sensitivity=_PUBLIC),
        ),
        information=InformationClass.BENEFICIAL_OWNER,
    ),
)
