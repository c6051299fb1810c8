"""Who gives out a code: the registering authority, by the first character (GB 32100-2015 table 1).

The work is done in a district: what the standard calls 机构编制 is the district's own office.
"""

from __future__ import annotations

from graph.identifiers.registering_authority import authority_exists

__all__ = ["NOBODY", "registrar_of", "registrars"]

#: For codes whose first character names nobody: the credit office asks around.
NOBODY = "信用办（待查明登记管理部门）"
_BY_CHARACTER = {
    "1": "编办",
    "2": "外事部门",
    "3": "司法局",
    "4": "文化和旅游局",
    "5": "民政局",
    "6": "文化和旅游局",
    "7": "民族宗教局",
    "8": "总工会",
    "9": "市场监管局（行政审批局）",
    "A": "军队编制部门",
    "G": "公安局",
    "N": "农业农村局",
    "Y": NOBODY,
}


def registrar_of(code: str) -> str:
    """The office that puts right a code, which may be masked behind its first character."""
    first = code[:1]
    return _BY_CHARACTER[first] if authority_exists(first) else NOBODY


def registrars() -> tuple[str, ...]:
    """Every office that has codes to give, each once."""
    return tuple(dict.fromkeys(_BY_CHARACTER.values()))
