"""The block that every answer carries: as of when, from which data, by which policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from graph.time import Instant

__all__ = ["HINT_NOTICE", "HYPOTHESIS_NOTICE", "Basis"]

#: Stands beside every hint by association (国办发〔2020〕49号: no punishment by association).
HINT_NOTICE = "关联提示仅供参考，不作为认定失信或惩戒依据"

#: Stands on every answer that follows an assumption.
HYPOTHESIS_NOTICE = "假设推演，不是事实；不作为认定、授信或惩戒依据"


@dataclass(frozen=True)
class Basis:
    """On what an answer stands.

    Attributes:
        as_of: the day that the answer is about.
        known_at: what was known at this instant; later news is not in it.
        position: of the last log batch that was known.
        policy, rules: names with version and hash of what was applied, None where nothing was.
        truncated: whether a budget cut the answer.
        same_as: the key that the answer is about, where the one asked for was judged to be it.
    """

    as_of: date
    known_at: Instant
    position: int
    policy: str | None = None
    rules: str | None = None
    truncated: bool = False
    same_as: str | None = None
