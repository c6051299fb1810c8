"""The integrity of public bodies (政务诚信): what they promised, what they owe, and how it is counted."""

from __future__ import annotations

from queries.government.arrears import FINDINGS, LACKING, STATES, Claim
from queries.government.book import Count, GovernmentBook, Summary, government_book, summary
from queries.government.commitment import OUTCOMES, Commitment
from queries.government.debtors import ListedBody
from queries.government.disclosure import DISCLOSURE_STATES, Disclosure
from queries.government.interest import interest_rules
from queries.government.lists import (
    Claims,
    Commitments,
    Disclosures,
    ListedBodies,
    claims,
    commitments,
    disclosure_list,
    listed,
)

__all__ = [
    "DISCLOSURE_STATES",
    "FINDINGS",
    "LACKING",
    "OUTCOMES",
    "STATES",
    "Claim",
    "Claims",
    "Commitment",
    "Commitments",
    "Count",
    "Disclosure",
    "Disclosures",
    "GovernmentBook",
    "ListedBodies",
    "ListedBody",
    "Summary",
    "claims",
    "commitments",
    "disclosure_list",
    "government_book",
    "interest_rules",
    "listed",
    "summary",
]
