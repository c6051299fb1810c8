"""Insurance: the policy, what it covers for each of its insured, and what was paid.

A village often takes out one policy for many households: what it covers for one of them stands on
the tie, not on the policy.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import WRITTEN_CONSENT, Node, Property, Relationship, Sensitivity, ValueType


def _money(name: str, term: str) -> Property:
    return Property(name, term, ValueType.INTEGER, WRITTEN_CONSENT, Sensitivity.C2)


NODES = (
    Node(
        "InsurancePolicy",
        "保险单",
        basis="农业保险条例 第二条；保险法 第十三条",
        properties=(
            Property("insurer", "保险机构"),
            Property("policy_no", "保险单号", basis=WRITTEN_CONSENT, sensitivity=Sensitivity.C2),
            Property(
                "insurance_kind",
                "险种",
                basis=WRITTEN_CONSENT,
                sensitivity=Sensitivity.C2,
                values={
                    "life": "人寿保险",
                    "property": "财产保险",
                    "medical": "医疗保险",
                    "agricultural": "农业保险",
                    "social": "社会保险",
                },
            ),
            Property("starts_on", "保险起期", ValueType.DATE),
            Property("ends_on", "保险止期", ValueType.DATE),
        ),
        information=InformationClass.INSURANCE,
    ),
    Node(
        "InsuranceClaim",
        "保险赔付",
        basis="农业保险条例 第十二条至第十五条",
        properties=(
            Property("claim_no", "赔案号"),
            Property("loss_on", "出险日期", ValueType.DATE),
            Property(
                "cause",
                "出险原因",
                values={
                    "frost": "冻害",
                    "hail": "冰雹",
                    "drought": "干旱",
                    "flood": "洪涝",
                    "epidemic": "疫病",
                    "pest": "病虫害",
                    "fire": "火灾",
                    "other": "其他",
                },
            ),
            Property("paid_on", "赔付日期", ValueType.DATE),
            _money("paid_fen", "赔付金额"),
        ),
        information=InformationClass.INSURANCE,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "INSURED_BY",
        "被保险人",
        ("Party",),
        ("InsurancePolicy",),
        "a party is insured by a policy",
        properties=(
            Property("subject_matter", "保险标的"),
            Property("insured_quantity", "承保数量（亩、头、只）", ValueType.REAL),
            _money("sum_insured_fen", "保险金额"),
            _money("premium_fen", "保费"),
            _money("subsidy_fen", "财政补贴保费"),
        ),
        information=InformationClass.INSURANCE,
    ),
    Relationship(
        "COMPENSATED_BY",
        "获得赔付",
        ("Party",),
        ("InsuranceClaim",),
        "a party was compensated by a claim",
        information=InformationClass.INSURANCE,
    ),
    Relationship(
        "CLAIMED_UNDER",
        "赔付依据保单",
        ("InsuranceClaim",),
        ("InsurancePolicy",),
        "a loss was claimed under a policy",
        information=InformationClass.INSURANCE,
    ),
)
