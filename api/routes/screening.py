"""Which of these are on a list that may lawfully be used today: at once, or behind a job."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.acts import Act
from api.audit_trail import note_asker
from api.decision_jobs import Job
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
from api.screening_jobs import MOST_SUBJECTS, ScreeningJobs
from graph.information import InformationClass
from graph.time import Instant, utc_now
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
    _, reader, purpose = purposed(request, services, asker, SCREENING, body, at=utc_now())
    note_asked(request, subjects)
    results, lists = screen_all(reader, services.office.store, subjects)
    return ScreenAnswer(results, lists.sentence, purpose, SCREEN_NOTICE, reader.basis)


class ScreenJobRequest(Purposed):
    """一份要核验的大名单."""

    subjects: list[SubjectBody] = Field(
        title="要核验的主体", min_length=1, max_length=MOST_SUBJECTS
    )


@dataclass(frozen=True)
class ScreenJob:
    """How far a job is; a problem where it failed, the path of its lines once it is done."""

    id: str
    state: str
    began_at: Instant
    done: int
    total: int | None
    problem: dict[str, Any] | None
    result: str | None


async def _jobs(request: Request) -> ScreeningJobs:
    found: ScreeningJobs = request.app.state.screenings
    return found


Jobs = Annotated[ScreeningJobs, Depends(_jobs)]
JobId = Annotated[str, Path(description="任务编号 / job", pattern="^[0-9a-f]{64}$")]


@router.post("/jobs", status_code=202, summary="提交名单核验任务 / submit a job")
@needs(SCREENING.act, *SCREENING.access)
def submit(
    body: ScreenJobRequest, request: Request, response: Response, services: Serving, asker: Asking,
    jobs: Jobs,
    idempotency_key: Annotated[str | None, Header(max_length=200, min_length=1)] = None,
) -> ScreenJob:  # fmt: skip
    """Screen up to 10,000 behind the request; `Location` says where the job is.

    With an `Idempotency-Key` it can be submitted again whenever in doubt.
    """
    at, subjects = utc_now(), read_subjects(services, body.subjects)
    count_subjects(asker, subjects)
    who, reader, purpose = purposed(request, services, asker, SCREENING, body, at=at)
    note_asked(request, subjects)
    job = jobs.submit(who, reader, subjects, purpose, at=at, key=idempotency_key)
    response.headers["Location"] = f"/v1/screen/jobs/{job.id}"
    return _told(job)


@router.get("/jobs/{job_id}", summary="核验任务进度 / progress of a job")
@needs(SCREENING.act)
def job(job_id: JobId, jobs: Jobs, asker: Asking) -> ScreenJob:
    """How far it is; a problem where it failed."""
    return _told(jobs.find(asker, job_id))


@router.post("/jobs/{job_id}/cancellation", summary="取消核验任务 / cancel a job")
@needs(SCREENING.act)
def cancel(job_id: JobId, jobs: Jobs, asker: Asking) -> ScreenJob:
    """Cut it off: no more lines follow."""
    return _told(jobs.cancel(asker, job_id))


@router.get(
    "/jobs/{job_id}/result",
    summary="核验结果（NDJSON） / result of a job",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "每个主体一行 JSON / a line of JSON for each subject",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    },
)
@needs(SCREENING.act, *SCREENING.access)
def result(job_id: JobId, request: Request, jobs: Jobs, asker: Asking) -> StreamingResponse:
    """One line a subject, in the order asked; refused until the job is done."""
    who, lines = jobs.result(asker, job_id)
    note_asker(request, who, SCREENING.act)
    return StreamingResponse((f"{line}\n" for line in lines), media_type="application/x-ndjson")


def _told(found: Job) -> ScreenJob:
    return ScreenJob(
        found.id,
        found.state,
        found.began_at,
        found.done,
        found.total,
        json.loads(found.problem) if found.problem else None,
        f"/v1/screen/jobs/{found.id}/result" if found.state == "done" else None,
    )
