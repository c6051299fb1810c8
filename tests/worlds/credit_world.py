"""Random small credit worlds as facts, and their snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from world import World

from bench.scope.memory_log import MemoryLog
from graph.snapshot import Snapshot, take_snapshot
from queries.visible import as_view

DAY = date(2026, 6, 1)
KNOWN = datetime(2026, 5, 1, tzinfo=UTC)

End = tuple[str, str]


@dataclass(frozen=True)
class Said:
    """One fact: a tie when it has two ends; `source` says it."""

    kind: str
    ends: tuple[End, ...]
    told: dict[str, Any] = field(default_factory=dict)
    source: str = "world"

    def but(self, **told: Any) -> Said:
        """The same fact with other values."""
        return replace(self, told={**self.told, **told})


def person(number: int) -> End:
    return f"person:{number}", "Person"


def firm(number: int) -> End:
    return f"org:{number}", "Enterprise"


BANK: End = ("institution:bank", "FinancialInstitution")


def named(*ends: End) -> list[Said]:
    """A node for each, whose name is its key in words."""
    return [Said(label, ((key, label),), {"name": f"{key}号"}) for key, label in ends]


def loan(number: int, borrower: End, loan_class: str = "loss", source: str = "world",
         **state: Any) -> list[Said]:  # fmt: skip
    """A loan with its borrower, lender and state."""
    thing = (f"loan:{number}", "Loan")
    return [
        Said("Loan", (thing,), {"principal_fen": 100_000}, source),
        Said("BORROWED", (borrower, thing), {}, source),
        Said("LENT_BY", (thing, BANK), {}, source),
        Said("LoanState", (thing,), {"loan_class": loan_class, "balance_fen": 100_000, **state},
             source),
    ]  # fmt: skip


def listing(number: int, party: End, certainty: float = 1.0, **told: Any) -> list[Said]:
    """A list entry and whom it names."""
    entry = (f"entry:{number}", "ListEntry")
    return [
        Said("ListEntry", (entry,), {"list_kind": "judgment_defaulter", **told}),
        Said("SUBJECT_OF", (party, entry), {"certainty": certainty}),
    ]


def take(batches: Iterable[list[Said]], close: Iterable[int] = ()) -> tuple[Snapshot, list[str]]:
    """Say batches to a log and read it back: the snapshot, and the id of each fact in order.

    `close` are places of facts that one more batch ends, known in the same hour.
    """
    log = MemoryLog()
    world = World(log)
    ids: list[tuple[str, str]] = []
    known = KNOWN
    for batch in batches:
        # a batch has one source; later batches become known later
        for source in dict.fromkeys(said.source for said in batch):
            ids.extend((said.kind, _state(world, said)) for said in batch if said.source == source)
            known += timedelta(minutes=1)
            world.commit(known, source)
    for place in close:
        world.close(*ids[place])
    if close:
        world.commit(known + timedelta(minutes=1))
    return take_snapshot(as_view(log), DAY), [fact_id for _, fact_id in ids]


def _state(world: World, said: Said) -> str:
    if len(said.ends) == 2:
        return world.tie(said.kind, *said.ends, **said.told)
    key, label = said.ends[0]
    return world.node(said.kind, key, label, **said.told)


@st.composite
def credit_worlds(draw: st.DrawFn) -> list[Said]:
    """Up to seven parties with ties of every sort, loans and list entries, some of them unproven."""
    parties = [*map(person, range(draw(st.integers(2, 5)))), firm(0), firm(1)]
    certainty = st.sampled_from([1.0, 1.0, 1.0, 0.8])
    facts = named(*parties)
    firms, persons = parties[-2:], parties[:-2]
    for serial in range(draw(st.integers(0, 6))):
        a, b = draw(st.sampled_from([(x, y) for x in parties for y in parties if x != y]))
        terms = {
            "amount_fen": 5_000_000,
            "discriminator": f"c{serial}",
            "certainty": draw(certainty),
        }
        facts.append(Said("GUARANTEES", (a, b), terms))
    for _ in range(draw(st.integers(0, 4))):
        ends = draw(st.sampled_from(persons)), draw(st.sampled_from(firms))
        kind = draw(st.sampled_from(["LEGAL_REPRESENTATIVE_OF", "HOLDS_SHARES_IN"]))
        ratio = {"share_ratio": draw(st.sampled_from([None, 0.3, 1.0]))}
        told = {"certainty": draw(certainty), **(ratio if kind == "HOLDS_SHARES_IN" else {})}
        facts.append(Said(kind, ends, told))
    classes = st.sampled_from(["pass", "special_mention", "substandard", "loss"])
    for number in range(draw(st.integers(0, 3))):
        facts += loan(number, draw(st.sampled_from(parties)), draw(classes))
    for number in range(draw(st.integers(0, 2))):
        facts += listing(number, draw(st.sampled_from(parties)), draw(certainty))
    return facts
