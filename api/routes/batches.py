"""Deliveries: a file sent in pieces, how far it is, what became of it, and how it is taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi import Path as FromPath
from pydantic import Field

from api.acts import Act
from api.admission import Flag, Whole
from api.dependencies import FOR_A_RUN_S, Body, KnownAt, Owned, Received, Serving
from api.needs import needs
from graph.errors import InputError, NotFoundError
from graph.time import Instant
from ingest.comparing.list_part import ListPart
from ingest.delivery.deliveries import Deliveries, Delivery
from ingest.delivery.freshness import Freshness
from ingest.delivery.inbox import MAX_CHUNK, MAX_CHUNKS, Inbox
from ingest.delivery.upload import Upload
from ingest.finding import RowFinding
from ingest.withdrawal import Withdrawal

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])

#: What a form is besides its file, in bytes.
_AROUND = 2**20

Name = Annotated[str, FromPath(title="批次", max_length=128)]
Digest = Annotated[str, Form(title="SHA-256", pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class TakenBack:
    """That a batch was withdrawn: when, by whom and why."""

    position: int
    at: Instant
    by: str
    reason: str


@dataclass(frozen=True)
class UploadAnswer:
    """How far a file that is sent in pieces is, and its report or problem at the end.

    Attributes:
        received: pieces that are here, while it is being received.
        result: the report (`ingest.report`), the preview or the problem.
    """

    id: str
    source: str
    file_name: str
    state: str
    chunks: int
    received: list[int] | None
    doing: str
    done: int
    total: int | None
    result: dict[str, Any] | None


@dataclass(frozen=True)
class UploadProgress(UploadAnswer):
    """The same with whether the batch that came of it was withdrawn."""

    withdrawal: TakenBack | None


@dataclass(frozen=True)
class DeliveryAnswer(Delivery):
    """A file that came by another way, with what was found in it."""

    id: str
    findings: tuple[RowFinding, ...]
    withdrawal: TakenBack | None


@router.post(
    "/batches",
    status_code=202,
    summary="上传一批数据 / send a file",
    max_body_size=MAX_CHUNK + _AROUND,
)
@needs(Act.RECEIVE)
def send(
    inbox: Received,
    owned: Owned,
    content: Annotated[UploadFile, File(title="文件或其中一块")],
    source: Annotated[str, Form(title="数据来源", min_length=1, max_length=64)],
    sha256: Digest,
    chunk: Annotated[Whole, Form(title="第几块", ge=1, le=MAX_CHUNKS)] = 1,
    chunks: Annotated[Whole, Form(title="共几块", ge=1, le=MAX_CHUNKS)] = 1,
    chunk_sha256: Annotated[str, Form(title="这一块的 SHA-256", pattern="^([0-9a-f]{64})?$")] = "",
    part: Annotated[
        str, Form(title="名单的第几份，如 2/3", pattern="^([1-9][0-9]{0,3}/[1-9][0-9]{0,3})?$")
    ] = "",
    list_name: Annotated[str, Form(title="分份名单的名称", max_length=200)] = "",
    dry_run: Annotated[Flag, Form(title="只试读，不写入")] = False,
) -> UploadAnswer:
    """Send a file, or one piece of it; with the last piece it is taken in.

    A piece sent again is the same piece, a file sent again the same batch: repeat what is in doubt.
    """
    owned.to_send(source)
    body = content.file.read(MAX_CHUNK + 1)
    upload = inbox.receive(
        source,
        content.filename or "file",
        sha256,
        body,
        chunk=chunk,
        chunks=chunks,
        chunk_sha256=chunk_sha256,
        part=_part(part, list_name),
        trial=dry_run,
    )
    return _told(upload, inbox)


@router.get("/batches", summary="各批次 / deliveries")
@needs(Act.RECEIVE)
def deliveries(
    services: Serving,
    owned: Owned,
    source: Annotated[str | None, Query(title="来源", max_length=64)] = None,
) -> list[Delivery]:
    """The ledger: every file that came, newest first, 200 at most."""
    found = services.deliveries().ledger.latest(200, source)
    return owned.only(found, lambda one: one.source)


@router.get("/batches/{name}", summary="批次的进度和结果 / progress and result")
@needs(Act.RECEIVE)
def batch(
    name: Name, services: Serving, inbox: Received, owned: Owned
) -> UploadProgress | DeliveryAnswer:
    """How far a batch is, its report or problem at the end, and whether it was withdrawn."""
    came = services.deliveries()
    try:
        found = _told(inbox.find(name), inbox)
    except NotFoundError:
        item = came.find(name)
        if item is None:
            raise
        owned.to_see(item.source)
        return DeliveryAnswer(
            **vars(item),
            id=name,
            findings=tuple(came.findings(name)),
            withdrawal=_taken_back(came, name),
        )
    owned.to_see(found.source)
    brought = (found.result or {}).get("batches") or [{"batch": None}]
    return UploadProgress(**vars(found), withdrawal=_taken_back(came, brought[0]["batch"]))


class WithdrawalRequest(Body):
    """撤销一批数据."""

    by: str = Field(title="撤销人", default="", max_length=64)
    reason: str = Field(title="原因", default="", max_length=500)
    dry_run: bool = Field(title="只看会改动什么，不写入", default=False)


@router.post("/batches/{name}/withdrawal", summary="撤销一批数据 / withdraw a batch")
@needs(Act.RECEIVE)
def withdrawal(name: Name, body: WithdrawalRequest, services: Serving, owned: Owned) -> Withdrawal:
    """Take a batch back: what it said leaves, what it had ended holds again; the graph follows.

    Only the last batch of a source can go.  With `dry_run` nothing is written, and kept decisions
    that would turn are named.  Sent again it changes nothing (`already`).
    """
    kept = services.deliveries().batch(name)
    if kept is not None:
        owned.to_see(kept.source)
    if body.dry_run:
        seen = services.deliveries().preview_withdrawal(name)
        # whose decisions they are is for who may ask about them
        return seen if owned.department is None else replace(seen, decisions=())
    return services.deliveries().withdraw(name, reason=body.reason, by=body.by, wait_s=FOR_A_RUN_S)


@router.get("/freshness", summary="数据新旧 / freshness")
@needs(Act.RECEIVE)
def fresh(services: Serving, owned: Owned, known_at: KnownAt = None) -> list[Freshness]:
    """When each source was last heard, and what about it is open."""
    found = services.deliveries(known_at=known_at).freshness()
    return owned.only(found, lambda one: one.source)


def _part(text: str, name: str) -> ListPart | None:
    if not text:
        return None
    if not name:
        raise InputError(
            "分份的名单要有名称（list_name），同一名单各份相同。",
            "A list in parts needs a name, the same for all of its parts.",
            code="part_number",
        )
    number, of = text.split("/")
    return ListPart(name, int(number), int(of))


def _taken_back(came: Deliveries, name: str | None) -> TakenBack | None:
    made = came.withdrawal(name)
    if made is None:
        return None
    return TakenBack(made.position, made.known_at, made.notes["by"], made.notes["reason"])


def _told(upload: Upload, inbox: Inbox) -> UploadAnswer:
    return UploadAnswer(
        id=upload.id,
        source=upload.source,
        file_name=upload.file_name,
        state=upload.state,
        chunks=upload.chunks,
        received=inbox.received(upload) if upload.state == "receiving" else None,
        doing=upload.doing,
        done=upload.done,
        total=upload.total,
        result=json.loads(upload.result) if upload.result else None,
    )
