"""Which columns of an answer the reference gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: question -> columns of the answer that the reference gives, in its order.
COLUMNS: dict[str, tuple[str, ...]] = {
    "loans": ("loan_key", "lender", "principal_fen", "balance_fen", "loan_class",
              "days_past_due", "certainty"),
    "guarantees_given": ("other_key", "other_name", "contract", "amount_fen", "owed_fen"),
    "guarantees_received": ("other_key", "other_name", "contract", "amount_fen", "owed_fen"),
    "guarantee_chain": ("key", "name", "depth", "loan_count", "principal_fen"),
    "assessor_conflicts": ("party_key", "why", "certainty"),
    "decision_records": ("kind", "from_key", "to_key", "fact_id"),
    "household_members": ("household_key", "member_key", "member_name", "role"),
    "household_exposure": ("household_key", "member_count", "loan_count", "principal_fen",
                           "balance_fen", "guaranteed_fen"),
    "cooperative_members": ("member_key", "member_name", "contribution_fen", "certainty"),
    "legal_representative_firms": ("person_key", "person_name", "firm_key", "firm_name"),
    "neighbourhood": ("from_key", "from_name", "kind", "to_key", "certainty", "distance"),
    "list_entries": ("entry_key", "case_no", "certainty"),
    "adverse_records": ("kind", "what", "record_key", "amount_fen", "certainty", "source"),
    "village_summary": ("households", "persons", "borrowers", "balance_fen", "overdue_fen",
                        "listed"),
    "find_party": ("key", "name"),
    "shared_address": ("other_key", "other_name", "address", "shared_by", "told_certainty"),
    "shared_phone": ("other_key", "other_name", "phone_masked", "shared_by", "told_certainty"),
    "shared_agent": ("agent_key", "agent_name", "other_key", "other_name", "shared_by",
                     "told_certainty"),
    "same_controller": ("controller_key", "controller_name", "role_here", "other_key",
                        "other_name", "role_there", "told_certainty"),
    "known_party": ("key",),
    "same_as": ("from_key", "to_key", "judged_by"),
    "merged_keys": ("merged_key", "merged_name", "judged_by"),
}  # fmt: skip

Answerer = Callable[[str], list[tuple[Any, ...]]]
