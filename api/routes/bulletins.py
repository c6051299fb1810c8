"""Bulletins: written, signed by another person, and the same for ever after."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import Field
from pydantic.dataclasses import dataclass

from api.acts import Act
from api.bulletin_workbook import workbook
from api.dependencies import Body, Now, Reading, Serving
from api.guarded import editable, if_match
from api.needs import EVERY_CLASS, needs
from api.services import Services
from ingest.department_rates import DepartmentRates
from queries.bulletins import Bulletin, BulletinContent, bulletins, sign_bulletin, withheld
from queries.reader import Reader

__all__ = ["SHEET", "router"]

router = APIRouter(prefix="/v1/bulletins", tags=["bulletins"])

#: Media type of a workbook.
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_BYTES = {"schema": {"type": "string", "format": "binary"}}

Digest = Annotated[str, Path(title="通报编号", min_length=64, max_length=64)]


class BulletinRequest(Body):
    """编制一份通报."""

    period: str = Field(title="月份 2026-03 或季度 2026-Q1", max_length=7)
    user: str = Field(title="编制人", max_length=64)
    remarks: str = Field(title="点评", default="", max_length=5000)
    why: str = Field(title="更正原因（该期已有通报时必填）", default="", max_length=500)


class SignRequest(Body):
    """签发."""

    user: str = Field(title="签发人", max_length=64)


@dataclass(frozen=True)
class BulletinAnswer:
    """An edition and all that may be shown of it today.

    Attributes:
        withheld: decisions whose records have ended since: they are counted, and named no more.
    """

    bulletin: Bulletin
    content: BulletinContent
    withheld: int


@router.get("", summary="各期通报 / all editions")
@needs(Act.OFFICE, *EVERY_CLASS)
def listed(services: Serving) -> list[Bulletin]:
    """The newest period and edition first."""
    return bulletins(services.office.store)


@router.post("", summary="编制通报 / write a bulletin")
@needs(Act.OFFICE, *EVERY_CLASS)
def written(body: BulletinRequest, reader: Reading, services: Serving) -> Bulletin:
    """Frozen as it is now; the same content again is the same edition."""
    return DepartmentRates(services.office, reader).write(
        body.period, by=body.user, remarks=body.remarks, why=body.why
    )


@router.get("/{digest}", summary="一份通报 / one edition")
@needs(Act.OFFICE, *EVERY_CLASS)
@editable
def one(digest: Digest, reader: Now, services: Serving) -> BulletinAnswer:
    """Its content as it was frozen, without the names of what has ended since."""
    told, content = _shown(digest, reader, services)
    return BulletinAnswer(told, content, withheld(content))


@router.post("/{digest}/sign", summary="签发 / sign")
@needs(Act.OFFICE, *EVERY_CLASS)
@if_match(one)
def signed(
    digest: Digest,
    body: SignRequest,
    reader: Now,  # noqa: ARG001 - what was looked at is looked at again
    services: Serving,
) -> Bulletin:
    """By another person than who wrote it."""
    return sign_bulletin(services.office.store, digest, by=body.user)


@router.get(
    "/{digest}/workbook",
    summary="表格 / as a workbook",
    response_class=Response,
    responses={200: {"content": {SHEET: _BYTES}, "description": "表格 / the workbook"}},
)
@needs(Act.OFFICE, *EVERY_CLASS)
def sheet(digest: Digest, reader: Now, services: Serving) -> Response:
    """The same bytes every time, as long as nothing in it ends."""
    return Response(workbook(*_shown(digest, reader, services)), media_type=SHEET)


def _shown(digest: str, reader: Reader, services: Services) -> tuple[Bulletin, BulletinContent]:
    found = DepartmentRates(services.office, reader).bulletin(digest)
    assert found is not None
    return found
