"""Typical cases (典型案例) that are told to everybody: approved by two, expiring, of no natural person."""

from __future__ import annotations

from queries.typical_cases.acts import CaseRequest, approve_case, propose_case, withdraw_case
from queries.typical_cases.shown import (
    CASE_KINDS,
    CASE_STATES,
    CaseBoard,
    ShownCase,
    ShownCases,
    case_board,
    shown_cases,
)

__all__ = [
    "CASE_KINDS",
    "CASE_STATES",
    "CaseBoard",
    "CaseRequest",
    "ShownCase",
    "ShownCases",
    "approve_case",
    "case_board",
    "propose_case",
    "shown_cases",
    "withdraw_case",
]
