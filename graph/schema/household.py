"""The farm household (农户): the unit that rural credit is granted to."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import (
    WRITTEN_CONSENT,
    Node,
    OneAtATime,
    Property,
    Relationship,
    Sensitivity,
    ValueType,
)

#: From the best; who was not graded is told from who was never asked.
CREDIT_GRADES = {
    **{grade: f"{grade} 级" for grade in ("AAA", "AA", "A", "BBB", "BB", "B", "C")},
    "unrated": "不评级",
}
_ROLES = {
    "householder": "户主", "spouse": "配偶", "son": "儿子", "daughter": "女儿", "father": "父亲", "mother": "母亲",
    "parent": "父母", "daughter_in_law": "儿媳", "son_in_law": "女婿", "grandchild": "孙子女",
    "parent_in_law": "配偶父母", "grandparent": "祖父母", "sibling": "兄弟姐妹", "other": "其他",
}  # fmt: skip

NODES = (
    Node(
        "Household",
        "农户",
        superlabel="Party",
        basis="农户：常住一年以上的农村住户，以户为单位",
        properties=(
            Property("name", "户主姓名", sensitivity=Sensitivity.C2),
            Property("household_no", "户号"),
            Property("address", "住址", sensitivity=Sensitivity.C2),
            Property("person_count", "家庭人口", ValueType.INTEGER),
            Property("labour_count", "劳动力人数", ValueType.INTEGER),
            Property(
                "annual_income_fen",
                "家庭年总收入",
                ValueType.INTEGER,
                WRITTEN_CONSENT,
                Sensitivity.C2,
            ),
            Property(
                "annual_expense_fen", "家庭年总支出", ValueType.INTEGER, sensitivity=Sensitivity.C2
            ),
            Property("contracted_land_mu", "承包地面积", ValueType.REAL),
            Property("orchard_mu", "果园面积", ValueType.REAL),
            Property("credit_grade", "信用等级", basis="银发〔2014〕37号", values=CREDIT_GRADES),
            Property(
                "credit_household_level",
                "信用户级别",
                values={
                    "county": "县级",
                    "town": "乡镇级",
                    "village": "村级",
                    "none": "非信用户",
                },
            ),
        ),
        information=InformationClass.HOUSEHOLD,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "BELONGS_TO",
        "家庭成员",
        ("Person",),
        ("Household",),
        "a person belongs to a household",
        properties=(Property("role", "与户主关系", basis="GB/T 4761-2008", values=_ROLES),),
        one_at_a_time=(
            OneAtATime("source", "所在农户"),
            OneAtATime("target", "户主", office=("role", "householder")),
        ),
        information=InformationClass.HOUSEHOLD,
    ),
    Relationship(
        "SPOUSE_OF",
        "配偶",
        ("Person",),
        ("Person",),
        "a person is the spouse of a person; stored once, the smaller key first",
        basis="民法典 第一千零四十二条 一夫一妻",
        one_at_a_time=(OneAtATime("either", "配偶"),),
        information=InformationClass.HOUSEHOLD,
    ),
)
