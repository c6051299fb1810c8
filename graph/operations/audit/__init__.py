"""The audit: who looked at whom, who did what; a chain of entries that is only ever added to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.lazy import attribute_of
from graph.operations.audit.heads import AuditHead, export_heads, heads, seal

if TYPE_CHECKING:
    from graph.operations.audit.check import AuditCheck, AuditProblem, check_chain
    from graph.operations.audit.cutting import KEPT_YEARS, AuditAnchor, cut
    from graph.operations.audit.entry import GENESIS, AuditEntry, AuditNote, content_of, hash_of
    from graph.operations.audit.mark import digest_of, mark_of, marks_digest
    from graph.operations.audit.trail import FoundEntries, Trail
    from graph.operations.audit.watch import AlertBook, KeptAlert, RaisedAlert, Watch

__all__ = [
    "GENESIS",
    "KEPT_YEARS",
    "AlertBook",
    "AuditAnchor",
    "AuditCheck",
    "AuditEntry",
    "AuditHead",
    "AuditNote",
    "AuditProblem",
    "FoundEntries",
    "KeptAlert",
    "RaisedAlert",
    "Trail",
    "Watch",
    "check_chain",
    "content_of",
    "cut",
    "digest_of",
    "export_heads",
    "hash_of",
    "heads",
    "mark_of",
    "marks_digest",
    "seal",
]

__getattr__ = attribute_of(__name__, __file__)
