"""Invented enterprises with shareholders, and cooperatives with members."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graph.identifiers import unified_social_credit_code as uscc
from ingest.sample.days import later
from ingest.sample.names import coop_names, firm_names

__all__ = ["codes", "invent_cooperatives", "invent_firms"]


def codes(prefix: str, count: int, *, block: str, first: int = 0) -> list[str]:
    """Codes with right check digits, subjects from the block `MA9<block>` kept for samples."""
    numbers = range(first, first + count)
    return [uscc.complete(f"{prefix}610305MA9{block}{n:04d}") for n in numbers]


def invent_firms(
    generator: np.random.Generator, people: pd.DataFrame, owners: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The register and the shareholders: one firm an owner, some with a second holder."""
    count = len(owners)
    owner = people.iloc[owners].reset_index(drop=True)
    founded = later("2021-03-01", generator.integers(0, 1500, count))
    register = pd.DataFrame(
        {
            "统一社会信用代码": codes("91", count, block="1"),
            "企业名称": firm_names(generator, count),
            "登记状态": "存续",
            "成立日期": founded.astype(str),
            "注销或吊销日期": "",
            "注册资本（万元）": generator.choice([50, 100, 200, 500], count),
            "住所": "样本路" + pd.Series(np.arange(count) + 1).astype(str) + "号",
            "行业代码": generator.choice(["0514", "0115", "5124", "1371"], count),
            "村编码": owner["村编码"],
            "联系电话": owner["联系电话"],
            "法定代表人": owner["姓名"],
            "法定代表人证件号码": owner["公民身份号码"],
        }
    )
    share = generator.choice([100, 70, 60], count)
    first = pd.DataFrame(
        {
            "统一社会信用代码": register["统一社会信用代码"],
            "股东名称": owner["姓名"],
            "股东证件号码": owner["公民身份号码"],
            "出资比例（%）": share,
            "认缴出资额（万元）": register["注册资本（万元）"] * share / 100,
            "出资日期": register["成立日期"],
        }
    )
    partner = people.iloc[generator.choice(owners, count)].reset_index(drop=True)
    second = first.assign(
        **{
            "股东名称": partner["姓名"],
            "股东证件号码": partner["公民身份号码"],
            "出资比例（%）": 100 - share,
            "认缴出资额（万元）": register["注册资本（万元）"] * (100 - share) / 100,
        }
    )
    joined = (share < 100) & (second["股东证件号码"] != first["股东证件号码"])
    return register, pd.concat([first, second[joined]], ignore_index=True)


def invent_cooperatives(
    generator: np.random.Generator, people: pd.DataFrame, adults: np.ndarray, count: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cooperatives of 5 to 30 members, all of them farmers of the district."""
    sizes = generator.integers(5, 31, count)
    chosen = [generator.choice(adults, size, replace=False) for size in sizes]
    heads = people.iloc[[members[0] for members in chosen]].reset_index(drop=True)
    founded = later("2019-01-01", generator.integers(0, 2000, count)).astype(str)
    register = pd.DataFrame(
        {
            "统一社会信用代码": codes("93", count, block="3"),
            "合作社名称": coop_names(generator, count),
            "成立日期": founded,
            "成员出资总额（万元）": generator.choice([20, 50, 100], count),
            "成员总数": sizes,
            "示范级别": generator.choice(
                ["省级", "市级", "县级", "无"], count, p=[0.05, 0.1, 0.2, 0.65]
            ),
            "村编码": heads["村编码"],
            "联系电话": heads["联系电话"],
            "法定代表人": heads["姓名"],
            "法定代表人证件号码": heads["公民身份号码"],
        }
    )
    places = np.concatenate(chosen)
    member = people.iloc[places].reset_index(drop=True)
    members = pd.DataFrame(
        {
            "合作社统一社会信用代码": np.repeat(register["统一社会信用代码"].to_numpy(), sizes),
            "成员名称": member["姓名"],
            "成员证件号码": member["公民身份号码"],
            "出资额（元）": generator.choice([1000, 2000, 5000], len(places)),
            "是否农民成员": "是",
            "入社日期": np.repeat(founded, sizes),
        }
    )
    return register, members
