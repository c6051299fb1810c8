"""Joint-liability groups: the agreement, its members, and every pair that stands together.

The members of one group must come in one file: a pair is read from two of its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import through

__all__ = ["joint_liability_group"]


def joint_liability_group(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a member of a group."""
    key = "joint_group:" + rows["lender_code"] + ":" + rows["group_no"]
    agreed = rows["signed_on"]
    ends = through(rows["expires_on"])
    leaves = rows["left_on"].where(rows["left_on"].notna(), ends)
    yield from mention(rows, "member", name=rows["member_name"])
    said = ("group_no", "lender_code", "signed_on", "expires_on", "limit_fen")
    yield node(
        "JointLiabilityGroup",
        rows,
        key=key,
        where=~key.duplicated(),
        valid_from=agreed,
        valid_to=ends,
        columns=said,
    )
    yield tie(
        "JOINED_GROUP",
        rows,
        source=end(rows, "member"),
        target=(key, "JointLiabilityGroup"),
        valid_from=agreed,
        valid_to=leaves,
        is_leader=rows["is_leader"],
    )
    yield _pairs(rows, key, leaves)


def _pairs(rows: pd.DataFrame, key: pd.Series, leaves: pd.Series) -> FactFrame:
    """Every two members of a group, until the first of them leaves."""
    members = pd.DataFrame(
        {
            "group": key,
            "member": rows["member_key"],
            "label": rows["member_label"],
            "since": rows["signed_on"],
            "until": leaves,
            "row": rows.index,
        }
    )
    both = members.merge(members, on="group", suffixes=("", "_other"))
    both = both[both["member"] < both["member_other"]].set_index("row")
    return tie(
        "JOINT_GUARANTEE_WITH",
        both,
        source=(both["member"], both["label"]),
        target=(both["member_other"], both["label_other"]),
        discriminator=both["group"],
        valid_from=_each(max, both["since"], both["since_other"]),
        valid_to=_each(min, both["until"], both["until_other"]),
    )


def _each(choose: Callable[..., date], one: pd.Series, other: pd.Series) -> pd.Series:
    """The later or the earlier of two days in each row; the one there is, where one is missing."""
    known = [[day for day in pair if pd.notna(day)] for pair in zip(one, other, strict=True)]
    chosen = [choose(days) if days else None for days in known]
    return pd.Series(chosen, index=one.index, dtype=object)
