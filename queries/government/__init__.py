"""The integrity of public bodies (政务诚信): what they promised, what they owe, and how it is counted."""

from __future__ import annotations

from queries.government.arrears import FINDINGS, LACKING, STATES, Claim
from queries.government.book import Count, GovernmentBook, Summary, government_book, summary
from queries.government.commitment import OUTCOMES, Commitment
from queries.government.counted import FigureRows
from queries.government.debtors import ListedBody
from queries.government.disclosure import DISCLOSURE_STATES, Disclosure
from queries.government.evaluation import (
    Evaluation,
    Figure,
    enter_value,
    evaluate,
    figure_rows,
)
from queries.government.evaluation_rules import Indicator, evaluation_rules
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
from queries.government.staff_check import (
    RESULTS,
    StaffAnswer,
    StaffLog,
    check_rules,
    check_staff,
    staff_log,
)

__all__ = [
    "DISCLOSURE_STATES",
    "FINDINGS",
    "LACKING",
    "OUTCOMES",
    "RESULTS",
    "STATES",
    "Claim",
    "Claims",
    "Commitment",
    "Commitments",
    "Count",
    "Disclosure",
    "Disclosures",
    "Evaluation",
    "Figure",
    "FigureRows",
    "GovernmentBook",
    "Indicator",
    "ListedBodies",
    "ListedBody",
    "StaffAnswer",
    "StaffLog",
    "Summary",
    "check_rules",
    "check_staff",
    "claims",
    "commitments",
    "disclosure_list",
    "enter_value",
    "evaluate",
    "evaluation_rules",
    "figure_rows",
    "government_book",
    "interest_rules",
    "listed",
    "staff_log",
    "summary",
]
