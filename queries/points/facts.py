"""What is read of participants: honours in force, and adverse records that may be used, both proven."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from graph.schema import SCHEMA
from queries.district import DistrictReader
from queries.lawful import regimes
from queries.points.explain import AdverseRecord, HeldHonour, PointLine, explain
from queries.points.rules import load_points

__all__ = ["PointFacts"]


@dataclass(frozen=True)
class PointFacts:
    """Honours and usable adverse records of some parties."""

    honours: Mapping[str, list[HeldHonour]]
    records: Mapping[str, list[AdverseRecord]]

    @classmethod
    def read(cls, reader: DistrictReader, keys: Collection[str]) -> PointFacts:
        honours: dict[str, list[HeldHonour]] = defaultdict(list)
        for party, row in _of(reader, "HONOURED_BY", "Honour", keys):
            honours[party].append(
                HeldHonour(
                    record=row["key"],
                    title=row["title"]
                    or SCHEMA.word("Honour", "list_kind", row["list_kind"])
                    or "",
                    level=row["level"],
                    authority=row["authority"],
                    document_no=row["document_no"],
                    begins=row["awarded_on"],
                    until=row["valid_to_on"],
                )
            )
        records: dict[str, list[AdverseRecord]] = defaultdict(list)
        for kind, record in regimes().records.items():
            for party, row in _of(reader, record.tie, kind, keys):
                said = row.get(record.of_class) if record.of_class else None
                word = (
                    SCHEMA.word(kind, record.of_class, said) if record.of_class and said else None
                )
                records[party].append(
                    AdverseRecord(
                        record=row["key"],
                        kind=kind,
                        title=word or said or SCHEMA.nodes[kind].term,
                        gravity=row.get("credit_class"),
                        authority=row.get("authority"),
                        document_no=row.get("document_no") or row.get("case_no"),
                        begins=row.get(record.begins) if record.begins else None,
                        until=row.get("published_until"),
                    )
                )
        return cls(honours, records)

    def explained(
        self, label: str | None, key: str, day: date
    ) -> tuple[float | None, tuple[PointLine, ...]]:
        """Sum and lines by the configuration of the day; None where there is none."""
        rules = load_points()
        chosen = rules.of(label or "", day)
        if chosen is None:
            return None, ()
        return explain(rules, chosen, self.honours.get(key, ()), self.records.get(key, ()))


def _of(
    reader: DistrictReader, tie: str, kind: str, keys: Collection[str]
) -> list[tuple[str, dict[str, Any]]]:
    """(party, record) of some parties: proven, in force, as law lets them be used, each once."""
    if not keys:
        return []
    ties = reader.table(tie)
    asked = pa.array(sorted({*keys}), pa.string())
    ties = ties.filter(
        pc.and_(
            pc.is_in(ties["from_key"].cast(pa.string()), value_set=asked),
            pc.greater_equal(ties["certainty"], 1),
        )
    )
    pairs = {
        (row["from_key"], row["to_key"]) for row in ties.select(["from_key", "to_key"]).to_pylist()
    }
    if not pairs:
        return []
    wanted = pa.array(sorted({record for _, record in pairs}), pa.string())
    table = reader.table(kind)
    table = table.filter(pc.is_in(table["key"].cast(pa.string()), value_set=wanted))
    told = {row["key"]: row for row in last_heard(table, ["key"]).to_pylist()}
    return [(party, told[record]) for party, record in sorted(pairs) if record in told]
