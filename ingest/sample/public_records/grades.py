"""Firms graded by others: editions that follow each other, a D beside an A, changes with and without an
event, inspections overdue, near and later."""

from __future__ import annotations

import pandas as pd

from graph.identifiers import resident_id
from ingest.sample.firms import codes
from ingest.sample.public_records.district import District, Planted

__all__ = ["FILES", "ORDER", "plant"]

_EVALUATED, _SUPERVISED, _TAX = "信用评价等级.csv", "分级分类监管等级.csv", "纳税信用-评价.csv"
FILES = (
    ("enterprise", "企业登记-评价监管.csv"),
    ("credit_grade", _EVALUATED),
    ("credit_grade", _SUPERVISED),
    ("tax", _TAX),
)
ORDER = 66

_BLOCK = "G"
_FIRMS = 8
_CENTRE, _MARKET = "国家公共信用信息中心", "凤翔区市场监督管理局"
_ENVIRONMENT, _TRANSPORT = "宝鸡市生态环境局", "宝鸡市交通运输局"
_PUBLIC, _NEW, _FORMER, _SECTOR = "公共信用综合评价", "2026年版", "原版", "行业或地方版"

#: Firm, scheme, edition, grade, authority, from when, until when.
_GRADES: tuple[tuple[int, str, str, str, str, str, str], ...] = (
    (0, _PUBLIC, _FORMER, "优", _CENTRE, "2024-03-29", ""),
    (0, _PUBLIC, _FORMER, "良", _CENTRE, "2025-03-31", ""),
    (0, _PUBLIC, _NEW, "B 级", _CENTRE, "2026-03-31", "2029-03-30"),
    # D beside the A of a sector, of the tax office, and of the supervisors of the market
    (1, _PUBLIC, _NEW, "D 级", _CENTRE, "2026-03-31", "2029-03-30"),
    (1, "交通运输信用评价", _SECTOR, "A 级", _TRANSPORT, "2026-04-15", "2029-04-14"),
    (2, _PUBLIC, _NEW, "D 级", _CENTRE, "2026-03-31", "2029-03-30"),
    (3, _PUBLIC, _NEW, "D 级", _CENTRE, "2026-03-31", "2029-03-30"),
    # a D that was raised, and a 差 of before, bar nothing
    (4, _PUBLIC, _NEW, "D 级", _CENTRE, "2026-02-27", "2029-02-26"),
    (4, _PUBLIC, _NEW, "C 级", _CENTRE, "2026-06-30", "2029-06-29"),
    (4, "交通运输信用评价", _SECTOR, "A 级", _TRANSPORT, "2026-04-15", "2029-04-14"),
    (5, _PUBLIC, _FORMER, "差", _CENTRE, "2025-03-31", ""),
    (5, "交通运输信用评价", _SECTOR, "A 级", _TRANSPORT, "2026-04-15", "2029-04-14"),
    # over, and nothing after it
    (6, "环境信用评价", _SECTOR, "绿", _ENVIRONMENT, "2025-05-30", "2026-05-29"),
)

#: Firm, grade, ground, event, reason, from when, last inspected, every so many months, next inspection.
_SUPERVISION: tuple[tuple[int, str, str, str, str, str, str, str, str], ...] = (
    (0, "A 级", "初次评定", "", "信用风险低", "2025-05-06", "", "24", "2031-05-05"),
    (3, "A 级", "初次评定", "", "信用风险低", "2025-05-06", "2025-04-07", "24", ""),
    # with its event
    (4, "B 级", "初次评定", "", "信用风险一般", "2025-05-06", "", "12", "2026-05-05"),
    (
        4,
        "D 级",
        "新增不利记录",
        "凤市监处罚〔2026〕66号",
        "新增行政处罚",
        "2026-03-09",
        "2026-03-02",
        "6",
        "",
    ),
    # by the score alone, with an event that has no number, a first grade that is none
    (5, "A 级", "初次评定", "", "信用风险低", "2025-05-06", "", "24", "2031-06-01"),
    (5, "B 级", "模型得分变化", "", "得分下降", "2026-05-06", "", "12", "2031-06-02"),
    (6, "A 级", "初次评定", "", "信用风险低", "2025-05-06", "", "24", "2031-06-03"),
    (6, "C 级", "检查发现问题", "", "整改不力", "2026-05-06", "", "6", "2031-06-04"),
    (7, "B 级", "初次评定", "", "信用风险一般", "2025-05-06", "", "12", "2031-06-05"),
    (7, "C 级", "初次评定", "", "信用风险较高", "2026-05-06", "", "6", ""),
)


