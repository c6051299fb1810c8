"""The words of the loop as pages and commands show them, by what they are of."""

from __future__ import annotations

from typing import Any, Final

from graph.operations.financing_moves import (
    ACTS,
    DEMAND_STATES,
    PAPERS,
    REFUSALS,
    STATES,
    moves,
)
from graph.operations.financing_papers import MOST_BYTES
from graph.operations.financing_terms import FIRST, REASONED, SECURITIES

__all__ = ["LIMIT", "WORDS"]

#: Bytes of a form with a paper in it.
LIMIT: Final = MOST_BYTES + 64 * 1024

WORDS: Final[dict[str, Any]] = {
    "acts": ACTS,
    "demand_states": DEMAND_STATES,
    "firsts": FIRST,
    "moves": moves,
    "papers": PAPERS,
    "reasoned": REASONED,
    "refusals": REFUSALS,
    "securities": SECURITIES,
    "states": STATES,
}
