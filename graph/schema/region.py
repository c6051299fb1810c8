"""Administrative divisions and what lies in them (GB/T 2260, NBS statistical codes)."""

from __future__ import annotations

from graph.vocabulary import Node, OneAtATime, Property, Relationship, Sensitivity

_PROPERTIES = (
    Property("name", "名称", basis="GB/T 2260", sensitivity=Sensitivity.PUBLIC),
    Property("division_code", "行政区划代码", basis="GB/T 2260", sensitivity=Sensitivity.PUBLIC),
    Property("former_code", "原行政区划代码", basis="GB/T 2260", sensitivity=Sensitivity.PUBLIC),
)

NODES = (
    Node("County", "县区", _PROPERTIES, superlabel="Division", basis="GB/T 2260"),
    Node("Town", "乡镇", _PROPERTIES, superlabel="Division", basis="统计用区划代码 9 位"),
    Node("Village", "行政村", _PROPERTIES, superlabel="Division", basis="统计用区划代码 12 位"),
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
    ),
    Relationship(
        "LOCATED_IN",
        "所在地",
        ("Party",),
        ("Division",),
        "a party is located in a division",
        one_at_a_time=(OneAtATime("source", "所在地"),),
    ),
)
