"""Permits and penalties in both editions, seven further classes, and what is wrong with some rows.

Planted: decisions told in both editions (one record each), rows that have to be refused, subjects that
no register knows, records that are lawfully not published, inspections with a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from graph.identifiers import unified_social_credit_code as uscc
from ingest.sample.public_records.district import District, Planted
from ingest.sample.public_records.own_firms import own_firms

__all__ = ["FILES", "ORDER", "plant"]

ORDER = 10

_PERMITS_2018, _PENALTIES_2018 = "住建局行政许可2018版.csv", "城管局行政处罚2018版.csv"
_BOOK_2016 = "样例区双公示信息2016版.xlsx"
_REGISTER = "企业登记-双公示.csv"
_ACTS = {
    "confirmation": ("行政确认", "确认形式", "行政确认内容", "确认日期", "确认机关", "工程质量监督登记"),
    "coercion": ("行政强制", "行政强制形式", "行政强制实施内容", "强制决定日期", "强制决定机关", "扣押工具"),
    "adjudication": ("行政裁决", "行政裁决种类", "行政裁决内容", "行政裁决日期", "行政裁决机关", "补偿裁决"),
    "reward": ("行政奖励", "奖励形式", "奖励内容", "奖励授予日期", "授予机构", "荣誉称号"),
    "inspection": ("行政检查", "行政检查形式", "行政检查内容", "行政检查日期", "行政检查机关", "双随机抽查"),
    "levy": ("行政征收", "行政征收种类", "行政征收内容", "行政征收日期", "行政征收机关", "城镇垃圾处理费"),
    "payment": ("行政给付", "行政给付类型", "行政给付内容", "行政给付日期", "行政给付决定机关", "稳岗补贴"),
}  # fmt: skip

#: The edition of 2018 before that of 2016: its files bring the codes of the bodies.
FILES = (
    ("enterprise", _REGISTER),
    ("administrative_decision", _PERMITS_2018),
    ("administrative_decision", _PENALTIES_2018),
    ("administrative_decision", _BOOK_2016),
    *(("administrative_act", f"{title}信息.csv") for title, *_ in _ACTS.values()),
)

_HOUSING = ("凤翔区住房和城乡建设局", uscc.complete("1161030501600PK1"))
_STREETS = ("凤翔区城市管理执法局", uscc.complete("1161030501600PK2"))
_FIRMS = 60
_FILLER = "0" * 17 + "X"
#: Eighteen characters that no person has, and that are a well-formed code as well.
_LOOKS_LIKE_A_PERSON = "610322200406307817"


def plant(district: District) -> Planted:
    """The files of both editions and of the seven classes."""
    firms = own_firms(district, _FIRMS, block="U", word="公示")
    known = firms.pairs
    unknown = [
        (f"样例未登记企业{n}有限公司", uscc.complete(f"91610305MA9PK{n:02d}X")) for n in range(1, 4)
    ]
    permits, refused_permits = _permits_2018(known, unknown[:2])
    penalties, unpublished, refused_penalties = _penalties_2018(known, unknown[2:])
    book, refused_2016 = _both_2016(known)
    acts, found = _acts(known)
    tables: dict[str, Any] = {
        _REGISTER: firms.register,
        _PERMITS_2018: permits,
        _PENALTIES_2018: penalties,
        _BOOK_2016: book,
    }
    truth = {
        "refused": {
            _PERMITS_2018: refused_permits,
            _PENALTIES_2018: refused_penalties,
            **refused_2016,
        },
        "in_both_editions": [_number(_HOUSING, "许", n) for n in range(3)],
        "unknown_subjects": sorted(code for _, code in unknown),
        "not_published": unpublished,
        "inspections_with_a_finding": found,
    }
    return Planted(tables | acts, truth)


def _permits_2018(
    known: Sequence[tuple[str, str]], unknown: Sequence[tuple[str, str]]
) -> tuple[pd.DataFrame, list[list[Any]]]:
    rows = [
        _permit(known[n], _number(_HOUSING, "许", n), date(2026, 1, 5) + timedelta(n))
        for n in range(20)
    ]
    rows += [
        _permit(each, _number(_HOUSING, "许", 30 + n), date(2026, 2, 2))
        for n, each in enumerate(unknown)
    ]
    # milliseconds since 1970, a code of class 92 as a firm's, seventeen zeros and X without a number
    rows[3]["许可决定日期"] = "1767830400000"
    bad = [
        {"行政相对人代码_1（统一社会信用代码）": _LOOKS_LIKE_A_PERSON},
        {"行政相对人代码_1（统一社会信用代码）": uscc.complete("92610305MA9PK99X")},
        {"行政相对人代码_1（统一社会信用代码）": _FILLER},
        {"许可决定日期": "2026/13/45"},
        {"许可类别": "备案"},
    ]
    first = len(rows)
    rows += [
        _permit(known[20 + n], _number(_HOUSING, "许", 40 + n), date(2026, 2, 3)) | wrong
        for n, wrong in enumerate(bad)
    ]
    codes = [
        "resident_id_in_code",
        "code_pairs_with_kind",
        "required",
        "not_a_date",
        "unknown_code",
    ]
    return pd.DataFrame(rows), [[first + 2 + n, code] for n, code in enumerate(codes)]


def _penalties_2018(
    known: Sequence[tuple[str, str]], unknown: Sequence[tuple[str, str]]
) -> tuple[pd.DataFrame, dict[str, str], list[list[Any]]]:
    def penalty(who: tuple[str, str], number: int, kinds: str, **other: Any) -> dict[str, Any]:
        said = {
            "行政相对人名称": who[0],
            "行政相对人类别": "法人及非法人组织",
            "行政相对人代码_1（统一社会信用代码）": who[1],
            "行政处罚决定书文号": _number(_STREETS, "罚", number),
            "违法行为类型": "市容环境",
            "违法事实": "占道堆放",
            "处罚依据": "城市市容和环境卫生管理条例 第三十四条",
            "处罚类别": kinds,
            "处罚内容": f"{kinds}2000元" if kinds == "罚款" else kinds,
            "罚款金额（万元）": 0.2 if "罚款" in kinds else "",
            "处罚决定日期": "2026-03-02",
            "处罚程序": "普通程序",
            "不公开原因": "",
            "处罚机关": _STREETS[0],
            "处罚机关统一社会信用代码": _STREETS[1],
            "上报日期": "2026-03-04",
        }
        return said | other

    rows = [penalty(known[n], n, "罚款") for n in range(30, 36)]
    rows += [penalty(each, 50 + n, "罚款") for n, each in enumerate(unknown)]
    lawful = {
        "simple_procedure": penalty(known[36], 60, "罚款", 处罚程序="简易程序"),
        "secret": penalty(known[37], 61, "罚款", 不公开原因="商业秘密"),
        "minor": penalty(known[38], 62, "罚款", 不公开原因="未成年人"),
    }
    rows += lawful.values()
    bad = [
        ("refused_word", penalty(known[40], 70, "不予处罚")),
        # fined 2,000 yuan, written as 2,000 万元
        ("fine_not_in_yuan", penalty(known[41], 71, "罚款", **{"罚款金额（万元）": 2000})),
        ("fine_has_amount", penalty(known[42], 72, "罚款", **{"罚款金额（万元）": ""})),
        ("unknown_code", penalty(known[43], 73, "训诫")),
    ]
    refused = [[len(rows) + 2 + n, code] for n, (code, _) in enumerate(bad)]
    rows += [row for _, row in bad]
    unpublished = {row["行政处罚决定书文号"]: reason for reason, row in lawful.items()}
    return pd.DataFrame(rows), unpublished, refused


def _both_2016(
    known: Sequence[tuple[str, str]],
) -> tuple[dict[str, pd.DataFrame], dict[str, list[list[Any]]]]:
    """Two sheets with a title, who fills it in, a total and a closing line; three permits are those
    of the edition of 2018 once more."""
    head = ("地方编码", "数据更新时间戳")
    permits = [
        {
            "行政许可决定书文号": _number(_HOUSING, "许", n),
            "项目名称": "建筑施工许可",
            "审批类别": "普通",
            "许可内容": "建筑施工",
            "行政相对人名称": known[n][0],
            "行政相对人代码_1 (统一社会信用代码)": known[n][1],
            "行政相对人代码_2(组织机构代码)：": "",
            "行政相对人代码_3 (工商登记码)": "",
            "法定代表人姓名": "样例",
            "许可决定日期": f"{date(2026, 1, 5) + timedelta(n):%Y/%m/%d}",
            "许可截止期": "2099/12/31",
            "许可机关": _HOUSING[0],
            "当前状态": "0",
            **dict(zip(head, ("610305", "2026/02/01"), strict=True)),
        }
        for n in (0, 1, 2)
    ]
    permits.append(
        permits[0] | {"行政许可决定书文号": "空", "项目名称": "早期许可", "行政相对人名称": ""}
    )
    penalties = [
        {
            "行政处罚决定书文号": _number(_STREETS, "罚", 80 + n),
            "处罚名称": "占道经营案",
            "处罚类别1": "罚款",
            "处罚类别2": "警告；没收违法所得、没收非法财物",
            "处罚事由": "占道经营",
            "处罚依据": "城市市容和环境卫生管理条例",
            "行政相对人名称": known[44 + n][0],
            "行政相对人代码-1（统一社会信用代码）": known[44 + n][1],
            "法定代表人姓名": "样例",
            "处罚结果": "罚款500元",
            "处罚决定日期": "2026/03/03",
            "处罚机关": _STREETS[0],
            "当前状态": "0",
            **dict(zip(head, ("610305", "2026/03/04"), strict=True)),
        }
        for n in range(3)
    ]
    penalties.append(penalties[0] | {"行政处罚决定书文号": "P4", "当前状态": "7"})
    book = {
        "行政许可": _as_sent("行政许可信息公示表", permits),
        "行政处罚": _as_sent("行政处罚信息公示表", penalties),
    }
    # the title is the first row, the heading the third
    return book, {
        _BOOK_2016: [[7, "required"]],
        f"{_BOOK_2016}（行政处罚（2016年版））": [[7, "unknown_code"]],
    }


def _acts(known: Sequence[tuple[str, str]]) -> tuple[dict[str, pd.DataFrame], list[str]]:
    tables: dict[str, pd.DataFrame] = {}
    found = []
    for place, (title, form, content, day, by, said) in enumerate(_ACTS.values()):
        rows = []
        for n in range(6):
            who = known[48 + (place + n) % 12]
            row = {
                "法定名称或姓名": who[0],
                "统一社会信用代码": who[1],
                "文书号": _number(_HOUSING, title[2:], n),
                form: said,
                content: f"{said}（样例{n + 1}）",
                day: f"2026-0{place + 1}-1{n}",
                by: _HOUSING[0],
                "上报日期": f"2026-0{place + 1}-1{n}",
            }
            if title == "行政奖励":
                row["有效截止期"] = "长期" if n == 0 else "2028-12-31"
            if title == "行政检查":
                row["检查结果"] = "发现问题待后续处理" if n < 2 else "未发现问题"
                found += [row["文书号"]] if n < 2 else []
            rows.append(row)
        tables[f"{title}信息.csv"] = pd.DataFrame(rows)
    return tables, found


def _permit(who: tuple[str, str], number: str, decided: date) -> dict[str, Any]:
    return {
        "行政相对人名称": who[0],
        "行政相对人类别": "法人及非法人组织",
        "行政相对人代码_1（统一社会信用代码）": who[1],
        "行政相对人代码_2（工商注册号）": "",
        "行政许可决定文书名称": "建筑施工许可证",
        "行政许可决定文书号": number,
        "许可类别": "普通",
        "许可内容": "建筑施工",
        "许可决定日期": decided.isoformat(),
        "有效期自": decided.isoformat(),
        "有效期至": "长期",
        "当前状态": "1",
        "许可机关": _HOUSING[0],
        "许可机关统一社会信用代码": _HOUSING[1],
        "上报日期": (decided + timedelta(2)).isoformat(),
    }


def _as_sent(title: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    heading = list(rows[0])
    width = len(heading)

    def line(*cells: str) -> list[str]:
        return [*cells, *[""] * (width - len(cells))]

    body = [[str(row[name]) for name in heading] for row in rows]
    closing = [line("合计", str(len(rows))), line("填报人：样例", "", "审核人：样例")]
    return pd.DataFrame(
        [line("填报单位：样例局", "", "报送月份：3月"), heading, *body, *closing],
        columns=line(title),
    )


def _number(body: tuple[str, str], word: str, n: int) -> str:
    return f"凤{body[0][3]}{word}〔2026〕{n + 1}号"
