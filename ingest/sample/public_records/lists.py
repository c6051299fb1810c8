"""Entries of many lists, in force and ended in every way, and honours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ingest.sample.public_records.district import District, Planted
from ingest.sample.public_records.own_firms import OwnFirms, own_firms

__all__ = ["FILES", "ORDER", "listed_firms", "plant"]

ORDER = 40
_BLACK, _ABNORMAL, _RED = "严重失信主体名单.csv", "社会组织异常名单.csv", "红名单.csv"
_REGISTER = "企业登记-名单与修复.csv"
FILES = (
    ("enterprise", _REGISTER),
    ("credit_list", _BLACK),
    ("credit_list", _ABNORMAL),
    ("credit_list", _RED),
)

_FIRMS = 60

_WAGES, _SAFETY = "拖欠农民工工资失信联合惩戒对象名单", "安全生产严重失信主体名单"
_BIDDING, _SOCIAL = "招标投标违法行为记录", "社会组织活动异常名录"


def listed_firms(district: District) -> OwnFirms:
    """The firms on which lists are planted and, from the thirtieth on, repairs."""
    return own_firms(district, _FIRMS, block="R", word="名单")


def plant(district: District) -> Planted:
    """The files of three tables; `entries` of the truth says why each is ended, or that it is not."""
    made = listed_firms(district)
    firms = made.pairs
    black, states = _black(firms)
    abnormal = [
        _entry(firms[20], _SOCIAL, "异1", "2026-03-02", 认定机关="凤翔区民政局"),
        _entry(firms[21], _SOCIAL, "异2", "2025-03-03", 认定机关="凤翔区民政局", 移出日期="2025-11-28",
               移出原因="补报年报"),
    ]  # fmt: skip
    states |= {abnormal[0]["认定文号"]: "in_force", abnormal[1]["认定文号"]: "removed"}
    red = [
        _honour(firms[24], "纳税缴费信用A级", "红1", "2026-04-30", "2029-04-29"),
        _honour(firms[25], "道德模范、好人、优秀志愿者", "红2", "2025-03-05", ""),
        _honour(firms[26], "海关高级认证企业", "红3", "2020-01-06", "2025-01-05"),
        _honour(firms[27], "道德模范、好人、优秀志愿者", "红4", "2025-03-05", "", 撤销日期="2026-01-20"),
    ]  # fmt: skip
    honours = dict.fromkeys((row["认定文号"] for row in red[:2]), "in_force")
    honours |= {red[2]["认定文号"]: "expired", red[3]["认定文号"]: "revoked"}
    tables = {
        _REGISTER: made.register,
        _BLACK: pd.DataFrame(black),
        _ABNORMAL: pd.DataFrame(abnormal),
        _RED: pd.DataFrame(red),
    }
    follows = {row["认定文号"]: row["所依据的行政处罚决定书文号"] for row in black
               if row["所依据的行政处罚决定书文号"]}  # fmt: skip
    truth = {
        "entries": states,
        "honours": honours,
        "follows": follows,
        "refused": {_BLACK: [[10, "any_of"]]},
    }
    return Planted(tables, truth)


def _black(
    firms: Sequence[tuple[str, str]],
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    ministry = {"认定机关": "凤翔区人力资源和社会保障局"}
    office = {"认定机关": "凤翔区应急管理局"}
    planted = [
        # three years by the rule, which is sure
        ("in_force", _entry(firms[0], _WAGES, "名1", "2026-01-12", **ministry)),
        ("expired", _entry(firms[1], _WAGES, "名2", "2022-03-01", **ministry)),
        ("removed", _entry(firms[2], _WAGES, "名3", "2025-02-10", 移出日期="2026-02-11",
                           移出原因="全部支付并承诺满六个月", **ministry)),
        # the rule is not sure: the day that the document states, or none is computed
        ("in_force", _entry(firms[3], _SAFETY, "名4", "2026-02-02", 公示截止日期="2029-02-01", **office)),
        ("expired", _entry(firms[4], _SAFETY, "名5", "2025-02-03", **{"公示期限（月）": "6"}, **office)),
        ("annulled", _entry(firms[5], _SAFETY, "名6", "2026-02-02", 公示截止日期="2029-02-01",
                            当前状态="撤销", **office)),
        ("frozen", _entry(firms[6], _WAGES, "名7", "2026-02-02", 当前状态="异议", **ministry)),
        # an entry that follows from a penalty: two records with two clocks
        ("in_force", _entry(firms[7], _BIDDING, "名8", "2026-02-02", 公示截止日期="2028-02-01",
                            认定机关="凤翔区行政监督局",
                            所依据的行政处罚决定书文号="凤应急复罚〔2026〕21号")),
        # nobody says when it ends, and no rule that is sure
        ("refused", _entry(firms[8], _SAFETY, "名9", "2026-02-02", **office)),
    ]  # fmt: skip
    return [row for _, row in planted], {
        row["认定文号"]: state for state, row in planted if state != "refused"
    }


def _entry(
    who: tuple[str, str], title: str, number: str, listed: str, **other: str
) -> dict[str, Any]:
    return {
        "主体名称": who[0],
        "主体证件号码": who[1],
        "名单名称": title,
        "认定文号": f"凤信〔2026〕{number}",
        "主要失信事实": "样例事实",
        "认定日期": listed,
        "公示截止日期": "",
        "公示期限（月）": "",
        "认定机关": "",
        "列入告知日期": listed,
        "所依据的行政处罚决定书文号": "",
        "移出日期": "",
        "移出原因": "",
        "当前状态": "正常",
    } | other


def _honour(
    who: tuple[str, str], title: str, number: str, awarded: str, until: str, **other: str
) -> dict[str, Any]:
    return {
        "主体名称": who[0],
        "主体证件号码": who[1],
        "红名单名称": title,
        "荣誉名称": title,
        "荣誉级别": "县",
        "认定机关": "凤翔区有关机关",
        "认定文号": f"凤信〔2026〕{number}",
        "认定日期": awarded,
        "有效截止日期": until,
        "撤销日期": "",
    } | other
