"""What one office holds open: the graph, the log, and one risk run per state of the data."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.connection import Graph, connect
from graph.identifiers import Verdict, person_key, resident_id
from graph.log import FactLog
from graph.operations import DecisionArchive, OperationsStore
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.snapshot import refresh_snapshot, take_snapshot
from graph.time import today, utc_now
from queries import Answer, RiskAnswer, ask, explain
from queries.eligibility import Decision, Product, case_of, decide, decide_all, find_product
from queries.eligibility.prospects import Prospects, prospects
from queries.eligibility.publish import shelf
from queries.eligibility.record import keep
from queries.library import held_by
from queries.risk import RiskRun, assess, reassess
from queries.structure import Hint, Owners, Standing, Structure, read_structure

__all__ = ["PartyFile", "Workbench"]


@dataclass(frozen=True)
class PartyFile:
    """All that the borrower page shows of one party."""

    key: str
    name: str | None
    answers: dict[str, Answer]
    risk: RiskAnswer
    decisions: tuple[Decision, ...]
    standing: Standing
    owners: Owners | None
    hints: tuple[Hint, ...]


class Workbench:
    """Shared by all requests; safe across threads."""

    def __init__(self, settings: Settings, *, owned: bool = False) -> None:
        self.settings = settings
        self.graph: Graph = connect(settings, owned=owned)
        self.log = FactLog(settings.log_dir)
        self.store = OperationsStore(settings)
        self.archive = DecisionArchive(self.store)
        self._lock = threading.Lock()
        self._prospects: tuple[tuple[int, date, tuple[str, ...]], Prospects] | None = None
        self._run: tuple[tuple[int, date], RiskRun] | None = None
        self._structure: Structure | None = None

    def close(self) -> None:
        """Give the connection back; who started the engine stops it."""
        self.graph.close()
        self.store.close()

    def ask(self, name: str, **given: Any) -> Answer:
        """Ask a question of the library."""
        return ask(self.graph, name, **given)

    def search(self, text: str) -> Answer:
        """Find parties; a resident id is turned into its key and not kept."""
        wanted = text.strip()
        found = resident_id.check(wanted)
        if found.verdict is not Verdict.INVALID and found.value is not None:
            key = make_secrets(self.settings.secrets_file).identity_key
            wanted = person_key(found.value, key)
        return self.ask("find_party", text=wanted)

    def risk_run(self, as_of: date | None = None) -> RiskRun:
        """The propagation for what the graph holds now; once for each state, from the one before."""
        held = held_by(self.graph)
        state = (held.position, as_of or today())
        with self._lock:
            if self._run is None or self._run[0][1] != state[1]:
                snapshot = take_snapshot(self.log, state[1], held.known_at)
                self._run = (state, assess(snapshot))
            elif self._run[0] != state:
                run = self._run[1]
                snapshot = refresh_snapshot(run.snapshot, self.log, held.known_at)
                self._run = (state, reassess(run, snapshot))
            return self._run[1]

    def structure(self) -> Structure:
        """Ownership, guarantees and hints of the snapshot that the risk run stands on."""
        snapshot = self.risk_run().snapshot
        with self._lock:
            if self._structure is None or self._structure.snapshot is not snapshot:
                self._structure = read_structure(snapshot)
            return self._structure

    def risk(self, key: str) -> RiskAnswer:
        """Score and explanation of one party."""
        return explain(self.risk_run(), key)

    def products(self) -> Mapping[str, Product]:
        """Every product, with what was published here."""
        return shelf(self.store)

    def product(self, name: str) -> Product:
        """One product; raises `NotFoundError`."""
        return find_product(name, self.products())

    def decide(self, product: str, key: str, **given: Any) -> tuple[Decision, str]:
        """The verdict on one product, kept in the archive; returns its identifier as well."""
        chosen = self.product(product)
        decision = decide(case_of(self.graph, key, **given), chosen)
        return decision, keep(decision, self.archive, at=utc_now())

    def decide_every(self, key: str, **given: Any) -> tuple[Decision, ...]:
        """Every product that is for such a party; a look, of which nothing is kept."""
        return decide_all(case_of(self.graph, key, **given), self.products().values())

    def prospects(self) -> Prospects:
        """The district's prospects for what the graph holds now; reckoned once for each state."""
        held = held_by(self.graph)
        products = self.products()
        state = (held.position, today(), tuple(item.hash(v) for item in products.values()
                                               for v in item.versions))  # fmt: skip
        with self._lock:
            if self._prospects is None or self._prospects[0] != state:
                found = prospects(self.log, state[1], held.known_at, products)
                self._prospects = (state, found)
            return self._prospects[1]

    def conflicts(self, assessor: str) -> dict[str, str]:
        """Whom an assessor must leave to somebody else, and why."""
        found: dict[str, str] = {}
        for row in self.ask("assessor_conflicts", key=assessor).rows:
            found.setdefault(row["party_key"], row["why"])
        return found

    def party_file(self, key: str) -> PartyFile:
        """Everything about one party; raises `NotFoundError` for one that does not exist."""
        risk = self.risk(key)
        questions = (
            "party_card", "household_members", "household_exposure", "loans", "guarantees_given",
            "guarantees_received", "guarantee_chain", "legal_representative_firms",
            "cooperative_members", "list_entries", "neighbourhood",
        )  # fmt: skip
        answers = {name: self.ask(name, key=key) for name in questions}
        decisions = self.decide_every(key) if answers["party_card"].rows else ()
        structure = self.structure()
        return PartyFile(
            key=key,
            name=risk.name,
            answers=answers,
            risk=risk,
            decisions=decisions,
            standing=structure.standing(key),
            owners=structure.owners(key),
            hints=structure.hints_about(key),
        )
