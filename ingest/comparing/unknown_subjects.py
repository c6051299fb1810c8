"""Subjects of public records that no register knows: a registrar's task, and no dead row.

The credit platform takes a record only where it finds the subject, by code and name together (1001).
Here the row is taken in, and who it is about is told: perhaps the code is another's, perhaps the
subject is to be entered into the register.  Where no register of such subjects ever came, nobody
can say.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.log import FactLog
from graph.provenance import Provenance
from ingest.catalogue.source import TableSpec
from ingest.finding import RowFinding

__all__ = ["unknown_subjects"]

_AT_ONCE = 1 << 16


def unknown_subjects(log: FactLog, spec: TableSpec, rows: pd.DataFrame) -> list[RowFinding]:
    """A warning for every checked row whose subject no register of its kind knows."""
    if rows.empty:
        return []
    registers = Provenance.of(log.batches()).registers
    findings: list[RowFinding] = []
    for item in spec.fields:
        if item.type != "uscc_or_filler" or item.by_name or item.check:
            continue  # an authority is nobody's subject
        keys, labels = rows[f"{item.name}_key"], rows[f"{item.name}_label"]
        for label in sorted(labels.dropna().unique()):
            sources = {source for source, kind in registers if kind == label}
            if not sources:
                continue
            named = keys[(labels == label) & keys.notna()]
            known = _registered(log, label, sources, set(named))
            findings += [_finding(row, item.title) for row in named.index[~named.isin(known)]]
    return findings


def _registered(log: FactLog, label: str, sources: set[str], wanted: set[str]) -> set[str]:
    """Which keys a register says anything of."""
    keys, names = pa.array(sorted(wanted), pa.string()), pa.array(sorted(sources), pa.string())
    found: set[str] = set()
    for piece in log.held(label, rows=_AT_ONCE, columns=["key", "source"]):
        key, source = (piece[name].cast(pa.string()) for name in ("key", "source"))
        chosen = pc.and_(pc.is_in(key, value_set=keys), pc.is_in(source, value_set=names))
        found.update(key.filter(chosen).to_pylist())
    return found


def _finding(row: object, title: str) -> RowFinding:
    return RowFinding(
        int(str(row)),
        title,
        "subject_unknown",
        "登记库中没有这个主体，本行照常接收。请对照证照核对名称和统一社会信用代码；都正确的，由登记机关"
        "用登记表模板补录该主体，登记到库后这条提示自动消失。",
        "No register knows the subject: correct its name and code, or have it registered.",
        "未登记的主体",
        "warning",
    )
