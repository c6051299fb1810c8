"""More files of the sample district, about the people, firms and loans that it already has.

They are invented from the district's own files, so that whoever asks for them gets them and the
district stays what it was.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from ingest.sample import businesses, farms, repayments
from ingest.sample.planted_circles import BLOCK, LOAN_PREFIX

__all__ = ["REGISTERS", "TRUTH", "write_registers"]

#: The answer sheet: which of the records ended how, and on which day.
TRUTH = "register_truth.json"

#: (source, file) in an order in which they can be taken in after the district's own.
REGISTERS = (
    ("farmer_household", "农户地块.csv"),
    ("farmer_household", "农户收支.csv"),
    ("farmer_household", "农户评议.csv"),
    ("family_farm", "家庭农场.csv"),
    ("land_right", "承包经营权.csv"),
    ("enterprise_annual_report", "企业年报.csv"),
    ("tax", "纳税信用.csv"),
    ("administrative_decision", "行政许可.csv"),
    ("administrative_decision", "行政处罚.csv"),
    ("market_supervision_list", "经营异常.csv"),
    ("loan_repayment", "还款状态.csv"),
    ("joint_liability_group", "联保小组.csv"),
    ("credit_bureau_answer", "征信查询.csv"),
)

#: How codes of firms in circles begin; what is invented of them is drawn apart.
_CIRCLES = f"91610305MA9{BLOCK}"

#: Of how many households one was visited, and has certified land.
_VISITED_EVERY = 3

#: The district's last rows are damaged on purpose: who stands there is left alone.
_DAMAGED = 8


def write_registers(folder: Path, *, seed: int = 20260401) -> dict[str, int]:
    """Write the files into a folder that holds a district; returns rows by file.

    The same district and seed give the same bytes.
    """
    generator = np.random.default_rng([seed, 1])
    people = pd.read_csv(folder / "农户信息.csv", dtype=str, encoding="gb18030")
    heads = people.iloc[:-_DAMAGED]
    heads = heads[heads["与户主关系"] == "户主"].reset_index(drop=True)
    visited = heads.iloc[::_VISITED_EVERY].reset_index(drop=True)
    firms = pd.read_excel(folder / "企业登记.xlsx", dtype=str, engine="calamine")
    firms = firms.drop_duplicates("统一社会信用代码", keep=False)
    firms = firms[firms["登记状态"] == "存续"].reset_index(drop=True)
    in_circles = firms["统一社会信用代码"].str.startswith(_CIRCLES)
    circles, firms = firms[in_circles], firms[~in_circles].reset_index(drop=True)
    loans = pd.read_csv(folder / "贷款借据.csv", dtype=str, encoding="utf-8-sig")
    loans = loans.iloc[1:].reset_index(drop=True)
    in_circles = loans["借据号"].str.startswith(LOAN_PREFIX)
    reports = np.random.default_rng([seed, 2])
    tables = {
        "农户地块.csv": farms.invent_plots(visited),
        "农户收支.csv": farms.invent_accounts(generator, visited),
        "农户评议.csv": farms.invent_appraisals(generator, visited),
        "家庭农场.csv": farms.invent_family_farms(generator, heads),
        "承包经营权.csv": farms.invent_land_rights(visited),
        "企业年报.csv": pd.concat(
            [
                businesses.invent_annual_reports(generator, firms),
                businesses.invent_annual_reports(reports, circles.reset_index(drop=True)),
            ]
        ),
        "纳税信用.csv": businesses.invent_tax_ratings(generator, firms),
        "行政许可.csv": businesses.invent_permits(generator, firms),
        "行政处罚.csv": businesses.invent_penalties(generator, firms),
        "经营异常.csv": businesses.invent_abnormal(generator, firms),
        "还款状态.csv": pd.concat(
            [
                repayments.invent_repayments(generator, loans[~in_circles].reset_index(drop=True)),
                repayments.invent_repayments(reports, loans[in_circles].reset_index(drop=True)),
            ]
        ),
        "联保小组.csv": repayments.invent_joint_groups(heads),
        "征信查询.csv": repayments.invent_bureau_answers(generator, heads, loans),
    }
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, encoding="utf-8-sig", lineterminator="\n")
    truth = {"ended": _ended(tables["行政处罚.csv"]), "listed": _listed(tables["经营异常.csv"])}
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (folder / TRUTH).write_text(text, encoding="utf-8")
    return {name: len(table) for name, table in tables.items()}


def _ended(penalties: pd.DataFrame) -> dict[str, list[str]]:
    """Document -> how its record ends, and the day: repaired, or past what its paper says."""
    columns = ("行政处罚决定书文号", "修复日期", "公示截止期")
    return {
        number: ["removed", repaired] if repaired else ["expired", until]
        for number, repaired, until in zip(*(penalties[name] for name in columns), strict=True)
    }


def _listed(abnormal: pd.DataFrame) -> list[str]:
    """Codes of firms on the list of abnormal operation that were not taken off it."""
    return sorted(abnormal.loc[abnormal["移出日期"] == "", "统一社会信用代码"])
