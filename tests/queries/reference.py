"""Every question answered a second time, in plain Python over the log: slow and clear."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any

from graph.log import FactLog
from graph.schema import SCHEMA
from graph.time import day_of
from queries.lawful import regimes, usable

Row = dict[str, Any]
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
#: Ties to a record that is no party, and what a record leads to.
RECORDS = (
    "HOLDS_PERMIT", "PENALISED_BY", "DECLARED", "OWNS", "OWES", "CONTRIBUTES_TO", "GROWS", "RAISES", "GAVE",
    "HOLDS_IP", "UNDERTAKES", "INSURED_BY", "COMPENSATED_BY", "JOINED_GROUP", "CONTRACTS_LAND",
    "HOLDS_LAND_RIGHT", "CHANGED_REGISTRATION", "RECEIVED", "PARTY_TO", "RATED_AS", "PAID_TAX", "PAYS_FOR",
)  # fmt: skip
LEADING = ("DECIDED_BY", "CLAIMED_UNDER", "OVER_PLOT", "LIES_IN", "SECURES", "LIES_ON")


class Reference:
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

    def _guarantees(self, table: dict[str, dict[str, list[Row]]], key: str) -> list[Row]:
        return [row for row in table["GUARANTEES"][key] if self.stands(row)]

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
        found: set[tuple[Any, ...]] = set()

        def told(kind: str, label: str, tie: str, what: str, money: str | None) -> None:
            for row in self.out[tie][key]:
                for said in self.said[row["to_key"]]:
                    if said["kind"] == label and self.usable(row["to_key"]):
                        sure = min(said["certainty"], row["certainty"])
                        amount = said[money] if money else None
                        found.add((kind, said[what], said["key"], amount, sure, said["source"]))

        told("list_entry", "ListEntry", "SUBJECT_OF", "list_kind", None)
        told("penalty", "Penalty", "PENALISED_BY", "penalty_kinds", "fine_fen")
        told("tax_arrears", "TaxArrears", "OWES", "tax_kind", "balance_fen")
        found = {row for row in found if row[0] != "tax_arrears" or row[3] != 0}
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
        return list(found)

    def _heard_last(self, key: str, kind: str) -> Row | None:
        told = sorted((r for r in self.said[key] if r["kind"] == kind), key=lambda r: r["fact_id"])
        told.sort(key=lambda row: row["valid_from"] or date.min, reverse=True)
        told.sort(key=lambda row: row["known_from"], reverse=True)
        return told[0] if told else None

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

    def find_party(self, text: str) -> list[tuple[Any, ...]]:
        found = {
            key
            for key, rows in self.said.items()
            for row in rows
            if text in (row.get("name") or "") and not SCHEMA.nodes[row["kind"]].describes
            and SCHEMA.superlabel(SCHEMA.nodes[row["kind"]]) == "Party"
        }  # fmt: skip
        return [(key, self.name(key)) for key in found]


def _stays(same_as: list[Row]) -> dict[str, str]:
    """One step is enough here: nobody is judged to be somebody who was himself given up."""
    targets: dict[str, set[str]] = defaultdict(set)
    for row in same_as:
        if row["certainty"] >= 1:
            targets[row["from_key"]].add(row["to_key"])
    return {key: next(iter(ends)) for key, ends in targets.items() if len(ends) == 1}


#: question -> columns of the answer that the reference gives, in its order.
COLUMNS: dict[str, tuple[str, ...]] = {
    "loans": ("loan_key", "lender", "principal_fen", "balance_fen", "loan_class",
              "days_past_due", "certainty"),
    "guarantees_given": ("other_key", "other_name", "contract", "amount_fen", "owed_fen"),
    "guarantees_received": ("other_key", "other_name", "contract", "amount_fen", "owed_fen"),
    "guarantee_chain": ("key", "name", "depth", "loan_count", "principal_fen"),
    "assessor_conflicts": ("party_key", "why", "certainty"),
    "decision_records": ("kind", "from_key", "to_key", "fact_id"),
    "household_members": ("household_key", "member_key", "member_name", "role"),
    "household_exposure": ("household_key", "member_count", "loan_count", "principal_fen",
                           "balance_fen", "guaranteed_fen"),
    "cooperative_members": ("member_key", "member_name", "contribution_fen", "certainty"),
    "legal_representative_firms": ("person_key", "person_name", "firm_key", "firm_name"),
    "neighbourhood": ("from_key", "from_name", "kind", "to_key", "certainty", "distance"),
    "list_entries": ("entry_key", "case_no", "certainty"),
    "adverse_records": ("kind", "what", "record_key", "amount_fen", "certainty", "source"),
    "village_summary": ("households", "persons", "borrowers", "balance_fen", "overdue_fen",
                        "listed"),
    "find_party": ("key", "name"),
    "shared_address": ("other_key", "other_name", "address", "shared_by", "told_certainty"),
    "shared_phone": ("other_key", "other_name", "phone_masked", "shared_by", "told_certainty"),
    "shared_agent": ("agent_key", "agent_name", "other_key", "other_name", "shared_by",
                     "told_certainty"),
    "same_controller": ("controller_key", "controller_name", "role_here", "other_key",
                        "other_name", "role_there", "told_certainty"),
    "known_party": ("key",),
    "same_as": ("from_key", "to_key", "judged_by"),
    "merged_keys": ("merged_key", "merged_name", "judged_by"),
}  # fmt: skip

Answerer = Callable[[str], list[tuple[Any, ...]]]
