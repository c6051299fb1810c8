"""A dishonest firm with everybody who stands near it, and with those who only seem to.

    listed firm ─ representative
         └ partner ─ second firm ─ its representative

Whoever stands near a firm whose listing was removed, or near nobody, is left alone.
"""

from __future__ import annotations

import pandas as pd

from graph.identifiers import resident_id
from ingest.sample.firms import codes
from ingest.sample.public_records.district import District, Planted

__all__ = ["FILES", "ORDER", "plant"]

FILES = (
    ("enterprise", "企业登记-关联核查.csv"),
    ("enterprise_shareholder", "股东出资-关联核查.csv"),
    ("judgment_defaulter", "失信被执行人-关联核查.csv"),
)
ORDER = 60

_BLOCK = "8"
_TIMES = 3
_COURT = "样本区人民法院"


def plant(district: District) -> Planted:
    """Three times the same: five people and four firms of their own each."""
    village = district.people["村编码"].iloc[0]
    every = codes("91", 4 * _TIMES, block=_BLOCK)
    register: list[dict[str, str]] = []
    holders: list[dict[str, str]] = []
    listed: list[dict[str, str]] = []
    truth = []

    def person(number: int) -> tuple[str, str]:
        born = f"1969{number % 12 + 1:02d}{number // 12 + 1:02d}"
        return f"样本联{chr(0x7532 + number)}", resident_id.complete(f"610322{born}901")

    def firm(code: str, name: str, head: tuple[str, str]) -> None:
        register.append(
            {
                "统一社会信用代码": code, "企业名称": name, "登记状态": "存续", "成立日期": "2014-05-06",
                "注册资本（万元）": "100", "住所": f"样本关联路{len(register) + 1}号", "行业代码": "1371",
                "村编码": village, "法定代表人": head[0], "法定代表人证件号码": head[1],
                "任职日期": "2020-03-02",
            }
        )  # fmt: skip

    def holds(code: str, who: tuple[str, str], share: str, since: str) -> None:
        holders.append(
            {
                "统一社会信用代码": code, "股东名称": who[0], "股东证件号码": who[1], "出资比例（%）": share,
                "认缴出资额（万元）": share, "出资日期": since,
            }
        )  # fmt: skip

    def lists(name: str, code: str, case: str, removed: str) -> None:
        listed.append(
            {
                "被执行人名称": name, "被执行人证件号码": code, "执行法院": _COURT,
                "执行依据文号": case.replace("执", "民初"), "立案时间": "2025-11-03", "案号": case,
                "履行情况": "全部未履行", "失信行为具体情形": "有履行能力而拒不履行", "发布日期": "2026-01-15",
                "公布截止日期": "2028-01-14", "移出日期": removed,
            }
        )  # fmt: skip

    for time in range(_TIMES):
        bad, second, third, repaired = every[4 * time : 4 * time + 4]
        names = [f"凤翔样本关联{80_001 + 4 * time + n}号有限公司" for n in range(4)]
        head, partner, other, apart, lone = (person(5 * time + n) for n in range(5))
        firm(bad, names[0], head)
        firm(second, names[1], other)
        firm(third, names[2], apart)
        firm(repaired, names[3], lone)
        holds(bad, head, "60", "2014-05-06")
        holds(bad, partner, "40", "2019-07-01")
        holds(second, partner, "70", "2021-09-09")
        holds(second, other, "30", "2021-09-09")
        holds(third, apart, "100", "2014-05-06")
        holds(repaired, lone, "100", "2014-05-06")
        lists(names[0], bad, f"（2026）样联执{time + 1}号", "")
        lists(names[3], repaired, f"（2026）样联执{90 + time}号", "2026-03-01")
        truth.append(
            {
                "subject": bad,
                # tie by tie: who stands how near, from when the whole way stands
                "linked": [
                    [head[1], 1, "2014-05-06"], [partner[1], 1, "2019-07-01"],
                    [second, 2, "2021-09-09"], [other[1], 3, "2021-09-09"],
                ],
                "not_linked": [third, apart[1], repaired, lone[1]],
            }
        )  # fmt: skip
    tables = (pd.DataFrame(register), pd.DataFrame(holders), pd.DataFrame(listed))
    return Planted(dict(zip((name for _, name in FILES), tables, strict=True)), {"cases": truth})
