"""Counties, towns and villages, what is part of what, and under which codes they stood before."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from graph.identifiers import division_code
from graph.time import today
from ingest.emit import FactFrame, node, tie

__all__ = ["regions"]

_BETWEEN = re.compile(r"[、，,;；/\s]+")

#: What a code of so many digits names.
_LABEL_OF = {6: "County", 9: "Town", 12: "Village"}
_ABOVE = {"Village": "Town", "Town": "County"}


def regions(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Divisions of all levels in one file.

    A division may name several former codes: those of the villages that were merged into it.  A
    code that stands in the file as a division of its own is nobody's former one: part of a village
    that went to another does not take the rest along.
    """
    for label in ("County", "Town", "Village"):
        here = rows["level"] == label
        yield node(
            label,
            rows,
            key=rows["code_key"],
            where=here,
            name=rows["name"],
            division_code=rows["code"],
            former_code=rows["former_code"],
        )
        if label in _ABOVE:
            yield tie(
                "PART_OF",
                rows,
                source=(rows["code_key"], label),
                target=(rows["parent_key"], _ABOVE[label]),
                where=here,
            )
    yield _former(rows)


def _former(rows: pd.DataFrame) -> FactFrame:
    """The former codes of the divisions, but for those that the national list leads on anyway."""
    told = [
        (row, code)
        for row, text in rows["former_code"].dropna().items()
        for code in _BETWEEN.split(str(text))
        if len(code) in _LABEL_OF and code.isdigit()
    ]
    of = rows.loc[[row for row, _ in told], ["code_key", "level"]].astype(object)
    former = [f"division:{division_code.current(code, today())}" for _, code in told]
    of["former"] = pd.Series(former, of.index, dtype=object)
    of["label"] = pd.Series([_LABEL_OF[len(code)] for _, code in told], of.index, dtype=object)
    return tie(
        "RECODED_AS",
        of,
        source=(of["former"], of["label"]),
        target=(of["code_key"], of["level"]),
        where=~of["former"].isin(set(rows["code_key"])),
    )
