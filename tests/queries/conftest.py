"""Random worlds in one graph (two hundred in a sweep), apart by the prefix of their keys, and credit files."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations
from pathlib import Path

import pytest
from breadth import examples
from filelock import FileLock

from graph.connection import Graph, connect
from graph.engine import leave_engine
from graph.log import FactLog
from graph.projection import project
from graph.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))

from credit_files import scatter, write
from leftovers import shared_folder
from recorded import scatter_records
from searched import write_searched
from world import World


def _worlds() -> int:
    """How many: asked when they are made, for this file is read before it is known how widely to look."""
    return max(100, examples(200))


#: What tests read, which are collected once that is known.
WORLDS = _worlds()
#: Parties apart from the worlds, with records of every kind that decisions read.
FILES = 60
INSTANTS = tuple(datetime(2026, month, 1, tzinfo=UTC) for month in (2, 4, 6))
DAYS = (date(2025, 6, 1), date(2026, 1, 15), date(2026, 5, 1), date(2026, 9, 1))


@dataclass(frozen=True)
class Worlds:
    """The graph, its log, and the keys of every world."""

    graph: Graph
    log: FactLog
    parties: dict[int, list[str]]
    villages: dict[int, str]


def _day(chance: random.Random) -> date | None:
    return None if chance.random() < 0.3 else date(2025, 1, 1) + timedelta(chance.randrange(600))


def _span(chance: random.Random) -> dict[str, object]:
    begin, end = _day(chance), _day(chance)
    if begin and end and end <= begin:
        end = None
    certainty = 0.8 if chance.random() < 0.1 else 1.0
    return {"valid_from": begin, "valid_to": end, "certainty": certainty}


def _populate(worlds: World, chance: random.Random, number: int, said: list[tuple[str, str]],
              people: list[tuple[str, str]], loans: list[str]) -> None:  # fmt: skip
    """One batch's news of one world."""
    w = f"w{number:03d}"

    def tie(kind: str, a: tuple[str, str], b: tuple[str, str], **more: object) -> None:
        said.append((kind, worlds.tie(kind, a, b, **_span(chance), **more)))

    def node(kind: str, key: str, **more: object) -> None:
        said.append((kind, worlds.node(kind, key, **{**_span(chance), "certainty": 1.0}, **more)))

    persons = [item for item in people if item[1] == "Person"]
    firms = [item for item in people if item[1] == "Enterprise"]
    for key, label in people:
        if chance.random() < 0.7:
            name = None if chance.random() < 0.1 else f"世界{number:03d}号{key[-2:]}{label[:2]}"
            node(label, key, name=name)
    for loan in loans:
        if chance.random() < 0.7:
            due = date(2025, 6, 1) + timedelta(chance.randrange(600))
            node("Loan", loan, principal_fen=chance.randrange(1, 90) * 100_000, due_on=due)
        if chance.random() < 0.7:
            said.append(("LoanState", worlds.node(
                "LoanState", loan, "Loan", valid_from=_day(chance),
                balance_fen=chance.randrange(90) * 100_000,
                loan_class=chance.choice(["pass", "loss", None]),
                overdue_days=chance.choice([0, 0, 40]),
                settled_on=chance.choice([None, None, date(2025, 3, 1), date(2026, 3, 1)]),
                certainty=0.8 if chance.random() < 0.1 else 1.0)))  # fmt: skip
        if chance.random() < 0.6:
            tie("BORROWED", chance.choice([*people, (f"{w}:shop", "IndividualBusiness")]),
                (loan, "Loan"))  # fmt: skip
        if chance.random() < 0.6:
            tie("LENT_BY", (loan, "Loan"), (f"{w}:bank", "FinancialInstitution"))
    node("FinancialInstitution", f"{w}:bank", name=f"{number:03d}银行")
    for serial in range(5):
        a, b = chance.sample(people, 2)
        # some contracts say what they secure: one loan or several, which others secure as well
        contract = f"{w}:g{serial}"
        tie("GUARANTEES", a, b, discriminator=contract,
            amount_fen=chance.choice([None, 5_000_000]))  # fmt: skip
        node("Guarantee", contract, amount_fen=5_000_000)
        tie("GAVE", a, (contract, "Guarantee"))
        for loan in chance.sample(loans, chance.choice([0, 1, 1, 2])):
            tie("SECURES", (contract, "Guarantee"), (loan, "Loan"))
    household = next(item for item in people if item[1] == "Household")
    for person in persons:
        if chance.random() < 0.5:
            tie("BELONGS_TO", person, household, role=chance.choice(["householder", "son"]))
        if chance.random() < 0.4:
            tie("LEGAL_REPRESENTATIVE_OF", person, chance.choice(firms))
        if chance.random() < 0.2:
            tie("LEGAL_REPRESENTATIVE_OF", person, (f"{w}:shop", "IndividualBusiness"))
        if chance.random() < 0.5:
            tie("MEMBER_OF", person, (f"{w}:coop", "Cooperative"), contribution_fen=100)
    tie("HOLDS_SHARES_IN", chance.choice(people), chance.choice(firms), share_ratio=0.4)
    for item in people:
        if chance.random() < 0.5:
            tie("LOCATED_IN", item, (f"{w}:village", "Village"))
    if chance.random() < 0.5:
        # somebody named without an identifier is judged to be one of them, or only looks like it
        named, judged = (f"{w}:p4", "Person"), 1.0 if chance.random() < 0.7 else 0.9
        said.append(("SAME_AS", worlds.tie("SAME_AS", named, (f"{w}:p{chance.randrange(2)}", "Person"),
                                           certainty=judged, judged_by="样本")))  # fmt: skip
    entry = f"{w}:list{chance.randrange(2)}"
    node("ListEntry", entry, list_kind="judgment_defaulter", case_no=entry,
         removed_on=_day(chance) if chance.random() < 0.3 else None,
         published_until=_day(chance) if chance.random() < 0.3 else None)  # fmt: skip
    tie("SUBJECT_OF", chance.choice(persons), (entry, "ListEntry"))
    node("Village", f"{w}:village", name=f"{number:03d}村")
    _resemble(chance, firms, persons, node, tie)


