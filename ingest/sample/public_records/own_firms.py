"""Firms that one subject has for itself, so that nobody else's truth touches its own.

A small district has few firms: subjects that plant on those of the register would plant on each
other's.  Whoever brings firms of its own names a block of codes and a word for their names; a test
finds two subjects with the same firm.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice

import pandas as pd

from graph.identifiers import resident_id
from ingest.sample.firms import codes
from ingest.sample.public_records.district import District

__all__ = ["OwnFirms", "own_firms"]

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_NUMBERS = "零壹贰叁肆伍陆柒捌玖"


@dataclass(frozen=True)
class OwnFirms:
    """Firms with a representative each, who stands nowhere else.

    Attributes:
        pairs: name and code of each.
        people: name and resident id of each one's representative.
        register: rows as the register of enterprises writes them.
    """

    pairs: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    register: pd.DataFrame


def own_firms(
    district: District, count: int, *, block: str, word: str, since: str = "2015-03-02"
) -> OwnFirms:
    """Firms of a block of codes (one letter of a code), whose names and streets have a word of
    their own.

    Raises `ValueError` for more than 336, for which there are no days of birth.
    """
    if count > 12 * 28:
        raise ValueError("count: at most 336 firms of one subject")
    every = codes("91", count, block=block)
    pairs = tuple((f"凤翔样本{word}{n + 1:03d}号有限公司", code) for n, code in enumerate(every))
    # the last three digits before the check digit are those of samples, one for each block
    place = 910 + _LETTERS.index(block)
    people = tuple(
        (
            f"样本{word[0]}" + "".join(_NUMBERS[int(digit)] for digit in f"{n:03d}"),
            resident_id.complete(f"6103221972{n % 12 + 1:02d}{n // 12 + 1:02d}{place}"),
        )
        for n in range(count)
    )
    villages = islice(cycle(district.people["村编码"].drop_duplicates()), count)
    register = pd.DataFrame(
        {
            "统一社会信用代码": code,
            "企业名称": name,
            "登记状态": "存续",
            "成立日期": since,
            "注册资本（万元）": "100",
            "住所": f"样本{word}路{n + 1}号",
            "行业代码": "1371",
            "村编码": village,
            "法定代表人": head[0],
            "法定代表人证件号码": head[1],
        }
        for n, ((name, code), head, village) in enumerate(zip(pairs, people, villages, strict=True))
    )
    return OwnFirms(pairs, people, register)
