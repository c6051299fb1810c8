"""Who is told of which sectors, by which rules, and when: quiet hours and digests in local time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, TypeAlias

from pydantic import ValidationError, WithJsonSchema, field_validator, model_validator

from graph.errors import InputError
from graph.operations import OperationsStore, Subscription, Subscriptions
from graph.time import clock_of, day_of, end_of_day, instant_on, utc_now
from queries.monitoring.rule_book import load_monitoring
from queries.monitoring.sector import Sector
from queries.rule_file import Strict

__all__ = [
    "WATCHED",
    "Running",
    "Wanted",
    "end_subscription",
    "subscribe",
    "subscriber",
    "subscriptions",
    "wanted",
]


#: What is kept of who watches a single subject, where others keep a sector (`watching`).
WATCHED = "subject"

# a clock on a wall has no offset, which the format "time" of JSON Schema demands (RFC 3339)
_Clock: TypeAlias = Annotated[dt.time, WithJsonSchema({"type": "string", "examples": ["22:00:00"]})]


class Wanted(Strict):
    """Of what somebody wants to be told, and when.

    Attributes:
        rules: codes; none named: all.
        quiet_from, quiet_to: from this time of day to that, in China, nothing is delivered.
        digest_at: once a day at this time; None: as it comes.
    """

    sector: Sector = Sector()
    rules: tuple[str, ...] = ()
    quiet_from: _Clock | None = None
    quiet_to: _Clock | None = None
    digest_at: _Clock | None = None

    @field_validator("rules")
    @classmethod
    def _known_rules(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        known = load_monitoring().rules
        if wrong := [code for code in told if code not in known]:
            raise ValueError(f"没有这条规则：{wrong[0]}。可用的有：{'、'.join(known)}")
        return told

    @model_validator(mode="after")
    def _both_ends(self) -> Wanted:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("免打扰时段的起止时间要同时填写")
        if self.quiet_from is not None and self.quiet_from == self.quiet_to:
            raise ValueError("免打扰时段的起止时间不能相同")
        if any(
            each is not None and each.tzinfo
            for each in (self.quiet_from, self.quiet_to, self.digest_at)
        ):
            raise ValueError("时间按北京时间填写，如 22:00，不带时区")
        return self

    def is_quiet(self, at: datetime) -> bool:
        """Whether an instant lies in the quiet hours; their end is no longer quiet."""
        if self.quiet_from is None or self.quiet_to is None:
            return False
        now, begin, end = clock_of(at), self.quiet_from, self.quiet_to
        return begin <= now < end if begin < end else now >= begin or now < end

    def due_at(self, came_at: datetime) -> datetime:
        """When what came may be delivered: at once, or with the digest, but not in quiet hours."""
        due = came_at
        if self.digest_at is not None:
            due = instant_on(day_of(came_at), self.digest_at)
            if due < came_at:
                due = instant_on(day_of(came_at) + timedelta(1), self.digest_at)
        return self.next_loud(due)

    def next_loud(self, at: datetime) -> datetime:
        """The first instant from one on that does not lie in the quiet hours."""
        if self.quiet_to is None or not self.is_quiet(at):
            return at
        ends = instant_on(day_of(at), self.quiet_to)
        return ends if ends > at else instant_on(day_of(at) + timedelta(1), self.quiet_to)


@dataclass(frozen=True)
class Running:
    """A subscription with what it wants, understood."""

    kept: Subscription
    wanted: Wanted

    @property
    def until(self) -> datetime:
        """What came at this instant or later is no longer of it."""
        ends = [datetime.max.replace(tzinfo=dt.UTC)]
        if self.kept.ends_on is not None:
            ends.append(end_of_day(self.kept.ends_on) + timedelta(microseconds=1))
        if self.kept.ended_at is not None:
            ends.append(self.kept.ended_at)
        return min(ends)


def wanted(**said: Any) -> Wanted:
    """What was said as what is wanted; raises `InputError` (`subscription_wrong`) saying what is wrong."""
    try:
        return Wanted.model_validate(said)
    except ValidationError as error:
        [first, *_] = error.errors()
        told = str(first.get("ctx", {}).get("error", "时间写作 22:00 这样的形式"))
        raise InputError(
            f"订阅填写有误：{told}。", f"The subscription does not fit: {first['msg']}",
            code="subscription_wrong",
        ) from error  # fmt: skip


def subscribe(
    store: OperationsStore,
    name: str,
    what: Wanted,
    *,
    begins_on: date | None = None,
    ends_on: date | None = None,
    reason: str,
    by: str,
    at: datetime | None = None,
) -> Subscription:
    """Have somebody told of what comes from a day on, by default from now, through another.

    Raises `InputError` (`user_missing`, `reason_missing`, `days_reversed`).
    """
    now = at or utc_now()
    begins_at = instant_on(begins_on, dt.time.min) if begins_on else now
    if ends_on is not None and ends_on < day_of(begins_at):
        raise InputError(
            "订阅的结束日期不能早于开始日期。请改正日期。",
            "A subscription cannot end before it begins.",
            code="days_reversed",
        )
    return Subscriptions(store).open(
        name, what.model_dump(mode="json"),
        begins_at=begins_at, ends_on=ends_on, reason=reason, by=by, at=now,
    )  # fmt: skip


def end_subscription(
    store: OperationsStore, number: int, *, by: str, why: str, at: datetime | None = None
) -> Subscription:
    """End one to a sector; raises as `Subscriptions.end`: who watches whom is told to nobody else."""
    book = Subscriptions(store)
    # a watch is none of these, and no number is below one
    watches = {one.number for one in book.all() if WATCHED in one.wanted}
    return book.end(0 if number in watches else number, by=by, why=why, at=at or utc_now())


def subscriptions(store: OperationsStore) -> Sequence[Running]:
    """Every one to a sector that was ever set up, oldest first."""
    return [
        Running(kept, Wanted.model_validate(kept.wanted))
        for kept in Subscriptions(store).all()
        if WATCHED not in kept.wanted
    ]


def subscriber(store: OperationsStore, name: str) -> int:
    """The number of who subscribes by a name; raises `NotFoundError` (`subscriber_unknown`)."""
    return Subscriptions(store).number(name)
