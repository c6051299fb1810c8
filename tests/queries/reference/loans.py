"""What was borrowed, and by whom it is owed."""

from __future__ import annotations

from typing import Any

from reference.held import Held


class Loans(Held):
    """What was borrowed, and by whom it is owed."""

    def debtors(self, key: str) -> set[str]:
        """The party, and who is one debtor with it: an individual business, or who runs it."""
        runs = self.out["LEGAL_REPRESENTATIVE_OF"][key] + self.into["LEGAL_REPRESENTATIVE_OF"][key]
        return {key}.union(
            *(
                {row["from_key"], row["to_key"]}
                for row in runs
                if row["certainty"] >= 1 and self.label[row["to_key"]] == "IndividualBusiness"
            )
        )

    def loans(self, key: str) -> list[tuple[Any, ...]]:
        found = []
        for tie in [tie for debtor in self.debtors(key) for tie in self.out["BORROWED"][debtor]]:
            loan = tie["to_key"]
            contract, state = self.latest(loan, "Loan"), self.latest(loan, "LoanState")
            lenders = [
                row["name"]
                for lent in self.out["LENT_BY"][loan]
                for row in self.said[lent["to_key"]]
                if row["name"] is not None
            ]
            found.append(
                (loan, min(lenders, default=None), contract["principal_fen"],
                 state["balance_fen"], state["loan_class"], self._past_due(contract, state),
                 tie["certainty"])
            )  # fmt: skip
        return found

    def _past_due(self, contract: dict[str, Any], state: dict[str, Any]) -> int | None:
        """Days past its last one of a loan that is called good and owed."""
        due = contract["due_on"]
        if due is None or due >= self.as_of or not state["balance_fen"] or state["settled_on"]:
            return None
        if state["loan_class"] not in (None, "pass") or state["overdue_days"]:
            return None
        return (self.as_of - due).days
