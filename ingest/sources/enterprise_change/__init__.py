"""What changed in the register: a former name is the `before` of a change of name."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, node_with_tie, tie

__all__ = ["former_code", "registration_change"]


def registration_change(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an item changed on a day."""
    changed = rows["changed_on"]
    yield from node_with_tie(
        end(rows, "firm"),
        "CHANGED_REGISTRATION",
        "RegistrationChange",
        rows,
        key="change:" + rows["firm_code"] + ":" + rows["item"] + ":" + changed.astype(str),
        valid_from=changed,
        columns=("item", "before", "after", "changed_on"),
    )


def former_code(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One subject under two codes; what is told under the old one is the firm's own."""
    yield tie(
        "SAME_AS",
        rows,
        source=end(rows, "former"),
        target=end(rows, "firm"),
        judged_by="市场监督管理局",
        judged_on=rows["changed_on"],
        ground="换发统一社会信用代码（国发〔2015〕33号：一个主体只有一个代码）",
    )
