"""Parties whose names are written as registers and clerks write them, to be searched for."""
# ruff: noqa: RUF001

from __future__ import annotations

from datetime import date
from typing import Any

from world import World

from graph.identifiers import tail_key
from graph.identifiers import unified_social_credit_code as uscc

CODE = uscc.complete("91610305MA6X00Q1")
FIRM = f"org:{CODE}"

#: Under which the ends of their ids are kept.
IDENTITY_KEY = "11" * 32
#: key -> (label, name as registered, village, day of birth, last four of the id)
_PARTIES: dict[str, tuple[str, str, str | None, date | None, str | None]] = {
    "find:ying": ("Person", "许春英", "taiping", date(1975, 3, 15), "002X"),
    "find:ying2": ("Person", "许春英", "heping", date(1990, 7, 1), "1048"),
    "find:jianguo": ("Person", "许建国", "taiping", date(1968, 1, 2), "0011"),
    "find:li": ("Person", "李永", "taiping", date(1980, 5, 5), "5019"),
    "household:find-li": ("Household", "李永", "taiping", None, None),
    "find:maimaiti": ("Person", "买买提·艾力", "heping", date(1990, 5, 10), "1046"),
    "find:shan": ("Person", "單長樂", "heping", date(1960, 2, 3), "3034"),
    FIRM: ("Enterprise", "宝鸡市（丰硕）果业 有限公司", None, None, None),
    "find:roman": ("Enterprise", "ＡＢＣ㈱ⅠⅡ号店", None, None, None),
    "find:group": ("Enterprise", "丰硕集团有限公司", None, None, None),
}

#: (typed, parties found in order, how the first was found); other worlds have none of these.
EXPECTED: tuple[tuple[str, list[str], str], ...] = (
    # as registered, and with half-width brackets, no blank, no brackets, full-width letters
    ("宝鸡市（丰硕）果业 有限公司", [FIRM], "name"),
    ("宝鸡市(丰硕)果业有限公司", [FIRM], "name"),
    ("宝鸡市丰硕果业有限公司", [FIRM], "name"),
    ("ABC", ["find:roman"], "begin"),
    ("ａｂｃ（株）III号店", ["find:roman"], "name"),
    ("ＡＢＣ㈱ⅠⅡ号店", ["find:roman"], "name"),
    # the dot of a keyboard, of Japanese, of a bullet; none
    ("买买提·艾力", ["find:maimaiti"], "name"),
    ("买买提・艾力", ["find:maimaiti"], "name"),
    ("买买提•艾力", ["find:maimaiti"], "name"),
    ("买买提艾力", ["find:maimaiti"], "name"),
    # blanks; the other script
    ("许 春英", ["find:ying2", "find:ying"], "name"),
    ("許春英", ["find:ying2", "find:ying"], "name"),
    ("单长乐", ["find:shan"], "name"),
    # one character, a part, the end
    ("许", ["find:jianguo", "find:ying2", "find:ying"], "begin"),
    ("艾力", ["find:maimaiti"], "part"),
    ("果业有限公司", [FIRM], "part"),
    ("丰硕", ["find:group", FIRM], "begin"),
    # pinyin, with blanks, initials, a surname's own reading
    ("xuchunying", ["find:ying2", "find:ying"], "sound"),
    ("Xu Chunying", ["find:ying2", "find:ying"], "sound"),
    ("xcy", ["find:ying2", "find:ying"], "sound"),
    ("shanchangle", ["find:shan"], "sound"),
    ("fengshuo", ["find:group", FIRM], "sound"),
    # by ear: ying and yin, one character too few, two the wrong way round
    ("xuchunyin", ["find:ying2", "find:ying"], "near"),
    ("许春瑛", ["find:ying2", "find:ying"], "near"),
    ("许瑛", ["find:ying2", "find:ying"], "near"),
    ("许英春", ["find:ying2", "find:ying"], "near"),
    ("徐建国", ["find:jianguo"], "near"),
    ("宝鸡市丰硕果叶有限公司", [FIRM], "near"),
    # codes
    (CODE, [FIRM], "key"),
    (CODE.lower(), [FIRM], "key"),
    (f"{CODE[:8]} {CODE[8:17]} {CODE[17:]}", [FIRM], "key"),
    (CODE.translate({ord(a): ord(a) + 0xFEE0 for a in CODE}), [FIRM], "key"),
    (CODE[:12], [FIRM], "code_part"),
    (FIRM, [FIRM], "key"),
    # a loan by the bank's own number, alone, after the institution, in small letters
    ("JK2024-0007", ["find:jianguo"], "loan"),
    ("jk2024-0007", ["find:jianguo"], "loan"),
    ("C1010211000012 JK2024-0007", ["find:jianguo"], "loan"),
    ("loan:C1010211000012:JK2024-0007", ["find:jianguo"], "loan"),
    # a village, by each of its names; the household first
    ("太平村", ["household:find-li", "find:li", "find:jianguo", "find:ying"], "place"),
    ("太平", ["household:find-li", "find:li", "find:jianguo", "find:ying"], "place"),
    ("太平村村民委员会", ["household:find-li", "find:li", "find:jianguo", "find:ying"], "place"),
    # a household by its householder
    ("李永户", ["household:find-li"], "household"),
    ("李永", ["find:li", "household:find-li"], "name"),
    # a name with a place, with the last characters of an identifier
    ("许春英 太平村", ["find:ying"], "name"),
    ("太平村 许春英", ["find:ying"], "name"),
    ("许春英 田家庄镇", ["find:ying2"], "name"),
    ("许春英 太平", ["find:ying"], "name"),
    ("许春英 002x", ["find:ying"], "name"),
    ("许春英 610322********1048", ["find:ying2"], "name"),
    # nobody
    ("查无此名", [], ""),
    ("许春兰", [], ""),
    ("。", [], ""),
    ('许"春\\英', ["find:ying2", "find:ying"], "name"),
)


