"""Wrong and repeated codes (重错码), one and more of every kind, and what the province lists of them.

Every firm is invented here.  The truth says of each planted code which kinds it is of; what was there
before is told by the district's own truth.
"""

from __future__ import annotations

import pandas as pd

from graph.identifiers import organisation_code
from graph.identifiers import unified_social_credit_code as uscc
from ingest.sample.public_records.district import District, Planted

__all__ = ["FILES", "ORDER", "plant"]

FILES = (
    ("enterprise", "企业登记-重错码.csv"),
    ("judgment_defaulter", "失信被执行人-重错码.csv"),
    ("administrative_decision", "行政许可-重错码.csv"),
    ("code_error_list", "重错码汇总表.csv"),
)
ORDER = 30

_AREA = "610305"
_COLUMNS = (
    "统一社会信用代码", "企业名称", "登记状态", "成立日期", "注销或吊销日期", "住所", "村编码",
    "法定代表人", "法定代表人证件号码",
)  # fmt: skip


def plant(district: District) -> Planted:
    """The files, and the kinds of every planted code."""
    invented = _Invented(district)
    kinds: dict[str, list[str]] = {}
    register = pd.DataFrame(
        [*_wrong(invented, kinds), *_repeated(invented, kinds)], columns=_COLUMNS
    )
    ended = invented.firm("样区注销后果业有限公司", state="注销", ended_on="2024-06-30")
    register.loc[len(register)] = ended
    kinds[ended[0]] = ["STATUS"]
    mentioned = invented.firm("样区本名果品有限公司")
    register.loc[len(register)] = mentioned
    kinds[mentioned[0]] = ["NAME_MISMATCH"]
    leaks = ["610322200406307817", "610322201406289836"]
    return Planted(
        {
            FILES[0][1]: register,
            FILES[1][1]: _listed(mentioned[0]),
            FILES[2][1]: _permits(ended, leaks),
            FILES[3][1]: _summary(kinds),
        },
        {
            "kinds": {code: sorted(found) for code, found in sorted(kinds.items())},
            "resident_ids": [f"{text[:6]}{'*' * 12}" for text in leaks],
            "fillers": 1,
        },
    )


class _Invented:
    """Firms that nobody else has: numbers of a block of their own."""

    def __init__(self, district: District) -> None:
        people = district.people
        self._heads = people[people["与户主关系"] == "户主"].iloc[-40:]
        self._next = 0

    def code(self, prefix: str = "91", area: str = _AREA) -> str:
        """The next well-formed code."""
        self._next += 1
        return uscc.complete(f"{prefix}{area}MA9C{self._next:04d}")

    def firm(
        self, name: str, code: str = "", *, state: str = "存续", ended_on: str = "",
        established_on: str = "2018-05-01",
    ) -> list[str]:  # fmt: skip
        """A row of the register, with a head of its own."""
        code = code or self.code()
        head = self._heads.iloc[self._next % len(self._heads)]
        return [
            code, name, state, established_on, ended_on, f"样路{self._next}号", head["村编码"],
            head["姓名"], head["公民身份号码"],
        ]  # fmt: skip


def _wrong(invented: _Invented, kinds: dict[str, list[str]]) -> list[list[str]]:
    """Codes against their own rule; each is refused, but for the division, which is only in doubt."""
    good = invented.code
    base = good()
    last = base[:17] + ("1" if base[17] != "1" else "2")
    inner = _wrong_inner(good())
    letter = good()
    planted = {
        last: ["CHECK_DIGIT"],
        inner: ["GB11714"],
        good()[:17]: ["LENGTH"],
        good() + "7": ["LENGTH"],
        letter[:12] + "O" + letter[13:]: ["ALPHABET"],
        _checked("98" + good()[2:17]): ["DEPT_CLASS"],
        good(area="619905"): ["AREA"],
    }
    kinds.update(planted)
    return [invented.firm(f"样区错码{n}号商贸有限公司", code) for n, code in enumerate(planted)]