def _resemble(chance: random.Random, firms: list[tuple[str, str]], persons: list[tuple[str, str]],
              node: Callable[..., None], tie: Callable[..., None]) -> None:  # fmt: skip
    """News that makes parties look alike: few addresses and telephones, majorities, spouses."""
    w = firms[0][0].split(":")[0]
    for key, label in firms:
        if chance.random() < 0.7:
            node(label, key, address=f"{w}街{chance.randrange(2)}号",
                 phone_key=chance.choice([None, f"{w}:phone{chance.randrange(3)}"]),
                 phone_masked="138****0000")  # fmt: skip
    for key, label in persons:
        if chance.random() < 0.5:
            node(label, key, phone_key=f"{w}:phone{chance.randrange(3)}",
                 phone_masked="138****0000")  # fmt: skip
    # one agent files for few, and now and then for more than the question lets pass
    agent, some = chance.choice(persons[:2]), chance.choice((0, 1, 4))
    for item in [*firms, *persons[:some]]:
        if chance.random() < 0.6:
            tie("FILED_REGISTRATION_OF", agent, item)
    tie("HOLDS_SHARES_IN", chance.choice(persons), chance.choice(firms), discriminator="most",
        share_ratio=chance.choice([0.5, 0.51, 0.9]))  # fmt: skip


def _tie_firms(
    writing: World, chance: random.Random, people: dict[int, list[tuple[str, str]]]
) -> None:
    """Ties of firms that carry no risk: offices, supplies, joint guarantees, registrations."""
    for number, known in people.items():
        firm = (f"w{number:03d}:f{chance.randrange(2)}", "Enterprise")
        farm = (f"w{number:03d}:farm", "FamilyFarm")
        for kind, source, target in (
            ("EXECUTIVE_OF", known[chance.randrange(5)], firm),
            ("SUPPLIES", firm, chance.choice(known)),
            ("JOINT_GUARANTEE_WITH", chance.choice(known), chance.choice(known)),
            ("REGISTERED_AS", farm, firm),
        ):
            if chance.random() < 0.3 and source != target:
                writing.tie(kind, source, target, **_span(chance))


