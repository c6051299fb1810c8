"""What changes of firms of a sector from one round of files to the next, and what only looks like it.

Two rounds of the same files: who subscribes between them is told of what the second one brings, once,
and of nothing that it says again, that was repaired, that came before, or that lies outside the sector.
"""

from __future__ import annotations

import pandas as pd

from graph.identifiers import resident_id
from ingest.sample.credit import LENDERS
from ingest.sample.firms import codes
from ingest.sample.public_records.district import District, Planted

__all__ = ["FILES", "ORDER", "plant"]

#: Registers and the first round; then the second.
FILES = (
    ("enterprise", "企业登记-行业监测.csv"),
    ("enterprise_shareholder", "股东出资-行业监测.csv"),
    ("judgment_defaulter", "失信被执行人-行业监测-1.csv"),
    ("tax", "纳税信用-行业监测-1.csv"),
    ("tax", "欠税公告-行业监测-1.csv"),
    ("loan", "贷款借据-行业监测-1.csv"),
    ("guarantee", "担保合同-行业监测-1.csv"),
    ("judgment_defaulter", "失信被执行人-行业监测-2.csv"),
    ("tax", "纳税信用-行业监测-2.csv"),
    ("tax", "欠税公告-行业监测-2.csv"),
    ("loan", "贷款借据-行业监测-2.csv"),
    ("guarantee", "担保合同-行业监测-2.csv"),
)
ORDER = 65

#: Manufacturers of food, by section and by code, and somebody who trades.
SECTOR, _INSIDE, _OUTSIDE = "C", "1371", "5124"
_BLOCK = "M"
_COURT, _LENDER = "样本区人民法院", next(iter(LENDERS))

#: What befalls each firm of its own.
_FIRMS = (
    "new_listing", "listed_before", "repaired", "outside", "holds_listed", "holds_repaired", "grade_falls",
    "grade_stays", "grade_first", "loan_due", "loan_unheard", "loan_paid", "guarantor", "guarantor_full",
    "arrears", "arrears_paid", *(f"client_{n}" for n in range(6)),
)  # fmt: skip


