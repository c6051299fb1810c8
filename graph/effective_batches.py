"""Which batches count: a batch that was withdrawn is gone for everybody who asks what came.

A withdrawal is a batch of its own, of the same source, whose notes name the batch that it
withdraws (`withdraws`), who did it and why.  The log keeps both for ever; among the first batches
of a log, those stand that none of them withdraws.  What the facts of a withdrawn batch become is
said by the withdrawal like any other batch says it, by closures and facts, so that whoever reads
facts needs nothing from here.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.log import Batch

__all__ = ["effective_batches", "withdrawals"]

_NOTE = "withdraws"


def effective_batches(batches: Iterable[Batch]) -> list[Batch]:
    """Those of the batches whose word counts, in order: not withdrawn, and no withdrawals."""
    told = list(batches)
    gone = {item.notes[_NOTE] for item in told if _NOTE in item.notes}
    return [item for item in told if _NOTE not in item.notes and not (gone and item.batch in gone)]


def withdrawals(batches: Iterable[Batch]) -> dict[str, Batch]:
    """Name of each withdrawn batch -> the batch that withdraws it."""
    return {str(item.notes[_NOTE]): item for item in batches if _NOTE in item.notes}
