"""Loan products and decisions: made and kept, explained, made again, many at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.convertors import StringConvertor, register_url_convertor

from api.acts import Act
from api.admission import Day, Number, Text
from api.decision_jobs import MOST_PARTIES, Job, decide_line, refusal
from api.dependencies import Asking, Body, Office, Reading, Scoped, Serving
from api.needs import EVERY_CLASS, needs
from graph.errors import XinnongError
from graph.time import Instant
from queries.eligibility.decisions.answer import (
    DecisionAnswer,
    ProductAnswer,
    VersionAnswer,
    decision_answer,
    product_answer,
    version_answer,
)
from queries.eligibility.decisions.record import Gap

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


class _Digest(StringConvertor):
    """What is no digest is no kept decision's path: `jobs` and `many` beside it have methods of
    their own, and are asked for others in vain (405)."""

    regex = "[0-9a-f]{64}"


register_url_convertor("digest", _Digest())

_MANY = 1_000
JobId = Annotated[str, Path(description="任务编号 / job", pattern="^[0-9a-f]{64}$")]
DecisionId = Annotated[str, Path(description="判定编号 / decision", pattern="^[0-9a-f]{64}$")]


class Brought(Body):
    """一项纸面材料."""

    value: bool | Number | Text = Field(title="值")
    stated_on: Day | None = Field(default=None, title="材料日期")
    reference: str = Field(default="", title="编号", max_length=64)
    issuer: str = Field(default="", title="出具单位", max_length=64)
    seen_by: str = Field(default="", title="核验人", max_length=64)


class _Asked(Body):
    product: str = Field(title="产品编号", max_length=64)
    supplied: dict[str, Brought | bool | Number | Text] = Field(
        default_factory=dict, title="补充的事实"
    )
    as_of: Day | None = Field(default=None, title="查询日")
    institution: str | None = Field(default=None, title="申请的机构", max_length=128)
    first_loan_asof: Day | None = Field(default=None, title="首贷以此日之前的历史认定")

    def given(self) -> dict[str, Any]:
        """What `Reader.case` takes."""
        papers = {
            name: item.model_dump() if isinstance(item, Brought) else item
            for name, item in self.supplied.items()
        }
        return {
            "supplied": papers,
            "institution": self.institution,
            "first_loan_asof": self.first_loan_asof,
        }


class DecisionRequest(_Asked):
    """申请一次判定."""

    party: str = Field(title="主体编号", max_length=128)


class ManyRequest(_Asked):
    """申请一批判定."""

    parties: list[Annotated[str, Field(max_length=128)]] = Field(
        title="主体编号", min_length=1, max_length=_MANY
    )


@dataclass(frozen=True)
class JobAnswer:
    """How far a job is; a problem where it failed, the path of its lines once it is done."""

    id: str
    state: str
    began_at: Instant
    done: int
    total: int | None
    refused: int
    problem: dict[str, Any] | None
    result: str | None


@dataclass(frozen=True)
class KeptAnswer:
    """A decision as it was kept; the record is in the form of the version that made it."""

    decision_id: str
    decided_at: Instant
    record: dict[str, Any]


@dataclass(frozen=True)
class ReplayAnswer:
    """A kept decision made again: whether it is the same, byte for byte, and what is not."""

    decision_id: str
    same: bool
    differs: tuple[str, ...]
    gathered_same: bool
    gaps: tuple[Gap, ...]


#: Lines of JSON, each a decision or why there is none.
_LINES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "每个主体一行 JSON / a line of JSON for each party",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


@router.get("/products", summary="产品 / products")
@needs(Act.LOOK)
def products(services: Serving) -> list[ProductAnswer]:
    """Loan products with their versions."""
    return [product_answer(item) for item in services.publishing.products().values()]


@router.get("/products/{product}/versions/{version}", summary="产品版本 / a version")
@needs(Act.LOOK)
def product_version(product: str, version: str, services: Serving) -> VersionAnswer:
    """One version: every condition with wording, ground, certainty and steps."""
    found = services.publishing.product(product)
    return version_answer(found, found.version(version))


@router.post("/decisions", summary="首贷判定并存档 / decide")
@needs(Act.DECIDE, *EVERY_CLASS)
def decisions(
    body: DecisionRequest, services: Serving, scope: Scoped, who: Asking
) -> DecisionAnswer:
    """Every condition of a product for a party; the decision is kept."""
    reader = services.reader(scope, as_of=body.as_of)
    decision = reader.decide(body.product, body.party, **body.given())
    return decision_answer(decision, services.keep(decision, by=who.name))


@router.post(
    "/decisions/many",
    summary="批量判定（NDJSON） / decide many",
    response_class=StreamingResponse,
    responses=_LINES,
)
@needs(Act.DECIDE, *EVERY_CLASS)
def many(body: ManyRequest, services: Serving, scope: Scoped, who: Asking) -> StreamingResponse:
    """One line a party, in the order asked; a party that cannot be decided says why."""
    reader, given = services.reader(scope, as_of=body.as_of), body.given()
    reader.product(body.product)

    def lines() -> Iterator[str]:
        for party in body.parties:
            try:
                line = decide_line(services, reader, body.product, party, given, by=who.name)
            except XinnongError as error:
                # the answer has begun: what fails now can be said in its lines only
                line = refusal(party, error)
            yield line.text + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


class JobRequest(_Asked):
    """提交一项批量判定任务."""

    parties: list[Annotated[str, Field(max_length=128)]] = Field(
        title="主体编号", min_length=1, max_length=MOST_PARTIES
    )


@router.post("/decisions/jobs", status_code=202, summary="提交批量判定任务 / submit a job")
@needs(Act.DECIDE, *EVERY_CLASS)
def submit(
    body: JobRequest,
    office: Office,
    response: Response,
    idempotency_key: Annotated[str | None, Header(max_length=200, min_length=1)] = None,
) -> JobAnswer:
    """Decide up to 10,000 parties behind the request; `Location` says where the job is.

    With an `Idempotency-Key` it can be submitted again whenever in doubt: the same request is the
    same job, and one that failed goes on where it stopped.
    """
    job = office.submit(
        body.product, body.parties, body.given(), as_of=body.as_of, key=idempotency_key
    )
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return _told(job)


@router.get("/jobs/{job_id}", summary="任务进度 / progress of a job")
@needs(Act.DECIDE)
def job(job_id: JobId, office: Office) -> JobAnswer:
    """How far it is; a problem where it failed."""
    return _told(office.find(job_id))


@router.post("/jobs/{job_id}/cancellation", summary="取消任务 / cancel a job")
@needs(Act.DECIDE)
def cancel(job_id: JobId, office: Office) -> JobAnswer:
    """Cut it off: lines so far stay, none follow; one that is over stays as it is.

    Submitted again under its `Idempotency-Key` it goes on where it was cut off.
    """
    return _told(office.cancel(job_id))


@router.get(
    "/jobs/{job_id}/result",
    summary="任务结果（NDJSON） / result of a job",
    response_class=StreamingResponse,
    responses=_LINES,
)
@needs(Act.DECIDE, *EVERY_CLASS)
def result(job_id: JobId, office: Office) -> StreamingResponse:
    """One line a party, in the order asked; refused until the job is done."""
    lines = office.result(job_id)
    return StreamingResponse((f"{line}\n" for line in lines), media_type="application/x-ndjson")


@router.get("/decisions/{decision_id:digest}", summary="判定存档 / a kept decision")
@needs(Act.DECIDE, *EVERY_CLASS)
def kept(decision_id: DecisionId, reader: Reading) -> KeptAnswer:
    """The record as it was made, with when it was."""
    found = reader.kept_decision(decision_id)
    return KeptAnswer(found.id, found.decided_at, json.loads(found.record))


@router.post("/decisions/{decision_id:digest}/replay", summary="重做判定 / replay")
@needs(Act.DECIDE, *EVERY_CLASS)
def replay(decision_id: DecisionId, reader: Reading) -> ReplayAnswer:
    """Byte for byte from its own inputs, and whether the log still gives them."""
    found = reader.replay(decision_id)
    return ReplayAnswer(
        found.id, found.same, tuple(found.differs), not found.gaps, tuple(found.gaps or ())
    )


def _told(found: Job) -> JobAnswer:
    return JobAnswer(
        id=found.id,
        state=found.state,
        began_at=found.began_at,
        done=found.done,
        total=found.total,
        refused=found.refused,
        problem=json.loads(found.problem) if found.problem else None,
        result=f"/v1/jobs/{found.id}/result" if found.state == "done" else None,
    )
