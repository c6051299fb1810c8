"""What answers are read from, and what was computed of everybody and is kept for who asks next."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from queries.single_flight import SingleFlight

if TYPE_CHECKING:
    from graph.connection import Graph
    from graph.log import FactLog
    from graph.operations import OperationsStore
    from graph.settings import Settings
    from graph.snapshot import Snapshot
    from queries.eligibility.decisions.prospects import Prospects
    from queries.eligibility.scorecard import CreditPlaces
    from queries.lawful import Barred
    from queries.risk import RiskRun
    from queries.risk.calibration import Calibration
    from queries.structure import Structure

__all__ = ["Runs", "Stores"]


class Runs:
    """Whole-district answers of the last moments asked for, each computed once."""

    def __init__(self) -> None:
        self.barred: SingleFlight[Barred] = SingleFlight("barred")
        self.snapshot: SingleFlight[Snapshot] = SingleFlight("snapshot")
        self.risk: SingleFlight[RiskRun] = SingleFlight("risk")
        self.structure: SingleFlight[Structure] = SingleFlight("structure")
        self.prospects: SingleFlight[Prospects] = SingleFlight("prospects")
        self.places: SingleFlight[CreditPlaces] = SingleFlight("places")
        self.calibration: SingleFlight[Calibration] = SingleFlight("calibration")
        self.names: SingleFlight[dict[str, str]] = SingleFlight("names")
        self.institutions: SingleFlight[dict[str, str]] = SingleFlight("institutions")
        self._others: dict[str, SingleFlight[Any]] = {}
        self._naming = Lock()

    def of(self, name: str) -> SingleFlight[Any]:
        """Answers of another name, about the whole district, that start no other of these."""
        with self._naming:
            return self._others.setdefault(name, SingleFlight(name))

    def close(self) -> None:
        """Wait for what is under way; what starts from another one first."""
        every: tuple[SingleFlight[Any], ...] = (
            *self._others.values(),
            self.structure,
            self.risk,
            self.prospects,
            self.places,
            self.calibration,
            self.names,
            self.institutions,
            self.snapshot,
            self.barred,
        )
        for one in every:
            one.close()


class Stores(Protocol):
    """What a reader reads from; whoever makes readers holds it open."""

    @property
    def settings(self) -> Settings: ...
    @property
    def graph(self) -> Graph: ...
    @property
    def log(self) -> FactLog: ...
    @property
    def store(self) -> OperationsStore: ...
    @property
    def runs(self) -> Runs: ...
