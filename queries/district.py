"""Answers about everybody at once, at one moment and for one scope: from the log, by arrays.

Each takes seconds and is computed once for a moment (`queries.runs`); a page asks whether it is
ready and says that it is being computed where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from graph.errors import InputError
from graph.log_prefix import LogPrefix
from graph.log_view import LogView
from graph.moment import Moment
from queries.basis import Basis
from queries.runs import Stores
from queries.scope import Scope
from queries.visible import visible

if TYPE_CHECKING:
    import pyarrow as pa

    from graph.log_view import FactsAt
    from graph.snapshot import Snapshot
    from queries.eligibility import Product
    from queries.eligibility.decisions.prospects import Prospects
    from queries.eligibility.scorecard import Card, CreditPlaces
    from queries.eligibility.scorecard.calibrate import Calibration as CardCalibration
    from queries.eligibility.scorecard.report import GradeRow
    from queries.lawful import Barred
    from queries.money.connected import Exposures
    from queries.money.losses import Grouping, Losses
    from queries.risk import Policy, RiskAnswer, RiskRun, WhatIfAnswer
    from queries.risk.calibration import Calibration
    from queries.risk.scenario import AssumedGuarantee, ScoreChanges
    from queries.risk.stress import ClearingStress, DistressStress
    from queries.risk.struck import GuaranteeTie
    from queries.structure import GuaranteeProposal, ProposalCheck, Structure

__all__ = ["DistrictReader"]

T = TypeVar("T")


class DistrictReader:
    """Reads the whole district at `moment` for `scope`; safe across threads.

    Args:
        moment: or how to take it: it is taken once, when something is first read, so that a
            request that is refused for its form asks no graph.
    """

    def __init__(
        self,
        stores: Stores,
        moment: Moment | Callable[[], Moment],
        scope: Scope,
    ) -> None:
        self.scope = scope
        self._stores = stores
        self._moment, self._taking = moment, Lock()

    @property
    def moment(self) -> Moment:
        """When every answer of this reader is, and on which data it stands; raises what taking it
        raises."""
        with self._taking:
            if not isinstance(self._moment, Moment):
                self._moment = self._moment()
            return self._moment

    def at(self, *, as_of: date) -> Self:
        """The same reader, about another day."""
        return type(self)(self._stores, replace(self.moment, as_of=as_of), self.scope)

    @cached_property
    def _log(self) -> LogView:
        """The log of this moment, as law and the scope let it be seen."""
        prefix = LogPrefix(self._stores.log.folder, self.moment.batches)
        return visible(prefix, self.scope, self._barred)

    def _barred(self, at: FactsAt, make: Callable[[], Barred]) -> Barred:
        """What law bars at a moment: the same for every scope, and read of large tables."""
        return self._stores.runs.barred.wait((at.as_of, at.known_at, self.moment.head), make)

    @property
    def basis(self) -> Basis:
        """On what every answer of this reader stands."""
        at = self.moment
        return Basis(at.as_of, at.known_at, at.position, scope=self.scope.said, head=at.head)

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """Every product, with what was published here."""
        from queries.eligibility.rules.publish import current_products

        return current_products(self._stores.store)

    @cached_property
    def card(self) -> Card:
        """The scorecard in force here."""
        from queries.eligibility.scorecard import card_in_force

        return card_in_force(self._stores.store)

    @cached_property
    def policy(self) -> Policy:
        """The risk policy in force here."""
        from queries.risk.calibration import policy_in_force

        return policy_in_force(self._stores.store)

    def table(self, kind: str) -> pa.Table:
        """Facts of a kind that are true on the day, as law and the scope let them be seen."""
        at = self.moment
        return self._log.at(at.as_of, at.known_at).table(kind)

    def whenever(self, kind: str) -> pa.Table:
        """The same, whatever day they are true on: what ended, and what comes."""
        at = self.moment
        return self._log.at(at.as_of, at.known_at).whenever(kind)

    def history(self, kind: str) -> pa.Table:
        """Every statement of a kind that was ever known, with `known_to` (null: still held), of what
        law and the scope let be seen today: to tell when something was first said."""
        at = self.moment
        return self._log.at(at.as_of, at.known_at).history(kind)

    def stays(self, key: str) -> str:
        """The key under which a party's records stand: that of who it was judged to be, else its own."""
        at = self.moment
        return self._log.at(at.as_of, at.known_at).moved.get(key, (key, ""))[0]

    def filed(self, kind: str) -> pa.Table:
        """What departments filed of a kind, whatever became of it since, for counting departments:
        nothing in it says whom a record names or what it says of him (`queries.filed`).

        Raises `InputError` (`whole_district_only`) for who is not of the credit office.
        """
        from queries.filed import filed

        if not self.scope.is_of_the_office:
            raise InputError(
                "部门报送情况只对全区的信用办开放。",
                "What departments filed is counted for the whole district only.",
                code="whole_district_only",
            )
        return filed(kind, self._log, self.moment)

    @overload
    def computed(self, name: str, make: Callable[[], T], *, rules: object = None) -> T: ...

    @overload
    def computed(
        self, name: str, make: Callable[[], T], *, rules: object = None, within: float | None
    ) -> T | None: ...

    def computed(
        self, name: str, make: Callable[[], T], *, rules: object = None, within: float | None = None
    ) -> T | None:
        """An answer about the whole district, computed once for this moment and scope.

        Args:
            rules: names whatever else it follows from: the rules applied, the acts of officers.
            within: seconds to wait; None: until it is there, and the answer is not None.
        """
        state = self._state(rules)
        found: T | None = self._stores.runs.of(name).ready(state, make, within=within)
        return found

    def snapshot(self) -> Snapshot:
        """Everybody as arrays, from those of before where there are some of that day."""
        return self._stores.runs.snapshot.wait(self._state(None), self._taken)

    def snapshot_ready(self, *, within: float | None) -> Snapshot | None:
        """The same if it is there within so many seconds; None while it is being made."""
        return self._stores.runs.snapshot.ready(self._state(None), self._taken, within=within)

    def risk_run(self) -> RiskRun:
        """The propagation of this moment, from one of before where there is one of that day."""
        found = self.risk_ready(within=None)
        assert found is not None
        return found

    def risk_ready(self, *, within: float | None) -> RiskRun | None:
        """The same if it is there within so many seconds; None while it is being computed."""
        return self._stores.runs.risk.ready(
            self._state(self.policy.name), self._propagate, within=within
        )

    def structure(self) -> Structure:
        """Ownership, guarantees and hints of the snapshot."""
        found = self.structure_ready(within=None)
        assert found is not None
        return found

    def structure_ready(self, *, within: float | None) -> Structure | None:
        """The same if it is there within so many seconds; None while it is being computed."""
        return self._stores.runs.structure.ready(
            self._state(None), self._read_structure, within=within
        )

    def risk(self, key: str) -> RiskAnswer:
        """Score and explanation of one party; raises `NotFoundError`."""
        from queries.risk import explain

        return explain(self.risk_run(), key)

    def what_if(self, key: str, **left_out: Any) -> WhatIfAnswer:
        """The score without some ties or facts (`queries.risk.what_if_of`); a hypothesis."""
        from queries.risk import what_if_of

        return what_if_of(self.risk_run(), key, **left_out)

    def if_failed(self, parties: Collection[str], by: Grouping) -> tuple[ScoreChanges, Losses]:
        """Scores if these parties were in default, and losses by those scores; a hypothesis."""
        from queries.money import book_losses
        from queries.risk.scenario import changes_of, run_if_failed

        run = self.risk_run()

        def suppose() -> tuple[ScoreChanges, Losses]:
            assumed = run_if_failed(run, parties)
            return changes_of(run, assumed), book_losses(assumed, by)

        return self._supposed(suppose, "if_failed", sorted(parties), by, self.policy.name)

    def if_guaranteed(self, assumed: AssumedGuarantee) -> ScoreChanges:
        """Scores with one guarantee more (`queries.risk.scenario`); a hypothesis."""
        from queries.risk.scenario import if_guaranteed

        run = self.risk_run()
        return self._supposed(
            lambda: if_guaranteed(run, assumed), "if_guaranteed", assumed, self.policy.name
        )

    def guarantee_ties(self, key: str) -> tuple[GuaranteeTie, ...]:
        """Guarantees of a party that carry risk, as a what-if names them."""
        from queries.risk.struck import guarantees_of

        return guarantees_of(self.snapshot(), key, self.policy)

    def struck(self, *, place: str = "", industries: Sequence[str] = ()) -> tuple[str, ...]:
        """Whom a blow to a place, or to an industry, strikes, by key."""
        from queries.risk.struck import of_industry, of_place

        held = self.snapshot()
        return of_place(held, place) if place else of_industry(held, industries)

    def check_guarantee(self, proposal: GuaranteeProposal) -> ProposalCheck:
        """Which limits a proposed guarantee would break."""
        from queries.structure import check_proposal

        return check_proposal(self.structure().net, proposal)

    def losses(
        self, by: Grouping, *, net_assets_fen: Mapping[str, int] | None = None, **assumed: Any
    ) -> Losses:
        """What may be lost of the loans (`queries.money.book_losses`).

        Args:
            net_assets_fen: assumed besides those of the annual reports, by party.
        """
        from queries.money import book_losses

        buffers = {**self.structure().net.net_assets, **(net_assets_fen or {})}
        run = self.risk_run()
        return self._supposed(
            lambda: book_losses(run, by, buffers_fen=buffers, **assumed),
            "losses", by, net_assets_fen, assumed, self.policy.name,
        )  # fmt: skip

    def _supposed(self, make: Callable[[], T], *what: object) -> T:
        """What follows from something that is only supposed (`what`): whoever supposes, one after the
        other, so that those who look at a party are not held up by all of them at once."""
        return self.computed("supposed", make, rules=what)

    def exposures(
        self, lender: str, *, tier1_fen: int | None = None, capital_fen: int | None = None
    ) -> Exposures:
        """Clients and groups of connected clients of a lender (`queries.money.large_exposures`)."""
        from queries.money import large_exposures

        held = self.structure()
        return large_exposures(
            held.snapshot,
            held.ownership,
            held.net,
            lender,
            tier1_fen=tier1_fen,
            capital_fen=capital_fen,
        )

    def distress(self, **assumed: Any) -> DistressStress:
        """Who loses how much when some fail (`queries.risk.distress_stress`); a hypothesis."""
        from queries.risk import distress_stress

        net = self.structure().net
        return self._supposed(
            lambda: distress_stress(net.snapshot, buffers_fen=net.net_assets, **assumed),
            "distress", assumed,
        )  # fmt: skip

    def clearing(self, **assumed: Any) -> ClearingStress:
        """Who could pay what (`queries.risk.clearing_stress`); a hypothesis."""
        from queries.risk import clearing_stress

        snapshot = self.snapshot()
        return self._supposed(lambda: clearing_stress(snapshot, **assumed), "clearing", assumed)

    def bods(self, key: str, **publisher: str) -> list[dict[str, Any]]:
        """Holdings and beneficial owners of a firm as statements of BODS 0.4."""
        from queries.structure.bods import bods_statements

        return bods_statements(self.structure().ownership, key, **publisher)

    def export(self, path: Path) -> int:
        """Write parties and ties as GraphML; returns the number of ties."""
        from queries.export import write_graphml

        return write_graphml(self.snapshot(), path)

    def prospects(self) -> Prospects:
        """Who is without a known loan, and what stands in the way."""
        found = self.prospects_ready(within=None)
        assert found is not None
        return found

    def prospects_ready(self, *, within: float | None) -> Prospects | None:
        """The same if it is there within so many seconds; None while it is being computed."""
        products = self.products
        rules = tuple(item.hash(v) for item in products.values() for v in item.versions)

        def compute() -> Prospects:
            from queries.eligibility.decisions.prospects import prospects

            return prospects(self._log, self.moment.as_of, self.moment.known_at, products)

        return self._stores.runs.prospects.ready(self._state(rules), compute, within=within)

    def places(self) -> CreditPlaces:
        """Credit villages, towns and grades."""
        found = self.places_ready(within=None)
        assert found is not None
        return found

    def places_ready(self, *, within: float | None) -> CreditPlaces | None:
        """The same if it is there within so many seconds; None while it is being computed."""

        def compute() -> CreditPlaces:
            from queries.eligibility.scorecard import read_places

            at = self.moment
            return read_places(self._log, at.as_of, at.known_at, at.position, self.card)

        return self._stores.runs.places.ready(self._state(self.card.name), compute, within=within)

    def grades(self, card: Card | None = None) -> tuple[GradeRow, ...]:
        """Grades of householders by sex, age band and village, by this card or the one in force."""
        from queries.eligibility.facts.records import records_from_log
        from queries.eligibility.scorecard import grade_report

        at = self.moment
        return grade_report(records_from_log(self._log, at.as_of, at.known_at), card or self.card)

    def card_calibration(self) -> CardCalibration:
        """The scorecard in force held against local loans."""
        from queries.eligibility.scorecard.calibrate import calibrate

        return calibrate(self._log, self.moment.as_of, self.moment.known_at, self.card)

    def calibration(self) -> Calibration:
        """How the risk policy in force did against what happened."""
        found = self.calibration_ready(within=None)
        assert found is not None
        return found

    def calibration_ready(self, *, within: float | None) -> Calibration | None:
        """The same if it is there within so many seconds; None while it is being measured."""

        def compute() -> Calibration:
            from queries.risk.calibration import calibrate

            at = self.moment
            return calibrate(self._log, at.as_of, at.known_at, self.policy)

        return self._stores.runs.calibration.ready(
            self._state(self.policy.name), compute, within=within
        )

    def division_names(self) -> dict[str, str]:
        """What villages, towns and counties are called, by key."""
        from queries.names import division_names

        at = self.moment
        return self._stores.runs.names.wait(
            self._state(None), lambda: division_names(self._log, at.as_of, at.known_at)
        )

    def institution_names(self) -> dict[str, str]:
        """What the institutions that lend are called, by key."""
        from queries.names import institution_names

        at = self.moment
        return self._stores.runs.institutions.wait(
            self._state(None), lambda: institution_names(self._log, at.as_of, at.known_at)
        )

    def _state(self, rules: object) -> tuple[object, ...]:
        """What an answer follows from: the moment, who asks, and the rules applied."""
        at = self.moment
        return (at.as_of, at.known_at, at.head, self.scope.id, self.scope.said, rules)

    def _taken(self) -> Snapshot:
        from graph.snapshot import refresh_snapshot, take_snapshot

        at, log = self.moment, self._log
        for state, held in self._stores.runs.snapshot.finished():
            if self._goes_on(held, state, None):
                return refresh_snapshot(held, log, at.known_at)
        return take_snapshot(log, at.as_of, at.known_at)

    def _propagate(self) -> RiskRun:
        from queries.risk import assess, update_run

        snapshot = self.snapshot()
        for state, before in self._stores.runs.risk.finished():
            if self._goes_on(before.snapshot, state, self.policy.name):
                return update_run(before, snapshot)
        return assess(snapshot, self.policy)

    def _goes_on(self, held: Snapshot, state: object, rules: object) -> bool:
        """Whether this moment is later news of the same day, to the same reader, by the same rules."""
        at = self.moment
        return (
            held.as_of == at.as_of
            and held.position <= at.position
            and state[3:] == self._state(rules)[3:]  # type: ignore[index]
        )

    def _read_structure(self) -> Structure:
        from queries.structure import read_structure

        found = read_structure(self.snapshot())
        # computed when first asked for: here, where nobody waits
        _ = found.ownership, found.overview, found.hints
        return found
