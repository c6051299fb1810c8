"""Credit lines of the sample district, and which of its lines are no longer in force.

No public record; it stands here because every file of its own is a module here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ingest.sample.credit import LENDERS, STATED
from ingest.sample.days import later
from ingest.sample.public_records.district import District, Planted

__all__ = ["FILES", "ORDER", "plant"]

FILES = (("credit_line", "授信台账.csv"),)
ORDER = 90

_PRODUCTS = ["苹果贷", "农户小额信用贷款", "整村授信"]


def plant(district: District) -> Planted:
    """A line for every fourth householder; a tenth of them ended early."""
    chance = district.generator
    heads = district.people
    heads = heads[heads["与户主关系"] == "户主"].iloc[1::4].reset_index(drop=True)
    count = len(heads)
    granted = later("2024-03-01", chance.integers(0, 700, count))
    expires = later(granted, 3 * 365)
    ended = np.where(chance.random(count) < 0.1, later(granted, 30).astype(str), "")
    codes = chance.choice(list(LENDERS), count, p=[0.6, 0.2, 0.2])
    lines = pd.DataFrame(
        {
            "金融机构编码": codes,
            "金融机构名称": [LENDERS[code] for code in codes],
            "授信协议号": [f"SX{n:09d}" for n in range(count)],
            "被授信人名称": heads["姓名"],
            "被授信人证件号码": heads["公民身份号码"],
            "授信额度（万元）": chance.choice([3, 5, 10, 20], count),
            "信贷产品": chance.choice(_PRODUCTS, count),
            "授信日期": granted.astype(str),
            "到期日期": expires.astype(str),
            "终止日期": ended,
        }
    )
    in_force = lines[(lines["终止日期"] == "") & (lines["到期日期"] >= STATED)]
    truth = {
        "lines": count,
        "in_force_on": STATED,
        "in_force": len(in_force),
        "amount_wan": int(in_force["授信额度（万元）"].sum()),
    }
    return Planted({"授信台账.csv": lines}, truth)
