"""Measures and incentives that departments say they carried out (惩戒、激励措施实施情况).

A report is a department's word about what it did, not a record of the subject: it makes nobody
dishonest, carries no risk, and decides nothing.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC

#: What the subject of a measure is to the one whose record it follows from.
SUBJECT_ROLES = {
    "self": "责任主体本身",
    "legal_representative": "法定代表人",
    "principal": "主要负责人",
    "responsible": "直接责任人员",
    "controller": "实际控制人",
    "minor_shareholder": "小股东",
    "staff": "普通员工",
    "affiliate": "关联企业",
    "guarantor": "担保人",
    "spouse": "配偶",
    "parent": "父母",
    "child": "子女",
    "relative": "其他亲属",
}

NODES = (
    Node(
        "MeasureReport",
        "惩戒、激励措施实施情况",
        basis="国办发〔2020〕49号；全国失信惩戒措施基础清单",
        properties=(
            Property("report_no", "措施编号", sensitivity=_PUBLIC),
            Property(
                "measure_kind",
                "类型",
                sensitivity=_PUBLIC,
                values={"punishment": "惩戒", "incentive": "激励"},
            ),
            Property("area", "领域或场景", sensitivity=_PUBLIC),
            Property("measure", "措施内容"),
            Property("cause", "事由"),
            Property("subject_role", "主体身份", sensitivity=Sensitivity.C2, values=SUBJECT_ROLES),
            Property("responsibility", "个人责任认定文书"),
            Property("law", "法律依据", sensitivity=_PUBLIC),
            Property("article", "依据条款", sensitivity=_PUBLIC),
            Property("trigger_no", "触发文书号"),
            Property("trigger_authority", "认定机关"),
            Property("decided_on", "认定或决定日期", ValueType.DATE),
            Property("authority", "实施单位", sensitivity=_PUBLIC),
            Property("officer", "决定人"),
            Property("begins_on", "开始日期", ValueType.DATE),
            Property("ends_on", "结束日期", ValueType.DATE),
            Property("is_lifelong", "是否终身", ValueType.FLAG),
            Property("told_on", "告知日期", ValueType.DATE),
            Property("remedy", "救济途径"),
            Property("lifted_on", "解除日期", ValueType.DATE),
        ),
        information=InformationClass.MEASURE,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "SUBJECT_TO",
        "措施对象",
        ("Party",),
        ("MeasureReport",),
        "a department says that it applied a measure or an incentive to a party",
        information=InformationClass.MEASURE,
        not_shown="由惩戒措施和关联失信的专用问题读取；经核对之前不与主体自身记录并列",
    ),
)
