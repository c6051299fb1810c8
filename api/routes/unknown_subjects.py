"""Subjects of public records that no register knows: the registrar's list."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from api.acts import Act
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from queries.basis import Basis
from queries.unknown_subjects import UnknownSubjects, unknown_subjects

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


@dataclass(frozen=True)
class UnknownSubjectsAnswer:
    """The list, and on which state of the data it stands."""

    basis: Basis
    found: UnknownSubjects


@router.get("/unknown-subjects", summary="待登记主体 / subjects that no register knows")
@needs(Act.OFFICE, *EVERY_CLASS)
def subjects(reader: Reading) -> UnknownSubjectsAnswer:
    """Who has permits, penalties or other acts and stands in no register, by department; who is
    registered leaves the list by itself."""
    found = reader.computed("unknown_subjects", lambda: unknown_subjects(reader))
    return UnknownSubjectsAnswer(reader.basis, found)
