"""The financing loop: acts checked against consent and records, and what follows carried into the log.

Acts are kept in the operations store (`graph.operations.financing`); what they mean for readers of
the graph is rows of the source `platform_financing`, by the ordinary way of files (`carry_out`).
"""

from __future__ import annotations

from graph.operations import OUTCOMES, Done, FinancingFile
from ingest.financing.desk import FinancingDesk
from ingest.financing.facts import FACTS, carry_out
from ingest.financing.visiting import VisitDesk
from ingest.financing.words import LIMIT, WORDS

__all__ = [
    "FACTS",
    "LIMIT",
    "OUTCOMES",
    "WORDS",
    "Done",
    "FinancingDesk",
    "FinancingFile",
    "VisitDesk",
    "carry_out",
]
