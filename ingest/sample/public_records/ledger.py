"""Power lists and ledgers of four departments, and what they reported of March 2026.

Planted: decisions told in time and late, lawfully excluded, not reported, refused, in no ledger; a
class of which nothing was to be reported, and one of which no ledger came.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from graph.identifiers import unified_social_credit_code as uscc
from ingest.sample.public_records.district import District, Planted
from ingest.sample.public_records.own_firms import own_firms

__all__ = ["FILES", "ORDER", "plant"]

ORDER = 20

_POWERS, _LEDGER, _STATEMENTS = "权力清单.csv", "行政决定台账.csv", "双公示月报.csv"
_PERMITS, _PENALTIES = "林业局行政许可2018版.csv", "农业农村局行政处罚2018版.csv"
_REGISTER = "企业登记-台账.csv"

FILES = (
    ("enterprise", _REGISTER),
    ("power_list", _POWERS),
    ("decision_ledger", _LEDGER),
    ("decision_ledger", _STATEMENTS),
    ("administrative_decision", _PERMITS),
    ("administrative_decision", _PENALTIES),
)

_FARMS = ("凤翔区农业农村局", uscc.complete("1161030501600TL1"))
_FORESTS = ("凤翔区林业局", uscc.complete("1161030501600TL2"))
_WATER = ("凤翔区水利局", uscc.complete("1161030501600TL3"))
_FIRMS = 60
_MONTH = "2026-03"
#: 2 March 2026 and seven working days is 11 March.
_DECIDED, _IN_TIME, _LATE = date(2026, 3, 2), date(2026, 3, 11), date(2026, 3, 12)


def plant(district: District) -> Planted:
    """The lists, the ledger, the statements, and the records of two departments."""
    firms = own_firms(district, _FIRMS, block="L", word="台账")
    known = firms.pairs
    powers = [
        _power(_FARMS, "行政处罚", "1B0001", "对经营假农药的处罚"),
        _power(_FORESTS, "行政许可", "1A0001", "林木采伐许可"),
        _power(_FORESTS, "其他行政权力", "1Z0001", "林地备案"),
        _power(_WATER, "行政许可", "1A0001", "取水许可"),
        _power(_WATER, "行政处罚", "1B0001", "对违法取水的处罚"),
    ]
    ledger, penalties, truth = _farms(known)
    forest_ledger, permits = _forests(known)
    statements = [
        _statement(_FARMS, "行政处罚", len(ledger), len(ledger) - 4),
        _statement(_FORESTS, "行政许可", len(forest_ledger), len(forest_ledger)),
        _statement(_WATER, "行政处罚", 0, 0),
    ]
    tables = {
        _POWERS: powers,
        _LEDGER: ledger + forest_ledger,
        _STATEMENTS: statements,
        _PERMITS: permits,
        _PENALTIES: penalties,
    }
    farms, forests, water = (f"org:{code}" for _, code in (_FARMS, _FORESTS, _WATER))
    return Planted(
        {_REGISTER: firms.register} | {name: pd.DataFrame(rows) for name, rows in tables.items()},
        {
            "month": _MONTH,
            "departments": sorted([farms, forests, water]),
            "documents": {
                f"{farms}|penalty": truth,
                f"{forests}|permit": {"on_time": [_number(_FORESTS, "许", n) for n in range(1, 7)]},
            },
            "no_obligation": [[water, "penalty"]],
            "ledger_missing": [[water, "permit"]],
        },
    )


def _farms(known: Sequence[tuple[str, str]]) -> tuple[list[Any], list[Any], dict[str, list[str]]]:
    numbers = [_number(_FARMS, "罚", n) for n in range(1, 19)]
    outside = _number(_FARMS, "罚", 90)
    late, refused = numbers[10:12], numbers[16:18]
    excluded, unreported = numbers[12:14], numbers[14:16]
    why = dict(
        zip(
            excluded,
            (
                ("简易程序", "行政处罚法 第五十一条"),
                ("涉及未成年人", "未成年人保护法 第一百零三条"),
            ),
            strict=True,
        )
    )
    ledger = [_entry(_FARMS, "行政处罚", number, *why.get(number, ("", ""))) for number in numbers]
    told = [number for number in numbers if number not in (*excluded, *unreported)]
    rows = []
    for place, number in enumerate([*told, outside]):
        # brackets as another clerk writes them
        written = number.replace("〔", "[").replace("〕", "]") if place % 3 == 0 else number
        rows.append(
            _subject(known[place])
            | {
                "行政处罚决定书文号": written,
                "违法行为类型": "农药经营",
                "违法事实": "经营标签不合规定的农药",
                "处罚依据": "农药管理条例 第五十七条",
                "处罚类别": "罚款",
                "处罚内容": "罚款2000元",
                # 2,000 yuan, written as 2,000 万元, is refused
                "罚款金额（万元）": 2000 if number in refused else 0.2,
                "处罚决定日期": _DECIDED,
                "处罚程序": "普通程序",
                "处罚机关": _FARMS[0],
                "处罚机关统一社会信用代码": _FARMS[1],
                "上报日期": _LATE if number in late else _IN_TIME,
            }
        )
    truth = {
        "on_time": [*numbers[:10], outside, *refused],
        "late": late,
        "excluded": excluded,
        "unreported": unreported,
        "refused": refused,
        "outside": [outside],
    }
    return ledger, rows, {name: sorted(told) for name, told in truth.items()}


def _forests(known: Sequence[tuple[str, str]]) -> tuple[list[Any], list[Any]]:
    numbers = [_number(_FORESTS, "许", n) for n in range(1, 7)]
    ledger = [_entry(_FORESTS, "行政许可", number, "", "") for number in numbers]
    rows = [
        _subject(known[-1 - place])
        | {
            "行政许可决定文书名称": "林木采伐许可证",
            "行政许可决定文书号": number,
            "许可类别": "普通",
            "许可内容": "采伐人工林",
            "许可决定日期": _DECIDED,
            "有效期自": _DECIDED,
            "有效期至": _DECIDED + timedelta(days=365),
            "当前状态": "1",
            "许可机关": _FORESTS[0],
            "许可机关统一社会信用代码": _FORESTS[1],
            "上报日期": _IN_TIME,
        }
        for place, number in enumerate(numbers)
    ]
    return ledger, rows


def _number(body: tuple[str, str], act: str, number: int) -> str:
    return f"{body[0][3]}{act}决〔2026〕{number}号"


def _power(body: tuple[str, str], act_class: str, code: str, name: str) -> dict[str, str]:
    return {
        "权力名称": name,
        "权力类别": act_class,
        "实施依据": "见权责清单",
        "行政相对人类别": "法人和其他组织",
        "权力编码": code,
        "实施机关": body[0],
        "实施机关统一社会信用代码": body[1],
        "施行日期": "2024-01-01",
    }


def _entry(body: tuple[str, str], act_class: str, number: str, why: str, clause: str) -> Any:
    return {
        "单位名称": body[0],
        "单位统一社会信用代码": body[1],
        "行政行为类别": act_class,
        "决定书文号": number,
        "决定日期": _DECIDED,
        "不报送原因": why,
        "不报送依据": clause,
    }


def _statement(body: tuple[str, str], act_class: str, produced: int, reported: int) -> Any:
    return {
        "单位名称": body[0],
        "单位统一社会信用代码": body[1],
        "行政行为类别": act_class,
        "所属期止": "2026-03-31",
        "产生数量": produced,
        "本单位公示数量": reported,
        "报送数量": reported,
        "未报送数量": produced - reported,
        "未报送依据": "",
    }


def _subject(who: tuple[str, str]) -> dict[str, str]:
    return {
        "行政相对人名称": who[0],
        "行政相对人类别": "法人及非法人组织",
        "行政相对人代码_1（统一社会信用代码）": who[1],
    }
