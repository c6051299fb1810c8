"""What is held at one pair of times, and what is said of a key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any

from graph.log import FactLog
from graph.schema import SCHEMA
from queries.lawful import regimes

Row = dict[str, Any]


class Held:
    """What is held at one (as_of, known_at)."""

    def __init__(self, log: FactLog, as_of: date, known_at: datetime) -> None:
        self.as_of, self.known_at, self._log = as_of, known_at, log
        self.facts = {
            item.kind: log.read(item.kind, as_of=as_of, known_at=known_at).to_pylist()
            for item in SCHEMA.kinds
        }
        #: Statements of records that law bounds, whatever day they are true on.
        self.records_held: dict[str, list[Row]] = defaultdict(list)
        for kind in regimes().records:
            for row in log.read(kind, known_at=known_at).to_pylist():
                self.records_held[row["key"]].append({**row, "kind": kind})
        self.stays = _stays(self.facts["SAME_AS"])
        for tie in SCHEMA.relationships.values():
            for row in self.facts[tie.kind] if tie.kind != "SAME_AS" else ():
                row["from_key"], row["to_key"] = map(
                    self.standing, (row["from_key"], row["to_key"])
                )
        self.said: dict[str, list[Row]] = defaultdict(list)
        self._values: dict[str, dict[Any, dict[str, list[Row]]]] = {}
        self.label: dict[str, str] = {}
        for node in SCHEMA.nodes.values():
            for row in self.facts[node.kind]:
                self.said[row["key"]].append({**row, "kind": node.kind})
        # labels outlive facts: an entity keeps them whatever the time
        for item in SCHEMA.kinds:
            for row in log.history(item.kind).to_pylist():
                for key, label in (("key", "label"), ("from_key", "from_label"),
                                   ("to_key", "to_label")):  # fmt: skip
                    if key in row:
                        self.label[row[key]] = row[label]
        self.out: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        self.into: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for tie in SCHEMA.relationships.values():
            for row in self.facts[tie.kind]:
                self.out[tie.kind][row["from_key"]].append({**row, "kind": tie.kind})
                self.into[tie.kind][row["to_key"]].append({**row, "kind": tie.kind})

    def standing(self, key: str) -> str:
        """The key that stands for one that was judged to be another party."""
        return self.stays.get(key, key)

    def name(self, key: str, kinds: Iterable[str] | None = None) -> str | None:
        told = [
            row
            for row in self.said[key]
            if row.get("name") is not None and not SCHEMA.nodes[row["kind"]].describes
        ]
        told.sort(key=lambda row: row["fact_id"])
        told.sort(key=lambda row: row["known_from"], reverse=True)
        return told[0]["name"] if told else None

    def latest(self, key: str, kind: str) -> Row:
        told = [row for row in self.said[key] if row["kind"] == kind]
        told.sort(key=lambda row: row["fact_id"])
        told.sort(key=lambda row: row["known_from"], reverse=True)
        return told[0] if told else defaultdict(lambda: None)

    # ------------------------------------------------------------ guarantees are accessory

    def _last(self, key: str, kind: str) -> Row | None:
        """The certain statement of a kind heard last."""
        told = [r for r in self.said[key] if r["kind"] == kind and r["certainty"] >= 1]
        told.sort(key=lambda row: row["fact_id"])
        told.sort(key=lambda row: row["valid_from"] or date.min, reverse=True)
        told.sort(key=lambda row: row["known_from"], reverse=True)
        return told[0] if told else None

    def _secured(self, contract: str) -> list[Row | None]:
        """State of each loan that a contract secures."""
        ties = self.out["SECURES"].get(contract, ())
        loans = {row["to_key"] for row in ties if row["certainty"] >= 1}
        return [self._last(loan, "LoanState") for loan in loans]

    def _settled(self, state: Row | None) -> bool:
        return bool(state and state["settled_on"] and state["settled_on"] <= self.as_of)

    def stands(self, tie: Row) -> bool:
        """Whether a guarantee still stands; every other tie does."""
        if tie["kind"] not in ("GUARANTEES", "GAVE"):
            return True
        contract = tie["discriminator"] if tie["kind"] == "GUARANTEES" else tie["to_key"]
        states = self._secured(contract)
        return not states or not all(map(self._settled, states))

    def owed(self, tie: Row) -> int | None:
        promised = tie["amount_fen"]
        balances = [
            0 if self._settled(state) else state and state["balance_fen"]
            for state in self._secured(tie["discriminator"])
        ]
        if promised is None or not balances or None in balances:
            return promised
        return min(promised, sum(balances))

    # ------------------------------------------------------------ the questions

    @cached_property
    def _heard(self) -> set[str]:
        """Keys of whom something is held that had begun by then, whether it ended or not."""
        return {
            self.standing(row[end])
            for item in SCHEMA.kinds
            for row in self._log.read(item.kind, known_at=self.known_at).to_pylist()
            for end in ("key", "from_key", "to_key")
            if end in row
            and (row["valid_from"] or date.min) <= self.as_of
            # who stood only in a record that law forbids to use is nobody
            and all(self.usable(row[each]) for each in ("from_key", "to_key") if each in row)
        }

    def _heard_last(self, key: str, kind: str) -> Row | None:
        told = sorted((r for r in self.said[key] if r["kind"] == kind), key=lambda r: r["fact_id"])
        told.sort(key=lambda row: row["valid_from"] or date.min, reverse=True)
        told.sort(key=lambda row: row["known_from"], reverse=True)
        return told[0] if told else None


def _stays(same_as: list[Row]) -> dict[str, str]:
    """One step is enough here: nobody is judged to be somebody who was himself given up."""
    targets: dict[str, set[str]] = defaultdict(set)
    for row in same_as:
        if row["certainty"] >= 1:
            targets[row["from_key"]].add(row["to_key"])
    return {key: next(iter(ends)) for key, ends in targets.items() if len(ends) == 1}
