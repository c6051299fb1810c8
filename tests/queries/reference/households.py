"""Households, cooperatives and villages."""

from __future__ import annotations

from typing import Any

from reference.held import Held


class Households(Held):
    """Households, cooperatives and villages."""

    def _households(self, key: str) -> set[str]:
        if self.label.get(key) == "Household":
            return {key}
        return {row["to_key"] for row in self.out["BELONGS_TO"][key]}

    def household_members(self, key: str) -> list[tuple[Any, ...]]:
        return [
            (h, row["from_key"], self.name(row["from_key"]), row["role"])
            for h in self._households(key)
            for row in self.into["BELONGS_TO"][h]
        ]

    def household_exposure(self, key: str) -> list[tuple[Any, ...]]:
        found = []
        for h in self._households(key):
            members = {row["from_key"] for row in self.into["BELONGS_TO"][h]}
            debtors = set().union({h}, *map(self.debtors, members))
            loans = {r["to_key"] for m in debtors for r in self.out["BORROWED"][m]}
            found.append(
                (h, len(members), len(loans),
                 sum(self.latest(x, "Loan")["principal_fen"] or 0 for x in loans),
                 sum(self.latest(x, "LoanState")["balance_fen"] or 0 for x in loans),
                 sum(self.owed(r) or 0 for m in members | {h}
                     for r in self._guarantees(self.out, m)))
            )  # fmt: skip
        return found

    def cooperative_members(self, key: str) -> list[tuple[Any, ...]]:
        return [
            (row["from_key"], self.name(row["from_key"]), row["contribution_fen"], row["certainty"])
            for row in self.into["MEMBER_OF"][key]
        ]

    def village_summary(self, key: str) -> list[tuple[Any, ...]]:
        parties = {row["from_key"] for row in self.into["LOCATED_IN"][key]}
        borrowers = {p for p in parties if self.out["BORROWED"][p]}
        loans = {row["to_key"] for p in borrowers for row in self.out["BORROWED"][p]}
        states = [self.latest(x, "LoanState") for x in loans]
        return [
            (
                sum(self.label[p] == "Household" for p in parties),
                sum(self.label[p] == "Person" for p in parties),
                len(borrowers),
                sum(s["balance_fen"] or 0 for s in states),
                sum(s["balance_fen"] or 0 for s in states if (s["overdue_days"] or 0) > 0),
                sum(bool(self.list_entries(p)) for p in parties),
            )
        ]
