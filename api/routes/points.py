"""Credit points: who takes part, what each has and why, joining, leaving, letting somebody see.

Who acts is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Day, Whole
from api.dependencies import Body, Key, Reading, Serving
from api.idempotency import once_by_key
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from queries.points import (
    PointRules,
    PointsPage,
    PointsParticipant,
    PointsShare,
    PointStatement,
    end_points_share,
    join_points,
    leave_points,
    load_points,
    participants,
    points_of,
    share_points,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["points"])

Number = Annotated[Whole, Path(ge=1, le=MOST, description="编号 / number")]
By = Annotated[str, Field(title="办理人姓名或工号", max_length=64)]


class Joining(Body):
    """一份参加申请."""

    subject: str = Field(title="主体编号", min_length=1, max_length=128)
    application: str = Field(title="申请书编号或申请方式", max_length=200)
    by: By


class Leaving(Body):
    """退出积分."""

    by: By
    why: str = Field(title="情况", max_length=500)


class Sharing(Body):
    """同意一家机构查看."""

    institution: str = Field(title="机构编号", min_length=1, max_length=128)
    purpose: str = Field(title="用途", max_length=200)
    until_on: Day = Field(title="截止日期")
    by: By


class EndOfSharing(Body):
    """撤回查看同意."""

    by: By


@router.get("/points", summary="积分参加名单 / who takes part")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows", key=lambda row: row.participant)
def listed(
    reader: Reading,
    services: Serving,
    limit: Annotated[Whole, Query(ge=1, le=200)] = 50,
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> PointsPage:
    """Everybody who applied, with the sum of each."""
    return participants(reader, services.office.store, limit=limit, offset=offset)


@router.get("/points/rules", summary="积分规则 / rules")
@needs(Act.LOOK)
def rules() -> PointRules:
    """Every configuration with its days; a value of null was not found and scores nothing."""
    return load_points()


@router.post("/points", status_code=201, summary="受理参加申请 / join")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def join(body: Joining, reader: Reading, services: Serving) -> PointsParticipant:
    """Note an application; who takes part already stays as it is."""
    return join_points(
        reader, services.office.store, body.subject, application=body.application, by=body.by
    )


@router.get("/parties/{key}/points", summary="信用积分 / points of a participant")
@needs(Act.ASK, *EVERY_CLASS)
def points(key: Key, reader: Reading, services: Serving) -> PointStatement:
    """Every line with record, rule, value and until when; who did not apply has none to be seen."""
    return points_of(reader, services.office.store, key)


@router.post("/points/{number}/leaving", summary="退出 / leave")
@needs(Act.OFFICE, *EVERY_CLASS)
def leave(number: Number, body: Leaving, services: Serving) -> PointsParticipant:
    """End that a subject takes part; what others were let see ends with it."""
    return leave_points(services.office.store, number, by=body.by, why=body.why)


@router.post("/points/{number}/shares", status_code=201, summary="同意他人查看 / let somebody see")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def share(number: Number, body: Sharing, reader: Reading, services: Serving) -> PointsShare:
    """Note that a participant lets one institution see its points for a purpose, through a day."""
    return share_points(
        reader,
        services.office.store,
        number,
        body.institution,
        purpose=body.purpose,
        until_on=body.until_on,
        by=body.by,
    )


@router.post("/points/shares/{number}/end", summary="撤回查看同意 / end it")
@needs(Act.OFFICE, *EVERY_CLASS)
def end_share(number: Number, body: EndOfSharing, services: Serving) -> PointsShare:
    """End that an institution may see."""
    return end_points_share(services.office.store, number, by=body.by)
