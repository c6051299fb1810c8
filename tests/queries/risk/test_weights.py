"""Weighing by columns against the same policy applied tie by tie, and what a removal may do."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from breadth import examples
from credit_world import End, Said, firm, listing, loan, named, person, take
from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

from bench.scope.memory_log import MemoryLog
from graph.snapshot import Snapshot, take_snapshot
from queries.risk import assess, load_policy, what_if
from queries.risk.policy import Policy
from queries.risk.weights import Strand, weigh

DAY = date(2026, 3, 1)
Pair = tuple[int, int]
HOMES: list[End] = [("household:0", "Household"), ("household:1", "Household")]
PEOPLE = [person(n) for n in range(5)]
FIRMS = [firm(n) for n in range(3)]
SHOP: End = ("org:9", "IndividualBusiness")
GROUP: End = ("group:0", "JointLiabilityGroup")


class TieByTie:
    """One row after the other, in plain words: (target, source) -> bond -> strength."""

    def __init__(self, snapshot: Snapshot, policy: Policy, own: dict[int, float]) -> None:
        self.snapshot, self.policy, self.own = snapshot, policy, own
        self.number = {key: at for at, key in enumerate(snapshot.keys.to_pylist())}
        self.rows = {kind: snapshot.ties[kind].table.to_pylist() for kind in policy.ties}
        self.found: dict[Pair, dict[str, float]] = defaultdict(dict)
        self.over = {
            self.number[row["key"]]
            for row in snapshot.facts("Enterprise").to_pylist()
            if row["registration_state"] == "cancelled"
        } | {
            self.number[row["key"]]
            for row in snapshot.facts("Person").to_pylist()
            if row["died_on"] is not None and row["died_on"] <= snapshot.as_of
        }
        self.members = defaultdict(set)
        for row in self.sure(snapshot.facts("JOINED_GROUP").to_pylist()):
            self.members[row["to_key"]].add(row["from_key"])
        for row in self.sure(snapshot.facts("GAVE").to_pylist()):
            self.members[row["to_key"]].add(row["from_key"])

    @staticmethod
    def sure(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        return (row for row in rows if row["certainty"] >= 1)

    def bears(self, party: int) -> float | None:
        key = self.snapshot.keys[party].as_py()
        for row in self.snapshot.facts("AnnualReport").to_pylist():
            if row["key"] == key and row["net_assets_fen"] is not None:
                return row["net_assets_fen"]
        for tie in self.sure(self.rows["BELONGS_TO"]):
            for row in self.snapshot.facts("Household").to_pylist():
                income = row["annual_income_fen"]
                if tie["from_key"] == key and row["key"] == tie["to_key"] and income is not None:
                    return income
        for row in self.snapshot.facts("Household").to_pylist():
            if row["key"] == key and row["annual_income_fen"] is not None:
                return row["annual_income_fen"]
        return None

    def say(self, kind: str, sender: int, receiver: int, weight: float) -> None:
        if sender == receiver or weight <= 0 or receiver in self.over:
            return
        if sender in self.over and not self.own.get(sender):
            return
        bond = self.policy.ties[kind].once or kind
        held = self.found[receiver, sender]
        held[bond] = max(held.get(bond, 0), weight)

    def weights(self) -> dict[Pair, float]:
        simple = self.policy.ties
        for kind in ("SPOUSE_OF", "MEMBER_OF", "HOLDS_SHARES_IN", "LEGAL_REPRESENTATIVE_OF"):
            for row in self.sure(self.rows[kind]):
                a, b = self.number[row["from_key"]], self.number[row["to_key"]]
                weight = simple[kind].weight
                if kind == "HOLDS_SHARES_IN":
                    weight *= min(max(row["share_ratio"] or 0.0, 0.0), 1.0)
                if kind == "LEGAL_REPRESENTATIVE_OF":
                    weight = self.office(row)
                if kind != "MEMBER_OF":
                    self.say(kind, a, b, weight)
                self.say(kind, b, a, weight)
        self.households()
        self.guarantees()
        for row in self.sure(self.rows["JOINT_GUARANTEE_WITH"]):
            a, b = self.number[row["from_key"]], self.number[row["to_key"]]
            members = self.members.get(row["discriminator"])
            for sender, receiver, debtor, other in (
                (a, b, row["from_key"], row["to_key"]), (b, a, row["to_key"], row["from_key"]),
            ):  # fmt: skip
                others = 4 if members is None else max(1, len((members | {other}) - {debtor}))
                self.say("JOINT_GUARANTEE_WITH", sender, receiver, 0.6 / others)
        cap = self.policy.cap
        found = {}
        for pair, bonds in self.found.items():
            untouched = 1.0
            for weight in bonds.values():
                untouched *= 1 - weight
            found[pair] = min(cap, 1 - untouched)
        return found

    def office(self, row: dict[str, Any]) -> float:
        if row["to_label"] == "IndividualBusiness":
            return 0.95
        ends = {row["from_key"], row["to_key"]}
        joined = [
            other
            for kind in ("HOLDS_SHARES_IN", "GUARANTEES")
            for other in self.sure(self.rows[kind])
            if {other["from_key"], other["to_key"]} == ends
            and (kind == "GUARANTEES" or (other["share_ratio"] or 0) > 0)
        ]
        return 0.5 if joined else 0.05

    def households(self) -> None:
        of_home = defaultdict(set)
        for row in self.sure(self.rows["BELONGS_TO"]):
            member, home = self.number[row["from_key"]], self.number[row["to_key"]]
            of_home[home].add(member)
            self.say("BELONGS_TO", member, home, 0.2)
            if self.own.get(home):
                self.say("BELONGS_TO", home, member, 0.2)
        for members in of_home.values():
            for a in members:
                for b in members:
                    self.say("BELONGS_TO", a, b, 0.1)

    def guarantees(self) -> None:
        sums: dict[tuple[int, int, str], dict[str, tuple[float, float]]] = defaultdict(dict)
        for row in self.sure(self.rows["GUARANTEES"]):
            guarantor, borrower = self.number[row["from_key"]], self.number[row["to_key"]]
            kind = row["guarantee_kind"]
            half = 0.5 if kind == "general" else 1.0
            others = 1
            if kind == "joint_group":
                told = self.members.get(row["discriminator"])
                others = 4 if told is None else len((told | {row["from_key"]}) - {row["to_key"]})
            others = max(1, others)
            bears, amount = self.bears(guarantor), row["amount_fen"]
            if amount == 0:
                continue
            if bears is None or amount is None:
                self.say("GUARANTEES", borrower, guarantor, 0.6 * half / others)
                continue
            ratio = amount / others / max(bears, 1)
            held = sums[guarantor, borrower, row["source"]]
            weighs = 0.9 * half * ratio
            if weighs > held.get(row["discriminator"], (0.0, 0.0))[0]:
                held[row["discriminator"]] = weighs, 0.9 * half
        for (guarantor, borrower, _), held in sums.items():
            most = max(full for _, full in held.values())
            self.say("GUARANTEES", borrower, guarantor, min(most, sum(w for w, _ in held.values())))


def speak(world: World, chance: random.Random) -> None:
    everybody = [*PEOPLE, *FIRMS, SHOP]
    ends = {
        "BELONGS_TO": (PEOPLE, HOMES), "SPOUSE_OF": (PEOPLE, PEOPLE),
        "LEGAL_REPRESENTATIVE_OF": (PEOPLE, [*FIRMS, SHOP]), "HOLDS_SHARES_IN": (everybody, FIRMS),
        "GUARANTEES": (everybody, everybody), "JOINT_GUARANTEE_WITH": (PEOPLE, PEOPLE),
        "MEMBER_OF": (PEOPLE, FIRMS),
    }  # fmt: skip
    for kind in load_policy().ties:
        for _ in range(chance.randrange(5)):
            a, b = (chance.choice(some) for some in ends[kind])
            told: dict[str, Any] = {
                "HOLDS_SHARES_IN": {"share_ratio": chance.choice([None, 0.0, 0.4, 1.5])},
                "GUARANTEES": {
                    "guarantee_kind": chance.choice([None, "general", "joint_group", "joint_group"]),
                    "amount_fen": chance.choice([None, 0, 300, 500]),
                    "discriminator": chance.choice("abc"),
                },
                "JOINT_GUARANTEE_WITH": {"discriminator": chance.choice([GROUP[0], "group:1"])},
            }.get(kind, {})  # fmt: skip
            world.tie(kind, a, b, certainty=chance.choice([1.0, 1.0, 1.0, 0.9]), **told)
    for one in chance.sample(everybody, 4):
        world.tie("GAVE", one, (chance.choice("ab"), "Guarantee"))
    for one in chance.sample(PEOPLE, chance.randrange(1, 5)):
        world.tie("JOINED_GROUP", one, GROUP)
    for home in HOMES:
        income = chance.choice([None, 0, 700])
        world.node("Household", home[0], name="户", annual_income_fen=income)
    for one in FIRMS:
        world.node("Enterprise", one[0], name="社", registration_state=chance.choice(["active", None, "cancelled"]))  # fmt: skip
        if chance.random() < 0.5:
            world.node("AnnualReport", one[0], "Enterprise", net_assets_fen=chance.choice([-5, 400, 9_000]))  # fmt: skip
    for one in PEOPLE:
        died = chance.choice([None, None, None, date(2026, 1, 1), date(2027, 1, 1)])
        world.node("Person", one[0], name="甲", died_on=died)
    for number, one in enumerate(chance.sample([*everybody, *HOMES], 3)):
        world.tie("BORROWED", one, (f"loan:{number}", "Loan"))
        world.node("LoanState", f"loan:{number}", "Loan", loan_class="loss", balance_fen=5)
    world.commit(datetime(2026, 1, 1, tzinfo=UTC), chance.choice(["bank", "bureau"]))


@settings(max_examples=examples(15))
@given(st.randoms(use_true_random=False))
def test_columns_equal_tie_by_tie(chance: random.Random) -> None:
    world = World(MemoryLog())
    speak(world, chance)
    snapshot, policy = take_snapshot(world.log, DAY), load_policy()
    graph = weigh(snapshot, policy)
    own = {party: float(value) for party, value in enumerate(graph.own)}
    expected = TieByTie(snapshot, policy, own).weights()
    pairs = list(zip(graph.target.tolist(), graph.source.tolist(), strict=True))
    assert pairs == sorted(expected)
    for tie, pair in enumerate(pairs):
        assert graph.weight[tie] == pytest.approx(expected[pair], rel=1e-12)
        untouched = 1.0
        for strand in graph.strands_of(tie):
            untouched *= 1 - strand.weight
        assert graph.weight[tie] == pytest.approx(min(policy.cap, 1 - untouched), rel=1e-12)


def test_parallel_ties_count_once_and_the_first_of_equals_is_shown() -> None:
    world = World(MemoryLog())  # type: ignore[arg-type]
    for contract in "123":
        world.tie("GUARANTEES", ("a", "Person"), ("b", "Person"), discriminator=contract)
    world.tie("SPOUSE_OF", ("a", "Person"), ("b", "Person"))
    world.commit(datetime(2026, 1, 1, tzinfo=UTC))
    graph = weigh(take_snapshot(world.log, DAY), load_policy())
    assert list(zip(graph.source, graph.target, strict=True)) == [(1, 0), (0, 1)]
    assert graph.weight == pytest.approx([1 - 0.4 * 0.8, 0.2], abs=1e-15)
    assert graph.strands_of(0) == (Strand("GUARANTEES", 0.6, 0), Strand("SPOUSE_OF", 0.2, 0))
    assert not graph.own.any()  # what everybody has is no fact, and does not travel


@st.composite
def full_worlds(draw: st.DrawFn) -> list[Said]:
    """Ties and adverse words of every sort, with the circumstances that they are weighed in."""
    facts = [
        *named(*PEOPLE[:3], *FIRMS[:2], SHOP),
        *(Said("Household", (home,), {"annual_income_fen": draw(st.sampled_from([None, 600]))})
          for home in HOMES),
        *(Said("AnnualReport", (one,), {"net_assets_fen": draw(st.sampled_from([-1, 900]))})
          for one in FIRMS[:draw(st.integers(0, 2))]),
    ]  # fmt: skip
    everybody = [*PEOPLE[:3], *FIRMS[:2], SHOP]
    for _ in range(draw(st.integers(1, 6))):
        a, b = draw(st.permutations(everybody))[:2]
        facts.append(
            Said("GUARANTEES", (a, b), {
                "amount_fen": draw(st.sampled_from([None, 300, 500])),
                "guarantee_kind": draw(st.sampled_from([None, "general", "joint_group"])),
                "discriminator": draw(st.sampled_from("abc")),
            }, draw(st.sampled_from(["bank", "bureau"])))
        )  # fmt: skip
    for kind, sources, targets, told in (
        ("BELONGS_TO", PEOPLE[:3], HOMES, {}), ("SPOUSE_OF", PEOPLE[:1], PEOPLE[1:2], {}),
        ("HOLDS_SHARES_IN", everybody[:4], FIRMS[1:2], {"share_ratio": 0.7}),
        ("LEGAL_REPRESENTATIVE_OF", PEOPLE[:3], [*FIRMS[:2], SHOP], {}),
        ("JOINT_GUARANTEE_WITH", PEOPLE[:2], PEOPLE[2:3], {"discriminator": "g"}),
    ):  # fmt: skip
        ends = st.tuples(st.sampled_from(sources), st.sampled_from(targets))
        facts += [Said(kind, pair, told) for pair in draw(st.lists(ends, max_size=3))]
    facts += loan(1, draw(st.sampled_from([*everybody, HOMES[0]])), case_no="执1")
    if draw(st.booleans()):
        facts += loan(2, PEOPLE[0], "pass", overdue_days=100)
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["judgment_defaulter", "tax_black_list", "serious_violation"]))
        case = draw(st.sampled_from([None, "执1", "执2"]))
        facts += listing(number, draw(st.sampled_from(everybody)), list_kind=kind, case_no=case)
    # a batch has one source: the order in which `take` tells the ids
    sources = dict.fromkeys(said.source for said in facts)
    return [said for source in sources for said in facts if said.source == source]


@settings(max_examples=examples(20))
@given(full_worlds(), st.data())
def test_a_way_or_an_adverse_word_less_raises_nobody_and_is_a_full_run(
    facts: list[Said], data: st.DataObject
) -> None:
    """What a person can bear stays as it is: a membership may go as a way, not as a circumstance."""
    ways = [*load_policy().ties, "LoanState", "ListEntry", "BORROWED", "SUBJECT_OF"]
    can_go = [place for place, said in enumerate(facts) if said.kind in ways]
    place = data.draw(st.sampled_from(can_go))
    snapshot, ids = take([facts])
    run = assess(snapshot)
    ties = [ids[place]] if facts[place].kind in load_policy().ties else []
    told = what_if(run, without_ties=ties, without_facts=[] if ties else [ids[place]])
    assert all(item.after < item.before for item in told.changes)
    if facts[place].kind == "BELONGS_TO":
        return
    full = assess(take([facts], close=[place])[0])
    expected = dict(zip(run.snapshot.keys.to_pylist(), run.score.tolist(), strict=True))
    expected |= {item.party: item.after for item in told.changes}
    assert expected == dict(zip(full.snapshot.keys.to_pylist(), full.score.tolist(), strict=True))
