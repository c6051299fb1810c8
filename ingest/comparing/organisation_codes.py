"""Whose an organisation code is: the party whose unified code holds it.

组织机构代码 (GB 11714) lives on as characters 9 to 17 of the unified social credit code (GB 32100), and
was given to one subject only.  So a row that names a party by nothing else is a row about the
party with that unified code, if the log knows one and no other.  Where it knows none, the party is
kept under its name like one without any identifier, to be settled by a person.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.log import FactLog
from graph.schema import SCHEMA
from ingest.catalogue.source import TableSpec
from ingest.finding import RowFinding

__all__ = ["of_organisation_codes"]

_AT_ONCE = 1 << 16
_CODED = tuple(
    node.kind
    for node in SCHEMA.nodes.values()
    if any(item.name == "unified_social_credit_code" for item in node.properties)
)


def of_organisation_codes(
    log: FactLog, spec: TableSpec, rows: pd.DataFrame
) -> tuple[pd.DataFrame, list[RowFinding]]:
    """The checked rows with the party wherever only its organisation code is given, and warnings
    for codes that are nobody's yet."""
    findings: list[RowFinding] = []
    for item in spec.fields:
        if item.coded_by is None or rows.empty:
            continue
        key, label, code = (f"{item.name}_{end}" for end in ("key", "label", "code"))
        other = item.coded_by
        open_ = rows[key].isna() & rows[f"{other}_code"].notna()
        if not open_.any():
            continue
        rows = rows.copy()
        whole = open_ & rows[f"{other}_key"].notna()
        for end in ("key", "label", "code"):
            rows.loc[whole, f"{item.name}_{end}"] = rows.loc[whole, f"{other}_{end}"]
        old = rows.loc[open_ & ~whole, f"{other}_code"]
        owners = _owners(log, set(old))
        title = next(each.title for each in spec.fields if each.name == other)
        for row, text in old.items():
            if text in owners:
                unified, kind = owners[text]
                rows.loc[row, [key, label, code]] = [f"org:{unified}", kind, unified]
            else:
                findings.append(_unknown(row, title))
    return rows, findings


def _owners(log: FactLog, wanted: set[str]) -> dict[str, tuple[str, str]]:
    """Organisation code -> unified code and label of its one owner."""
    codes = pa.array(sorted(wanted), pa.string())
    found: dict[str, set[tuple[str, str]]] = {}
    for kind in _CODED:
        for piece in log.held(kind, rows=_AT_ONCE, columns=["label", "unified_social_credit_code"]):
            unified = piece["unified_social_credit_code"].cast(pa.string())
            inside = pc.utf8_slice_codeunits(unified, 8, 17)
            chosen = piece.filter(pc.is_in(inside, value_set=codes))
            for text, label in zip(
                chosen["unified_social_credit_code"].to_pylist(),
                chosen["label"].to_pylist(),
                strict=True,
            ):
                found.setdefault(text[8:17], set()).add((text, label))
    return {code: next(iter(owners)) for code, owners in found.items() if len(owners) == 1}


def _unknown(row: object, title: str) -> RowFinding:
    return RowFinding(
        int(str(row)),
        title,
        "organisation_code_unknown",
        "库中没有这个组织机构代码的单位，已按名称暂存，请到“主体核对”确认；查得到18位统一社会信用代码的，请补填。",
        "No party is known by this organisation code: kept under its name, to be settled.",
        "9 位",
        "warning",
    )
