"""What came since an instant: batches, their rows by fate, and what was withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from graph.effective_batches import withdrawals
from graph.log import Batch
from graph.time import Instant

__all__ = ["Changes", "changes_since"]


@dataclass(frozen=True)
class Changes:
    """What is new.

    Attributes:
        since: what became known at this instant or later.
        batches: deliveries that came, those withdrawn since among them; last_at: when the last did.
        accepted, quarantined: their rows that said something new, and that were refused.
        withdrawn: deliveries that were taken back, whenever they had come.
    """

    since: Instant
    batches: int
    accepted: int
    quarantined: int
    withdrawn: int
    last_at: Instant | None


def changes_since(
    batches: Sequence[Batch], since: datetime, *, sees: Callable[[str], bool] = lambda _: True
) -> Changes:
    """What became known since an instant, of sources that somebody sees."""
    new = [batch for batch in batches if batch.known_at >= since and sees(batch.source)]
    gone = {batch.batch for batch in withdrawals(new).values()}
    came = [batch for batch in new if batch.batch not in gone]
    return Changes(
        since=since,
        batches=len(came),
        accepted=sum(int(batch.counts.get("accepted", 0)) for batch in came),
        quarantined=sum(int(batch.counts.get("quarantined", 0)) for batch in came),
        withdrawn=len(gone),
        last_at=new[-1].known_at if new else None,
    )
