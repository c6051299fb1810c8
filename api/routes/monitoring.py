"""Sector monitoring: rules, warnings, who is told of them, and what each has to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Day, Instant, Whole
from api.dependencies import Body, Reading, Serving
from api.idempotency import once_by_key
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from queries.monitoring import (
    Inbox,
    RuleBook,
    Running,
    WarningList,
    end_subscription,
    inbox,
    load_monitoring,
    mark_read,
    subscribe,
    subscriptions,
    wanted,
    warning_list,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1/monitoring", tags=["monitoring"])

#: A number of a subscription, or of who subscribes.
Number = Annotated[Whole, Path(title="编号 / number", ge=1, le=2**31 - 1)]
_MOST_READ = 1_000
Code = Annotated[str, Field(max_length=64)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class SubscriptionRequest(Body):
    """设立订阅；行业、类别、区域、规则不写为全部。"""

    name: str = Field(title="订阅人姓名或工号", min_length=1, max_length=64)
    industries: list[Code] = Field([], title="行业代码或门类字母", max_length=50)
    classes: list[Code] = Field([], title="主体类别", max_length=20)
    areas: list[Code] = Field([], title="区划代码", max_length=50)
    rules: list[Code] = Field([], title="规则代码", max_length=20)
    begins_on: Day | None = Field(None, title="自哪一天起，不写为现在")
    ends_on: Day | None = Field(None, title="到哪一天为止（含）")
    quiet_from: Clock | None = Field(None, title="免打扰自（北京时间）")
    quiet_to: Clock | None = Field(None, title="免打扰至（北京时间）")
    digest_at: Clock | None = Field(None, title="每天汇总送达的时间（北京时间）")
    reason: str = Field(title="理由", min_length=1, max_length=500)
    by: str = Field(title="办理人", min_length=1, max_length=64)


class EndingRequest(Body):
    """结束订阅。"""

    why: str = Field(title="理由", min_length=1, max_length=500)
    by: str = Field(title="办理人", min_length=1, max_length=64)


class ReadRequest(Body):
    """已阅的预警。"""

    warnings: list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field(
        title="预警编号", min_length=1, max_length=_MOST_READ
    )


@dataclass(frozen=True)
class SubscriptionsAnswer:
    """Every subscription, oldest first."""

    subscriptions: tuple[Running, ...]


@dataclass(frozen=True)
class ReadAnswer:
    """How many had not been noted as read before."""

    noted: int


@router.get("/rules", summary="监测规则 / rules")
@needs(Act.OFFICE)
def rules() -> RuleBook:
    """What raises a warning, why we may look, since when; grades that are watched; sections of industry."""
    return load_monitoring()


@router.get("/warnings", summary="行业预警 / warnings")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("warnings")
def warnings(
    reader: Reading,
    industry: Annotated[str, Query(title="行业代码或门类字母", max_length=8)] = "",
    subject_class: Annotated[str, Query(title="主体类别", max_length=64)] = "",
    area: Annotated[str, Query(title="区划代码", max_length=12)] = "",
    rule: Annotated[str, Query(title="规则代码", max_length=64)] = "",
    since: Annotated[Instant | None, Query(title="此时点以后知悉的")] = None,
    limit: Annotated[Whole, Query(title="条数", ge=1, le=1_000)] = 100,
    offset: Annotated[Whole, Query(title="跳过", ge=0, le=MOST)] = 0,
) -> WarningList:
    """Warnings that stand, what came last first: each with its event, before and after, and evidence."""
    chosen = wanted(sector=_sector(industry, subject_class, area), rules=(rule,) if rule else ())
    found = warning_list(
        reader, chosen.sector, rules=chosen.rules, since=since, limit=limit, offset=offset
    )
    assert found is not None
    return found


@router.get("/subscriptions", summary="订阅 / subscriptions")
@needs(Act.OFFICE)
def listed(services: Serving) -> SubscriptionsAnswer:
    """Who is told of what, and when."""
    return SubscriptionsAnswer(tuple(subscriptions(services.office.store)))


@router.post("/subscriptions", status_code=201, summary="设立订阅 / subscribe")
@needs(Act.OFFICE)
@once_by_key
def opened(body: SubscriptionRequest, services: Serving) -> Running:
    """Have somebody told; the same again while it runs is the same one."""
    chosen = wanted(
        sector={"industries": body.industries, "classes": body.classes, "areas": body.areas},
        rules=body.rules, quiet_from=body.quiet_from, quiet_to=body.quiet_to,
        digest_at=body.digest_at,
    )  # fmt: skip
    kept = subscribe(
        services.office.store, body.name, chosen,
        begins_on=body.begins_on, ends_on=body.ends_on, reason=body.reason, by=body.by,
    )  # fmt: skip
    return Running(kept, chosen)


@router.post("/subscriptions/{number}/ending", summary="结束订阅 / end one")
@needs(Act.OFFICE)
def ended(number: Number, body: EndingRequest, services: Serving) -> SubscriptionsAnswer:
    """End one; what came by then stays to be read."""
    end_subscription(services.office.store, number, by=body.by, why=body.why)
    return SubscriptionsAnswer(
        tuple(one for one in subscriptions(services.office.store) if one.kept.number == number)
    )


@router.get("/inboxes/{number}", summary="待阅预警 / what is to be read")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("items", key=lambda item: item.warning.id)
def to_read(
    number: Number,
    reader: Reading,
    services: Serving,
    limit: Annotated[Whole, Query(title="条数", ge=1, le=_MOST_READ)] = 100,
) -> Inbox:
    """What is new for one who subscribes; looking at it marks nothing."""
    found = inbox(reader, services.office.store, number, limit=limit)
    assert found is not None
    return found


@router.post("/inboxes/{number}/read", summary="标记已阅 / note as read")
@needs(Act.OFFICE, *EVERY_CLASS)
def read(number: Number, body: ReadRequest, reader: Reading, services: Serving) -> ReadAnswer:
    """Note that warnings were read; twice is once."""
    return ReadAnswer(mark_read(reader, services.office.store, number, body.warnings))


def _sector(industry: str, subject_class: str, area: str) -> dict[str, Any]:
    told = {"industries": industry, "classes": subject_class, "areas": area}
    return {name: (value,) for name, value in told.items() if value}