def _guarantee_each_other(writing: World) -> None:
    """A joint group of twelve, a chain of thirty behind one of them, and a stranger."""
    group = [(f"joint:{n:02d}", "Person") for n in range(12)]
    chain = [group[-1], *((f"chain:{n:02d}", "Person") for n in range(30))]
    for key, label in (*group, *chain[1:], ("joint:stranger", "Person")):
        writing.node(label, key, name=key)
    for a, b in (*permutations(group, 2), *pairwise(chain)):
        writing.tie("GUARANTEES", a, b, discriminator=f"{a[0]}-{b[0]}")


def _parties(number: int) -> list[tuple[str, str]]:
    return [
        *((f"w{number:03d}:p{i}", "Person") for i in range(5)),
        *((f"w{number:03d}:f{i}", "Enterprise") for i in range(2)),
        (f"w{number:03d}:h0", "Household"),
        (f"w{number:03d}:coop", "Cooperative"),
    ]


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """Three batches: later ones add facts and close some of the earlier.

    Processes of tests share one: whoever comes first writes it.
    """
    folder = shared_folder(tmp_path_factory.getbasetemp())
    settings = Settings(data=folder / "worlds", engine_heap_mb=512)
    log = FactLog(settings.log_dir)
    with FileLock(folder / "worlds.lock"):
        if not (folder / "worlds.written").exists():
            _write_worlds(log)
            (folder / "worlds.written").touch()
        graph = connect(settings)
        project(log, graph)
    with graph:
        yield Worlds(
            graph,
            log,
            {n: [key for key, _ in _parties(n)] for n in range(_worlds())},
            {n: f"w{n:03d}:village" for n in range(_worlds())},
        )
    leave_engine(settings)


def _write_worlds(log: FactLog) -> None:
    chance = random.Random(20260401)
    writing = World(log)
    people = {n: _parties(n) for n in range(_worlds())}
    loans = {n: [f"w{n:03d}:l{i}" for i in range(3)] for n in range(_worlds())}
    said: dict[int, list[tuple[str, str]]] = {n: [] for n in range(_worlds())}
    for instant in INSTANTS:
        for n in range(_worlds()):
            for fact in chance.sample(said[n], len(said[n]) // 4):
                writing.close(*fact)
                said[n].remove(fact)
            _populate(writing, chance, n, said[n], people[n], loans[n])
        # chances of their own: what is drawn for the worlds stays as it was
        scatter_records(writing, instant.month)
        _tie_firms(writing, random.Random(instant.month), people)
        # a tie needs both its ends: every entity is mentioned once, without a name
        if instant == INSTANTS[0]:
            for n in range(_worlds()):
                for key, label in people[n]:
                    writing.node(label, key, valid_to=date(2000, 1, 1))
                for loan in loans[n]:
                    writing.node("Loan", loan, valid_to=date(2000, 1, 1))
                for serial in range(5):
                    writing.node("Guarantee", f"w{n:03d}:g{serial}", valid_to=date(2000, 1, 1))
                for entry in range(2):
                    writing.node("ListEntry", f"w{n:03d}:list{entry}", valid_to=date(2000, 1, 1))
                writing.node("FinancialInstitution", f"w{n:03d}:bank", valid_to=date(2000, 1, 1))
                writing.node("IndividualBusiness", f"w{n:03d}:shop", valid_to=date(2000, 1, 1))
                writing.node("Village", f"w{n:03d}:village", valid_to=date(2000, 1, 1))
            write(writing)
            _guarantee_each_other(writing)
            write_searched(writing)
            for n in range(FILES):
                person, household, firm = (
                    f"c{n:03d}:{what}" for what in ("person", "household", "firm")
                )
                for key, label in (
                    (person, "Person"),
                    (household, "Household"),
                    (firm, "Enterprise"),
                ):
                    writing.node(label, key, name="样本")
                writing.tie("BELONGS_TO", (person, "Person"), (household, "Household"))
                # a chance of its own: what is drawn for the worlds stays as it was
                scatter(writing, random.Random(n), f"c{n:03d}", person, household, firm)
        writing.commit(instant)
