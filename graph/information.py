"""Classes of information: what a law, or a person, opens to somebody who asks.

Every kind of fact is of one class (`graph.schema`).  A public class is open to whoever asks; any
other is open to a role by law, or is opened by the subject, to one institution, for one purpose
(个人信息保护法 第十四条、第二十三条; 征信业管理条例 第十三条、第十八条、第二十条).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = ["InformationClass"]

_CONSENT = "征信业管理条例 第十三条、第十八条"
_WRITTEN = "征信业管理条例 第十四条（须事先告知并取得书面同意）"
_FINANCING = "国办发〔2021〕52号 信用信息归集共享清单"


class InformationClass(StrEnum):
    """What one consent, or one clause, opens: a code, its Chinese term and the clause.

    Attributes:
        term: the Chinese term, as a form of consent names it.
        basis: the clause that makes it public, or says on what terms it may be looked at.
        is_public: open to everybody, wherever they work.
    """

    term: str
    basis: str
    is_public: bool

    def __new__(cls, code: str, term: str, basis: str, is_public: bool = False) -> Self:
        """A member; its value is the code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.term, member.basis, member.is_public = term, basis, is_public
        return member

    DIVISION = "division", "行政区划", "GB/T 2260；统计用区划代码", True
    # who represents and who holds a firm is published with it, and is no personal information
    # where it is told of an office (征信业管理条例 第十三条第二款)
    REGISTER = "register", "登记公示信息", "企业信息公示暂行条例 第六条", True
    PUBLIC_RECORD = (
        "public_record",
        "依法公示的公共信用信息",
        "征信业管理条例 第二十一条；个人信息保护法 第十三条第六项",
        True,
    )

    IDENTITY = "identity", "身份信息", f"{_CONSENT}；JR/T 0171-2020 C2"
    HOUSEHOLD = "household", "农户家庭信息", f"{_WRITTEN}；银发〔2014〕37号"
    INCOME = "income", "收入和存款", _WRITTEN
    PROPERTY = "property", "不动产和其他资产", _WRITTEN
    LAND = "land", "土地和林权", f"{_WRITTEN}；农村土地承包法 第二十四条"
    INSURANCE = "insurance", "保险", _WRITTEN
    TAX = "tax", "纳税", f"{_WRITTEN}；{_FINANCING}"
    CREDIT = "credit", "信贷", _CONSENT
    GUARANTEE = "guarantee", "担保", _CONSENT
    # what a bureau answered is for the institution that asked, and for what it asked
    CREDIT_REPORT = "credit_report", "征信查询结果", "征信业管理条例 第十八条、第二十条"
    CONTRIBUTION = "contribution", "社会保险和公积金", _FINANCING
    UTILITY = "utility", "水电气缴费", _FINANCING
    # a firm chooses whether figures of its annual report are published (第九条第二款)
    OPERATION = "operation", "生产经营", f"企业信息公示暂行条例 第九条；{_FINANCING}"
    BENEFICIAL_OWNER = "beneficial_owner", "受益所有人", "受益所有人信息管理办法（2024年第3号）"
    APPRAISAL = "appraisal", "村级评价和申报", f"{_CONSENT}；银发〔2014〕37号"
    # a spot check without a finding is for all to know, one with a finding for who is to act on it
    INSPECTION = "inspection", "监督检查结果", "企业信息公示暂行条例 第十四条；国办发〔2020〕49号"
    COMPLAINT = "complaint", "投诉", "国办发〔2020〕53号；个人信息保护法 第二十八条"
    # how a department works is its own matter and that of whoever supervises it
    ADMINISTRATION = "administration", "行政机关工作台账", "政府信息公开条例 第十六条"
    # what departments say they did to somebody: to be checked by the credit office, never published
    MEASURE = "measure", "惩戒和激励措施实施情况", "国办发〔2020〕49号（措施须于法有据）"
    # how others rate somebody is for who supervises: it is published by its authority, or by nobody
    GRADE = "grade", "信用评价和分级监管等级", "国办发〔2019〕35号；市场主体登记管理条例 第三十八条"
