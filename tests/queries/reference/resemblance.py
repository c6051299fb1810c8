"""What two parties share."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from reference.held import Held, Row


class Resemblance(Held):
    """What two parties share."""

    def _told(self, name: str) -> dict[Any, dict[str, list[Row]]]:
        """Value -> party -> the rows that tell it."""
        if name not in self._values:
            found: dict[Any, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
            for party, rows in self.said.items():
                for row in rows:
                    if row.get(name) is not None:
                        found[row[name]][party].append(row)
            self._values[name] = found
        return self._values[name]

    def _sharing(self, key: str, name: str, shown: str, most: int) -> list[tuple[Any, ...]]:
        found = []
        for parties in self._told(name).values():
            if key not in parties or len(parties) > most:
                continue
            for other in set(parties) - {key}:
                sure = min(max(r["certainty"] for r in parties[p]) for p in (key, other))
                found.append((other, self.name(other), max(r[shown] for r in parties[key]),
                              len(parties), sure))  # fmt: skip
        return found

    def shared_address(self, key: str) -> list[tuple[Any, ...]]:
        return self._sharing(key, "address", "address", 6)

    def shared_phone(self, key: str) -> list[tuple[Any, ...]]:
        return self._sharing(key, "phone_key", "phone_masked", 4)

    def shared_agent(self, key: str) -> list[tuple[Any, ...]]:
        found = []
        for agent in {row["from_key"] for row in self.into["FILED_REGISTRATION_OF"][key]}:
            filed: dict[str, float] = {}
            for row in self.out["FILED_REGISTRATION_OF"][agent]:
                firm = row["to_key"]
                filed[firm] = max(filed.get(firm, 0.0), row["certainty"])
            if len(filed) <= 4:
                found += [
                    (agent, self.name(agent), other, self.name(other), len(filed),
                     min(filed[key], sure))
                    for other, sure in filed.items()
                    if other != key
                ]  # fmt: skip
        return found

    def _controls(self, ties: list[Row]) -> dict[tuple[str, str, str], float]:
        sure: dict[tuple[str, str, str], float] = {}
        for row in ties:
            if row["kind"] == "LEGAL_REPRESENTATIVE_OF" or (row["share_ratio"] or 0) > 0.5:
                place = (row["from_key"], row["kind"], row["to_key"])
                sure[place] = max(sure.get(place, 0.0), row["certainty"])
        return sure

    def same_controller(self, key: str) -> list[tuple[Any, ...]]:
        kinds = ("LEGAL_REPRESENTATIVE_OF", "HOLDS_SHARES_IN")
        here = self._controls([row for kind in kinds for row in self.into[kind][key]])
        found = []
        for (controller, role, _), sure in here.items():
            out = self._controls([row for kind in kinds for row in self.out[kind][controller]])
            found += [
                (controller, self.name(controller), role, other, self.name(other), role_there,
                 min(sure, sure_too))
                for (_, role_there, other), sure_too in out.items()
                if other != key
            ]  # fmt: skip
        return found