def plant(district: District) -> Planted:
    """Four files.

    Of the truth `findings` says by kind whose grade is told (code, scheme), `in_force` counts by scheme
    and grade, `due` gives the days of the next inspections by code, None where nobody stated one.
    """
    village = district.people["村编码"].iloc[0]
    firms = codes("91", _FIRMS, block=_BLOCK)
    names = [f"凤翔样本评价{82_001 + n}号有限公司" for n in range(_FIRMS)]
    register = [
        {
            "统一社会信用代码": code, "企业名称": name, "登记状态": "存续", "成立日期": "2014-05-06",
            "注册资本（万元）": "100", "住所": f"样本评价路{n + 1}号", "行业代码": "1371",
            "村编码": village, "法定代表人": f"样本评{chr(0x7532 + n)}",
            "法定代表人证件号码": resident_id.complete(f"6103221966{n + 1:02d}01904"),
            "任职日期": "2020-03-02",
        }
        for n, (code, name) in enumerate(zip(firms, names, strict=True))
    ]  # fmt: skip
    grades = [
        {
            "主体名称": names[who], "统一社会信用代码": firms[who], "评价种类": scheme, "评价版本": edition,
            "评价等级": grade, "评价单位": body, "评价文号或批次": f"样评第{n + 1}批", "评价日期": since,
            "有效截止日期": until, "评价理由": "",
        }
        for n, (who, scheme, edition, grade, body, since, until) in enumerate(_GRADES)
    ]  # fmt: skip
    supervised = [
        {
            "主体名称": names[who], "统一社会信用代码": firms[who], "监管领域": "市场监管", "监管等级": grade,
            "定级情形": ground, "依据的文书号或事件编号": event, "定级理由": reason, "定级单位": _MARKET,
            "定级日期": since, "上次检查日期": last, "检查间隔（月）": every, "下次检查日期": following,
        }
        for who, grade, ground, event, reason, since, last, every, following in _SUPERVISION
    ]  # fmt: skip
    tax = [
        {
            "纳税人名称": names[2], "统一社会信用代码": firms[2], "评价年度": "2025", "纳税信用级别": "A 级",
            "评价日期": "2026-04-15",
        }
    ]  # fmt: skip
    truth = {
        "findings": {
            "sector_a_with_d": [[firms[1], "transport"], [firms[2], "tax"], [firms[3], "market"]],
            "no_event": [[firms[5], "market"], [firms[6], "market"], [firms[7], "market"]],
            "lapsed": [[firms[6], "environment"]],
        },
        "in_force": {
            "public_credit B": 1, "public_credit C": 1, "public_credit D": 3, "transport A": 3,
            "tax A": 1, "market A": 2, "market B": 1, "market C": 2, "market D": 1,
        },
        "due": {
            firms[4]: "2026-09-02", firms[3]: "2027-04-07", firms[0]: "2031-05-05",
            firms[5]: "2031-06-02", firms[6]: "2031-06-04", firms[7]: None,
        },
    }  # fmt: skip
    tables = (register, grades, supervised, tax)
    files = (name for _, name in FILES)
    return Planted(dict(zip(files, map(pd.DataFrame, tables), strict=True)), truth)
