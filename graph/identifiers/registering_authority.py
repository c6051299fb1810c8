"""Registering authorities and their classes: the first two characters of a unified code.

GB 32100-2015 table 1 with Amendment 1 (2016).  Two rows came after it and stand in no edition:
54 for grass-roots self-governing organisations (village and residents' committees, special legal
persons since the General Provisions of the Civil Law, 2017) and G1 for representative offices of
overseas NGOs (registered by public security since 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SubjectClass", "authority_exists", "class_of"]


@dataclass(frozen=True, slots=True)
class SubjectClass:
    """What a unified code's first two characters say about its holder."""

    code: str
    authority_zh: str
    name_zh: str
    name_en: str


_OTHER = ("其他", "other")
_TABLE: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "1": (
        "机构编制",
        {
            "1": ("机关", "government body"),
            "2": ("事业单位", "public institution"),
            "3": ("群众团体", "mass organisation"),
            "9": _OTHER,
        },
    ),
    "2": ("外交", {"1": ("外国常驻新闻机构", "resident foreign news agency"), "9": _OTHER}),
    "3": (
        "司法行政",
        {
            "1": ("律师执业机构", "law firm"),
            "2": ("公证处", "notary office"),
            "3": ("基层法律服务所", "grass-roots legal service office"),
            "4": ("司法鉴定机构", "forensic institution"),
            "5": ("仲裁委员会", "arbitration commission"),
            "9": _OTHER,
        },
    ),
    "4": ("文化", {"1": ("外国在华文化中心", "foreign cultural centre"), "9": _OTHER}),
    "5": (
        "民政",
        {
            "1": ("社会团体", "social association"),
            "2": ("民办非企业单位", "private non-enterprise unit"),
            "3": ("基金会", "foundation"),
            "4": ("基层群众性自治组织", "grass-roots self-governing organisation"),
            "9": _OTHER,
        },
    ),
    "6": (
        "旅游",
        {
            "1": ("外国旅游部门常驻代表机构", "office of a foreign tourism authority"),
            "2": (
                "港澳台地区旅游部门常驻内地（大陆）代表机构",
                "office of a regional tourism body",
            ),
            "9": _OTHER,
        },
    ),
    "7": (
        "宗教",
        {
            "1": ("宗教活动场所", "place of worship"),
            "2": ("宗教院校", "religious school"),
            "9": _OTHER,
        },
    ),
    "8": ("工会", {"1": ("基层工会", "grass-roots trade union"), "9": _OTHER}),
    "9": (
        "市场监督管理",
        {
            "1": ("企业", "enterprise"),
            "2": ("个体工商户", "individual business"),
            "3": ("农民专业合作社", "farmers' cooperative"),
        },
    ),
    "A": (
        "中央军委改革和编制办公室",
        {"1": ("军队事业单位", "military public institution"), "9": _OTHER},
    ),
    "G": ("公安", {"1": ("境外非政府组织代表机构", "office of an overseas NGO")}),
    "N": (
        "农业农村",
        {
            "1": ("组级集体经济组织", "group collective"),
            "2": ("村级集体经济组织", "village collective"),
            "3": ("乡镇级集体经济组织", "town collective"),
            "9": _OTHER,
        },
    ),
    "Y": ("其他", {"1": _OTHER}),
}
_CLASSES = {
    authority + kind: SubjectClass(authority + kind, authority_zh, *names)
    for authority, (authority_zh, kinds) in _TABLE.items()
    for kind, names in kinds.items()
}


def authority_exists(character: str) -> bool:
    """Whether this first character is a registering authority."""
    return character in _TABLE


def class_of(prefix: str) -> SubjectClass | None:
    """The class of a code's first two characters; None where the table does not have it."""
    return _CLASSES.get(prefix)
