"""What is around a party, and how far."""

from __future__ import annotations

from collections import deque
from datetime import date
from typing import Any

from reference.held import Held, Row

AROUND = (
    "GUARANTEES",
    "HOLDS_SHARES_IN",
    "LEGAL_REPRESENTATIVE_OF",
    "MEMBER_OF",
    "BELONGS_TO",
    "SPOUSE_OF",
    "EXECUTIVE_OF",
    "JOINT_GUARANTEE_WITH",
    "REGISTERED_AS",
    "SUPPLIES",
)


class Links(Held):
    """What is around a party, and how far."""

    def legal_representative_firms(self, key: str) -> list[tuple[Any, ...]]:
        persons = {row["from_key"] for row in self.into["LEGAL_REPRESENTATIVE_OF"][key]}
        if self.label.get(key) == "Person":
            persons = {key}
        return [
            (person, self.name(person), row["to_key"], self.name(row["to_key"]))
            for person in persons
            for row in self.out["LEGAL_REPRESENTATIVE_OF"][person]
        ]

    def _around(self, key: str) -> list[tuple[str, Row]]:
        return [
            (row[other], row)
            for kind in AROUND
            for table, other in ((self.out, "to_key"), (self.into, "from_key"))
            for row in filter(self.stands, table[kind][key])
        ]

    def neighbourhood(self, key: str) -> list[tuple[Any, ...]]:
        """Within two hops: every tie on a walk that uses no tie twice."""
        ties = {}
        for _, row in self._around(key):
            ties[row["fact_id"]] = (row, 1)
        for other, first in self._around(key):
            for _, row in self._around(other):
                if row["fact_id"] != first["fact_id"]:
                    ties.setdefault(row["fact_id"], (row, 2))
        return [
            (row["from_key"], self.name(row["from_key"]), row["kind"], row["to_key"],
             row["certainty"], distance)
            for row, distance in ties.values()
        ]  # fmt: skip

    def shortest_distance(self, key: str, other: str) -> int | None:
        depth, queue = {key: 0}, deque([key])
        while queue:
            here = queue.popleft()
            if here == other:
                return depth[here]
            for there, _ in self._around(here):
                if there not in depth and depth[here] < 8:
                    depth[there] = depth[here] + 1
                    queue.append(there)
        return None

    def invested(
        self, key: str, invested_from: str = "0001-01-01", invested_before: str = "9999-12-31"
    ) -> set[str]:
        """Firms that a party invests in, for certain, since a day of the window."""
        return {
            row["to_key"]
            for row in self.out["HOLDS_SHARES_IN"][key]
            if row["certainty"] >= 1
            and invested_from <= (row["valid_from"] or date.min).isoformat() < invested_before
        }
