"""Assets: houses, machines, real estate, and the mortgage that lies on real estate."""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import WRITTEN_CONSENT, Node, Property, Relationship, Sensitivity, ValueType

_C2 = Sensitivity.C2
_ASSESSED = Property("assessed_fen", "评估价", ValueType.INTEGER, WRITTEN_CONSENT, _C2)
_FLOOR = Property("floor_area_m2", "建筑面积（平方米）", ValueType.REAL, WRITTEN_CONSENT, _C2)
_MORTGAGED = Property("is_mortgaged", "是否抵押", ValueType.FLAG, WRITTEN_CONSENT, _C2)

NODES = (
    Node(
        "House",
        "农村住房",
        superlabel="Asset",
        basis="银发〔2014〕37号 农户信用信息",
        properties=(
            Property(
                "house_kind",
                "房屋性质",
                basis=WRITTEN_CONSENT,
                sensitivity=_C2,
                values={
                    "self_built": "自建",
                    "bought": "购买",
                    "resettlement": "安置",
                    "other": "其他",
                },
            ),
            Property(
                "structure",
                "房屋结构",
                values={
                    "brick_wood": "砖木",
                    "brick_concrete": "砖混",
                    "reinforced_concrete": "钢混",
                    "earth_wood": "土木",
                    "other": "其他",
                },
            ),
            _FLOOR,
            Property("built_year", "建成年份", ValueType.INTEGER),
            _ASSESSED,
            _MORTGAGED,
        ),
        information=InformationClass.PROPERTY,
    ),
    Node(
        "Machine",
        "农机具和车辆",
        superlabel="Asset",
        basis="银发〔2014〕37号 农户信用信息",
        properties=(
            Property("name", "名称"),
            Property("brand", "品牌型号"),
            Property("bought_on", "购置日期", ValueType.DATE),
            Property("price_fen", "购置价", ValueType.INTEGER, sensitivity=_C2),
            Property("assessed_fen", "评估价", ValueType.INTEGER, sensitivity=_C2),
        ),
        information=InformationClass.PROPERTY,
    ),
    Node(
        "RealEstate",
        "不动产",
        superlabel="Asset",
        basis="不动产登记暂行条例 第五条、第八条",
        properties=(
            Property("unit_no", "不动产单元号", basis=WRITTEN_CONSENT, sensitivity=_C2),
            Property("certificate_no", "不动产权证号", basis=WRITTEN_CONSENT, sensitivity=_C2),
            Property(
                "used_for",
                "用途",
                basis="GB/T 21010",
                values={
                    "residential": "住宅",
                    "commercial": "商业",
                    "industrial": "工业",
                    "storage": "仓储",
                    "other": "其他",
                },
            ),
            _FLOOR,
            Property("registered_on", "登记日期", ValueType.DATE),
            Property("is_sealed", "是否查封", ValueType.FLAG, WRITTEN_CONSENT, _C2),
        ),
        information=InformationClass.PROPERTY,
    ),
    Node(
        "RealEstateMortgage",
        "不动产抵押",
        basis="民法典 第四百零二条、第四百一十四条；QYMXFCDYXX",
        properties=(
            Property("mortgagee", "抵押权人"),
            Property("secured_fen", "被担保债权数额", ValueType.INTEGER, WRITTEN_CONSENT, _C2),
            Property("registered_on", "抵押登记日期", ValueType.DATE),
            Property("released_on", "注销登记日期", ValueType.DATE),
        ),
        information=InformationClass.PROPERTY,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "OWNS",
        "所有",
        ("Party",),
        ("Asset",),
        "a party owns an asset",
        information=InformationClass.PROPERTY,
    ),
    Relationship(
        "LIES_ON",
        "抵押物",
        ("RealEstateMortgage",),
        ("Asset",),
        "a mortgage lies on an asset; several may, in the order of their registration",
        information=InformationClass.PROPERTY,
        about="target",
    ),
)
