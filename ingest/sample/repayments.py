"""Invented repayment histories, joint-liability groups and answers of the credit bureau."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ingest.sample.credit import LENDERS, STATED

__all__ = ["invent_bureau_answers", "invent_joint_groups", "invent_repayments"]

_MONTHS = 24
_GROUP = 5


def invent_repayments(generator: np.random.Generator, loans: pd.DataFrame) -> pd.DataFrame:
    """Months before the grant are blank; the last ones are overdue where the loan is."""
    end = np.datetime64(STATED, "M").astype(int)
    granted = loans["发放日期"].to_numpy().astype("datetime64[M]").astype(int)
    lived = np.clip(end - granted, 0, _MONTHS)
    late = np.minimum(loans["逾期天数"].astype(int).to_numpy() // 30, lived)
    codes = []
    for months, overdue, slip in zip(lived, late, generator.random(len(loans)), strict=True):
        paid = ["N"] * int(months - overdue)
        if slip < 0.03 and paid:
            paid[len(paid) // 2] = "1"
        tail = [str(min(n + 1, 7)) for n in range(int(overdue))]
        codes.append("*" * (_MONTHS - int(months)) + "".join(paid + tail))
    return pd.DataFrame(
        {
            "借据编号": "loan:" + loans["金融机构编码"] + ":" + loans["借据号"],
            "24个月还款状态（由远及近）": codes,
            "数据日期": STATED,
        }
    )


def invent_joint_groups(households: pd.DataFrame) -> pd.DataFrame:
    """Groups of five householders of one village, one village in two."""
    rows = []
    lender = next(iter(LENDERS))
    for number, (_, neighbours) in enumerate(households.groupby("村编码", sort=True)):
        if number % 2 or len(neighbours) < _GROUP:
            continue
        rows.append(
            pd.DataFrame(
                {
                    "金融机构编码": lender,
                    "联保小组编号": f"LB{number:05d}",
                    "成员姓名": neighbours["姓名"].iloc[:_GROUP],
                    "成员证件号码": neighbours["公民身份号码"].iloc[:_GROUP],
                    "是否组长": ["是", *["否"] * (_GROUP - 1)],
                    "每户限额（万元）": 5,
                    "协议签订日期": "2024-09-01",
                    "协议到期日期": "2027-08-31",
                    "退出日期": "",
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def invent_bureau_answers(
    generator: np.random.Generator, households: pd.DataFrame, loans: pd.DataFrame
) -> pd.DataFrame:
    """One householder in ten consented and was asked after; some borrowed elsewhere."""
    asked = households[generator.random(len(households)) < 0.1].reset_index(drop=True)
    here = asked["公民身份号码"].isin(loans["借款人证件号码"]).to_numpy()
    elsewhere = generator.random(len(asked)) < 0.2
    return pd.DataFrame(
        {
            "报告编号": [f"20260401{n:08d}" for n in range(len(asked))],
            "被查询人名称": asked["姓名"],
            "被查询人证件号码": asked["公民身份号码"],
            "报告日期": "2026-04-01",
            "书面授权编号": [f"SQ20260401{n:05d}" for n in range(len(asked))],
            "查询原因": "贷款审批",
            "查询机构": next(iter(LENDERS.values())),
            "是否有贷款记录": np.where(here | elsewhere, "是", "否"),
            "是否有经营性贷款记录": np.where(here, "是", np.where(elsewhere, "", "否")),
            "当前逾期账户数": 0,
        }
    )
