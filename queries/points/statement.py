"""Points of those who applied for them, for the office, and for whom they themselves let see them.

Nobody else has any: who did not apply is told apart by nothing, so that nobody can see whether there
would be some.  Points are worked out when they are asked for and kept nowhere; they are an input to
no lending, no risk and no measure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow.compute as pc

from graph.errors import InputError, NotFoundError
from graph.operations import OperationsStore, PointsBook, PointsParticipant, PointsShare
from graph.time import day_of
from queries.basis import Basis
from queries.district import DistrictReader
from queries.lawful import regimes
from queries.measures.parties import known_parties, one_party
from queries.points.explain import PointLine
from queries.points.facts import PointFacts
from queries.points.rules import load_points

__all__ = [
    "NOTICE",
    "ParticipantPoints",
    "PointStatement",
    "PointsPage",
    "participants",
    "points_of",
]

NOTICE = (
    "信用积分自愿参加，只用于激励；不作为授信、风险和惩戒的依据，"
    "未经本人（本单位）同意不向第三方提供。未定分值的项目不计分。"
)


@dataclass(frozen=True)
class PointStatement:
    """Points of one participant on a day.

    Attributes:
        configuration, title: which one counts; None: none is in force on the day.
        points: the sum; None where none is in force.
        shares: whom the participant lets see it; for the office alone.
        rules: file, version and hash.
    """

    participant: int
    party: str
    name: str | None
    since: date
    configuration: str | None
    title: str | None
    points: float | None
    lines: tuple[PointLine, ...]
    shares: tuple[PointsShare, ...]
    basis: Basis
    rules: str
    notice: str = NOTICE


@dataclass(frozen=True)
class ParticipantPoints:
    """One line of the list."""

    participant: int
    party: str
    name: str | None
    label: str | None
    points: float | None
    counted: int
    not_scored: int


@dataclass(frozen=True)
class PointsPage:
    """A page of participants, oldest application first; `total` counts all."""

    total: int
    rows: tuple[ParticipantPoints, ...]
    basis: Basis
    rules: str
    notice: str = NOTICE


def points_of(reader: DistrictReader, store: OperationsStore, key: str) -> PointStatement:
    """Points of a participant, every line explained.

    Raises `NotFoundError` (`points_none`): it takes no part, or does not let who asks see it; and
    `party_unknown`.
    """
    book = PointsBook(store)
    taking = book.of(key)
    shares = tuple(book.shares(taking.number, reader.moment.lawful_on)) if taking else ()
    if taking is None or not _may_see(reader, shares):
        raise NotFoundError(
            "该主体没有可以查看的信用积分：没有申请参加的不计算，参加的未经本人同意不提供。",
            "There are no points that may be seen: nobody has any without an application.",
            code="points_none",
        )
    office = reader.scope.is_of_the_office
    label, name = one_party(reader, key) if office else (_label(reader, key), None)
    return _statement(reader, taking, label, name, shares if office else ())


def participants(
    reader: DistrictReader, store: OperationsStore, *, limit: int, offset: int = 0
) -> PointsPage:
    """Everybody who takes part, with the sum of each; for the office alone.

    Raises `InputError` (`whole_district_only`) for who does not see the whole district.
    """
    if not reader.scope.is_of_the_office:
        raise InputError(
            "积分参加名单只对全区的信用办开放。",
            "Who takes part is for the office of the whole district only.",
            code="whole_district_only",
        )
    every = PointsBook(store).taking_part()
    shown = every[offset : offset + limit]
    known = known_parties(reader, (item.subject for item in shown))
    subjects = tuple(item.subject for item in shown)
    found = reader.computed("points", lambda: PointFacts.read(reader, subjects), rules=subjects)
    rows = []
    for item in shown:
        label, name = known.get(item.subject, (None, None))
        total, lines = found.explained(label, item.subject, reader.moment.as_of)
        states = [line.state for line in lines]
        counted, unscored = states.count("counted"), states.count("not_scored")
        rows.append(
            ParticipantPoints(item.number, item.subject, name, label, total, counted, unscored)
        )
    return PointsPage(len(every), tuple(rows), reader.basis, load_points().name)


def _may_see(reader: DistrictReader, shares: Iterable[PointsShare]) -> bool:
    scope = reader.scope
    return scope.is_of_the_office or any(
        item.institution == scope.institution and item.purpose == scope.purpose for item in shares
    )


def _label(reader: DistrictReader, key: str) -> str | None:
    """What a party is, as its ties to public records say it: who asks may see nothing more of it."""
    for tie in ("HONOURED_BY", *(record.tie for record in regimes().records.values())):
        table = reader.table(tie)
        rows = table.filter(pc.equal(table["from_key"], key))
        if len(rows):
            return str(rows["from_label"][0].as_py())
    return None


def _statement(
    reader: DistrictReader,
    taking: PointsParticipant,
    label: str | None,
    name: str | None,
    shares: tuple[PointsShare, ...],
) -> PointStatement:
    day = reader.moment.as_of
    found = PointFacts.read(reader, [taking.subject])
    total, lines = found.explained(label, taking.subject, day)
    chosen = load_points().of(label or "", day)
    return PointStatement(
        participant=taking.number,
        party=taking.subject,
        name=name,
        since=day_of(taking.joined_at),
        configuration=chosen.id if chosen else None,
        title=chosen.title if chosen else None,
        points=total,
        lines=lines,
        shares=shares,
        basis=reader.basis,
        rules=load_points().name,
    )
