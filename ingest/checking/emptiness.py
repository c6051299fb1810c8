"""Cells that say in a word that they are empty: -, —, /, 无, 暂无, 不详, N/A, null.

They are empty: an optional field without a value, a required one that lacks it.  What a code list
declares is a value, whatever word it is (非信用户 may be 无).  Told once a file, not cell by cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

import pyarrow as pa

from ingest.catalogue.field import FieldSpec
from ingest.finding import RowFinding
from ingest.reading.texts import Texts

__all__ = ["EMPTY_WORDS", "told_as_empty", "without_empty_words"]

#: As they stand behind `ingest.reading.cell`: half-width, without space around.
EMPTY_WORDS = frozenset(
    [
        "-",
        "--",
        "---",
        "—",
        "——",
        "———",
        "–",
        "―",
        "─",
        "──",
        "/",
        "//",
        "\\",
        "无",
        "暂无",
        "暂缺",
        "不详",
        "未知",
        "未填",
        "未提供",
        "无数据",
        "空",
        "空白",
        "(空)",
        "(无)",
        "N/A",
        "n/a",
        "N/a",
        "#N/A",
        "NA",
        "null",
        "NULL",
        "Null",
        "(null)",
        "(NULL)",
        "None",
        "NONE",
        "nil",
        "NaN",
        "nan",
        "NAN",
        "undefined",
    ]
)
_SAYS_NO = frozenset({"无", "(无)"})
_MANY = 5  # columns named


def without_empty_words(
    fields: Mapping[str, FieldSpec], said: Mapping[str, Texts], counts: Counter[str]
) -> dict[str, Texts]:
    """The cells of all fields without such words; `counts` goes up by field title."""
    found = {}
    for name, cells in said.items():
        found[name], count = cells.without(_words(_values(fields[name])))
        if count:
            counts[fields[name].title] += count
    return found


def told_as_empty(counts: Mapping[str, int]) -> list[RowFinding]:
    """That words were taken as empty, said once for the file; nothing where there were none."""
    if not counts:
        return []
    named = [f"“{title}”{count} 格" for title, count in counts.items()]
    more = f"等 {len(named)} 列" if len(named) > _MANY else ""
    return [
        RowFinding(
            None,
            None,
            "empty_words",
            f"写着“-”“/”“无”“不详”之类的格按空处理：{'、'.join(named[:_MANY])}{more}。"
            "空表示不知道；确实为零的请填 0。",
            f"{sum(counts.values())} cells say in a word that they are empty, and are.",
            severity="warning",
        )
    ]


def _values(spec: FieldSpec) -> frozenset[str]:
    """Words that are values of the field.  Under 是否有… 无 may be a no: it is asked what is meant."""
    said = frozenset((*spec.codes, *spec.kept_words))
    return _SAYS_NO if spec.type == "flag" else said & EMPTY_WORDS


@cache
def _words(kept: frozenset[str]) -> pa.Array:
    return pa.array(sorted(EMPTY_WORDS - kept), pa.string())
