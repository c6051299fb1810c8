"""What public bodies owe and promised, with every way in which a contract, a promise or a disclosure
can stand; and a body on the courts' list.

The truth is written down beside each row: state, days, rate and interest in fen, worked out by hand
for the day on which the truth holds (`as_of`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from graph.identifiers import resident_id
from graph.identifiers import unified_social_credit_code as uscc
from ingest.sample.firms import codes
from ingest.sample.public_records.district import District, Planted

__all__ = ["FILES", "ORDER", "plant"]

ORDER = 70
_REGISTER, _CONTRACTS, _PAYMENTS = "企业登记-政务诚信.csv", "清欠台账.csv", "清欠支付.csv"
_DISCLOSURES, _COMMITMENTS, _LISTED = (
    "逾期未付款项公开.csv",
    "政务承诺.csv",
    "失信被执行人-机关.csv",
)

FILES = (
    ("enterprise", _REGISTER),
    ("arrears", _CONTRACTS),
    ("arrears", _PAYMENTS),
    ("arrears", _DISCLOSURES),
    ("government_commitment", _COMMITMENTS),
    ("judgment_defaulter", _LISTED),
)

#: Day for which the truth holds.
_AS_OF = "2026-12-01"
_BLOCK, _FIRST = "6", 7_000
_ROADS, _SCHOOL, _PARKS = (
    (f"凤翔区样本{name}", uscc.complete(f"1161030501600TM{place}"))
    for place, name in enumerate(("交通运输局", "教育体育局", "园林所"), 1)
)
_BODY, _STATE, _LARGE = "机关、事业单位", "其他国有企业", "大型国有企业"


def plant(district: District) -> Planted:
    """Files of the office that sees to it, and of the court; the same every time."""
    village = district.people["村编码"].iloc[0]
    every = codes("91", 5, block=_BLOCK, first=_FIRST)
    names = [f"凤翔样本供应{67_001 + n}号有限公司" for n in range(5)]
    firms = list(zip(names, every, strict=True))
    contracts, payments, truth = _contracts(firms[:3], firms[3], firms[4])
    commitments, outcomes = _commitments(firms)
    disclosures, published = _disclosures()
    tables = {
        _REGISTER: [_registered(name, code, village, n) for n, (name, code) in enumerate(firms)],
        _CONTRACTS: contracts,
        _PAYMENTS: payments,
        _DISCLOSURES: disclosures,
        _COMMITMENTS: commitments,
        _LISTED: _listed(),
    }
    return Planted(
        {name: pd.DataFrame(rows) for name, rows in tables.items()},
        {
            "as_of": _AS_OF,
            "claims": truth,
            "commitments": outcomes,
            "disclosures": published,
            # by its code, and by its whole name; one that only sounds like a body is none
            "debtors": {
                "(2026)样政执1号": [f"org:{_ROADS[1]}", "code"],
                "(2026)样政执2号": [f"org:{_SCHOOL[1]}", "name"],
            },
            "bodies": [f"org:{code}" for _, code in (_ROADS, _SCHOOL, _PARKS)],
        },
    )


def _registered(name: str, code: str, village: str, place: int) -> dict[str, Any]:
    return {
        "统一社会信用代码": code, "企业名称": name, "登记状态": "存续", "成立日期": "2015-03-02",
        "注册资本（万元）": "200", "住所": f"样本供应路{place + 1}号", "行业代码": "5124", "村编码": village,
        "法定代表人": f"样本供{chr(0x7532 + place)}",
        "法定代表人证件号码": resident_id.complete(f"6103221971{place + 1:02d}01901"),
        "任职日期": "2020-03-02",
    }  # fmt: skip


def _contracts(
    suppliers: list[tuple[str, str]], state_firm: tuple[str, str], large_firm: tuple[str, str]
) -> tuple[list[Any], list[Any], dict[str, Any]]:
    contracts: list[dict[str, Any]] = []
    payments: list[dict[str, Any]] = []
    truth: dict[str, Any] = {}

    def owes(
        payer: tuple[str, str],
        number: str,
        wanted: list[Any],
        *,
        kind: str = _BODY,
        scale: str = "小型",
        made: str = "2025-01-06",
        due: str = "2025-06-30",
        amount: str = "100000",
        paid: tuple[tuple[str, str, str], ...] = (),
        said: Mapping[str, str] | None = None,
    ) -> None:
        """One contract; `wanted`: state, days overdue, ground of the rate, interest in fen, findings
        and what lacks."""
        name, code = suppliers[len(contracts) % len(suppliers)]
        contracts.append(
            {
                "付款方名称": payer[0], "付款方统一社会信用代码": payer[1], "付款方类型": kind, "收款方名称": name,
                "收款方统一社会信用代码": code, "收款方规模（合同订立时）": scale, "合同编号": number, "款项类别": "货物",
                "合同订立日期": made, "应付日期": due, "应付金额（元）": amount, "逾期利息约定": "",
                "约定逾期年利率（%）": "", "约定逾期日利率（%）": "", "合同订立时一年期LPR（%）": "", "提出争议日期": "",
                "争议解决日期": "", "争议金额（元）": "",
            } | {**(said or {})}
        )  # fmt: skip
        for place, (day, fen, settles) in enumerate(paid, 1):
            payments.append(
                {
                    "付款方统一社会信用代码": payer[1], "合同编号": number, "支付凭证号": f"样付{place}",
                    "支付日期": day, "支付金额（元）": fen, "抵充": settles,
                }
            )  # fmt: skip
        truth[f"arrears:{payer[1]}:{number}"] = wanted

    none, agreed = {"逾期利息约定": "未约定"}, {"逾期利息约定": "有约定"}
    # 30 June 2025 to 1 December 2026 are 519 days: 100,000 yuan, 0.05 % a day: 25,950 yuan
    owes(_ROADS, "样政-01", ["overdue", 519, "unagreed", 25_950_00, [], []], said=none)
    # 40,000 paid after 92 days, 60,000 left for 427: 4,600 + 12,810 yuan
    owes(_ROADS, "样政-02", ["overdue", 519, "unagreed", 17_410_00, [], []],
         paid=(("2025-09-30", "40000", "本金"),), said=none)  # fmt: skip
    # all paid 31 days late; of 1,550 yuan 550 were paid
    owes(_ROADS, "样政-03", ["paid_late", 31, "unagreed", 1_550_00, [], []],
         paid=(("2025-07-31", "100000", ""), ("2025-08-01", "550", "利息")), said=none)  # fmt: skip
    owes(_ROADS, "样政-04", ["paid", 0, "unagreed", 0, [], []],
         paid=(("2025-06-30", "100000", ""),), said=none)  # fmt: skip
    # 3.65 % a year is 0.01 % a day: 5,190 yuan
    owes(_SCHOOL, "样政-05", ["overdue", 519, "agreed", 5_190_00, [], []],
         said=agreed | {"约定逾期年利率（%）": "3.65"})  # fmt: skip
    # 2 % agreed where 3.1 % was the least: 100,000 × 519 × 3.1 % / 365 = 4,407.945…
    owes(_SCHOOL, "样政-06", ["overdue", 519, "minimum", 440_795, ["agreed_below_minimum"], []],
         said=agreed | {"约定逾期年利率（%）": "2"})  # fmt: skip
    owes(_SCHOOL, "样政-07", ["disputed", 0, "unagreed", None, [], []],
         said=none | {"提出争议日期": "2025-07-15"})  # fmt: skip
    # 30,000 in dispute: 70,000 for 519 days
    owes(_SCHOOL, "样政-08", ["overdue", 519, "unagreed", 18_165_00, [], []],
         said=none | {"提出争议日期": "2025-07-15", "争议金额（元）": "30000"})  # fmt: skip
    owes(_SCHOOL, "样政-09", ["not_due", 0, "unagreed", 0, [], []], due="2026-12-01", said=none)
    owes(_SCHOOL, "样政-10", ["due_unknown", 0, "unagreed", None, [], ["due"]], due="", said=none)
    owes(_PARKS, "样政-11", ["overdue", 519, None, None, [], ["agreement"]])
    owes(_PARKS, "样政-12", ["overdue", 519, None, None, [], ["scale"]], scale="", said=none)
    owes(
        _PARKS,
        "样政-13",
        ["overdue", 519, None, None, [], ["creditor_large"]],
        scale="大型",
        said=none,
    )
    # made on a day whose rate is not in the table: the paper states it (2.9 %), or is asked for it;
    # 1 March to 1 December 2026 are 275 days: 100,000 × 275 × 3 % / 365 = 2,260.273…
    owes(_PARKS, "样政-14", ["overdue", 275, "agreed", 226_027, [], []], made="2026-01-05", due="2026-03-01",
         said=agreed | {"约定逾期年利率（%）": "3", "合同订立时一年期LPR（%）": "2.9"})  # fmt: skip
    owes(_PARKS, "样政-15", ["overdue", 275, None, None, [], ["lpr"]], made="2026-01-05", due="2026-03-01",
         said=agreed | {"约定逾期年利率（%）": "3"})  # fmt: skip
    owes(
        state_firm,
        "样政-16",
        ["overdue", 519, None, None, [], ["payer_not_covered"]],
        kind=_STATE,
        said=none,
    )
    # a large state firm is bound as a body is, and discloses elsewhere
    owes(
        large_firm,
        "样政-17",
        ["overdue", 519, "unagreed", 25_950_00, [], []],
        kind=_LARGE,
        said=none,
    )
    return contracts, payments, truth


def _disclosures() -> tuple[list[Any], dict[str, Any]]:
    """At the end of 2025 the roads owed 2 contracts and 160,000 yuan, the school 3 and 270,000; what
    the park owes is nobody's duty to disclose yet: of one nobody said how large the firm is, the
    other is a large one's, a third has no word on interest and counts all the same."""

    def told(body: tuple[str, str], year: str, day: str, count: str, yuan: str) -> dict[str, Any]:
        return {
            "单位名称": body[0], "单位统一社会信用代码": body[1], "所属年度": year, "公开日期": day,
            "逾期合同数量": count, "逾期金额（元）": yuan, "公开方式": "区政府网站",
        }  # fmt: skip

    rows = [
        told(_ROADS, "2025", "2026-03-31", "2", "160000"),
        told(_SCHOOL, "2025", "2026-04-20", "2", "200000"),
        told(_PARKS, "2024", "2025-03-20", "0", "0"),
    ]
    return rows, {
        f"org:{_ROADS[1]}|2025": ["in_time", None, 2, 160_000_00, False],
        f"org:{_SCHOOL[1]}|2025": ["late", 20, 3, 270_000_00, True],
        f"org:{_PARKS[1]}|2025": ["not_seen", None, 1, 100_000_00, None],
        f"org:{_PARKS[1]}|2024": ["nothing_owed", None, 0, 0, False],
    }


