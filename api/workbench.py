"""What one office holds open: the graph, the log, and one risk run per state of the data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from api.party_file import read_party_file
from api.reckoning import Reckoning
from graph.connection import Graph, connect
from graph.errors import XinnongError
from graph.log import FactLog
from graph.operations import DecisionArchive, OperationsStore
from graph.projection import ProjectedTo
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.snapshot import refresh_snapshot, take_snapshot
from graph.time import past_instant, today, utc_now
from queries import Answer, RiskAnswer, ask, explain
from queries.adverse import Adverse, read_adverse
from queries.eligibility import Decision, Product, case_of, decide, decide_all, find_product
from queries.eligibility.decisions.prospects import Prospects, prospects
from queries.eligibility.decisions.record import keep
from queries.eligibility.rules.publish import current_products
from queries.eligibility.scorecard import (
    Card,
    CreditPlaces,
    Rating,
    card_in_force,
    rate,
    read_places,
)
from queries.library import held_at, held_by, known_key
from queries.names import division_names, institution_names
from queries.risk import RiskRun, assess, update_run
from queries.risk.calibration import Calibration, calibrate, policy_in_force
from queries.search import hidden
from queries.structure import Structure, read_structure

__all__ = ["Workbench"]


class Workbench:
    """Shared by all requests; safe across threads."""

    def __init__(self, settings: Settings, *, owned: bool = False) -> None:
        self.settings = settings
        self.graph: Graph = connect(settings, owned=owned, waits=False)
        self.log = FactLog(settings.log_dir)
        self.store = OperationsStore(settings)
        self.archive = DecisionArchive(self.store)
        self._risk = Reckoning[RiskRun]("risk")
        self._structure = Reckoning[Structure]("structure")
        self._prospects = Reckoning[Prospects]("prospects")
        self._places = Reckoning[CreditPlaces]("places")
        self._calibration = Reckoning[Calibration]("calibration")
        self._warm = Reckoning[bool]("warm")
        self._names = Reckoning[dict[str, str]]("names")
        self._institutions = Reckoning[dict[str, str]]("institutions")

    def close(self) -> None:
        """Give the connection back; who started the engine stops it."""
        for one in (
            self._warm,
            self._structure,
            self._risk,
            self._prospects,
            self._places,
            self._calibration,
            self._names,
            self._institutions,
        ):
            one.close()
        self.graph.close()
        self.store.close()

    def moment(self, known_at: datetime | None = None) -> ProjectedTo:
        """The moment to ask several questions at: now, or as the log was known at an instant."""
        return held_by(self.graph) if known_at is None else held_at(self.log, known_at)

    def known(self, key: str) -> str:
        """The key that stands for a party; raises `NotFoundError` where nobody knows it."""
        return known_key(self.graph, key, today(), self.moment().known_at)

    def ask(self, name: str, **given: Any) -> Answer:
        """Ask a question of the library; in what a person typed, identities become keys."""
        if isinstance(given.get("text"), str):
            key = make_secrets(self.settings.secrets_file).identity_key
            given["text"] = hidden(given["text"], key)
        if isinstance(given.get("known_at"), str):
            # as of which batch an answer is, is as it was then
            given["held"] = self.moment(past_instant(given["known_at"]))
        return ask(self.graph, name, of_known=True, **given)

    def search(self, text: str) -> Answer:
        """Find parties by whatever was typed; a resident id is turned into its key and not kept."""
        return self.ask("find_party", text=text)

    def adverse(
        self, key: str, *, labels: Collection[str] = (), held: ProjectedTo | None = None
    ) -> Adverse:
        """Own adverse records of a party, and how far one looked for them."""
        return read_adverse(self.graph, self.log, key, labels=labels, held=held, of_known=True)

    def risk_run(self) -> RiskRun:
        """The propagation for what the graph holds now; once for each state, from the one before."""
        day, known_at, position = self._state()
        policy = policy_in_force(self.store)

        def reckon() -> RiskRun:
            before = self._risk.newest
            if before is None or before.snapshot.as_of != day or before.policy != policy:
                return assess(take_snapshot(self.log, day, known_at), policy)
            return update_run(before, refresh_snapshot(before.snapshot, self.log, known_at))

        return self._risk.wait((position, day, policy.name), reckon)

    def structure(self) -> Structure:
        """Ownership, guarantees and hints of the snapshot that the risk run stands on."""
        day, _, position = self._state()
        return self._structure.wait((position, day), self._read_structure)

    def is_reckoned(self, *, within: float = 0.0) -> bool:
        """Whether a borrower page can be shown at once for what the graph holds now, or can
        within so many seconds; the reckoning goes on either way."""
        day, _, position = self._state()
        return self._warm.ready((position, day), self._read_a_file, within=within) is not None

    def warm(self) -> None:
        """Begin to reckon what every borrower page needs, so that the first one need not wait, and
        have the engine hear every question of it, and a search, once."""
        # an empty graph, say: whoever asks for an answer is told
        with suppress(XinnongError):
            self.is_reckoned()

    def _read_a_file(self) -> bool:
        # an engine that just started takes seconds over each question that it hears first
        keys = self.structure().snapshot.keys
        if len(keys):
            # what is wrong with this one party is told on its own page
            with suppress(XinnongError):
                found = read_party_file(self, str(keys[0].as_py()))
                # by name is another way into the graph than by key
                self.search(found.name or found.key)
        return True

    def _read_structure(self) -> Structure:
        found = read_structure(self.risk_run().snapshot)
        # computed when first asked for: here, where nobody waits
        _ = found.ownership, found.overview, found.hints
        return found

    def _state(self) -> tuple[date, datetime, int]:
        held = held_by(self.graph)
        return today(), held.known_at, held.position

    def risk(self, key: str) -> RiskAnswer:
        """Score and explanation of one party."""
        return explain(self.risk_run(), key)

    def name(self, key: str) -> str | None:
        """What a party is called; None where nobody says."""
        return self._said_last(key, "name")

    def masked(self, key: str) -> str | None:
        """A party's code, or its masked resident id; None where nobody says."""
        code = self._said_last(key, "unified_social_credit_code")
        return code or self._said_last(key, "resident_id_masked")

    def _said_last(self, key: str, name: str) -> str | None:
        # of a party that was withdrawn since, nobody says anything, and its decisions stay
        card = ask(self.graph, "party_card", key=key).rows
        told = (row["facts"].get(name) for row in reversed(card))
        return next((str(value) for value in told if value), None)

    def products(self) -> Mapping[str, Product]:
        """Every product, with what was published here."""
        return current_products(self.store)

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

    def card(self) -> Card:
        """The scorecard in force here."""
        return card_in_force(self.store)

    def rating(self, key: str) -> Rating:
        """What the scorecard says of a farmer; raises `NotFoundError`."""
        return rate(case_of(self.graph, key, graded=True), self.card())

    def prospects(self) -> Prospects:
        """The district's prospects for what the graph holds now; reckoned once for each state."""
        found = self.prospects_ready(within=None)
        assert found is not None
        return found

    def prospects_ready(self, *, within: float | None) -> Prospects | None:
        """The same if it is there within so many seconds; None while it is being reckoned."""
        day, known_at, position = self._state()
        products = self.products()
        rules = tuple(item.hash(v) for item in products.values() for v in item.versions)
        return self._prospects.ready(
            (position, day, rules),
            lambda: prospects(self.log, day, known_at, products),
            within=within,
        )

    def places(self) -> CreditPlaces:
        """Credit villages, towns and grades for what the graph holds now."""
        found = self.places_ready(within=None)
        assert found is not None
        return found

    def places_ready(self, *, within: float | None) -> CreditPlaces | None:
        """The same if it is there within so many seconds; None while it is being reckoned."""
        day, known_at, position = self._state()
        card = self.card()
        return self._places.ready(
            (position, day, card.name),
            lambda: read_places(self.log, day, known_at, position, card),
            within=within,
        )

    def calibration_ready(self, *, within: float | None) -> Calibration | None:
        """How the risk policy in force did, if that is there within so many seconds; None while it
        is being measured."""
        day, known_at, position = self._state()
        policy = policy_in_force(self.store)
        return self._calibration.ready(
            (position, day, policy.name),
            lambda: calibrate(self.log, day, known_at, policy),
            within=within,
        )

    def division_names(self) -> dict[str, str]:
        """What villages, towns and counties are called, by key."""
        day, known_at, position = self._state()
        return self._names.wait((position, day), lambda: division_names(self.log, day, known_at))

    def institution_names(self) -> dict[str, str]:
        """What the institutions that lend are called, by key."""
        day, known_at, position = self._state()
        return self._institutions.wait(
            (position, day), lambda: institution_names(self.log, day, known_at)
        )

    def conflicts(self, assessor: str) -> dict[str, str]:
        """Whom an assessor must leave to somebody else, and why."""
        found: dict[str, str] = {}
        for row in self.ask("assessor_conflicts", key=assessor).rows:
            found.setdefault(row["party_key"], row["why"])
        return found
