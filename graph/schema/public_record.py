"""Public records that name a party: lists of dishonest or honoured subjects."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC

#: What papers say of a record that was published; what follows from it is law (`queries.lawful`).
RECORD_STATES = {
    "normal": "正常", "annulled": "撤销", "disputed": "异议", "shielded": "暂时屏蔽", "other": "其他",
}  # fmt: skip

#: Lists of dishonesty; each has its rule in `queries/lawful/lists.yaml`.
LISTS = {
    "judgment_defaulter": "失信被执行人名单",
    "abnormal_operation": "经营异常名录",
    "abnormal_individual": "个体工商户经营异常状态",
    "abnormal_cooperative": "农民专业合作社经营异常名录",
    "serious_violation": "严重违法失信名单",
    "tax_black_list": "重大税收违法失信主体",
    "irregular_taxpayer": "非正常户",
    "wage_arrears": "拖欠农民工工资失信联合惩戒对象名单",
    "work_safety": "安全生产严重失信主体名单",
    "telecom_fraud": "电信网络诈骗及其关联违法犯罪联合惩戒对象",
    "culture_serious": "文化和旅游市场严重失信主体",
    "culture_minor": "文化和旅游市场轻微失信主体",
    "procurement_serious": "政府采购严重违法失信行为记录名单",
    "bidding_record": "招标投标违法行为记录",
    "statistics_serious": "统计严重失信企业",
    "social_insurance_serious": "社会保险领域严重失信人",
    "customs_dishonest": "海关失信企业和严重失信主体名单",
    "defence_duty": "履行国防义务严重失信主体名单",
    "research_misconduct": "科研诚信严重失信行为",
    "construction_black": "建筑市场主体黑名单",
    "overloading": "严重违法超限超载运输失信当事人",
    "intellectual_property": "知识产权领域严重违法失信",
    "social_organisation_abnormal": "社会组织活动异常名录",
    "social_organisation_serious": "社会组织严重违法失信名单",
    "flight_restricted": "限制乘坐民用航空器严重失信人",
    "train_restricted": "限制乘坐火车严重失信人",
    "securities_record": "证券期货市场违法失信信息",
    "sme_arrears": "拖欠中小企业款项失信",
    "public_institution_abnormal": "事业单位异常名录",
}

#: Red lists and honours, likewise.
HONOURS = {
    "tax_a_grade": "纳税缴费信用A级",
    "customs_certified": "海关高级认证企业",
    "model_agriculture": "示范合作社和示范家庭农场",
    "moral_model": "道德模范、好人、优秀志愿者",
    "transport_model": "交通运输守信典型",
    "other_honour": "其他诚实守信荣誉",
}

#: Whose honour it is follows from who confers it.
LEVELS = {
    "national": "国家", "provincial": "省", "municipal": "市", "county": "县", "town": "镇",
    "village": "村", "unit": "单位", "association": "社会组织",
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
                values=LISTS,
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
            # the steps of a listing, in the order of the law (国办发〔2020〕49号)
            Property("notified_on", "列入告知日期", ValueType.DATE, sensitivity=_PUBLIC),
            Property("heard_on", "陈述申辩日期", ValueType.DATE, sensitivity=_PUBLIC),
            Property("listed_on", "发布日期", ValueType.DATE, "fbrq", _PUBLIC),
            Property("served_on", "决定书送达日期", ValueType.DATE, sensitivity=_PUBLIC),
            Property("published_on", "公布日期", ValueType.DATE, sensitivity=_PUBLIC),
            Property("penalty_no", "所依据的行政处罚决定书文号", sensitivity=_PUBLIC),
            Property("removal_ground", "移出原因", sensitivity=_PUBLIC),
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
    Node(
        "Honour",
        "守信激励名单和荣誉",
        basis="全国公共信用信息基础目录（诚实守信相关荣誉信息）",
        properties=(
            Property(
                "list_kind", "红名单类别", basis="红名单", sensitivity=_PUBLIC, values=HONOURS
            ),
            Property("title", "荣誉名称", sensitivity=_PUBLIC),
            Property(
                "level", "荣誉级别", basis="按颁发机关的级别", sensitivity=_PUBLIC, values=LEVELS
            ),
            Property("authority", "认定机关", basis="jg", sensitivity=_PUBLIC),
            Property("document_no", "认定文号", sensitivity=_PUBLIC),
            Property("awarded_on", "认定日期", ValueType.DATE, "rq", _PUBLIC),
            Property("valid_to_on", "有效截止日期", ValueType.DATE, "jzq", _PUBLIC),
            Property("revoked_on", "撤销日期", ValueType.DATE, sensitivity=_PUBLIC),
        ),
        information=InformationClass.PUBLIC_RECORD,
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
    Relationship(
        "HONOURED_BY",
        "荣誉获得者",
        ("Party",),
        ("Honour",),
        "a party was honoured by an honour",
        information=InformationClass.PUBLIC_RECORD,
    ),
)
