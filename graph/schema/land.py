"""Land: plots, who works them, and the rights that a certificate proves.

A household says which plots it works; the registers of contracted land and of forest rights say
who holds a right over which plot.  Both meet in the plot where both know its code.
"""

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

_LAND_KINDS = {
    "dry": "旱地", "irrigated": "水浇地", "paddy": "水田", "orchard": "果园", "forest": "林地", "grass": "草地",
    "water": "水面", "other": "其他",
}  # fmt: skip
_RIGHT_KINDS = {
    "household_contract": "家庭承包",
    "other_contract": "其他方式承包",
    "management_right": "土地经营权",
    "forest": "林权",
}
_TENURES = {
    "contracted": "承包",
    "leased_in": "流入",
    "private_plot": "自留",
    "other": "其他",
}

NODES = (
    Node(
        "Plot",
        "地块",
        basis="NY/T 2537-2014 农村土地承包经营权调查规程",
        properties=(
            Property("plot_no", "地块编码", basis="NY/T 2537-2014 地块编码 19 位"),
            Property("name", "地块名称"),
            Property("land_kind", "地类", basis="GB/T 21010 土地利用现状分类", values=_LAND_KINDS),
            Property("area_mu", "面积", ValueType.REAL),
        ),
        information=InformationClass.LAND,
    ),
    Node(
        "LandRight",
        "土地权利",
        basis="农村土地承包法 第二十四条；森林法 第十五条；不动产登记暂行条例 第五条",
        properties=(
            Property("right_kind", "权利类型", basis="农村土地承包法 第三条", values=_RIGHT_KINDS),
            Property("certificate_no", "权证编号"),
            Property("area_mu", "确权面积", ValueType.REAL),
            Property("granted_on", "权利起始日期", ValueType.DATE),
            Property("expires_on", "权利终止日期", ValueType.DATE),
            Property("assessed_fen", "评估价", ValueType.INTEGER, WRITTEN_CONSENT, Sensitivity.C2),
            Property("is_mortgaged", "是否抵押", ValueType.FLAG, "农村土地承包法 第四十七条"),
        ),
        information=InformationClass.LAND,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "CONTRACTS_LAND",
        "承包或经营地块",
        ("Party",),
        ("Plot",),
        "a party contracts a plot of land",
        properties=(Property("tenure", "经营方式", values=_TENURES),),
        information=InformationClass.LAND,
    ),
    Relationship(
        "HOLDS_LAND_RIGHT",
        "土地权利人",
        ("Party",),
        ("LandRight",),
        "a party holds a land right",
        information=InformationClass.LAND,
    ),
    Relationship(
        "OVER_PLOT",
        "权利所及地块",
        ("LandRight",),
        ("Plot",),
        "a land right is over a plot",
        information=InformationClass.LAND,
    ),
    Relationship(
        "LIES_IN",
        "坐落",
        ("Plot",),
        ("Division",),
        "a plot lies in a division",
        one_at_a_time=(OneAtATime("source", "坐落"),),
        information=InformationClass.LAND,
    ),
)
