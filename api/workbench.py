"""What one office holds open: the graph, the log, and one risk run per state of the data."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.connection import Graph, connect
from graph.identifiers import Verdict, person_key, resident_id
from graph.log import FactLog
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.snapshot import take_snapshot
from graph.time import today
from queries import Answer, RiskAnswer, ask, explain
from queries.eligibility import Decision, decide
from queries.library import held_by
from queries.risk import RiskRun, assess
from queries.structure import Hint, Owners, Standing, Structure, read_structure

__all__ = ["PartyFile", "Workbench"]


@dataclass(frozen=True)
class PartyFile:
    """All that the borrower page shows of one party."""

    key: str
    name: str | None
    answers: dict[str, Answer]
    risk: RiskAnswer
    standing: Standing
    owners: Owners | None
    hints: tuple[Hint, ...]
    decision: Decision | None


class Workbench:
    """Shared by all requests; safe across threads."""

    def __init__(self, settings: Settings, *, owned: bool = False) -> None:
        self.settings = settings
        self.graph: Graph = connect(settings, owned=owned)
        self.log = FactLog(settings.log_dir)
        self._lock = threading.Lock()
        self._run: tuple[tuple[int, date], RiskRun] | None = None
        self._structure: Structure | None = None

    def close(self) -> None:
        """Give the connection back; who started the engine stops it."""
        self.graph.close()

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
        """The propagation for what the graph holds now; computed once for each state."""
        held = held_by(self.graph)
        state = (held.position, as_of or today())
        with self._lock:
            if self._run is None or self._run[0] != state:
                snapshot = take_snapshot(self.log, state[1], held.known_at)
                self._run = (state, assess(snapshot))
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

    def decide(self, product: str, key: str, supplied: dict[str, Any] | None = None) -> Decision:
        """The verdict on one product."""
        return decide(self.graph, product, key, supplied=supplied)

    def party_file(self, key: str, supplied: dict[str, Any] | None = None) -> PartyFile:
        """Everything about one party; raises `NotFoundError` for one that does not exist."""
        risk = self.risk(key)
        questions = (
            "party_card", "household_members", "household_exposure", "loans", "guarantees_given",
            "guarantees_received", "guarantee_chain", "legal_representative_firms",
            "cooperative_members", "list_entries", "neighbourhood",
        )  # fmt: skip
        answers = {name: self.ask(name, key=key) for name in questions}
        is_person = any("Person" in row["labels"] for row in answers["party_card"].rows)
        decision = self.decide("farmer_small_credit_loan", key, supplied) if is_person else None
        structure = self.structure()
        return PartyFile(
            key=key,
            name=risk.name,
            answers=answers,
            risk=risk,
            standing=structure.standing(key),
            owners=structure.owners(key),
            hints=structure.hints_about(key),
            decision=decision,
        )
