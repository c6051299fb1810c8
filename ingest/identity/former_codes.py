"""Which keys a register gave up itself: one subject under a former and its present code."""

from __future__ import annotations

import pyarrow.compute as pc

from graph.log import FactLog
from graph.resolution import redirects

__all__ = ["JUDGED", "former_codes"]

#: The source under which officers' judgements stand in the log; every other one is a register.
JUDGED = "identity"


def former_codes(log: FactLog) -> dict[str, str]:
    """Key under a former code -> key under the code of today, as registers say it now."""
    facts = log.read("SAME_AS")
    told = facts.filter(pc.not_equal(facts["source"], JUDGED))
    return {key: stays for key, (stays, _) in redirects(told.to_pylist()).items()}
