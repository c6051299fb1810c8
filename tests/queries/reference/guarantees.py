"""Who stands for whom."""

from __future__ import annotations

from collections import deque
from typing import Any

from reference.held import Held, Row


class Guarantees(Held):
    """Who stands for whom."""

    def _guarantees(self, table: dict[str, dict[str, list[Row]]], key: str) -> list[Row]:
        return [row for row in table["GUARANTEES"][key] if self.stands(row)]

    def guarantees_given(self, key: str) -> list[tuple[Any, ...]]:
        return [
            (
                row["to_key"],
                self.name(row["to_key"]),
                row["discriminator"],
                row["amount_fen"],
                self.owed(row),
            )
            for row in self._guarantees(self.out, key)
        ]

    def guarantees_received(self, key: str) -> list[tuple[Any, ...]]:
        return [
            (
                row["from_key"],
                self.name(row["from_key"]),
                row["discriminator"],
                row["amount_fen"],
                self.owed(row),
            )
            for row in self._guarantees(self.into, key)
        ]

    def guarantee_chain(self, key: str) -> list[tuple[Any, ...]]:
        depth, queue = {key: 0}, deque([key])
        while queue:
            here = queue.popleft()
            for row in self._guarantees(self.out, here):
                if row["to_key"] not in depth:
                    depth[row["to_key"]] = depth[here] + 1
                    queue.append(row["to_key"])
        found = []
        for other in set(depth) - {key}:
            loans = {row["to_key"] for row in self.out["BORROWED"][other]}
            told = [
                max([r["principal_fen"] or 0 for r in self.said[x] if r["kind"] == "Loan"],
                    default=0)
                for x in loans
            ]  # fmt: skip
            found.append((other, self.name(other), depth[other], len(loans), sum(told)))
        return found
