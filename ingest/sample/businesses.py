"""Invented registers of firms: annual reports, tax ratings, permits, penalties, lists."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graph.identifiers import unified_social_credit_code as uscc
from ingest.sample.days import later

__all__ = [
    "invent_abnormal",
    "invent_annual_reports",
    "invent_penalties",
    "invent_permits",
    "invent_tax_ratings",
]

_SUPERVISOR = {"name": "样本区市场监督管理局", "code": uscc.complete("11610305MB9A0001")}


def invent_annual_reports(generator: np.random.Generator, firms: pd.DataFrame) -> pd.DataFrame:
    """Two years of every firm; what it owns less what it owes is its net assets."""
    count = len(firms)
    assets = np.round(np.exp(generator.normal(np.log(400), 0.8, count)), 2)
    owed = np.round(assets * generator.uniform(0.2, 1.1, count), 2)
    revenue = np.round(assets * generator.uniform(0.4, 2, count), 2)
    years = [
        pd.DataFrame(
            {
                "统一社会信用代码": firms["统一社会信用代码"],
                "年报年度": year,
                "资产总额（万元）": np.round(assets * scale, 2),
                "负债总额（万元）": np.round(owed * scale, 2),
                "所有者权益合计（万元）": np.round(
                    np.round(assets * scale, 2) - np.round(owed * scale, 2), 2
                ),
                "营业总收入（万元）": np.round(revenue * scale, 2),
                "净利润（万元）": np.round(revenue * generator.uniform(-0.05, 0.15, count), 2),
                "纳税总额（万元）": np.round(revenue * 0.02, 2),
                "从业人数": generator.integers(2, 80, count),
                "公示日期": f"{year + 1}-05-20",
            }
        )
        for year, scale in ((2023, 0.9), (2024, 1.0))
    ]
    return pd.concat(years, ignore_index=True)


def invent_tax_ratings(generator: np.random.Generator, firms: pd.DataFrame) -> pd.DataFrame:
    """Ratings of the year 2024, made in April 2025."""
    grades = generator.choice(
        ["A", "B", "M", "C", "D"], len(firms), p=[0.15, 0.5, 0.25, 0.07, 0.03]
    )
    return pd.DataFrame(
        {
            "纳税人名称": firms["企业名称"],
            "统一社会信用代码": firms["统一社会信用代码"],
            "评价年度": 2024,
            "纳税信用级别": grades,
            "评价日期": "2025-04-15",
        }
    )


def invent_permits(generator: np.random.Generator, firms: pd.DataFrame) -> pd.DataFrame:
    """A permit for every second firm; some are reported late."""
    chosen = firms[generator.random(len(firms)) < 0.5].reset_index(drop=True)
    decided = _days(generator, len(chosen), "2024-03-01", 700)
    return _subjects(chosen).assign(
        行政许可决定文书名称="食品经营许可证",
        行政许可决定文书号=[f"JY1610305{n:07d}" for n in range(len(chosen))],
        许可类别="普通",
        许可内容="预包装食品销售",
        许可决定日期=decided.astype(str),
        有效期自=decided.astype(str),
        有效期至=later(decided, 5 * 365).astype(str),
        当前状态="1",
        许可机关=_SUPERVISOR["name"],
        许可机关统一社会信用代码=_SUPERVISOR["code"],
        上报日期=later(decided, generator.integers(1, 16, len(chosen))).astype(str),
    )


def invent_penalties(generator: np.random.Generator, firms: pd.DataFrame) -> pd.DataFrame:
    """One firm in fifteen was fined; a third of the fines is repaired after its least term."""
    chosen = _some(generator, firms, 15)
    decided = _days(generator, len(chosen), "2024-03-01", 600)
    repaired = generator.random(len(chosen)) < 1 / 3
    fined = generator.choice([0.2, 0.5, 1, 3], len(chosen))
    return _subjects(chosen).assign(
        行政处罚决定书文号=[f"样市监处罚〔2024〕{n + 1}号" for n in range(len(chosen))],
        违法行为类型="产品标识",
        违法事实="经营标签不合规定的食品",
        处罚依据="食品安全法 第一百二十五条",
        处罚类别="罚款",
        处罚内容=[f"罚款{amount * 10_000:.0f}元" for amount in fined],
        处罚决定日期=decided.astype(str),
        公示截止期=later(decided, 365).astype(str),
        修复日期=np.where(repaired, later(decided, 100).astype(str), ""),
        处罚机关=_SUPERVISOR["name"],
        处罚机关统一社会信用代码=_SUPERVISOR["code"],
        上报日期=later(decided, generator.integers(1, 12, len(chosen))).astype(str),
        **{"罚款金额（万元）": fined},
    )


def invent_abnormal(generator: np.random.Generator, firms: pd.DataFrame) -> pd.DataFrame:
    """One firm in fifty is, or was, on the list of abnormal operation."""
    chosen = _some(generator, firms, 50)
    listed = _days(generator, len(chosen), "2024-07-01", 500)
    cured = generator.random(len(chosen)) < 0.5
    return pd.DataFrame(
        {
            "统一社会信用代码": chosen["统一社会信用代码"],
            "主体名称": chosen["企业名称"],
            "列入经营异常名录日期": listed.astype(str),
            "列入经营异常名录原因": "未按期公示年度报告",
            "列入决定机关": _SUPERVISOR["name"],
            "移出日期": np.where(cured, later(listed, 60).astype(str), ""),
        }
    )


def _some(generator: np.random.Generator, firms: pd.DataFrame, one_in: int) -> pd.DataFrame:
    places = generator.choice(len(firms), max(1, len(firms) // one_in), replace=False)
    return firms.iloc[places].reset_index(drop=True)


def _days(generator: np.random.Generator, count: int, first: str, within: int) -> np.ndarray:
    days: np.ndarray = later(first, generator.integers(0, within, count))
    return days


def _subjects(firms: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "行政相对人名称": firms["企业名称"],
            "行政相对人类别": "法人及非法人组织",
            "行政相对人代码_1（统一社会信用代码）": firms["统一社会信用代码"],
        }
    )
