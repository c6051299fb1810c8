"""A log that is written batch by batch, and readers of it at any moment, without an engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from world import World

from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore
from graph.settings import Settings
from queries.monitoring import SectorWarning, WarningRegister, warning_register
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR, Scope

__all__ = ["DAY", "FIRST", "Office", "firm", "listed"]

#: Later than everything that becomes known, so that law is the same for every known time.
DAY = date(2026, 12, 1)
#: When the first batch but one becomes known.
FIRST = datetime(2026, 2, 2, 2, tzinfo=UTC)


class Office:
    """A world that grows by a batch a day, and whoever reads it."""

    def __init__(self, folder: Path, store: OperationsStore) -> None:
        self.settings = Settings(data=folder)
        self.log = FactLog(self.settings.log_dir)
        self.world = World(self.log)
        self.store = store
        self.runs = Runs()
        self.now = FIRST

    def batch(self, source: str = "world", **more: Any) -> datetime:
        """Commit what was stated; returns when it became known."""
        self.now += timedelta(days=1)
        self.world.commit(self.now, source, **more)
        return self.now

    def reader(
        self, known_at: datetime | None = None, *, as_of: date = DAY, scope: Scope = ADMINISTRATOR
    ) -> Reader:
        stores: Any = SimpleNamespace(
            settings=self.settings, log=self.log, runs=self.runs, store=self.store
        )
        return Reader(stores, Moment.of(self.log.batches(), as_of=as_of, known_at=known_at), scope)

    def register(self, known_at: datetime | None = None, **more: Any) -> WarningRegister:
        found = warning_register(self.reader(known_at, **more))
        assert found is not None
        return found

    def warnings(self, known_at: datetime | None = None, **more: Any) -> list[SectorWarning]:
        """What stands, what came first first."""
        register = self.register(known_at, **more)
        return [*register.shown(register.of())][::-1]

    def close(self) -> None:
        self.runs.close()


def firm(
    office: Office, key: str, industry: str = "1371", village: str = "610305100201"
) -> tuple[str, str]:
    """State a registered firm; returns its end of a tie."""
    office.world.node("Enterprise", key, name=f"样本{key[-4:]}有限公司", industry=industry)
    end = (key, "Enterprise")
    office.world.tie("LOCATED_IN", end, (f"division:{village}", "Village"))
    return end


def listed(office: Office, end: tuple[str, str], case: str, **said: Any) -> tuple[str, str]:
    """State an entry on the courts' list; returns ids of its facts."""
    key = f"list:judgment_defaulter:{case}:{end[0][-4:]}"
    when = {"valid_from": date(2026, 1, 15)}
    stated = {"list_kind": "judgment_defaulter", "case_no": case, "authority": "样本区人民法院",
              "listed_on": date(2026, 1, 15)}  # fmt: skip
    entry = office.world.node("ListEntry", key, **when, **{**stated, **said})
    certainty = said.get("certainty", 1.0)
    tie = office.world.tie("SUBJECT_OF", end, (key, "ListEntry"), **when, certainty=certainty)
    return entry, tie
