"""Events: read by cursor, sent to subscriptions, streamed to pages.

Nothing here says what happened: keys and kinds, of what the scope of who asks sees.  The secret of a
subscription is in the answer that makes or replaces it, and in no other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Count, Whole
from api.dependencies import Asking, Body, Serving, asker_again
from api.events.desk import (
    EventPage,
    HookFile,
    HookSecret,
    ToldDelivery,
    change_hook,
    deliveries_of,
    events_after,
    hook_file,
    hooks_of,
    replay_hook,
    send_again,
    subscribe,
)
from api.events.stream import Streams
from api.guarded import editable, if_match
from api.needs import needs
from api.paging import paged
from api.security import Asker
from graph.time import utc_now

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["events"])

Kind = Literal[
    "subject.changed", "fact.withdrawn", "record.repaired", "consent.revoked", "decision.kept",
    "financing.state",
]  # fmt: skip
HookId = Annotated[str, Path(description="订阅编号 / subscription", max_length=32)]
Cursor = Annotated[Whole, Path(ge=1, le=MOST, description="事件编号 / cursor of an event")]
By = Annotated[str, Field(title="办理人姓名或工号", max_length=64)]
Many = Annotated[Whole, Query(ge=1, le=200)]


class Subscribing(Body):
    """一项订阅."""

    url: str = Field(title="接收地址，https", max_length=2_000)
    title: str = Field(title="名称或用途", max_length=200)
    kinds: Annotated[list[Kind] | None, Field(title="事件种类；不写为全部", max_length=10)] = None
    divisions: Annotated[
        list[str] | None, Field(title="区划代码；不写为权限内的全部地区", max_length=100)
    ] = None
    subjects: Annotated[
        list[str] | None, Field(title="主体编号名单；不写为权限内的全部主体", max_length=10_000)
    ] = None
    by: By


class Doing(Body):
    """由谁办理."""

    by: By


class Replaying(Body):
    """从一个位置起重放."""

    after: Count = Field(title="从哪个位置之后", ge=0, le=MOST)
    by: By


@router.get("/events", summary="事件，按位置读取 / events behind a cursor")
@needs(Act.NOTIFY)
def listed(
    who: Asking,
    services: Serving,
    after: Annotated[Whole, Query(ge=0, le=MOST, description="从哪个位置之后 / behind")] = 0,
    kind: Annotated[Kind | None, Query(description="只要一种 / of one kind")] = None,
    subject: Annotated[str, Query(max_length=128, description="主体编号 / of one subject")] = "",
    limit: Many = 50,
) -> EventPage:
    """Events in order, with the cursor from which to go on, of what the scope sees now."""
    return events_after(
        services.office, who, after, most=limit, kinds=[] if kind is None else [kind],
        subject=subject,
    )  # fmt: skip


@router.get(
    "/events/stream",
    summary="实时事件流 / events as they happen",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "实时事件流 / server-sent events",
        }
    },
)
@needs(Act.NOTIFY)
async def stream(
    request: Request,
    after: Annotated[
        Whole | None, Query(ge=0, le=MOST, description="从哪个位置之后，不写为现在 / behind; now")
    ] = None,
    last_event_id: Annotated[
        str, Header(pattern=r"^\d{0,16}$", description="上次收到的位置 / go on behind it")
    ] = "",
) -> StreamingResponse:
    """Server-sent events (WHATWG HTML, 9.2), from `after` on; a reader that comes back goes on from
    `Last-Event-ID`."""
    streams: Streams = request.app.state.streams

    async def again() -> Asker | None:
        found = await asker_again(request)
        return found if found is not None and Act.NOTIFY in found.acts else None

    body: AsyncIterator[bytes] = await streams.begin(
        again, int(last_event_id) if last_event_id else after
    )
    # a proxy that gathers what it passes on would hold events back
    return StreamingResponse(
        body, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


@router.get("/hooks", summary="订阅 / subscriptions")
@needs(Act.NOTIFY)
def hooks(who: Asking, services: Serving) -> list[HookFile]:
    """The subscriptions of who asks."""
    return hooks_of(services.office, who)


@router.post("/hooks", status_code=201, summary="新增订阅 / subscribe")
@needs(Act.NOTIFY)
def add(body: Subscribing, who: Asking, services: Serving) -> HookSecret:
    """Subscribe from now on; the secret in the answer is shown this once."""
    return subscribe(
        services.office, who, body.url, title=body.title, by=body.by, at=utc_now(),
        kinds=body.kinds or (), divisions=body.divisions, subjects=body.subjects,
    )  # fmt: skip


@router.get("/hooks/{hook_id}", summary="一项订阅 / one subscription")
@needs(Act.NOTIFY)
@editable
def one(hook_id: HookId, who: Asking, services: Serving) -> HookFile:
    """Where it is, what waits, what was done with it."""
    return hook_file(services.office, who, hook_id)


@router.post("/hooks/{hook_id}/rotation", summary="更换密钥 / a new secret")
@needs(Act.NOTIFY)
@if_match(one)
def rotate(hook_id: HookId, body: Doing, who: Asking, services: Serving) -> HookSecret:
    """A new secret; for 24 hours that of before signs as well."""
    told = change_hook(services.office, who, hook_id, "rotate", by=body.by, at=utc_now())
    assert isinstance(told, HookSecret)
    return told


@router.post("/hooks/{hook_id}/pause", summary="暂停 / pause")
@needs(Act.NOTIFY)
@if_match(one)
def pause(hook_id: HookId, body: Doing, who: Asking, services: Serving) -> HookFile:
    """Send nothing until it is resumed; what happens meanwhile waits."""
    return _changed(hook_id, "pause", body, who, services)


@router.post("/hooks/{hook_id}/resumption", summary="恢复 / resume")
@needs(Act.NOTIFY)
@if_match(one)
def resume(hook_id: HookId, body: Doing, who: Asking, services: Serving) -> HookFile:
    """Send again, at once, what waits."""
    return _changed(hook_id, "resume", body, who, services)


@router.post("/hooks/{hook_id}/end", summary="停用 / end")
@needs(Act.NOTIFY)
@if_match(one)
def end(hook_id: HookId, body: Doing, who: Asking, services: Serving) -> HookFile:
    """End it for good."""
    return _changed(hook_id, "end", body, who, services)


@router.post("/hooks/{hook_id}/replay", summary="从一个位置起重放 / send again from a cursor")
@needs(Act.NOTIFY)
@if_match(one)
def replay(hook_id: HookId, body: Replaying, who: Asking, services: Serving) -> HookFile:
    """Send every event behind a cursor again, in order, under the names of before."""
    return replay_hook(services.office, who, hook_id, body.after, by=body.by, at=utc_now())


@router.get("/hooks/{hook_id}/deliveries", summary="发送记录 / deliveries")
@needs(Act.NOTIFY)
@paged(key=lambda row: row.event.cursor)
def deliveries(
    hook_id: HookId,
    who: Asking,
    services: Serving,
    state: Annotated[
        Literal["waiting", "acknowledged", "dead", "beyond"] | None,
        Query(description="只要一种状态 / in one state"),
    ] = None,
    limit: Many = 50,
) -> list[ToldDelivery]:
    """The last ones first, each with what became of it."""
    states = [] if state is None else [state]
    return deliveries_of(services.office, who, hook_id, states=states, most=limit)


@router.post("/hooks/{hook_id}/deliveries/{cursor}/again", summary="重发 / send again")
@needs(Act.NOTIFY)
def again(
    hook_id: HookId, cursor: Cursor, body: Doing, who: Asking, services: Serving
) -> ToldDelivery:
    """Send a delivery again that is tried no more."""
    return send_again(services.office, who, hook_id, cursor, by=body.by, at=utc_now())


def _changed(hook_id: str, act: str, body: Doing, who: Asker, services: Serving) -> HookFile:
    told = change_hook(services.office, who, hook_id, act, by=body.by, at=utc_now())
    assert isinstance(told, HookFile)
    return told
