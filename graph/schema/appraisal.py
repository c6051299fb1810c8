"""What the village says of a household, and which honours and penalties it declares.

An appraisal is an opinion of the village committee, and a declared penalty is no public record: it
has no decision behind it that could be checked, expire or be repaired.  Neither seeds a risk.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.schema.organisation import LEVELS
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_BASIS = "银发〔2014〕37号 农户信用评价"
_GRADES = {
    "good": "好",
    "fairly_good": "较好",
    "average": "一般",
    "poor": "差",
    "very_poor": "很差",
}


def _virtue(name: str, term: str) -> Property:
    return Property(name, term, basis=_BASIS, sensitivity=Sensitivity.C2, values=_GRADES)


NODES = (
    Node(
        "VillageAppraisal",
        "村委会道德评价",
        describes="Household",
        basis="银发〔2014〕37号 农户信用评价",
        properties=(
            _virtue("character", "人品"),
            _virtue("family_harmony", "家庭和睦"),
            _virtue("care_of_elders", "敬老爱幼"),
            _virtue("neighbourliness", "邻里团结"),
            _virtue("lawfulness", "遵纪守法"),
            _virtue("public_spirit", "热心公益"),
            _virtue("honesty", "诚实守信"),
            Property("appraiser", "评价单位"),
        ),
        information=InformationClass.APPRAISAL,
    ),
    Node(
        "DeclaredRecord",
        "申报的表彰或处罚",
        basis="银发〔2014〕37号 农户信用信息",
        properties=(
            Property("record_kind", "类型", values={"commendation": "表彰", "penalty": "处罚"}),
            Property("level", "级别", values={**LEVELS, "town": "乡镇级", "village": "村级"}),
            Property("authority", "机关"),
            Property("decided_on", "日期", ValueType.DATE),
            Property("content", "内容", sensitivity=Sensitivity.C2),
        ),
        information=InformationClass.APPRAISAL,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "DECLARED",
        "申报",
        ("Party",),
        ("DeclaredRecord",),
        "a party declared a record",
        information=InformationClass.APPRAISAL,
    ),
)
