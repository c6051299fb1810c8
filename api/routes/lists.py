"""Lists, red and black: the catalogue of rules, and the entries that may be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query

from api.acts import Act
from api.admission import MOST, Whole
from api.conditional import of_one_state
from api.dependencies import Reading
from api.needs import needs
from api.paging import paged
from graph.information import InformationClass
from queries.basis import Basis
from queries.public_lists import Entries, ListState, list_entries, list_states

__all__ = ["router"]

router = APIRouter(prefix="/v1/lists", tags=["lists"])


@dataclass(frozen=True)
class ListsAnswer:
    """Every list with its rule, and how many entries of it are in force."""

    lists: tuple[ListState, ...]
    basis: Basis


@dataclass(frozen=True)
class EntriesAnswer(Entries):
    """A page of entries in force, the newest first."""

    basis: Basis


@router.get("", summary="名单目录 / lists")
@needs(Act.ASK, InformationClass.PUBLIC_RECORD)
@of_one_state
def lists(reader: Reading) -> ListsAnswer:
    """Rule, term, exit and authority of every list; of one that is not sure nothing is computed."""
    return ListsAnswer(list_states(reader), reader.basis)


@router.get("/entries", summary="名单记录 / entries of a list")
@needs(Act.ASK, InformationClass.PUBLIC_RECORD)
@paged("entries")
@of_one_state
def entries(
    reader: Reading,
    list_kind: Annotated[
        str,
        Query(max_length=64, description="名单代码；不写为全部 / code of a list, all by default"),
    ] = "",
    limit: Annotated[Whole, Query(ge=1, le=200)] = 50,
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> EntriesAnswer:
    """Entries in force with the steps by which they came about."""
    found = list_entries(reader, list_kind, limit=limit, offset=offset)
    return EntriesAnswer(found.total, found.entries, reader.basis)
