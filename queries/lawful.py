"""Which adverse fact may be used at a date.

A record that was repaired, has run out, was withdrawn, or names its subject by resemblance only is
used nowhere: 信用修复管理办法 (Order 36, from 2026-04-01) ends sharing and use with the repair;
征信业管理条例 第十六条 limits the use of adverse records in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["REASON_TERMS", "Reason", "Usability", "usable"]


class Reason(StrEnum):
    """Why a record is not used."""

    WITHDRAWN = "withdrawn"
    REPAIRED = "repaired"
    EXPIRED = "expired"
    IDENTITY_NOT_PROVEN = "identity_not_proven"


REASON_TERMS = {
    Reason.WITHDRAWN: "来源已撤回",
    Reason.REPAIRED: "已移出或已修复",
    Reason.EXPIRED: "公示使用期限已过",
    Reason.IDENTITY_NOT_PROVEN: "身份仅为疑似，未经证件号码确认",
}


@dataclass(frozen=True, eq=False)
class Usability:
    """`mask[i]` says whether row i may be used; `reasons[i]` why not, None where it may."""

    mask: NDArray[np.bool_]
    reasons: tuple[Reason | None, ...]


def usable(rows: pa.Table, *, as_of: date, known_at: datetime) -> Usability:
    """Judge records (log columns of any fact kind) at the two times.

    What was repaired or ran out by the later of both is out, also for a look back: an old answer
    may not resurrect a repaired record.  The first reason in the order of `Reason` is told.
    """
    horizon = pa.scalar(max(as_of, known_at.astimezone(UTC).date()), pa.date32())
    ended = pa.scalar(as_of, pa.date32())
    tests = {
        Reason.WITHDRAWN: _by(rows, "known_to", pa.scalar(known_at, pa.timestamp("us", tz="UTC"))),
        Reason.REPAIRED: _by(rows, "removed_on", horizon),
        Reason.EXPIRED: _by(rows, "usable_until", horizon) | _by(rows, "valid_to", ended),
        Reason.IDENTITY_NOT_PROVEN: rows["certainty"].to_numpy() < 1.0,
    }
    reasons = np.full(len(rows), None, dtype=object)
    for reason, applies in reversed(tests.items()):
        reasons[applies] = reason
    return Usability(np.equal(reasons, None).astype(np.bool_), tuple(reasons))


def _by(rows: pa.Table, column: str, moment: pa.Scalar) -> NDArray[np.bool_]:
    """Whether the column's date has come by `moment`; a missing one never comes."""
    if column not in rows.column_names:
        return np.zeros(len(rows), dtype=np.bool_)
    come = pc.fill_null(pc.less_equal(rows[column], moment), False)
    return np.asarray(come.to_numpy(zero_copy_only=False), dtype=np.bool_)
