"""How fresh each source is: when it was last heard, and what about it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.effective_batches import effective_batches
from graph.log import Batch, FactLog
from graph.operations import Delivery
from graph.time import Instant
from ingest.catalogue.source import Source, load_source, source_names
from ingest.comparing.completeness import missing_parts

__all__ = ["Freshness", "freshness"]


@dataclass(frozen=True)
class Freshness:
    """What is known of the deliveries of one source.

    Attributes:
        batches: how many stand; what was withdrawn did not come.
        last_at, last_file: of the last batch; None when nothing ever came.
        age_days: whole days since then.
        quarantined: rows refused in the last batch.
        stale_suspected: facts that a complete list did not name and that stay.
        missing_parts: "名单 第 2、3 份" of lists that are not whole.
        failed_file, failed_code, failed_at: of the last file refused as a whole, unless a batch
            came after it.
    """

    source: str
    title: str
    department: str
    batches: int
    last_at: Instant | None
    last_file: str | None
    age_days: int | None
    rows_in: int | None
    quarantined: int | None
    stale_suspected: int
    missing_parts: tuple[str, ...]
    failed_file: str | None
    failed_code: str | None
    failed_at: Instant | None

    @property
    def waits(self) -> bool:
        """Whether something of it is to be sent: a part that lacks, or a file that was refused whole."""
        return bool(self.missing_parts or self.failed_file)


def freshness(log: FactLog, deliveries: Sequence[Delivery], now: Instant) -> list[Freshness]:
    """One line a source, by department; a source that never sent anything has its line too, if a
    department is to send it."""
    batches = effective_batches(log.batches())
    heard = {item.source for item in batches} | {item.source for item in deliveries}
    found = [
        _of(load_source(name), [item for item in batches if item.source == name], deliveries, now)
        for name in source_names()
        if load_source(name).reported or name in heard
    ]
    return sorted(found, key=lambda item: (item.department, item.source))


def _of(
    source: Source, batches: Sequence[Batch], deliveries: Sequence[Delivery], now: Instant
) -> Freshness:
    last = batches[-1] if batches else None
    latest = {batch.notes.get("table"): batch for batch in batches}
    lists = {batch.notes["table"]: batch for batch in batches if "of" in batch.notes}
    failed = [
        item
        for item in deliveries
        if item.source == source.name
        and item.state == "failed"
        and item.refused_at
        and (last is None or item.refused_at > last.known_at)
    ]
    refused = max(failed, key=lambda item: item.refused_at or now) if failed else None
    return Freshness(
        source=source.name,
        title=source.title,
        department=source.department,
        batches=len(batches),
        last_at=last.known_at if last else None,
        last_file=last.file_name if last else None,
        age_days=(now - last.known_at).days if last else None,
        rows_in=last.counts["rows_in"] if last else None,
        quarantined=last.counts["quarantined"] if last else None,
        stale_suspected=sum(
            int(batch.files["stale"]["rows"]) for batch in latest.values() if "stale" in batch.files
        ),
        missing_parts=tuple(
            f"{batch.notes['list']} 第 {'、'.join(map(str, missing))} 份"
            for batch in lists.values()
            if (missing := missing_parts(batches, batch))
        ),
        failed_file=refused.file_name if refused else None,
        failed_code=refused.refused_code if refused else None,
        failed_at=refused.refused_at if refused else None,
    )
