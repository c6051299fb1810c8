"""Grades as authorities deliver them: evaluations of credit, and grades by which sectors supervise.

Both are others' word with reason and authority, for who supervises.  Neither is a record against anybody:
it makes nobody dishonest, carries no risk and decides nothing.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

#: Of what an evaluation is; that of taxpayers is `TaxRating`.
SCHEMES = {
    "public_credit": "公共信用综合评价",
    "environment": "环境信用评价",
    "transport": "交通运输信用评价",
    "construction": "建筑市场信用评价",
    "water": "水利建设市场信用评价",
    "labour": "劳动保障守法诚信等级评价",
    "food": "食品安全信用评价",
    "other": "其他行业信用评价",
}

#: 公共信用综合评价 has two; other schemes their own.
EDITIONS = {
    "2026": "2026年版",
    "former": "原版",
    "sector": "行业或地方版",
}

#: Every grade of every scheme; which of them a scheme has is checked where a row is taken in.
GRADES = {
    **{letter: f"{letter} 级" for letter in ("AAA", "AA", "A", "B", "C", "D")},
    "excellent": "优",
    "good": "良",
    "fair": "中",
    "poor": "差",
    "green": "绿",
    "blue": "蓝",
    "yellow": "黄",
    "red": "红",
    "black": "黑",
}

#: Who supervises by grades.
SECTORS = {
    "market": "市场监管领域",
    "environment": "生态环境领域",
    "transport": "交通运输领域",
    "construction": "住房城乡建设领域",
    "agriculture": "农业农村领域",
    "emergency": "应急管理领域",
    "culture": "文化旅游领域",
    "health": "卫生健康领域",
    "education": "教育领域",
    "labour": "人力资源社会保障领域",
    "water": "水利领域",
    "forestry": "林业领域",
    "natural_resources": "自然资源领域",
    "civil_affairs": "民政领域",
    "commerce": "商务领域",
    "city_management": "城市管理领域",
    "medical_insurance": "医疗保障领域",
    "statistics": "统计领域",
    "fire": "消防领域",
    "tax": "税务领域",
}

#: On what a grade of supervision is given, or changed.
GROUNDS = {
    "initial": "初次评定",
    "periodic": "定期评定",
    "adverse_record": "新增不利记录",
    "inspection": "检查发现问题",
    "complaint": "投诉举报查实",
    "accident": "发生事故",
    "repair": "完成信用修复",
    "objection": "异议成立",
    "registration": "登记事项变化",
    # no event: it is told as such
    "score": "模型得分变化",
}

NODES = (
    Node(
        "CreditGrade",
        "信用评价等级",
        basis="国办发〔2019〕35号；GB/T 45255-2025（公共信用综合评价）",
        properties=(
            Property("scheme", "评价种类", values=SCHEMES),
            Property("edition", "评价版本", values=EDITIONS),
            Property("grade", "评价等级", values=GRADES),
            Property("authority", "评价单位", sensitivity=Sensitivity.PUBLIC),
            Property("document_no", "评价文号或批次"),
            Property("decided_on", "评价日期", ValueType.DATE),
            Property("valid_to_on", "有效截止日期", ValueType.DATE),
            Property("reason", "评价理由"),
        ),
        information=InformationClass.GRADE,
    ),
    Node(
        "SupervisionGrade",
        "分级分类监管等级",
        basis="国办发〔2019〕35号；市场主体登记管理条例 第三十八条",
        properties=(
            Property("sector", "监管领域", values=SECTORS),
            Property(
                "grade",
                "监管等级",
                basis="企业信用风险分类管理：A 低、B 一般、C 较高、D 高",
                values={letter: f"{letter} 级" for letter in "ABCD"},
            ),
            Property("ground", "定级情形", values=GROUNDS),
            Property("event_no", "依据的文书号或事件编号"),
            Property("reason", "定级理由"),
            Property("authority", "定级单位", sensitivity=Sensitivity.PUBLIC),
            Property("decided_on", "定级日期", ValueType.DATE),
            Property("last_inspected_on", "上次检查日期", ValueType.DATE),
            Property("interval_months", "检查间隔（月）", ValueType.INTEGER),
            Property("next_inspection_on", "下次检查日期", ValueType.DATE),
        ),
        information=InformationClass.GRADE,
    ),
)

_NOT_SHOWN = "由评价与分级监管的专用页面读取；内部使用，不与主体自身记录并列"

RELATIONSHIPS = (
    Relationship(
        "GRADED_AS",
        "信用评价对象",
        ("Party",),
        ("CreditGrade",),
        "an authority graded the credit of a party",
        information=InformationClass.GRADE,
        not_shown=_NOT_SHOWN,
    ),
    Relationship(
        "SUPERVISED_AS",
        "分级监管对象",
        ("Party",),
        ("SupervisionGrade",),
        "an authority supervises a party by a grade",
        information=InformationClass.GRADE,
        not_shown=_NOT_SHOWN,
    ),
)
