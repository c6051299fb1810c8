"""Administrative divisions and what lies in them (GB/T 2260, NBS statistical codes)."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, OneAtATime, Property, Relationship, Sensitivity

_PROPERTIES = (
    Property("name", "名称", basis="GB/T 2260", sensitivity=Sensitivity.PUBLIC),
    Property("division_code", "行政区划代码", basis="GB/T 2260", sensitivity=Sensitivity.PUBLIC),
    Property("former_code", "原行政区划代码", basis="GB/T 2260", sensitivity=Sensitivity.PUBLIC),
)

NODES = (
    Node(
        "County",
        "县区",
        _PROPERTIES,
        superlabel="Division",
        basis="GB/T 2260",
        information=InformationClass.DIVISION,
    ),
    Node(
        "Town",
        "乡镇",
        _PROPERTIES,
        superlabel="Division",
        basis="统计用区划代码 9 位",
        information=InformationClass.DIVISION,
    ),
    Node(
        "Village",
        "行政村",
        _PROPERTIES,
        superlabel="Division",
        basis="统计用区划代码 12 位",
        information=InformationClass.DIVISION,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "PART_OF",
        "隶属",
        ("Village", "Town"),
        ("Town", "County"),
        "a division is part of a larger one",
        one_at_a_time=(OneAtATime("source", "上级区划"),),
        source_leads=False,
        information=InformationClass.DIVISION,
    ),
    Relationship(
        "RECODED_AS",
        "现区划代码",
        ("Division",),
        ("Division",),
        "a division under a former code is part of, or the same as, a division of today; no dates",
        basis="GB/T 2260 变更对照；统计用区划代码",
        one_at_a_time=(OneAtATime("source", "现区划代码"),),
        is_identity=True,
        information=InformationClass.DIVISION,
    ),
    Relationship(
        "LOCATED_IN",
        "所在地",
        ("Party",),
        ("Division",),
        "a party is located in a division",
        one_at_a_time=(OneAtATime("source", "所在地"),),
        information=InformationClass.IDENTITY,
    ),
)
