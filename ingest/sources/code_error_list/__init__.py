"""The province's lists of wrong codes: what is to be put right, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, node

__all__ = ["result", "summary"]

_LINE = ("round", "code", "subject_name")


def summary(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a code and subject of a round."""
    yield node(
        "CodeErrorItem",
        rows,
        key=_key("code_item", rows),
        columns=(*_LINE, "error_kind", "registrar", "issued_on"),
    )


def result(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a line that was sent back."""
    yield node(
        "CodeErrorResult",
        rows,
        key=_key("code_result", rows),
        columns=(*_LINE, "outcome", "reason", "settled_on"),
    )


def _key(kind: str, rows: pd.DataFrame) -> pd.Series:
    return f"{kind}:" + rows["round"] + ":" + rows["code"] + ":" + rows["subject_name"]
