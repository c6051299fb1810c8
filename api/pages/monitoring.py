"""Pages of sector monitoring: warnings, who is told of them, and what each has to read."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.english.speaking import message_of
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, see_other, waiting
from graph.errors import InputError
from graph.time import instant_on, parse_date
from queries.monitoring import (
    CLASSES,
    end_subscription,
    inbox,
    load_monitoring,
    mark_read,
    subscribe,
    subscriptions,
    wanted,
    warning_list,
)

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信用办", 35, "/monitoring", "行业监测", "行业内主体的情况一有变化就提示，按订阅送达"),
)

_ON_A_PAGE = 50
_DOING = "正在按全区的记录查找行业内主体的变化。"
_OK, _UNPROCESSABLE = 200, 422
_NAME = re.compile("[0-9a-f]{64}")

Number = Annotated[Whole, Path(ge=1, le=2**31 - 1)]
Text = Annotated[str, Form(max_length=500)]
Names = Annotated[list[str], Form(max_length=1_000)]


@router.get("/monitoring")
@needs(Act.OFFICE, *EVERY_CLASS)
def warnings(
    request: Request,
    reader: Reading,
    industry: Annotated[str, Query(max_length=8)] = "",
    subject_class: Annotated[str, Query(max_length=64)] = "",
    area: Annotated[str, Query(max_length=12)] = "",
    rule: Annotated[str, Query(max_length=64)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> HTMLResponse:
    """Warnings of a sector, what came last first."""
    told = {"industries": industry.strip(), "classes": subject_class, "areas": area.strip()}
    chosen = wanted(
        sector={name: (value,) for name, value in told.items() if value},
        rules=(rule,) if rule else (),
    )
    found = warning_list(
        reader,
        chosen.sector,
        rules=chosen.rules,
        since=instant_on(parse_date(since), time.min) if since else None,
        limit=rows_shown(_ON_A_PAGE),
        offset=offset,
        within=PATIENCE,
    )
    if found is None:
        return waiting(request, _DOING, here="/monitoring")
    return page(
        "monitoring.html",
        here="/monitoring",
        found=found,
        book=load_monitoring(),
        classes=CLASSES,
        industry=industry,
        subject_class=subject_class,
        area=area,
        rule=rule,
        since=since,
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.get("/monitoring/subscriptions")
@needs(Act.OFFICE)
def listed(services: Serving) -> HTMLResponse:
    """Who is told of what, and the form for another."""
    return _subscriptions(services, {})


@router.post("/monitoring/subscriptions")
@needs(Act.OFFICE)
def opened(
    services: Serving,
    name: Text = "",
    industries: Text = "",
    classes: Names = [],  # noqa: B006 - FastAPI copies it
    areas: Text = "",
    rules: Names = [],  # noqa: B006 - FastAPI copies it
    begins_on: Text = "",
    ends_on: Text = "",
    quiet_from: Text = "",
    quiet_to: Text = "",
    digest_at: Text = "",
    reason: Text = "",
    by: Text = "",
) -> Response:
    """Set one up."""
    given: dict[str, Any] = {
        "name": name, "industries": industries, "classes": classes, "areas": areas, "rules": rules,
        "begins_on": begins_on, "ends_on": ends_on, "quiet_from": quiet_from, "quiet_to": quiet_to,
        "digest_at": digest_at, "reason": reason, "by": by,
    }  # fmt: skip
    try:
        chosen = wanted(
            sector={
                "industries": _several(industries),
                "classes": classes,
                "areas": _several(areas),
            },
            rules=rules,
            quiet_from=quiet_from or None,
            quiet_to=quiet_to or None,
            digest_at=digest_at or None,
        )
        subscribe(
            services.office.store,
            name,
            chosen,
            begins_on=parse_date(begins_on) if begins_on else None,
            ends_on=parse_date(ends_on) if ends_on else None,
            reason=reason,
            by=by,
        )
    except InputError as error:
        return _subscriptions(services, given, error=message_of(error))
    return see_other("/monitoring/subscriptions")


@router.post("/monitoring/subscriptions/{number}/ending")
@needs(Act.OFFICE)
def ended(number: Number, services: Serving, by: Text = "", why: Text = "") -> Response:
    """End one."""
    end_subscription(services.office.store, number, by=by, why=why)
    return see_other("/monitoring/subscriptions")


@router.get("/monitoring/inboxes/{number}")
@needs(Act.OFFICE, *EVERY_CLASS)
def to_read(request: Request, number: Number, reader: Reading, services: Serving) -> HTMLResponse:
    """What is new for one who subscribes; the form below notes what stands on the page as read."""
    found = inbox(
        reader, services.office.store, number, limit=rows_shown(_ON_A_PAGE), within=PATIENCE
    )
    if found is None:
        return waiting(request, _DOING, here="/monitoring")
    return page("monitoring_inbox.html", here="/monitoring", found=found)


@router.post("/monitoring/inboxes/{number}/read")
@needs(Act.OFFICE, *EVERY_CLASS)
def read(
    number: Number,
    reader: Reading,
    services: Serving,
    warning: Names = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Note what stood on the page as read; nothing else, whatever came since."""
    mark_read(reader, services.office.store, number, filter(_NAME.fullmatch, warning))
    return see_other(f"/monitoring/inboxes/{number}")


def _subscriptions(services: Serving, given: dict[str, Any], *, error: str = "") -> HTMLResponse:
    every = subscriptions(services.office.store)
    return page(
        "monitoring_subscriptions.html",
        _UNPROCESSABLE if error else _OK,
        here="/monitoring",
        running=[one for one in every if one.kept.ended_at is None],
        ended=[one for one in every if one.kept.ended_at is not None][::-1][:_ON_A_PAGE],
        book=load_monitoring(),
        classes=CLASSES,
        given=given,
        error=error,
    )


def _several(text: str) -> list[str]:
    return [each for each in re.split(r"[\s,，、;；]+", text) if each]
