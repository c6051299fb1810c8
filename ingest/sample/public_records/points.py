"""Firms and their representatives with honours of every level, as they would score if they applied.

Nobody of them applies in a file: an application is the subject's own, and stands with the office.
"""

from __future__ import annotations

import pandas as pd

from graph.identifiers import resident_id
from ingest.sample.firms import codes
from ingest.sample.public_records.district import District, Planted

__all__ = ["FILES", "ORDER", "plant"]

FILES = (
    ("enterprise", "企业登记-信用积分.csv"),
    ("credit_list", "荣誉-信用积分.csv"),
    ("judgment_defaulter", "失信被执行人-信用积分.csv"),
)
ORDER = 65

_BLOCK = "P"
_FIRMS = 7
_OTHER = "其他诚实守信荣誉"

#: Firm, honour, stated level, who confers it, from when, until when, and when it was taken back.
_HONOURS: tuple[tuple[int, str, str, str, str, str, str], ...] = (
    (0, "全国农业产业化龙头企业", "国家", "农业农村部", "2025-03-03", "2028-03-02", ""),
    (0, "宝鸡市守合同重信用企业", "市", "宝鸡市人民政府", "2025-06-04", "", ""),
    # one honour on three levels, and again the next year
    (1, "凤翔区诚信经营示范户", "县", "凤翔区人民政府", "2024-05-06", "", ""),
    (1, "宝鸡市诚信经营示范户", "市", "宝鸡市人民政府", "2025-05-06", "", ""),
    (1, "2025年度陕西省诚信经营示范户", "省", "陕西省人民政府", "2025-11-03", "2027-11-02", ""),
    (1, "2024年度陕西省诚信经营示范户", "省", "陕西省人民政府", "2024-11-04", "", ""),
    # over, and taken back
    (2, "凤翔区纳税大户", "县", "凤翔区人民政府", "2022-03-01", "2025-02-28", ""),
    (2, "宝鸡市放心消费单位", "市", "宝鸡市人民政府", "2025-03-03", "", "2026-01-20"),
    # of a municipal department, and of an association
    (3, "宝鸡市交通运输守信标兵", "市", "宝鸡市交通运输局", "2025-04-07", "", ""),
    (3, "苹果产业诚信会员", "社会组织", "凤翔区苹果产业协会", "2025-08-04", "", ""),
    (4, "凤翔区消费者满意单位", "县", "凤翔区人民政府", "2025-09-01", "", ""),
    (5, "凤翔区消费者信得过单位", "县", "凤翔区人民政府", "2025-09-01", "", ""),
)
_OF_PEOPLE: tuple[tuple[int, str, str, str], ...] = (
    (0, "凤翔区道德模范", "县", "凤翔区人民政府"),
    (0, "样本村好人", "村", "样本村村民委员会"),
    (0, "单位优秀员工", "单位", "样本公司"),
    (1, "城关镇道德模范", "镇", "城关镇人民政府"),
)

_POINTS = {0: 30.0, 1: 20.0, 2: 0.0, 3: 5.5, 4: 5.0, 5: 5.0, 6: 0.0}
_POINTS_OF_PEOPLE = {0: 7.0, 1: 3.0}
_SAME, _UNSCORED = {1: 3}, {4: 1}


def plant(district: District) -> Planted:
    """Three files; `points` of the truth says by code or resident id what each would have.

    `same_honour` counts honours that are counted at a higher level already, `not_scored` adverse
    records that may be used and for which no value was found.
    """
    village = district.people["村编码"].iloc[0]
    firms = codes("91", _FIRMS, block=_BLOCK)
    names = [f"凤翔样本积分{81_001 + n}号有限公司" for n in range(_FIRMS)]
    people = [
        (f"样本积{chr(0x7532 + n)}", resident_id.complete(f"6103221967{n + 1:02d}01903"))
        for n in range(_FIRMS)
    ]
    register = [
        {
            "统一社会信用代码": code, "企业名称": name, "登记状态": "存续", "成立日期": "2014-05-06",
            "注册资本（万元）": "100", "住所": f"样本积分路{n + 1}号", "行业代码": "1371",
            "村编码": village, "法定代表人": head[0], "法定代表人证件号码": head[1],
            "任职日期": "2020-03-02",
        }
        for n, (code, name, head) in enumerate(zip(firms, names, people, strict=True))
    ]  # fmt: skip
    honours = [
        _honour(names[who], firms[who], *told, number=n) for n, (who, *told) in enumerate(_HONOURS)
    ]
    honours += [
        _honour(*people[who], title, level, body, "2025-03-05", "", "", number=100 + n)
        for n, (who, title, level, body) in enumerate(_OF_PEOPLE)
    ]
    listed = [
        _listed(names[4], firms[4], 1, removed=""),
        _listed(names[5], firms[5], 2, removed="2026-03-01"),
    ]
    keys = {n: firms[n] for n in _POINTS}
    truth = {
        "points": {keys[n]: points for n, points in _POINTS.items()}
        | {who[1]: _POINTS_OF_PEOPLE.get(n, 0.0) for n, who in enumerate(people)},
        "same_honour": {keys[n]: count for n, count in _SAME.items()},
        "not_scored": {keys[n]: count for n, count in _UNSCORED.items()},
    }
    tables = (pd.DataFrame(register), pd.DataFrame(honours), pd.DataFrame(listed))
    return Planted(dict(zip((name for _, name in FILES), tables, strict=True)), truth)


def _honour(
    name: str, code: str, title: str, level: str, body: str, since: str, until: str, taken: str,
    *, number: int,
) -> dict[str, str]:  # fmt: skip
    return {
        "主体名称": name,
        "主体证件号码": code,
        "红名单名称": _OTHER,
        "荣誉名称": title,
        "荣誉级别": level,
        "认定机关": body,
        "认定文号": f"样荣〔2025〕{number + 1}号",
        "认定日期": since,
        "有效截止日期": until,
        "撤销日期": taken,
    }


def _listed(name: str, code: str, number: int, *, removed: str) -> dict[str, str]:
    return {
        "被执行人名称": name, "被执行人证件号码": code, "执行法院": "样本区人民法院",
        "执行依据文号": f"（2026）样积民初{number}号", "立案时间": "2025-11-03",
        "案号": f"（2026）样积执{number}号", "履行情况": "全部未履行",
        "失信行为具体情形": "有履行能力而拒不履行", "发布日期": "2026-01-15",
        "公布截止日期": "2028-01-14", "移出日期": removed,
    }  # fmt: skip
