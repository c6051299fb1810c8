"""Invented households and their members, calibrated on the district's published figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from graph.identifiers import resident_id
from ingest.sample.days import later
from ingest.sample.names import TOWNS, person_names, village_name

__all__ = ["People", "divisions", "invent_people"]

#: Resident ids of samples end in this range of sequence digits.  Police stations hand sequences
#: out from low numbers, so a sample id meets no living person's in practice; one (county, birth
#: date) takes 100 of them, which is enough for a million persons.
SAMPLE_SEQUENCE = range(900, 1000)

_SIZES = np.array([1, 2, 3, 4, 5, 6])
_SIZE_SHARES = np.array([0.16, 0.26, 0.24, 0.20, 0.09, 0.05])
_NEIGHBOURS = np.array(["610322", "610323", "610324", "610328", "610302"])
_COLLECTED = "2026-03-15"
#: Share of households headed by a woman; no published figure for the district was found.
_WOMEN_HEADS = 0.2


@dataclass(frozen=True)
class People:
    """Members as the household file lists them (Chinese headings), adults first in a household.

    Attributes:
        members: one row a person.
        adults: places of members who may borrow.
    """

    members: pd.DataFrame
    adults: np.ndarray


def divisions(persons: int) -> pd.DataFrame:
    """The county, its towns, and as many invented villages as the size asks for."""
    per_town = int(np.clip(persons // 2_400, 2, 30))
    rows = [("610305", "凤翔区", "县区", "", "610322")]
    rows += [(code, name, "乡镇", "610305", "") for code, name in TOWNS.items()]
    for code in TOWNS:
        rows += [(f"{code}{200 + n}", village_name(n), "行政村", code, "") for n in range(per_town)]
    return pd.DataFrame(rows, columns=["行政区划代码", "名称", "级别", "上级代码", "原代码"])


def invent_people(generator: np.random.Generator, persons: int, villages: np.ndarray) -> People:
    """Households of one to six until there are `persons` members."""
    sizes = generator.choice(_SIZES, persons, p=_SIZE_SHARES)
    count = int(np.searchsorted(np.cumsum(sizes), persons)) + 1
    sizes = sizes[:count]
    sizes[-1] -= sizes.sum() - persons
    household = np.repeat(np.arange(count), sizes)
    place = np.arange(persons) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    age = np.where(
        place == 0,
        generator.integers(28, 76, persons),
        np.where(
            place == 1, generator.integers(26, 74, persons), generator.integers(1, 58, persons)
        ),
    )
    # drawn aside, so that who heads a household changes nothing else of the district
    man_heads = generator.spawn(1)[0].random(count) >= _WOMEN_HEADS
    male = np.where(
        place == 0,
        man_heads[household],
        np.where(place == 1, ~man_heads[household], generator.random(persons) < 0.52),
    )
    role = np.where(
        place == 0, "户主", np.where(place == 1, "配偶", np.where(male, "子", "女"))
    ).astype(object)
    names = person_names(generator, persons)
    village = generator.choice(villages, count)
    income = np.round(np.exp(generator.normal(np.log(55_000), 0.55, count)), -2)
    land = np.round(np.clip(np.exp(generator.normal(np.log(5), 0.5, count)), 0.5, 60), 1)
    orchard = np.where(
        generator.random(count) < 0.3, np.round(generator.uniform(3, 10, count), 1), 0
    )
    grade = generator.choice(
        ["AAA", "AA", "A", "BBB", "BB", "B", "C", "不评级"],
        count,
        p=[0.05, 0.15, 0.25, 0.2, 0.12, 0.08, 0.05, 0.1],
    )
    level = generator.choice(["乡镇级", "村级", "非信用户"], count, p=[0.2, 0.5, 0.3])
    number = np.array([f"{code}-{n:06d}" for n, code in enumerate(village)], object)
    members = pd.DataFrame(
        {
            "户号": number[household],
            "户主姓名": names[place == 0][household],
            "与户主关系": role,
            "姓名": names,
            "公民身份号码": _ids(generator, age, male, place),
            "村编码": village[household],
            "联系电话": [f"199{n:08d}" for n in generator.permutation(persons)],
            "文化程度": generator.choice(
                ["小学", "初中", "高中", "中专", "大专"], persons, p=[0.3, 0.4, 0.18, 0.07, 0.05]
            ),
            "婚姻状况": np.where(age < 24, "未婚", np.where(place < 2, "已婚", "未婚")),
            "职业": np.where((age > 17) & (generator.random(persons) < 0.7), "务农", "务工"),
            "家庭人口": sizes[household],
            "劳动力人数": np.minimum(sizes, 4)[household],
            "家庭年总收入（元）": income[household].astype(int),
            "家庭年总支出（元）": (income * 0.6).round(-2)[household].astype(int),
            "承包地面积（亩）": land[household],
            "果园面积（亩）": orchard[household],
            "信用等级": grade[household],
            "信用户级别": level[household],
            "采集日期": _COLLECTED,
        }
    )
    return People(members, np.flatnonzero((age >= 20) & (age < 70)))


def _ids(
    generator: np.random.Generator, age: np.ndarray, male: np.ndarray, place: np.ndarray
) -> list[str]:
    """Resident ids with right check digits; no id twice."""
    area = np.where(
        (place == 1) & (generator.random(len(age)) < 0.3),
        generator.choice(_NEIGHBOURS, len(age)),
        np.where(2026 - age > 2021, "610305", "610322"),
    )
    births = later(
        (2025 - 1970 - age).astype("datetime64[Y]"), generator.integers(0, 365, len(age))
    )
    used: dict[str, int] = {}
    ids = []
    for where, born, is_male in zip(area, births, male, strict=True):
        stem = f"{where}{str(born).replace('-', '')}"
        while (taken := used.get(stem + str(is_male), 0)) >= len(SAMPLE_SEQUENCE) // 2:
            born = later(born, 1)
            stem = f"{where}{str(born).replace('-', '')}"
        used[stem + str(is_male)] = taken + 1
        # odd sequences are men's (GB 11643-1999)
        sequence = SAMPLE_SEQUENCE.start + 2 * taken + (1 if is_male else 0)
        ids.append(resident_id.complete(f"{stem}{sequence:03d}"))
    return ids
