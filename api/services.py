"""What one office holds open, and who makes the readers: the only place that opens the stores.

Everything else in `api` is handed a reader (`queries.reader`), or one of the doors for work on the
data itself: receiving, publishing rules, judging who is whom.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from api.audit_writer import TrailWriter
from api.looked_at import LookedAt
from api.security.consented import on_consent, sees_by_consent
from graph.closing import Closing
from graph.errors import NotFoundError, XinnongError
from graph.log import FactLog
from graph.moment import Moment
from graph.operations.office import OfficeBooks
from graph.operations.store import OperationsStore
from graph.settings import Settings
from graph.time import today, utc_now
from queries.publishing import Publishing
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import Scope
from queries.single_flight import SingleFlight

if TYPE_CHECKING:
    from api.security import Asker
    from api.security.known import Known
    from graph.connection import Graph
    from ingest.delivery.deliveries import Deliveries
    from ingest.guarded_guarantee import GuardedGuarantee
    from ingest.identity.judging import Judging
    from queries.consent import Consented, ConsentedScopes
    from queries.eligibility import Decision
    from queries.structure import GuaranteeProposal

__all__ = ["Services"]


class Services(Closing):
    """Shared by all requests, or of one command; safe across threads.

    Args:
        reads_graph: whether there are questions to the graph among what will be asked.  A command
            that asks only about everybody at once needs no engine, and sees the whole log.
        waits, owned: as `graph.connection.connect`; a service does not wait.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        reads_graph: bool = True,
        waits: bool = False,
        owned: bool = False,
    ) -> None:
        self.settings = settings
        self.log = FactLog(settings.log_dir)
        self.runs = Runs()
        self._warm = SingleFlight[bool]("warm")
        self.looked_at = LookedAt()
        self._reads_graph, self._waits, self._owned = reads_graph, waits, owned
        if reads_graph:
            _ = self.graph

    @cached_property
    def graph(self) -> Graph:
        """The connection to the graph."""
        from graph.connection import connect

        return connect(self.settings, owned=self._owned, waits=self._waits)

    @cached_property
    def store(self) -> OperationsStore:
        """What is no fact: kept decisions, proposals, jobs."""
        return OperationsStore(self.settings)

    @cached_property
    def trail(self) -> TrailWriter:
        """Where it is entered who asked what, before they are answered."""
        return TrailWriter(self.store)

    @cached_property
    def publishing(self) -> Publishing:
        """Where rules are put forward and let pass."""
        return Publishing(self.store, self.log)

    def deliveries(self, *, known_at: datetime | None = None) -> Deliveries:
        """What departments sent, as it was at an instant, by default now."""
        from ingest.delivery.deliveries import Deliveries

        return Deliveries(self.settings, self.store, known_at=known_at)

    @property
    def judging(self) -> Judging:
        """Where it is judged who is whom."""
        from ingest.identity.judging import Judging

        return Judging(self.settings, self.store)

    @cached_property
    def consents(self) -> ConsentedScopes:
        """What consents open, as they stand in the store now."""
        from queries.consent import ConsentedScopes

        return ConsentedScopes(self.store)

    def consented(self, asker: Asker, *, at: datetime) -> Scope:
        """What somebody sees at an instant: by consent, where that is how they see anything.

        Raises `InputError` (`purpose_unknown`), and `OperationsError`: who cannot look a consent up
        lets nothing be seen.
        """
        return self.consented_now(asker, at=at).scope if sees_by_consent(asker) else asker.scope

    def consented_now(self, asker: Asker, *, at: datetime) -> Consented:
        """The same of one who sees by consent, with what says on which consents an answer stands."""
        return on_consent(asker, self.consents, at=at)

    @property
    def office(self) -> OfficeBooks:
        """What acts of the credit office are kept in."""
        return OfficeBooks(self.settings, self.store)

    def has_consent(self, subject: str, institution: str, purpose: str, at: datetime) -> bool:
        """Whether a subject lets an institution look at it for a purpose, at an instant."""
        from queries.consent import has_consent

        return has_consent(self.store, subject, institution, purpose, at=at)

    def institution_names(self) -> dict[str, str]:
        """What the institutions that lend are called, by key: as the log says, engine or not.
        Anybody may know it."""
        from queries.published import PUBLIC

        batches = self.log.batches()
        if not batches:
            return {}
        reader = self.reader_of(PUBLIC, as_of=today(), known_at=batches[-1].known_at)
        return reader.institution_names()

    def insert_guarantee(
        self, proposal: GuaranteeProposal, *, accept_open: Collection[str] = ()
    ) -> GuardedGuarantee:
        """Write a guarantee within limits (`ingest.guarded_guarantee`)."""
        from ingest.guarded_guarantee import insert_guarantee

        return insert_guarantee(self.settings, proposal, accept_open=accept_open, store=self.store)

    def known_by(self, token: str) -> Known | None:
        """In whose session a token is now; None where it is nobody's."""
        from api.security.known import known_by

        return known_by(token, self.store, at=utc_now())

    def end_session(self, known: Known) -> None:
        """End the session in which somebody asks."""
        from graph.operations import Sessions

        self.looked_at.forget(known.looks_as)
        Sessions(self.store).end(known.session.number, user=known.user.id, at=utc_now())

    def open_store(self) -> None:
        """Open what is no fact now, so that what cannot be opened is said now; raises as it does."""
        _ = self.store

    def close(self) -> None:
        """Give the connections back; who started the engine stops it."""
        self._warm.close()
        self.runs.close()
        # what waits to be entered needs the store
        for held in ("trail", "graph", "store"):
            if held in vars(self):
                vars(self)[held].close()

    def moment(self, *, as_of: date | None = None, known_at: datetime | None = None) -> Moment:
        """The moment of an answer that begins now.

        Raises `NotFoundError`: the graph is empty (`graph_empty`), or nothing was known by then.
        """
        if not self._reads_graph:
            return Moment.of(self.log.batches(), as_of=as_of, known_at=known_at)
        from graph.projection import projected_to

        held = projected_to(self.graph)
        if held is None:
            raise NotFoundError(
                "图数据库里还没有数据。请先运行 xinnong ingest 导入文件。",
                "The graph is empty: run `xinnong ingest` first.",
                code="graph_empty",
            )
        batches = self.log.batches()
        coming = batches[held.position : held.position + 1]
        if known_at is not None and coming:
            # what the graph does not hold whole is not known to it yet
            known_at = min(known_at, coming[0].known_at - timedelta(microseconds=1))
        return Moment.of(batches[: held.position], as_of=as_of, known_at=known_at)

    def reader(
        self,
        scope: Scope,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Reader:
        """A reader for one answer, for somebody; its first read raises as `moment`."""
        return Reader(self, lambda: self.moment(as_of=as_of, known_at=known_at), scope)

    def reader_of(self, scope: Scope, *, as_of: date, known_at: datetime) -> Reader:
        """The reader of a moment that was taken before, for a job that goes on: of the log, which
        is the same after a restart, whatever the graph holds by now."""
        at = Moment.of(self.log.batches(), as_of=as_of, known_at=known_at)
        return Reader(self, at, scope)

    def positions(self) -> tuple[int, int]:
        """Positions of the last batches that graph and log hold."""
        from graph.projection import projected_to

        held = projected_to(self.graph)
        return held.position if held else 0, len(self.log.batches())

    def keep(self, decision: Decision, *, by: str = "") -> str:
        """Keep a decision in the archive, in the name of who does it; returns its identifier."""
        from graph.operations import DecisionArchive
        from queries.eligibility.decisions.record import keep

        return keep(decision, DecisionArchive(self.store), at=utc_now(), by=by)

    def is_warm(self, reader: Reader, *, within: float = 0.0) -> bool:
        """Whether a borrower page can be shown at once at a reader's moment, or can within so many
        seconds; it is computed either way."""
        at = reader.moment
        state = (at.as_of, at.known_at, at.head, reader.scope.id)
        return self._warm.ready(state, lambda: self._read_a_file(reader), within=within) is not None

    def warm(self, scope: Scope) -> None:
        """Begin to compute what every borrower page needs, so that the first one need not wait, and
        have the engine hear every question of it, and a search, once."""
        # an empty graph, say: whoever asks for an answer is told
        with suppress(XinnongError):
            self.is_warm(self.reader(scope))

    def _read_a_file(self, reader: Reader) -> bool:
        from api.party_file import read_party_file

        # an engine that just started takes seconds over each question that it hears first
        keys = reader.structure().snapshot.keys
        if len(keys):
            # what is wrong with this one party is told on its own page
            with suppress(XinnongError):
                found = read_party_file(reader, str(keys[0].as_py()))
                # by name is another way into the graph than by key
                reader.search(found.name or found.key)
        return True
