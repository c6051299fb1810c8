"""Invented farms: what households work, earn and are said to be, and the farms' directory."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = [
    "invent_accounts",
    "invent_appraisals",
    "invent_family_farms",
    "invent_land_rights",
    "invent_plots",
]

_VISITED = "2026-03-15"
_VIRTUES = ("人品", "家庭和睦", "敬老爱幼", "邻里团结", "遵纪守法", "热心公益", "诚实守信")


def invent_plots(households: pd.DataFrame) -> pd.DataFrame:
    """The contracted land of every household, and its orchard where it has one."""
    columns = {"户号": households["户号"], "坐落村编码": households["村编码"]}
    land = pd.DataFrame(columns).assign(
        地块名称="承包地", 地块编码=plot_numbers(households), 地类="旱地", 经营方式="承包"
    )
    land["面积（亩）"] = households["承包地面积（亩）"]
    orchard = land.assign(地块名称="果园", 地块编码="", 地类="果园")
    orchard["面积（亩）"] = households["果园面积（亩）"]
    orchard = orchard[orchard["面积（亩）"].astype(float) > 0]
    return pd.concat([land, orchard], ignore_index=True).assign(采集日期=_VISITED)


def plot_numbers(households: pd.DataFrame) -> list[str]:
    """Nineteen digits: village 12, group 2, running number 5 (NY/T 2537-2014)."""
    return [f"{code}01{n:05d}" for n, code in enumerate(households["村编码"])]


def invent_accounts(generator: np.random.Generator, households: pd.DataFrame) -> pd.DataFrame:
    """Income and expense of the last two closed years; the parts make the total."""
    total = households["家庭年总收入（元）"].astype(int).to_numpy()
    expense = households["家庭年总支出（元）"].astype(int).to_numpy()
    farming = (total * generator.uniform(0.3, 0.7, len(total))).astype(int)
    years = []
    for year, scale in ((2024, 0.95), (2025, 1.0)):
        earned, spent = (total * scale).astype(int), (expense * scale).astype(int)
        farmed = (farming * scale).astype(int)
        years.append(
            pd.DataFrame(
                {
                    "户号": households["户号"],
                    "年度": year,
                    "农业收入（元）": farmed,
                    "务工收入（元）": earned - farmed,
                    "总收入（元）": earned,
                    "生产支出（元）": spent // 3,
                    "生活支出（元）": spent - spent // 3,
                    "总支出（元）": spent,
                }
            )
        )
    return pd.concat(years, ignore_index=True)


def invent_appraisals(generator: np.random.Generator, households: pd.DataFrame) -> pd.DataFrame:
    """The village committee's opinion of every second household."""
    asked = households[generator.random(len(households)) < 0.5]
    said = {
        virtue: generator.choice(["好", "较好", "一般", "差"], len(asked), p=[0.7, 0.2, 0.09, 0.01])
        for virtue in _VIRTUES
    }
    return pd.DataFrame(
        {"户号": asked["户号"], **said, "评价单位": "村民委员会", "评价日期": "2026-03-20"}
    )


def invent_family_farms(generator: np.random.Generator, households: pd.DataFrame) -> pd.DataFrame:
    """One household in sixty runs a family farm."""
    chosen = households[generator.random(len(households)) < 1 / 60].reset_index(drop=True)
    count = len(chosen)
    return pd.DataFrame(
        {
            "名录编码": [f"JTNC610305{n:06d}" for n in range(count)],
            "家庭农场名称": [f"样本{n:04d}号家庭农场" for n in range(count)],
            "经营类型": generator.choice(["种植", "养殖", "种养结合"], count, p=[0.6, 0.2, 0.2]),
            "示范级别": generator.choice(
                ["省级", "市级", "县级", "无"], count, p=[0.05, 0.1, 0.2, 0.65]
            ),
            "经营面积（亩）": np.round(generator.uniform(30, 300, count), 1),
            "劳动力人数": generator.integers(2, 6, count),
            "年经营收入（万元）": np.round(generator.uniform(8, 60, count), 2),
            "负责人": chosen["姓名"],
            "负责人身份证号": chosen["公民身份号码"],
            "联系电话": chosen["联系电话"],
            "村编码": chosen["村编码"],
            "统一社会信用代码": "",
            "录入名录日期": "2022-03-01",
        }
    )


def invent_land_rights(households: pd.DataFrame) -> pd.DataFrame:
    """The certificate of each household's contracted land; the plots are those it declares."""
    numbers = plot_numbers(households)
    area = households["承包地面积（亩）"]
    return pd.DataFrame(
        {
            "承包经营权证编号": [f"{number[:14]}{number[-4:]}J" for number in numbers],
            "权利类型": "家庭承包",
            "承包方代表姓名": households["姓名"],
            "承包方代表证件号码": households["公民身份号码"],
            "地块编码": numbers,
            "地块面积（亩）": area,
            "确权总面积（亩）": area,
            "坐落村编码": households["村编码"],
            "承包起始日期": "1998-10-01",
            "承包终止日期": "2028-09-30",
            "是否抵押": "否",
        }
    )