def plant(district: District) -> Planted:
    """A firm of its own for every event, and for everything that looks like one."""
    village = district.people["村编码"].iloc[0]
    code = dict(zip(_FIRMS, codes("91", len(_FIRMS), block=_BLOCK), strict=True))
    name = {who: f"凤翔样本监测{90_001 + n}号食品有限公司" for n, who in enumerate(_FIRMS)}
    register = [
        {
            "统一社会信用代码": code[who], "企业名称": name[who], "登记状态": "存续", "成立日期": "2015-03-09",
            "注册资本（万元）": "200", "住所": f"样本监测路{n + 1}号",
            "行业代码": _OUTSIDE if who == "outside" else _INSIDE, "村编码": village,
            "法定代表人": f"样本监{chr(0x7532 + n)}",
            "法定代表人证件号码": resident_id.complete(f"6103221971{n % 12 + 1:02d}{n // 12 + 11:02d}911"),
            "任职日期": "2020-03-02",
        }
        for n, who in enumerate(_FIRMS)
    ]  # fmt: skip

    def holds(who: str, other: str) -> dict[str, str]:
        return {
            "统一社会信用代码": code[other], "股东名称": name[who], "股东证件号码": code[who],
            "出资比例（%）": "30", "认缴出资额（万元）": "60", "出资日期": "2019-07-01",
        }  # fmt: skip

    def listing(who: str, case: str, removed: str = "") -> dict[str, str]:
        return {
            "被执行人名称": name[who], "被执行人证件号码": code[who], "执行法院": _COURT,
            "执行依据文号": f"（2025）样监民初{case}号", "立案时间": "2025-11-03",
            "案号": f"（2026）样监执{case}号", "履行情况": "全部未履行",
            "失信行为具体情形": "有履行能力而拒不履行", "发布日期": "2026-01-15",
            "公布截止日期": "2028-01-14", "移出日期": removed,
        }  # fmt: skip

    def rating(who: str, year: int, grade: str) -> dict[str, str]:
        return {
            "纳税人名称": name[who], "统一社会信用代码": code[who], "评价年度": str(year),
            "纳税信用级别": grade, "评价日期": f"{year + 1}-04-15",
        }  # fmt: skip

    def arrears(who: str, balance: str, on: str) -> dict[str, str]:
        return {
            "欠税人名称": name[who], "欠税人识别号": code[who], "欠税税种": "增值税",
            "累计欠税余额（元）": balance, "公告机关": "样本区税务局", "公告日期": on,
        }  # fmt: skip

    def loan(
        number: int, who: str, stated: str, *, owed: str = "80", due: str = "2026-02-15"
    ) -> dict[str, str]:
        is_due = stated > due and owed != "0"
        return {
            "金融机构编码": _LENDER, "金融机构名称": LENDERS[_LENDER], "借据号": f"JC{number:09d}",
            "借款人名称": name[who], "借款人证件号码": code[who], "借款金额（万元）": "80",
            "发放日期": "2024-02-16", "到期日期": due, "用途": "经营周转", "担保方式": "保证",
            "年利率（%）": "4.35", "贷款余额（万元）": owed, "五级分类": "次级" if is_due else "正常",
            "逾期天数": "120" if is_due else "0", "结清日期": "2026-02-14" if owed == "0" else "",
            "数据日期": stated,
        }  # fmt: skip

    def guarantee(number: int, who: str, client: str, loan_number: int) -> dict[str, str]:
        return {
            "金融机构编码": _LENDER, "担保合同号": f"DC{number:06d}", "担保人名称": name[who],
            "担保人证件号码": code[who], "被担保人名称": name[client], "被担保人证件号码": code[client],
            "借据编号": f"loan:{_LENDER}:JC{loan_number:09d}", "担保金额（万元）": "10",
            "保证方式": "连带责任保证", "签订日期": "2024-02-16", "到期日期": "2029-12-31",
            "与被担保人关系": "业务往来",
        }  # fmt: skip

    clients = [who for who in _FIRMS if who.startswith("client_")]
    lent = [loan(10 + n, who, "2026-01-31", due="2029-02-15") for n, who in enumerate(clients)]
    given = [
        guarantee(10 * of + n, giver, who, 10 + n)
        for of, giver in enumerate(("guarantor", "guarantor_full"))
        for n, who in enumerate(clients[:5])
    ]
    tables = (
        register,
        [holds("holds_listed", "new_listing"), holds("holds_repaired", "repaired")],
        [listing("listed_before", "1")],
        [rating("grade_falls", 2023, "A"), rating("grade_stays", 2023, "B")],
        [arrears("arrears_paid", "5000", "2025-12-01")],
        [loan(1, "loan_due", "2026-01-31"), loan(2, "loan_unheard", "2026-01-31"),
         loan(3, "loan_paid", "2026-01-31"), *lent],
        given,
        # the second round: what is new, what is said again, what was repaired, what lies outside
        [listing("listed_before", "1"), listing("new_listing", "2"),
         listing("repaired", "3", removed="2026-03-01"), listing("outside", "4")],
        [rating("grade_falls", 2024, "C"), rating("grade_stays", 2024, "B"), rating("grade_first", 2024, "D")],
        [arrears("arrears", "9000", "2026-02-01"), arrears("arrears_paid", "0", "2026-02-01")],
        [loan(1, "loan_due", "2026-03-31"), loan(3, "loan_paid", "2026-03-31", owed="0")],
        [*given[:1], guarantee(5, "guarantor", clients[5], 15)],
    )  # fmt: skip
    truth = {
        "sector": SECTOR,
        # told of to who subscribes to the sector between the rounds
        "events": {
            "adverse_record": [code["new_listing"], code["arrears"]],
            "dishonest_tie": [code["holds_listed"]],
            "grade_change": [code["grade_falls"]],
            "matured_loan": [code["loan_due"]],
            "guarantee_limit": [code["guarantor"]],
        },
        "before": [code["listed_before"]],
        "outside": [code["outside"]],
        "second_round": [file for _, file in FILES if file.endswith("-2.csv")],
    }
    files = (file for _, file in FILES)
    frames = (pd.DataFrame(rows) for rows in tables)
    return Planted(dict(zip(files, frames, strict=True)), truth)
