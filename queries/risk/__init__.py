"""Risk by association: a score, its bounds and its explanation, on lawful facts only.

Beside the score: `what_if` (a hypothesis), `review_order` (a rank), `distress_stress` and
`clearing_stress` (money).  Each is a type of its own.
"""

from __future__ import annotations

from queries.risk.answer import LinkedRisk, OwnRisk, RiskAnswer
from queries.risk.explain import explain
from queries.risk.incremental import update_run
from queries.risk.pagerank import review_order
from queries.risk.policy import Policy, load_policy
from queries.risk.run import RiskRun, assess
from queries.risk.stress import clearing_stress, distress_stress
from queries.risk.what_if import WhatIf, WhatIfAnswer, sort_fact_ids, what_if, what_if_of

__all__ = [
    "LinkedRisk",
    "OwnRisk",
    "Policy",
    "RiskAnswer",
    "RiskRun",
    "WhatIf",
    "WhatIfAnswer",
    "assess",
    "clearing_stress",
    "distress_stress",
    "explain",
    "load_policy",
    "review_order",
    "sort_fact_ids",
    "update_run",
    "what_if",
    "what_if_of",
]
