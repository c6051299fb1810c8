"""Research, development and intellectual property."""

from __future__ import annotations

from graph.information import InformationClass
from graph.schema.organisation import LEVELS
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC

NODES = (
    Node(
        "IntellectualProperty",
        "知识产权",
        basis="国办发〔2021〕52号 知识产权信息",
        properties=(
            Property(
                "property_kind",
                "类型",
                basis="民法典 第一百二十三条",
                values={
                    "invention": "发明专利",
                    "utility_model": "实用新型",
                    "design": "外观设计",
                    "trademark": "商标",
                    "geographical_indication": "地理标志",
                    "plant_variety": "植物新品种",
                    "copyright": "著作权",
                },
            ),
            Property("certificate_no", "登记号", sensitivity=_PUBLIC),
            Property("title", "名称", sensitivity=_PUBLIC),
            Property("granted_on", "授权日期", ValueType.DATE, sensitivity=_PUBLIC),
            Property("expires_on", "到期日期", ValueType.DATE, sensitivity=_PUBLIC),
            Property("is_pledged", "是否质押", ValueType.FLAG, "民法典 第四百四十四条", _PUBLIC),
        ),
        information=InformationClass.PUBLIC_RECORD,
    ),
    Node(
        "ResearchProject",
        "科技项目",
        basis="国办发〔2021〕52号 科技研发信息 KJYFXX",
        properties=(
            Property("project_no", "项目编号", sensitivity=_PUBLIC),
            Property("title", "项目名称", sensitivity=_PUBLIC),
            Property("level", "立项级别", sensitivity=_PUBLIC, values=LEVELS),
            Property("grant_fen", "财政资助金额", ValueType.INTEGER),
            Property("started_on", "立项日期", ValueType.DATE, sensitivity=_PUBLIC),
            Property("accepted_on", "验收日期", ValueType.DATE, sensitivity=_PUBLIC),
        ),
        information=InformationClass.OPERATION,
    ),
    Node(
        "ResearchSpending",
        "年度研发投入",
        describes="Enterprise",
        basis="国办发〔2021〕52号 科技研发信息 KJYFXX",
        properties=(
            Property("year", "年度", ValueType.INTEGER),
            Property("spending_fen", "研发费用", ValueType.INTEGER, sensitivity=Sensitivity.C2),
            Property("researcher_count", "研发人员数", ValueType.INTEGER),
        ),
        information=InformationClass.OPERATION,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "HOLDS_IP",
        "知识产权权利人",
        ("Party",),
        ("IntellectualProperty",),
        "a party holds an intellectual property",
        information=InformationClass.PUBLIC_RECORD,
    ),
    Relationship(
        "UNDERTAKES",
        "承担项目",
        ("Party",),
        ("ResearchProject",),
        "a party undertakes a research project",
        information=InformationClass.OPERATION,
    ),
)