def write_searched(world: World) -> None:
    """State all of them in the world's next batch."""
    for key, name, label in (
        ("find:guowang", "虢王镇", "Town"),
        ("find:tianjia", "田家庄镇", "Town"),
        ("find:taiping", "太平村", "Village"),
        ("find:heping", "和平村", "Village"),
    ):
        world.node(label, key, name=name)
    world.tie("PART_OF", ("find:taiping", "Village"), ("find:guowang", "Town"))
    world.tie("PART_OF", ("find:heping", "Village"), ("find:tianjia", "Town"))
    for key, (label, name, village, birth_on, last_four) in _PARTIES.items():
        said: dict[str, Any] = {}
        if birth_on and last_four:
            said = {"birth_on": birth_on, "resident_id_masked": f"610322{birth_on:%Y%m%d}****",
                    "resident_id_tail_key": tail_key(last_four, IDENTITY_KEY)}  # fmt: skip
        if key == FIRM:
            said = {"unified_social_credit_code": CODE}
        world.node(label, key, name=name, **said)
        if village:
            world.tie("LOCATED_IN", (key, label), (f"find:{village}", "Village"))
    loan = ("loan:C1010211000012:JK2024-0007", "Loan")
    world.node("Loan", loan[0], loan_no="JK2024-0007")
    world.tie("BORROWED", ("find:jianguo", "Person"), loan)
    world.node("FinancialInstitution", "find:bank", name="凤翔农商银行")
    world.tie("LENT_BY", loan, ("find:bank", "FinancialInstitution"))
    # one penalty in force, one repaired, one of somebody who only resembles the firm
    for number, removed_on, certainty in (
        (1, None, 1.0),
        (2, date(2026, 3, 1), 1.0),
        (3, None, 0.8),
    ):
        penalty = (f"find:penalty{number}", "Penalty")
        world.node("Penalty", penalty[0], penalty_kinds="罚款", document_no=f"凤市监罚〔2026〕{number}号",
                   fine_fen=100_000, decided_on=date(2026, 1, 9), removed_on=removed_on)  # fmt: skip
        world.tie("PENALISED_BY", (FIRM, "Enterprise"), penalty, certainty=certainty)
