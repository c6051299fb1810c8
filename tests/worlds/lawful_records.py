"""Statements of public records, with days near the ends of the terms that law knows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from graph.time import months_after

DAY = date(2026, 11, 28)
DAYS = st.dates(date(2018, 1, 1), date(2028, 12, 31))
KINDS = ("judgment_defaulter", "tax_black_list", "serious_violation", "abnormal_operation",
         "wage_arrears", "list_nobody_knows", None)  # fmt: skip
PENALTIES = ("警告", "警告；通报批评", "罚款；警告", "罚款", "没收违法所得", "其他", None)
AUTHORITIES = ("凤翔区市场监督管理局", "凤翔区应急管理局", None)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """One statement of a record of one of three, with days near the ends of terms."""
    kind = draw(st.sampled_from(["ListEntry", "Penalty", "TaxArrears"]))
    said: dict[str, Any] = {"kind": kind, "key": f"{kind}:{draw(st.integers(0, 2))}"}
    if kind == "TaxArrears":
        return said | {"balance_fen": 100, "authority": draw(st.sampled_from(AUTHORITIES))}
    begun = st.none() | DAYS | st.builds(
        lambda months, days: months_after(DAY, -months) + timedelta(days),
        st.sampled_from([3, 12, 36, 60]), st.integers(-2, 2),
    )  # fmt: skip
    near = st.none() | st.integers(-2, 2).map(lambda days: DAY + timedelta(days))
    said |= {
        "removed_on": draw(st.none() | near),
        "published_until": draw(st.none() | near),
        "record_state": draw(
            st.sampled_from([None, None, None, None, "normal", "annulled", "disputed", "shielded"])
        ),
        "credit_class": draw(st.sampled_from([None, "minor", "ordinary", "serious"])),
        "extended_until": draw(st.none() | near),
        "authority": draw(st.sampled_from(AUTHORITIES)),
    }
    if kind == "ListEntry":
        return said | {"list_kind": draw(st.sampled_from(KINDS)), "listed_on": draw(begun)}
    return said | {"penalty_kinds": draw(st.sampled_from(PENALTIES)), "decided_on": draw(begun)}
