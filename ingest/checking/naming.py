"""What a name alone says of its bearer: a person, a kind of organisation, or nothing.

Nothing is decided by a name where an identifier is read; a name decides only what a number leaves
open, and what kind of party a mention without a number is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from graph.names.writing import MIDDLE_DOTS

__all__ = ["PROVISIONAL", "are_organisations", "label_of_name", "suggests"]

#: Keys of parties that were named without an identifier.
PROVISIONAL = "provisional:"

#: 境外公司: how firms of other countries end their names.
_ABROAD = (
    r"\b(?:co|corp|corporation|company|inc|incorporated|llc|llp|lp|ltd|limited|plc|gmbh|ag|bv|nv|sa|"
    r"sarl|srl|spa|oy|ab|pte|pty|kk)\b\.?$"
)
_FIRM_ENDINGS = (
    (re.compile(r"村民委员会$|村委会$|居民委员会$|居委会$"), "SelfGoverningBody"),
    (re.compile(r"股份经济合作(联合)?社$|经济合作社$|经济联合社$|(村民|居民)小组$"), "Collective"),
    (re.compile(r"合作社(联合社)?$"), "Cooperative"),
    (re.compile(r"家庭农场$"), "FamilyFarm"),
    (re.compile(r"公司$|厂$|集团$|企业$"), "Enterprise"),
    (re.compile(rf"(?i){_ABROAD}"), "Enterprise"),
    (re.compile(r"(店|部|行|馆|铺|坊|超市|门市|摊|场|站|中心|农资|粮油|百货|饭庄|酒家)$"), "IndividualBusiness"),
)  # fmt: skip
_MIN_FIRM_NAME = 4  # 张站, 李店: short names that end so are people

#: Endings of organisations of every kind; what a person may be called as well needs more before it.
_ORGANISATION = re.compile(
    r"(?:公司|集团|企业|(?:合作|联合|总)社|信用社|供销社|农场|林场|牧场|茶场|"
    r"委员会|居委会|村委会|小组|人民政府|政府|法院|检察院|学院|医院|卫生院|"
    r"办公室|办事处|事务所|服务所|公证处|管理处|中心|学校|小学|中学|大学|幼儿园|"
    r"协会|学会|商会|联合会|基金会|研究会|促进会|工会|银行|联社|支行|分行|"
    r"卫生室|诊所|药房|超市|门市|商行|经营部|经销部|门市部|服务部|项目部|代表处|"
    r"(?<=..)(?:局|厂|店)|(?<=...)(?:院|所|处|站|队|馆|铺|坊|寺|庙|场|部|行|社|会|园|校))$"
)
_HAN = "\u3400-\u9fff\U00020000-\U000323af"
#: 姓名 of two to four characters, or parts of a name with dots between (GB/T 15834: U+00B7).
_PERSON = re.compile(rf"[{_HAN}]{{2,4}}|[{_HAN}]{{1,12}}(?:·[{_HAN}]{{1,12}})+")
_DOTS = str.maketrans(dict.fromkeys(MIDDLE_DOTS, "·"))
_BRACKETS = re.compile(r"\s|[(（][^)）]{0,200}[)）]")


@lru_cache(maxsize=1 << 16)
def suggests(name: str) -> Literal["person", "organisation"] | None:
    """Whether the name is one as persons have, as organisations have, or neither for certain.

    >>> suggests("南充样女"), suggests("买买提・艾力"), suggests("样县财政局")
    ('person', 'person', 'organisation')
    >>> suggests("JOHN SMITH"), suggests("")
    (None, None)
    """
    text = _BRACKETS.sub("", unicodedata.normalize("NFKC", name)).translate(_DOTS)
    if _ORGANISATION.search(text) or re.search(_ABROAD, name.strip(), re.IGNORECASE):
        return "organisation"
    return "person" if _PERSON.fullmatch(text) else None


#: What nothing is folded in or left out of (RE2); and how such a name ends that may be an organisation's.
_AS_IT_STANDS = r"^[\x{3400}-\x{9FFF}·]*$"
_MAYBE_ENDING = f"[{''.join(sorted(set(re.findall('(.)(?=[|)])', _ORGANISATION.pattern))))}]$"


def are_organisations(names: pa.Array) -> pa.Array:
    """Of which names `suggests` says that they are organisations'; it is asked of those that may be."""
    as_it_stands = pc.match_substring_regex(names, _AS_IT_STANDS)
    maybe = pc.or_(pc.invert(as_it_stands), pc.match_substring_regex(names, _MAYBE_ENDING))
    found = maybe.to_numpy(zero_copy_only=False).copy()
    found[found] = [suggests(name) == "organisation" for name in names.filter(maybe).to_pylist()]
    return pa.array(found)


def label_of_name(name: str | None) -> str:
    """What kind of party a name alone suggests; a person where it does not look like a firm."""
    text = unicodedata.normalize("NFKC", name or "").strip()
    if len(text) >= _MIN_FIRM_NAME:
        for ending, label in _FIRM_ENDINGS:
            if ending.search(text):
                return label
    return "Person"
