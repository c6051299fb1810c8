"""Repair, objection, annulment, court-approved shielding, expiry: acts on a public record and their effect.

A case is kept in the operations store (`graph.operations.repair`), the law is `queries.lawful`, and
what follows for readers is a batch of the log (`carry_out`); nothing writes beside the log.
"""

from __future__ import annotations

from graph.operations.repair_moves import ACTS, KINDS, STATES, CaseKind
from ingest.repair.carry_out import carry_out
from ingest.repair.case_file import ONLY, CaseFile, CasePage, Clock, Move, OnlyCases, Receiver
from ingest.repair.desk import act_on, case_of, cases, open_case, records_of
from ingest.repair.record import DECIDED, RecordFile
from ingest.repair.withdrawn import Withdrawn, withdrawals_of

__all__ = [
    "ACTS",
    "DECIDED",
    "KINDS",
    "ONLY",
    "STATES",
    "CaseFile",
    "CaseKind",
    "CasePage",
    "Clock",
    "Move",
    "OnlyCases",
    "Receiver",
    "RecordFile",
    "Withdrawn",
    "act_on",
    "carry_out",
    "case_of",
    "cases",
    "open_case",
    "records_of",
    "withdrawals_of",
]