def _repeated(invented: _Invented, kinds: dict[str, list[str]]) -> list[list[str]]:
    """One code for two, one subject with two, one number within for two."""
    one = invented.code()
    kinds[one] = ["ONE_CODE_MANY_SUBJECTS"]
    rows = [invented.firm(f"样区同码{word}食品有限公司", one) for word in "甲乙"]
    twice = [invented.code(), invented.code()]
    kinds |= {code: ["ONE_SUBJECT_MANY_CODES"] for code in twice}
    rows += [invented.firm("样区双码粮油有限公司", code) for code in twice]
    first = invented.code()
    second = _checked("916103" + "04" + first[8:17])
    kinds |= {code: ["INNER9_SHARED"] for code in (first, second)}
    names = ("样区内码甲养殖有限公司", "样区内码乙运输有限公司")
    return rows + [
        invented.firm(name, code) for name, code in zip(names, (first, second), strict=True)
    ]


def _wrong_inner(code: str) -> str:
    right = organisation_code.check_digit(code[8:16])
    return _checked(code[:16] + ("1" if right != "1" else "2"))


def _checked(first17: str) -> str:
    return first17 + uscc.check_digit(first17)


def _listed(mentioned: str) -> pd.DataFrame:
    """A court's list that names a firm as nobody ever did."""
    return pd.DataFrame(
        [
            {
                "被执行人名称": "样区张冠李戴农机有限公司",
                "被执行人证件号码": mentioned,
                "执行法院": "样本区人民法院",
                "执行依据文号": "（2024）样民初09001号",
                "案号": "（2024）样执09001号",
                "失信行为具体情形": "违反财产报告制度",
                "发布日期": "2025-11-10",
            }
        ]
    )


def _permits(ended: list[str], leaks: list[str]) -> pd.DataFrame:
    """A permit after the end of its holder, resident ids and a filler where codes belong."""
    authority = ("样本区市场监督管理局", "11610305MB9A000144")
    plain = [(ended[1], ended[0], "2025-03-03")]
    wrong = [(f"样区错栏{n}号批发有限公司", text, "2025-03-03") for n, text in enumerate(leaks)]
    filled = [("样区无码合作联社", "0" * 17 + "X", "2025-03-03")]
    return pd.DataFrame(
        [
            {
                "行政相对人名称": name,
                "行政相对人类别": "法人及非法人组织",
                "行政相对人代码_1（统一社会信用代码）": code,
                "行政许可决定文书名称": "食品经营许可证",
                "行政许可决定文书号": f"JY1610305009900{n}",
                "许可类别": "普通",
                "许可内容": "预包装食品销售",
                "许可决定日期": day,
                "有效期自": day,
                "有效期至": "2030-03-02",
                "当前状态": "有效",
                "许可机关": authority[0],
                "许可机关统一社会信用代码": authority[1],
                "上报日期": day,
            }
            for n, (name, code, day) in enumerate([*plain, *wrong, *filled])
        ]
    )


def _summary(kinds: dict[str, list[str]]) -> pd.DataFrame:
    """What the province found of it: the wrong codes, and both subjects of the code given twice."""
    terms = {
        "CHECK_DIGIT": "校验码错误",
        "GB11714": "主体标识码错误",
        "ONE_CODE_MANY_SUBJECTS": "一码多赋",
    }
    lines = [
        (code, f"样区同码{word}食品有限公司" if found == ["ONE_CODE_MANY_SUBJECTS"] else "样区错码商贸有限公司", terms[found[0]])
        for code, found in kinds.items()
        if found[0] in terms
        for word in ("甲乙" if found == ["ONE_CODE_MANY_SUBJECTS"] else "甲")
    ]  # fmt: skip
    return pd.DataFrame(
        [
            {"轮次": "2023", "统一社会信用代码": code, "主体名称": name, "重错码类型": term,
             "登记管理部门": "市场监督管理局", "下发日期": "2023-03-01"}
            for code, name, term in lines
        ]
    )  # fmt: skip
