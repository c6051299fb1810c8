"""What may be shown of a value: the masking list, from the sensitivity of each field.

Class C2 and C3 (JR/T 0171-2020) are masked wherever people look who need not know them: in
reports, on the worklist, in logs.  The forms are those in use: 610322************, 138****1234,
张**.
"""

from __future__ import annotations

from graph.identifiers import resident_id
from graph.vocabulary import Sensitivity
from ingest.catalogue.field import FieldSpec
from ingest.catalogue.source import Source
from ingest.reading.cell import NUMERIC, shown

__all__ = ["masked", "masking_list", "masking_rule"]

_OPEN = frozenset({Sensitivity.PUBLIC, Sensitivity.C1})


def masking_rule(spec: FieldSpec) -> str:
    """How values of the field are shown, in words; empty where they are shown whole."""
    if spec.sensitivity in _OPEN and spec.type not in ("resident_id", "party_id"):
        return ""
    match spec.type:
        case "resident_id" | "party_id":
            return "留前 6 位"
        case "phone":
            return "留前 3 位和后 4 位"
        case "text" if spec.name.endswith("name"):
            return "只留第一个字"
        case _:
            return "整个不显示"


def masked(spec: FieldSpec, text: str | None) -> str | None:
    """The value as it may be shown."""
    if text is None or not masking_rule(spec):
        return text
    plain = shown(text).removeprefix(NUMERIC).strip("\x00")
    match spec.type:
        case "resident_id" | "party_id":
            # whoever reads a list of faults need not know when somebody was born
            shown_of_it = resident_id.mask(plain)
            return f"{shown_of_it[:6]}{'*' * (len(shown_of_it) - 6)}"
        case "phone":
            return (
                plain[:3] + "*" * max(len(plain) - 7, 4) + plain[-4:] if len(plain) > 7 else "***"
            )
        case "text" if spec.name.endswith("name"):
            return plain[:1] + "*" * max(len(plain) - 1, 1)
        case _:
            return "***"


def masking_list(source: Source) -> list[tuple[str, FieldSpec, str]]:
    """(table, field, rule) of every field that is masked."""
    return [
        (name, spec, rule)
        for name, table in source.tables.items()
        for spec in table.fields
        if (rule := masking_rule(spec))
    ]
