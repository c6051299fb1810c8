"""Invented loans, guarantees and listings of invented people and firms."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ingest.sample.days import later

__all__ = ["LENDERS", "firm_listings", "guarantee_rows", "invent_listings", "invent_loans"]

LENDERS = {
    "C1402610305001": "样本农村商业银行", "C1103610305002": "样本农业银行支行",
    "C1403610305003": "样本邮储银行支行",
}  # fmt: skip
STATED = "2026-03-31"

_CLASSES = ["正常", "关注", "次级", "可疑", "损失"]


def invent_loans(
    generator: np.random.Generator, names: np.ndarray, ids: np.ndarray, median_wan: float
) -> pd.DataFrame:
    """One loan for each borrower given."""
    count = len(ids)
    codes = generator.choice(list(LENDERS), count, p=[0.55, 0.25, 0.2])
    granted = later("2023-06-01", generator.integers(0, 1000, count))
    years = generator.integers(1, 4, count)
    amount = np.clip(
        np.round(np.exp(generator.normal(np.log(median_wan), 0.6, count)), 1), 0.5, median_wan * 6
    )
    kind = generator.choice(_CLASSES, count, p=[0.94, 0.03, 0.01, 0.01, 0.01])
    overdue = np.select(
        [kind == "正常", kind == "关注", kind == "次级", kind == "可疑"], [0, 45, 120, 240], 400
    )
    balance = np.round(amount * generator.uniform(0.1, 1, count), 2)
    return pd.DataFrame(
        {
            "金融机构编码": codes,
            "金融机构名称": [LENDERS[code] for code in codes],
            "借据号": [f"JJ{n:09d}" for n in range(count)],
            "借款人名称": names,
            "借款人证件号码": ids,
            "借款金额（万元）": amount,
            "发放日期": granted.astype(str),
            "到期日期": (granted + years * 365).astype(str),
            "用途": generator.choice(["种植", "养殖", "农机购置", "经营周转"], count),
            "担保方式": generator.choice(["信用", "保证", "抵押"], count, p=[0.6, 0.3, 0.1]),
            "年利率（%）": np.round(generator.uniform(3.45, 6.5, count), 2),
            "贷款余额（万元）": balance,
            "五级分类": kind,
            "逾期天数": overdue,
            "结清日期": "",
            "数据日期": STATED,
        }
    )


def guarantee_rows(
    loans: pd.DataFrame,
    of_loan: np.ndarray,
    names: np.ndarray,
    ids: np.ndarray,
    kind: str = "连带责任保证",
) -> pd.DataFrame:
    """A guarantee by `ids[i]` for the loan in row `of_loan[i]`; contract numbers come later."""
    secured = loans.iloc[of_loan].reset_index(drop=True)
    return pd.DataFrame(
        {
            "金融机构编码": secured["金融机构编码"],
            "担保人名称": names,
            "担保人证件号码": ids,
            "被担保人名称": secured["借款人名称"],
            "被担保人证件号码": secured["借款人证件号码"],
            "借据编号": "loan:" + secured["金融机构编码"] + ":" + secured["借据号"],
            "担保金额（万元）": secured["借款金额（万元）"],
            "保证方式": kind,
            "签订日期": secured["发放日期"],
            "到期日期": "2029-12-31",
            "与被担保人关系": "同村",
        }
    )


def invent_listings(
    generator: np.random.Generator, names: np.ndarray, ids: np.ndarray
) -> pd.DataFrame:
    """Judgment defaulters: most current, a third removed after performance or expired."""
    count = len(ids)
    listed = later("2024-08-01", generator.integers(0, 500, count))
    fate = generator.random(count)
    return pd.DataFrame(
        {
            "被执行人名称": names,
            "被执行人证件号码": ids,
            "执行法院": "样本区人民法院",
            "执行依据文号": [f"（2024）样民初{n:05d}号" for n in range(count)],
            "立案时间": later(listed, -90).astype(str),
            "案号": [f"（2024）样执{n:05d}号" for n in range(count)],
            "履行情况": np.where(fate < 0.2, "全部已履行", "全部未履行"),
            "失信行为具体情形": "有履行能力而拒不履行生效法律文书确定义务",
            "发布日期": listed.astype(str),
            "公布截止日期": np.where(
                (fate >= 0.2) & (fate < 0.33),
                later(listed, 60).astype(str),
                later(listed, 730).astype(str),
            ),
            "移出日期": np.where(fate < 0.2, later(listed, 45).astype(str), ""),
        }
    )


def firm_listings(firms: list[tuple[str, str, str, bool]]) -> pd.DataFrame:
    """Judgment defaulters among firms: (name, code, listed on, not repaired since)."""
    return pd.DataFrame(
        [
            {
                "被执行人名称": name,
                "被执行人证件号码": code,
                "执行法院": "样本区人民法院",
                "执行依据文号": f"（2024）样民初9{n:04d}号",
                "立案时间": listed,
                "案号": f"（2025）样执9{n:04d}号",
                "履行情况": "全部未履行" if stands else "全部已履行",
                "失信行为具体情形": "有履行能力而拒不履行生效法律文书确定义务",
                "发布日期": listed,
                "公布截止日期": str(later(listed, 730)),
                "移出日期": "" if stands else str(later(listed, 200)),
            }
            for n, (name, code, listed, stands) in enumerate(firms)
        ]
    )
