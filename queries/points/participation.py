"""Joining, leaving, and letting somebody see: each is noted with who took the application."""

from __future__ import annotations

from datetime import date

from graph.errors import InputError
from graph.operations import OperationsStore, PointsBook, PointsParticipant, PointsShare
from graph.time import utc_now
from queries.district import DistrictReader
from queries.measures.parties import one_party
from queries.points.rules import load_points

__all__ = ["end_points_share", "join_points", "leave_points", "share_points"]


def join_points(
    reader: DistrictReader, store: OperationsStore, key: str, *, application: str, by: str
) -> PointsParticipant:
    """Note that a subject applied; who takes part already stays as it is.

    Raises `NotFoundError` (`party_unknown`), `InputError` (`points_not_for`, and as `PointsBook.join`).
    """
    label, _ = one_party(reader, key)
    if not any(label in item.labels for item in load_points().configurations):
        raise InputError(
            "这类主体没有信用积分：只有自然人和经营主体可以申请参加。",
            "No points are for such a party.",
            code="points_not_for",
        )
    return PointsBook(store).join(key, application=application, by=by, at=utc_now())


def leave_points(store: OperationsStore, number: int, *, by: str, why: str) -> PointsParticipant:
    """End that a subject takes part; raises as `PointsBook.leave`."""
    return PointsBook(store).leave(number, by=by, why=why, at=utc_now())


def share_points(
    reader: DistrictReader,
    store: OperationsStore,
    number: int,
    institution: str,
    *,
    purpose: str,
    until_on: date,
    by: str,
) -> PointsShare:
    """Note that a participant lets an institution see its points.

    Raises `NotFoundError` (`party_unknown`: the institution), and as `PointsBook.share`.
    """
    one_party(reader, institution)
    return PointsBook(store).share(
        number, institution, purpose=purpose, until_on=until_on, by=by, at=utc_now()
    )


def end_points_share(store: OperationsStore, number: int, *, by: str) -> PointsShare:
    """End it; raises as `PointsBook.end_share`."""
    return PointsBook(store).end_share(number, by=by, at=utc_now())
