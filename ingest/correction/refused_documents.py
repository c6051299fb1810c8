"""Refused rows of administrative decisions, as the office counts them: which document, of whom, when.

What can be read of such a row is read from what is kept of it; nothing of whom it concerns is taken.
Once the kept cells are deleted a row is counted as a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import cache

from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.redaction import redacted
from graph.log import FactLog
from graph.schema import SCHEMA
from graph.time import day_of
from ingest.catalogue.source import load_source, source_names
from ingest.checking.days import day
from ingest.checking.parties import FILLER
from ingest.checking.verdict import WrongError
from ingest.correction.quarantine import Quarantine, open_rows
from queries.indicators import RefusedDocument

__all__ = ["refused_documents"]

#: Kind of record -> class of its decisions; a table of further acts is called by its class.
_CLASS_OF = {"Permit": "permit", "Penalty": "penalty"}


def refused_documents(log: FactLog, quarantine: Quarantine) -> list[RefusedDocument]:
    """Every open refused row of a table that states administrative decisions."""
    found = []
    cells: dict[str, Mapping[int, Mapping[str, str | None]]] = {}
    for source, tables in _deciding().items():
        for item in open_rows(log, source):
            if item.table not in tables:
                continue
            batch = item.batch
            if batch.batch not in cells:
                cells[batch.batch] = quarantine.cells(batch.batch)
            said = cells[batch.batch].get(item.row, {})
            reported = _day(said.get("reported_on"))
            found.append(
                RefusedDocument(
                    f"{batch.batch}:{item.row}",
                    tables[item.table],
                    _body(said.get("authority_body")),
                    _text(said.get("authority")),
                    _text(said.get("document_no")),
                    _day(said.get("decided_on")),
                    reported or day_of(batch.known_at),
                )
            )
    return found


@cache
def _deciding() -> dict[str, dict[str, str]]:
    """Source -> its tables that state administrative decisions -> their class."""
    found: dict[str, dict[str, str]] = {}
    for name in source_names():
        for table, spec in load_source(name).tables.items():
            for kind in spec.states:
                node = SCHEMA.nodes.get(kind)
                if node and not node.describes and node.superlabel == "AdministrativeDecision":
                    found.setdefault(name, {})[table] = _CLASS_OF.get(kind, table)
    return found


def _text(cell: str | None) -> str | None:
    return redacted(cell) if cell and not cell.startswith("\0") else None


def _body(cell: str | None) -> str | None:
    if not cell or cell.startswith("\0"):
        return None
    code = uscc.compact(cell)
    if (
        code == FILLER
        or uscc.check(code).value is None
        or not code.startswith(("11", "12", "13", "A1"))
    ):
        return None
    return f"org:{code}"


def _day(cell: str | None) -> date | None:
    if not cell:
        return None
    with suppress(WrongError):
        return day(cell.removeprefix("\0number:"))
    return None
