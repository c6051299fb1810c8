"""What public and private records say of a party."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from graph.schema import SCHEMA
from graph.time import day_of
from queries.lawful import usable
from reference.held import Held, Row

#: Ties to a record that is no party, and what a record leads to.
RECORDS = (
    "HOLDS_PERMIT", "PENALISED_BY", "ACT_ON", "DECLARED", "OWNS", "OWES", "CONTRIBUTES_TO", "GROWS", "RAISES", "GAVE",
    "HOLDS_IP", "UNDERTAKES", "INSURED_BY", "COMPENSATED_BY", "JOINED_GROUP", "CONTRACTS_LAND",
    "HOLDS_LAND_RIGHT", "CHANGED_REGISTRATION", "RECEIVED", "PARTY_TO", "RATED_AS", "PAID_TAX", "PAYS_FOR", "GRANTED_LINE",
    "HONOURED_BY",
)  # fmt: skip
LEADING = ("DECIDED_BY", "CLAIMED_UNDER", "OVER_PLOT", "LIES_IN", "SECURES", "LIES_ON", "LINE_OF")


#: What tells two statements of one adverse record apart besides what is compared.
_TOLD_APART = {
    "list_entry": ("case_no", "authority", "listed_on", "published_until"),
    "penalty": ("document_no", "decided_on", "published_until"),
    "tax_arrears": ("authority", "valid_from"),
}


class Records(Held):
    """What public and private records say of a party."""

    def assessor_conflicts(self, key: str) -> list[tuple[Any, ...]]:
        """The assessor, the household, its members, the spouse, either side of a guarantee."""
        if key not in self.label:
            return []
        found = {(key, "本人"): 1.0}

        def add(party: str, why: str, certainty: float) -> None:
            found[party, why] = max(found.get((party, why), 0.0), certainty)

        for home in self.out["BELONGS_TO"][key]:
            add(home["to_key"], "本户", home["certainty"])
            for other in self.into["BELONGS_TO"][home["to_key"]]:
                if other["from_key"] != key:
                    add(other["from_key"], "同户成员", min(home["certainty"], other["certainty"]))
        for kind, out, into in (
            ("SPOUSE_OF", "配偶", "配偶"),
            ("GUARANTEES", "为其担保", "由其担保"),
        ):
            for tie in filter(self.stands, self.out[kind][key]):
                add(tie["to_key"], out, tie["certainty"])
            for tie in filter(self.stands, self.into[kind][key]):
                add(tie["from_key"], into, tie["certainty"])
        return [(party, why, certainty) for (party, why), certainty in found.items()]

    def decision_records(self, key: str) -> list[tuple[Any, ...]]:
        """Of the party, its household's members, its spouse and guarantee partners: statements,
        ties, and what the ties lead to."""
        circle = {key}
        for kind in ("BELONGS_TO", "SPOUSE_OF", "GUARANTEES"):
            circle |= {row["to_key"] for row in filter(self.stands, self.out[kind][key])}
            circle |= {row["from_key"] for row in filter(self.stands, self.into[kind][key])}
        for tie in self.out["BELONGS_TO"][key]:
            circle |= {row["from_key"] for row in self.into["BELONGS_TO"][tie["to_key"]]}
        for member in list(circle):
            ties = self.out["LEGAL_REPRESENTATIVE_OF"][member]
            ties = ties + self.into["LEGAL_REPRESENTATIVE_OF"][member]
            for tie in ties:
                if self.label[tie["to_key"]] == "IndividualBusiness":
                    circle |= {tie["from_key"], tie["to_key"]}
        found = set()
        parties = {
            node.label for node in SCHEMA.nodes.values() if SCHEMA.superlabel(node) == "Party"
        }

        def say(row: Row) -> None:
            ends = (row["key"], None) if "key" in row else (row["from_key"], row["to_key"])
            found.add((row["kind"], *ends, row["fact_id"]))

        for member in circle:
            for row in self.said[member]:
                say(row)
            for ties in list(self.out.values()):
                for tie in ties.get(member, ()):
                    if tie["kind"] == "GUARANTEES" and not self.stands(tie):
                        continue
                    if not self.usable(tie["to_key"]):
                        continue
                    say(tie)
                    if self.label[tie["to_key"]] in parties:
                        continue
                    for row in self.said[tie["to_key"]]:
                        say(row)
                    for further in self.out.values():
                        for onward in further.get(tie["to_key"], ()):
                            if self.label[onward["to_key"]] in parties:
                                say(onward)
            for gave in self.out["GAVE"][member]:
                for secures in self.out["SECURES"][gave["to_key"]]:
                    say(secures)
                    for row in self.said[secures["to_key"]]:
                        if row["kind"] == "LoanState":
                            say(row)
        for kind in ("MEMBER_OF", "BELONGS_TO", "SPOUSE_OF"):
            for tie in self.into[kind][key]:
                say(tie)
        return list(found)

    def usable(self, key: str) -> bool:
        """Whether law lets the record be used, by what all sources say of it."""
        day = max(self.as_of, day_of(self.known_at))
        return all(usable(row["kind"], [row], day) for row in self.records_held[key])

    def list_entries(self, key: str) -> list[tuple[Any, ...]]:
        return [
            (row["key"], row["case_no"], tie["certainty"])
            for tie in self.out["SUBJECT_OF"][key]
            for row in self.said[tie["to_key"]]
            if self.usable(tie["to_key"])
        ]

    def records(self, key: str) -> list[tuple[Any, ...]]:
        ties = [(row, row["to_key"]) for kind in RECORDS for row in self.out[kind][key]]
        ties += [(row, row["from_key"]) for row in self.into["CONCERNS"][key]]
        found = []
        for tie, record in ties:
            if not self.stands(tie) or not self.usable(record):
                continue
            others = {(kind, row["to_key"]) for kind in LEADING for row in self.out[kind][record]}
            others |= {
                (kind, row["from_key"]) for kind in LEADING for row in self.into[kind][record]
            }
            silent: Row = {"kind": None, "fact_id": None, "certainty": 1.0}
            found += [
                (tie["kind"], record, row["kind"], row["fact_id"], sorted(others),
                 min(row["certainty"], tie["certainty"]), row.get("source") or tie["source"])
                for row in self.said[record] or [silent]
            ]  # fmt: skip
        return found

    def adverse_records(self, key: str) -> list[tuple[Any, ...]]:
        # two statements of one record are told apart by what is not compared here: since when, say
        stated: set[tuple[Any, ...]] = set()

        def told(kind: str, label: str, tie: str, what: str, money: str | None) -> None:
            for row in self.out[tie][key]:
                for said in self.said[row["to_key"]]:
                    if said["kind"] == label and self.usable(row["to_key"]):
                        sure = min(said["certainty"], row["certainty"])
                        amount = said[money] if money else None
                        apart = tuple(said.get(name) for name in _TOLD_APART[kind])
                        row_ = (kind, said[what], said["key"], amount, sure, said["source"])
                        stated.add((*row_, apart))

        told("list_entry", "ListEntry", "SUBJECT_OF", "list_kind", None)
        told("penalty", "Penalty", "PENALISED_BY", "penalty_kinds", "fine_fen")
        told("tax_arrears", "TaxArrears", "OWES", "tax_kind", "balance_fen")
        rows = [row[:-1] for row in stated if row[0] != "tax_arrears" or row[3] != 0]
        found: set[tuple[Any, ...]] = set()
        ratings = [
            (said, tie) for tie in self.out["RATED_AS"][key] for said in self.said[tie["to_key"]]
        ]
        if ratings:
            said, tie = min(
                ratings,
                key=lambda pair: (
                    -pair[0]["year"],
                    -pair[0]["known_from"].timestamp(),
                    pair[0]["fact_id"],
                ),
            )
            if said["grade"] == "D":
                # two ties to one rating: either is as good, the surer is not looked for
                sure = {min(said["certainty"], t["certainty"]) for s, t in ratings if s is said}
                found.add(("tax_grade", "D", said["key"], None,
                           sure.pop() if len(sure) == 1 else None, said["source"]))  # fmt: skip
        for tie in self.out["BORROWED"][key]:
            found |= self._adverse_loan(tie)
        states = [
            r for r in self.said[key]
            if r.get("registration_state") is not None
        ]  # fmt: skip
        if states:
            last = min(states, key=lambda r: (-r["known_from"].timestamp(), r["fact_id"]))
            if last["registration_state"] == "revoked":
                found.add(("registration", "revoked", key, None, last["certainty"], last["source"]))
        for tie in self.out["PAYS_FOR"][key]:
            state = self._heard_last(tie["to_key"], "UtilityState")
            if state and (state["arrears_fen"] or 0) > 0:
                services = [r["service"] for r in self.said[tie["to_key"]] if r.get("service")]
                sure = min(state["certainty"], tie["certainty"])
                found.add(("utility", min(services, default=None), tie["to_key"],
                           state["arrears_fen"], sure, state["source"]))  # fmt: skip
        return [*rows, *found]

    def _adverse_loan(self, tie: Row) -> set[tuple[Any, ...]]:
        loan = tie["to_key"]
        state = self._heard_last(loan, "LoanState")
        contract = self.latest(loan, "Loan")
        said = state or defaultdict(lambda: None)
        what = None
        if any(r["has_write_off"] for r in self.said[loan] if r["kind"] == "RepaymentHistory"):
            what = "written_off"
        elif not (said["settled_on"] and said["settled_on"] <= self.as_of):
            if said["loan_class"] not in (None, "pass"):
                what = said["loan_class"]
            elif (said["overdue_days"] or 0) > 0 or (said["overdue_interest_fen"] or 0) > 0:
                what = "overdue"
            elif (
                contract["due_on"]
                and contract["due_on"] < self.as_of
                and (said["balance_fen"] or 0) > 0
            ):
                what = "matured"
        if what is None:
            return set()
        sure = min(said["certainty"], tie["certainty"]) if state else tie["certainty"]
        source = said["source"] if state else tie["source"]
        return {("loan", what, loan, said["balance_fen"], sure, source)}