def _commitments(firms: list[tuple[str, str]]) -> tuple[list[Any], dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    truth: dict[str, Any] = {}

    def promised(
        body: tuple[str, str], wanted: list[Any], *, due: str, outcome: str = "", on: str = ""
    ) -> None:
        number = f"样诺{len(rows) + 1}"
        name, code = firms[len(rows) % len(firms)] if len(rows) % 2 == 0 else ("", "")
        rows.append(
            {
                "承诺单位名称": body[0], "承诺单位统一社会信用代码": body[1], "承诺编号": number,
                "承诺领域": "惠企政策兑现", "承诺内容": "样例承诺", "承诺对象名称": name,
                "承诺对象统一社会信用代码": code, "承诺日期": "2026-01-05", "履行期限": due, "履行结果": outcome,
                "履行或认定日期": on, "依据材料": "样例材料" if outcome else "",
            }
        )  # fmt: skip
        truth[f"commitment:{body[1]}:{number}"] = wanted

    promised(_ROADS, ["kept", False], due="2026-06-30", outcome="已履行", on="2026-06-30")
    promised(_ROADS, ["kept", True], due="2026-03-31", outcome="已履行", on="2026-04-01")
    promised(_ROADS, ["not_kept", None], due="2026-03-31", outcome="未履行", on="2026-05-06")
    promised(_ROADS, ["unknown", None], due="2026-03-31")
    promised(_SCHOOL, ["not_due", None], due="2026-12-01")
    promised(_SCHOOL, ["unknown", None], due="")
    promised(_SCHOOL, ["kept", None], due="", outcome="已履行", on="2026-04-01")
    return rows, truth


def _listed() -> list[dict[str, Any]]:
    def entry(name: str, code: str, number: int, removed: str = "") -> dict[str, Any]:
        return {
            "被执行人名称": name, "被执行人证件号码": code, "执行法院": "样本区人民法院",
            "执行依据文号": f"（2025）样政民初{number}号", "立案时间": "2025-11-03", "案号": f"（2026）样政执{number}号",
            "履行情况": "全部未履行", "失信行为具体情形": "有履行能力而拒不履行", "发布日期": "2026-01-15",
            "公布截止日期": "2028-01-14", "移出日期": removed,
        }  # fmt: skip

    return [
        entry(*_ROADS, 1),
        entry(_SCHOOL[0], "", 2),
        # nearly the name of a body, and a body that was taken off again
        entry("样本园林所", "", 3),
        entry(*_PARKS, 4, removed="2026-02-20"),
    ]
