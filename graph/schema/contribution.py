"""What employers contribute: social insurance and housing provident fund.

An account has one state at a time, from the end of the period that it tells.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_STATE = (
    Property("period_ends_on", "所属期止", ValueType.DATE),
    Property("person_count", "缴存（参保）人数", ValueType.INTEGER),
    Property("due_fen", "应缴金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
    Property("paid_fen", "实缴金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
    Property("arrears_fen", "累计欠缴金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
    Property("arrears_month_count", "连续欠缴月数", ValueType.INTEGER),
)

NODES = (
    Node(
        "SocialInsuranceAccount",
        "单位社会保险账户",
        _STATE,
        superlabel="ContributionAccount",
        basis="国办发〔2021〕52号 社会保险费 FRSBJFXX",
        information=InformationClass.CONTRIBUTION,
    ),
    Node(
        "ProvidentFundAccount",
        "单位住房公积金账户",
        _STATE,
        superlabel="ContributionAccount",
        basis="国办发〔2021〕52号 住房公积金 GJJJCXX",
        information=InformationClass.CONTRIBUTION,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "CONTRIBUTES_TO",
        "缴存",
        ("Party",),
        ("ContributionAccount",),
        "a party contributes to an account",
        information=InformationClass.CONTRIBUTION,
    ),
)
