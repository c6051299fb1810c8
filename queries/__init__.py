"""What one can ask: questions of the graph, risk over the snapshot, first-loan decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.lazy import attribute_of
from queries.basis import HINT_NOTICE, Basis
from queries.library import Answer, ask, library

if TYPE_CHECKING:
    from queries.risk import RiskAnswer, assess, explain

__all__ = ["HINT_NOTICE", "Answer", "Basis", "RiskAnswer", "ask", "assess", "explain", "library"]

__getattr__ = attribute_of(__name__, __file__)
