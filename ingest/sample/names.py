"""Invented names for people, firms and villages; real names of Fengxiang's towns only."""

from __future__ import annotations

import numpy as np

__all__ = ["COUNTY", "TOWNS", "coop_names", "firm_names", "person_names", "village_name"]

COUNTY = ("610305", "凤翔区")

#: Towns of the division list of 2023-06-30 (106 stands for none).
TOWNS = {
    "610305100": "城关镇", "610305101": "虢王镇", "610305102": "彪角镇", "610305103": "横水镇",
    "610305104": "田家庄镇", "610305105": "糜杆桥镇", "610305107": "南指挥镇",
    "610305108": "陈村镇", "610305109": "长青镇", "610305110": "柳林镇", "610305111": "姚家沟镇",
    "610305112": "范家寨镇",
}  # fmt: skip

_SURNAMES = np.array(list("王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"))
_FIRST = np.array(list("建国文志明海小春秋玉桂秀金永德新宏云丽红军平安忠义学长东西南北"))
_SECOND = np.array(list("华军伟强芳英兰梅霞平林涛波刚勇杰敏静娟玲斌辉鹏飞龙凤云生民福"))
_VILLAGE = tuple("东西南北上下前后新旧")
_PLACE = tuple("沟塬坡湾桥庄堡寨屯坪")
_TRADE = np.array(["果业", "粮油", "农机", "苹果", "奶羊", "食品", "建材", "物流", "辣椒", "种业"])


def person_names(generator: np.random.Generator, count: int) -> np.ndarray:
    """Names of two or three characters."""
    first = generator.choice(_FIRST, count).astype(object)
    second = generator.choice(_SECOND, count).astype(object)
    second[generator.random(count) < 0.15] = ""
    return np.asarray(generator.choice(_SURNAMES, count).astype(object) + first + second)


def village_name(number: int) -> str:
    """Name of the n-th invented village of a town."""
    return f"样{_VILLAGE[number % 10]}{_PLACE[number // 10 % 10]}村"


def firm_names(generator: np.random.Generator, count: int) -> np.ndarray:
    """Names of firms; the running number keeps them apart."""
    trade = generator.choice(_TRADE, count).astype(object)
    return np.array([f"凤翔样本{kind}{n:05d}号有限公司" for n, kind in enumerate(trade)], object)


def coop_names(generator: np.random.Generator, count: int) -> np.ndarray:
    """Names of cooperatives."""
    trade = generator.choice(_TRADE, count).astype(object)
    return np.array(
        [f"凤翔区样本{kind}{n:04d}号专业合作社" for n, kind in enumerate(trade)], object
    )
