"""Risk by association: a score, its bounds and its explanation, on lawful facts only."""

from __future__ import annotations

from queries.risk.explain import RiskAnswer, RiskRun, assess, explain
from queries.risk.policy import Policy, load_policy

__all__ = ["Policy", "RiskAnswer", "RiskRun", "assess", "explain", "load_policy"]
