"""Who is asked for: keys, cards, names."""

from __future__ import annotations

from typing import Any

from graph.schema import SCHEMA
from reference.held import Held


class Keys(Held):
    """Who is asked for: keys, cards, names."""

    def known_party(self, key: str) -> list[tuple[Any, ...]]:
        return [(key,)] if key in self._heard else []

    def same_as(self, key: str) -> list[tuple[Any, ...]]:
        return [
            (row["from_key"], row["to_key"], row["judged_by"])
            for row in self.facts["SAME_AS"]
            if row["certainty"] >= 1 and row["from_key"] == key
        ]

    def merged_keys(self, key: str) -> list[tuple[Any, ...]]:
        return [
            (row["from_key"], self.name(row["from_key"]), row["judged_by"])
            for row in self.facts["SAME_AS"]
            if row["certainty"] >= 1 and row["to_key"] == key
        ]

    def party_card(self, key: str) -> list[tuple[Any, ...]]:
        return [
            (row["kind"], row.get("name"), row["source"], row["certainty"])
            for row in self.said[key]
        ]

    def find_party(self, text: str) -> list[tuple[Any, ...]]:
        found = {
            key
            for key, rows in self.said.items()
            for row in rows
            if text in (row.get("name") or "") and not SCHEMA.nodes[row["kind"]].describes
            and SCHEMA.superlabel(SCHEMA.nodes[row["kind"]]) == "Party"
        }  # fmt: skip
        return [(key, self.name(key)) for key in found]
