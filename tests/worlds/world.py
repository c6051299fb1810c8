"""Small worlds of facts, written through the log as ingest would write them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from bench.scope.memory_log import MemoryLog, Said
from graph.facts import arrow_schema
from graph.log import FactLog


class World:
    """Facts gathered by kind until `commit` makes a batch of them, on the disk or in memory."""

    def __init__(self, log: FactLog) -> None:
        self.log = log
        self.count = 0
        self._facts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._closed: dict[str, list[str]] = defaultdict(list)

    def node(self, kind: str, key: str, label: str | None = None, **said: Any) -> str:
        """State a node fact; returns its id."""
        return self._state(kind, {"key": key, "label": label or kind}, said)

    def tie(self, kind: str, source: tuple[str, str], target: tuple[str, str], **said: Any) -> str:
        """State a tie between (key, label) and (key, label); returns its id."""
        ends = {
            "from_key": source[0],
            "from_label": source[1],
            "to_key": target[0],
            "to_label": target[1],
            "discriminator": said.pop("discriminator", ""),
        }
        return self._state(kind, ends, said)

    def close(self, kind: str, fact_id: str) -> None:
        """End that a fact is held."""
        self._closed[kind].append(fact_id)

    def commit(
        self, known_at: datetime, source: str = "world", notes: dict[str, Any] | None = None
    ) -> None:
        """Write what was stated as one batch; `notes` as ingest would note the delivery."""
        batch = f"{source}-{known_at:%Y%m%d}"
        if isinstance(self.log, MemoryLog):
            closed = [(kind, fact) for kind, facts in self._closed.items() for fact in facts]
            lifecycle = {"known_from": known_at, "source": source, "batch": batch}
            told = {kind: [row | lifecycle for row in rows] for kind, rows in self._facts.items()}
            self.log.say(Said(source, known_at, told, closed), notes or {})
            self._facts.clear()
            self._closed.clear()
            return
        digest = hashlib.sha256(batch.encode()).hexdigest()
        with self.log.append(
            source=source,
            batch=batch,
            file_name="world.csv",
            content_sha256=digest,
            known_at=known_at,
            notes=notes,
        ) as pending:
            for kind, rows in self._facts.items():
                filled = [
                    {**row, "known_from": known_at, "source": source, "batch": batch}
                    for row in rows
                ]
                pending.assert_facts(kind, pa.Table.from_pylist(filled, arrow_schema(kind)))
            pending.close_facts({kind: pa.array(ids) for kind, ids in self._closed.items()})
            pending.counts.update(rows_in=0, accepted=0, unchanged=0, quarantined=0)
        self._facts.clear()
        self._closed.clear()

    def _state(self, kind: str, ends: dict[str, str], said: dict[str, Any]) -> str:
        self.count += 1
        fact_id = f"fact-{self.count:07d}"
        lifecycle: dict[str, date | float | None] = {
            "valid_from": said.pop("valid_from", None),
            "valid_to": said.pop("valid_to", None),
            "certainty": said.pop("certainty", 1.0),
        }
        row = {"fact_id": fact_id, "row": self.count % 1000, **ends, **lifecycle, **said}
        self._facts[kind].append(row)
        return fact_id
