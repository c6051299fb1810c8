"""What is published of organisations, for everybody: no login, exact search, and the whole as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from api.acts import Act
from api.dependencies import Body, Now, Serving
from api.needs import needs, open_to_all
from api.rate_limit import PUBLIC_RECORDS, PUBLIC_SEARCH
from graph.information import InformationClass
from queries.basis import Basis
from queries.published import Notice, note_download, published

__all__ = ["router"]

router = APIRouter(prefix="/v1/public", tags=["public"])


class PublicSearch(Body):
    """Whose records."""

    text: Annotated[str, Field(title="名称全称或统一社会信用代码", min_length=2, max_length=200)]


@dataclass(frozen=True)
class Notices:
    """Published records, the newest first, and the state of the data."""

    notices: tuple[Notice, ...]
    basis: Basis


@router.post(
    "/records/search",
    summary="公示信息查询 / published records of one organisation",
    dependencies=[Depends(PUBLIC_SEARCH)],
)
@needs(Act.LOOK, InformationClass.PUBLIC_RECORD, InformationClass.REGISTER)
@open_to_all
def search(body: PublicSearch, reader: Now) -> Notices:
    """By its exact name or code; a part of a name finds nothing."""
    told = published(reader)
    return Notices(told.of(body.text), told.basis)


@router.get(
    "/records",
    summary="全部公示信息 / all that is published",
    dependencies=[Depends(PUBLIC_RECORDS)],
)
@needs(Act.LOOK, InformationClass.PUBLIC_RECORD, InformationClass.REGISTER)
@open_to_all
def records(reader: Now, services: Serving) -> Notices:
    """Permits, penalties, lists and honours of organisations within their terms, as of now.

    That it was fetched is noted once for each state of the data, so that whoever has it can be found to
    have what is repaired or annulled afterwards.
    """
    told = published(reader)
    note_download(services.office.store, reader)
    return Notices(told.notices, told.basis)
