"""Which of these are on a list that may lawfully be used today: at once, or behind a job."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import Field

from api.acts import Act
from api.dependencies import Asking, Serving
from api.matching import (
    MOST_AT_ONCE,
    Purposed,
    SubjectBody,
    count_subjects,
    note_asked,
    purposed,
    read_subjects,
)
from api.needs import Needs, asked, needs
from graph.information import InformationClass
from graph.time import utc_now
from ingest.screening import SCREEN_NOTICE, Screened, screen_all
from queries.basis import Basis

__all__ = ["SCREENING", "router"]

router = APIRouter(prefix="/v1/screen", tags=["screen"])

#: What a screening does and reads.
SCREENING = Needs(
    Act.ASK,
    asked("find_party", "party_card", "list_entries") | {InformationClass.MEASURE},
)


class ScreenRequest(Purposed):
    """一份要核验的名单."""

    subjects: list[SubjectBody] = Field(title="要核验的主体", min_length=1, max_length=MOST_AT_ONCE)


@dataclass(frozen=True)
class ScreenAnswer:
    """The answers in the order asked.

    Attributes:
        lists: how far one looked, in one sentence: which lists came, and which nobody brought.
        purpose: for what it was asked, as it stands in the audit.
    """

    results: tuple[Screened, ...]
    lists: str
    purpose: str
    notice: str
    basis: Basis


@router.post("", summary="名单核验 / screen")
@needs(SCREENING.act, *SCREENING.access)
def screen(body: ScreenRequest, request: Request, services: Serving, asker: Asking) -> ScreenAnswer:
    """On a list, not found, or not verified: unknown is not no.

    What was repaired, removed or has run out is in no answer; who only resembles somebody on a list
    is on none.
    """
    subjects = read_subjects(services, body.subjects)
    count_subjects(asker, subjects)
    reader, purpose = purposed(request, services, asker, SCREENING, body, at=utc_now())
    note_asked(request, subjects)
    results, lists = screen_all(reader, services.office.store, subjects)
    return ScreenAnswer(results, lists.sentence, purpose, SCREEN_NOTICE, reader.basis)
