"""Public records that name a party: lists of dishonest or honoured subjects."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC

#: What papers say of a record that was published; what follows from it is law (`queries.lawful`).
RECORD_STATES = {
    "normal": "正常", "annulled": "撤销", "disputed": "异议", "shielded": "暂时屏蔽", "other": "其他",
}  # fmt: skip

#: How grave a record is, and who said so: sectors publish their standards, nobody here derives one.
GRAVITY = (
    Property(
        "credit_class",
        "失信等级",
        basis="信用修复管理办法（国家发展改革委令第36号）；国家市场监督管理总局令第107号",
        sensitivity=_PUBLIC,
        values={
            "minor": "轻微",
            "ordinary": "一般",
            "serious": "严重",
            "special_field": "特定领域（食品药品、特种设备、安全生产、消防）",
        },
    ),
    Property("classed_by", "等级认定单位", sensitivity=_PUBLIC),
    Property(
        "extended_until",
        "行业主管部门规定的继续公示截止日期",
        ValueType.DATE,
        "信用修复管理办法（期满未纠正的，按行业主管部门规定）",
        _PUBLIC,
    ),
)

NODES = (
    Node(
        "ListEntry",
        "名单记录",
        basis="全国公共信用信息基础目录",
        properties=(
            Property(
                "list_kind",
                "名单类别",
                basis="全国失信惩戒措施基础清单",
                sensitivity=_PUBLIC,
                values={
                    "judgment_defaulter": "失信被执行人",
                    "abnormal_operation": "经营异常名录",
                    "serious_violation": "严重违法失信名单",
                    "tax_black_list": "重大税收违法失信主体",
                    "irregular_taxpayer": "非正常户",
                },
            ),
            Property("case_no", "案号", basis="ah", sensitivity=_PUBLIC),
            Property("authority", "认定机关", basis="zxfy", sensitivity=_PUBLIC),
            Property("legal_ground", "执行依据文号", basis="zxyjwh", sensitivity=_PUBLIC),
            Property(
                "conduct",
                "失信行为具体情形",
                # courts and tax offices write it, market supervisors choose a reason
                basis="sxbzxrxwqk 法释〔2017〕7号；企业经营异常名录管理暂行办法 第四条",
                sensitivity=_PUBLIC,
                values={
                    "no_annual_report": "未按期公示年度报告",
                    "no_disclosure": "未按责令公示信息",
                    "false_disclosure": "公示信息隐瞒真实情况、弄虚作假",
                    "unreachable": "通过登记的住所或经营场所无法联系",
                },
            ),
            Property("performance", "履行情况", basis="bzxrlxqk", sensitivity=_PUBLIC),
            Property("listed_on", "发布日期", ValueType.DATE, "fbrq", _PUBLIC),
            Property(
                "published_until", "公示截止日期（文书所载）", ValueType.DATE, sensitivity=_PUBLIC
            ),
            Property("removed_on", "移出或修复日期", ValueType.DATE, sensitivity=_PUBLIC),
            *GRAVITY,
            Property(
                "record_state",
                "记录状态",
                basis="当前状态",
                sensitivity=_PUBLIC,
                values=RECORD_STATES,
            ),
        ),
        information=InformationClass.PUBLIC_RECORD,
        is_adverse=True,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "SUBJECT_OF",
        "名单当事人",
        ("Party",),
        ("ListEntry",),
        "a party is the subject of a list entry",
        information=InformationClass.PUBLIC_RECORD,
    ),
)
