"""Applications for credit through the financing platform (信易贷), and how far each is."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

NODES = (
    Node(
        "FinancingApplication",
        "融资申请",
        basis="国办发〔2024〕15号 融资信用服务平台；信用贷款闭环",
        properties=(
            Property("application_no", "申请编号"),
            Property("applied_fen", "申请金额", ValueType.INTEGER, sensitivity=Sensitivity.C2),
            Property("applied_months", "申请期限（月）", ValueType.INTEGER),
            Property("purpose", "用途"),
            Property("product", "信贷产品"),
            Property("pushed_on", "推送日期", ValueType.DATE),
        ),
        information=InformationClass.CREDIT,
    ),
    Node(
        "FinancingApplicationState",
        "融资申请进度",
        describes="FinancingApplication",
        basis="信用贷款闭环",
        properties=(
            Property(
                "application_state",
                "进度",
                values={
                    "pushed": "待受理",
                    "accepted": "已受理",
                    "investigating": "尽职调查中",
                    "granted": "已授信",
                    "signed": "已签约",
                    "disbursed": "已放款",
                    "repaying": "还款中",
                    "overdue": "逾期",
                    "settled": "已结清",
                    "refused": "已拒绝",
                    "lapsed": "授信失效",
                    "withdrawn": "申请人撤回",
                    "closed": "已反馈",
                },
            ),
            Property(
                "refusal",
                "拒绝原因",
                sensitivity=Sensitivity.C2,
                values={
                    "not_eligible": "不符合产品条件",
                    "papers_lacking": "材料不齐",
                    "income_insufficient": "还款来源不足",
                    "debt_high": "负债过高",
                    "credit_record": "信用记录不符合要求",
                    "security_insufficient": "担保不足",
                    "purpose_unfit": "用途不符合规定",
                    "quota_full": "额度已满",
                    "applicant_unreachable": "无法联系申请人",
                    "other": "其他",
                },
            ),
        ),
        information=InformationClass.CREDIT,
    ),
)

_NOT_SHOWN = "在“融资对接”页按申请逐笔列出，只供受理机构和申请人查看，不在名片上列出"

RELATIONSHIPS = (
    Relationship(
        "APPLIED_FOR_FINANCING",
        "提出融资申请",
        ("Party",),
        ("FinancingApplication",),
        "a party applied for financing",
        information=InformationClass.CREDIT,
        not_shown=_NOT_SHOWN,
    ),
    Relationship(
        "APPLICATION_TO",
        "受理机构",
        ("FinancingApplication",),
        ("FinancialInstitution",),
        "an application went to a financial institution",
        information=InformationClass.CREDIT,
        about="source",
        not_shown=_NOT_SHOWN,
    ),
)
