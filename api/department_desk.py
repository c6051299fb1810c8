"""What a department's clerk sees first: their own deliveries, what is owed, what is to be put right.

Whose it is follows from the user, and never from the request: of what another department sent, nothing
is here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.desk_line import DeskGroup, DeskLine, Patience, asked_together
from api.security.own_sources import OwnSources
from graph.errors import NotFoundError
from ingest import Source, by_department, load_source, source_names
from ingest.code_errors import find_code_errors
from ingest.correction.worklist import DepartmentLoad
from ingest.delivery.freshness import Freshness
from ingest.duties import Duty
from ingest.duties.desk import DutyDesk
from queries.unknown_subjects import UnknownSubject, unknown_subjects_ready

if TYPE_CHECKING:
    from api.services import Services
    from ingest.delivery.deliveries import Deliveries, Delivery
    from queries.code_errors import CodeError
    from queries.reader import Reader

__all__ = ["DepartmentDesk", "OwnCode"]

#: A place before the name of an authority, as in 凤翔区农业农村局.
_OF_A_PLACE = re.compile(".*[省市区县旗镇乡]")
#: Own files that are shown, of so many of everybody's.
_LATEST, _LOOKED_AT = 20, 2_000
#: States of items that somebody has to act on.
_OWED = ("overdue", "late", "never", "awaited")


@dataclass(frozen=True)
class OwnCode:
    """A wrong code, and where it stands in what the department sent: position of the batch, and row."""

    error: CodeError
    rows: tuple[tuple[int, int], ...]


class DepartmentDesk:
    """The desk of a department, or of every one where somebody receives for all of them."""

    def __init__(
        self, services: Services, reader: Reader, owned: OwnSources, patience: Patience
    ) -> None:
        self._services, self._reader, self._owned = services, reader, owned
        self._patience = patience
        self.told: Deliveries = services.deliveries()

    @property
    def loads(self) -> list[DepartmentLoad]:
        """Own rows that wait to be put right."""
        return by_department(self._owned.only(self.told.worklist(), lambda one: one.source))

    @property
    def freshness(self) -> list[Freshness]:
        """Own sources, and what is open about each."""
        return self._owned.only(self.told.freshness(), lambda one: one.source)

    @property
    def latest(self) -> list[Delivery]:
        """The latest of the own files."""
        every = self.told.ledger.latest(_LOOKED_AT)
        return self._owned.only(every, lambda one: one.source)[:_LATEST]

    @property
    def sources(self) -> list[Source]:
        """Own sources of which there are templates."""
        every = self._owned.only(map(load_source, source_names()), lambda one: one.name)
        return sorted((one for one in every if one.reported), key=lambda one: one.title)

    def duties(self) -> tuple[Duty, ...]:
        """Own items of the list of duties, the pressing ones first; none while there is no data."""
        with suppress(NotFoundError):
            found = DutyDesk(self._services.office, self._reader).duties().items
            return tuple(self._owned.only(found, lambda one: one.source))
        return ()

    def codes(self, within: float | None) -> tuple[OwnCode, ...] | None:
        """Wrong codes that wait, of own rows, with these rows alone; None while they are looked for."""
        try:
            batches = self._reader.moment.batches
        except NotFoundError:
            return ()
        own = {one.batch: one.position for one in batches if self._owned.has(one.source)}
        found = find_code_errors(self._services.office, self._reader, within=within)
        if found is None:
            return None
        told = []
        for error in found.of(state="open"):
            rows = tuple((own[ref.batch], ref.row) for ref in error.rows if ref.batch in own)
            if rows:
                told.append(OwnCode(error, rows))
        return tuple(told)

    def subjects(self, within: float | None) -> tuple[UnknownSubject, ...] | None:
        """Subjects of own records that stand in no register, with these records alone; None while they
        are looked for."""
        try:
            found = unknown_subjects_ready(self._reader, within=within)
        except NotFoundError:
            return ()
        if found is None:
            return None
        told = (
            replace(
                one, records=tuple(each for each in one.records if self._is_own(each.authority))
            )
            for one in found.subjects
        )
        return tuple(one for one in told if one.records)

    def groups(self) -> tuple[DeskGroup, ...]:
        """Every line, what has a term first."""
        codes, subjects = asked_together((self.codes, self.subjects), self._patience)
        owed = self.owed()
        return (
            DeskGroup("要报送和更正的", (
                DeskLine("逾期未报", "/department#duties", owed["overdue"], "项",
                         is_pressing=True),
                DeskLine("从未报送", "/department#duties", owed["never"], "项"),
                DeskLine("待更正的行", "/deliveries#corrections",
                         sum(one.rows for one in self.loads), "行", is_pressing=True),
                DeskLine("来源有待办", "/deliveries#fresh",
                         sum(one.waits for one in self.freshness), "个", "缺份或整份没有通过",
                         is_pressing=True),
                DeskLine("重错码", "/department/codes",
                         None if codes is None else len(codes), "条"),
                DeskLine("待登记主体", "/department/subjects",
                         None if subjects is None else len(subjects), "个"),
            )),
        )  # fmt: skip

    def owed(self) -> Mapping[str, int]:
        """Own items by the states that somebody has to act on."""
        states = [one.state for one in self.duties()]
        return {state: states.count(state) for state in _OWED}  # type: ignore[arg-type]

    def _is_own(self, authority: str) -> bool:
        own = self._owned.department
        if own is None or authority == own:
            return True
        place = authority.removesuffix(own) if own else authority
        return place != authority and _OF_A_PLACE.fullmatch(place) is not None
