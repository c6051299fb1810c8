"""What a farm grows and raises.

A planting tells one crop of one year; it stands from the end of that year, when its yield is
known, until the next year's takes its place.  A herd is as it was counted on its day.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_VALUE = Property("output_value_fen", "年产值", ValueType.INTEGER, sensitivity=Sensitivity.C2)

NODES = (
    Node(
        "Planting",
        "种植",
        basis="银发〔2014〕37号 农户信用信息",
        properties=(
            Property("crop", "品种"),
            Property("year", "年度", ValueType.INTEGER),
            Property("area_mu", "种植面积", ValueType.REAL),
            Property("yield_kg", "年产量（千克）", ValueType.REAL),
            _VALUE,
        ),
        information=InformationClass.OPERATION,
    ),
    Node(
        "Herd",
        "养殖",
        basis="银发〔2014〕37号 农户信用信息",
        properties=(
            Property("species", "畜禽种类"),
            Property("head_count", "存栏数", ValueType.INTEGER),
            _VALUE,
            Property("assessed_fen", "评估价", ValueType.INTEGER, sensitivity=Sensitivity.C2),
        ),
        information=InformationClass.OPERATION,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "GROWS",
        "种植",
        ("Party",),
        ("Planting",),
        "a party grows a planting",
        information=InformationClass.OPERATION,
    ),
    Relationship(
        "RAISES",
        "养殖",
        ("Party",),
        ("Herd",),
        "a party raises a herd",
        information=InformationClass.OPERATION,
    ),
)
