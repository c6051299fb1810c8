"""Who is told, when, and that nobody is told twice: quiet hours, digests, cuts, judgements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from monitored import FIRST, Office, firm, listed

from graph.errors import InputError, NotFoundError
from graph.operations import Subscriptions
from queries.monitoring import (
    Inbox,
    Wanted,
    end_subscription,
    identity,
    inbox,
    mark_read,
    subscribe,
    wanted,
)

CHINA = dt.timezone(timedelta(hours=8))


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of March 2026, by clocks in China."""
    return datetime(2026, 3, day, hour, minute, tzinfo=CHINA)


def subscribed(office: Office, name: str, at: datetime, **more: Any) -> int:
    """Set one up; returns the subscriber's number."""
    days = {each: more.pop(each) for each in ("begins_on", "ends_on") if each in more}
    kept = subscribe(
        office.store, name, wanted(**more), reason="行业监测", by="样本主任", at=at, **days
    )
    return kept.subscriber


def read(office: Office, number: int, at: datetime) -> Inbox:
    found = inbox(office.reader(), office.store, number, at=at)
    assert found is not None
    return found


def shown(office: Office, number: int, at: datetime) -> list[str]:
    return [item.warning.after for item in read(office, number, at).items][::-1]


def marked(office: Office, number: int, at: datetime) -> int:
    told = [item.warning.id for item in read(office, number, at).items]
    return mark_read(office.reader(), office.store, number, told, at=at)


@pytest.fixture
def listing(office: Office) -> Callable[[datetime, str], None]:
    """Have a firm listed by a case that becomes known at an instant."""
    a = firm(office, "org:a001")
    office.world.commit(FIRST)

    def tell(at: datetime, case: str) -> None:
        listed(office, a, case)
        office.world.commit(at, f"courts{case}")

    return tell


@pytest.mark.parametrize(
    ("came", "due"),
    [(on(1, 12), on(1, 12)), (on(1, 21, 59), on(1, 21, 59)), (on(1, 22), on(2, 7)), (on(2, 6, 59), on(2, 7)),
     (on(2, 7), on(2, 7))],
)  # fmt: skip
def test_quiet_hours_over_midnight_end_in_the_morning(came: datetime, due: datetime) -> None:
    rule = wanted(quiet_from="22:00", quiet_to="07:00")
    assert rule.due_at(came) == due and rule.is_quiet(came) == (due != came)


@pytest.mark.parametrize(
    ("digest", "quiet", "came", "due"),
    [("09:00", None, on(1, 8), on(1, 9)), ("09:00", None, on(1, 9), on(1, 9)), ("09:00", None, on(1, 10), on(2, 9)),
     ("06:00", ("22:00", "07:00"), on(1, 10), on(2, 7)), ("13:00", ("12:00", "14:00"), on(1, 10), on(1, 14))],
)  # fmt: skip
def test_a_digest_comes_once_a_day_and_never_in_quiet_hours(
    digest: str, quiet: tuple[str, str] | None, came: datetime, due: datetime
) -> None:
    begin, end = quiet or (None, None)
    assert wanted(digest_at=digest, quiet_from=begin, quiet_to=end).due_at(came) == due


@pytest.mark.parametrize(
    "wrong",
    [{"quiet_from": "22:00"}, {"quiet_from": "22:00", "quiet_to": "22:00"}, {"digest_at": "25:00"},
     {"rules": ["gossip"]}, {"sector": {"industries": ["x"]}}, {"digest_at": "08:00+02:00"}],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        wanted(**wrong)
    assert error.value.cause_code == "subscription_wrong"


def test_what_comes_in_quiet_hours_waits_and_comes_once(office: Office, listing: Any) -> None:
    number = subscribed(office, "静默甲", on(1, 9), quiet_from="22:00", quiet_to="07:00")
    listing(on(1, 20), "早")
    listing(on(1, 23), "夜")
    found = read(office, number, on(1, 23, 30))
    assert (found.items, found.held, found.held_until) == ((), 2, on(2, 7))
    assert shown(office, number, on(2, 7)) == ["列入失信被执行人名单 早", "列入失信被执行人名单 夜"]
    assert marked(office, number, on(2, 7)) == 2
    assert shown(office, number, on(2, 8)) == [] and read(office, number, on(2, 23)).held == 0


def test_what_is_shown_and_not_noted_is_shown_again_and_noted_once(
    office: Office, listing: Any
) -> None:
    number = subscribed(office, "中断甲", on(1, 9))
    listing(on(2, 9), "一")
    first = read(office, number, on(2, 10))
    # cut off between showing and noting: nothing was moved
    again = read(office, number, on(2, 11))
    assert again.items == first.items and again.last_read is None
    told = [first.items[0].warning.id]
    assert [mark_read(office.reader(), office.store, number, told, at=on(2, 12)) for _ in "ab"] == [
        1,
        0,
    ]
    assert read(office, number, on(3, 9)).total == 0
    last = read(office, number, on(3, 9)).last_read
    assert last is not None and (last.at, last.position) == (on(2, 12), 2)


def test_only_what_comes_in_its_time_comes(office: Office, listing: Any) -> None:
    listing(on(1, 8), "前")
    number = subscribed(office, "时段甲", on(1, 9), ends_on=date(2026, 3, 3))
    listing(on(3, 23, 59), "末")
    listing(on(4, 0), "后")
    assert shown(office, number, on(9, 9)) == ["列入失信被执行人名单 末"]
    # somebody else asked for what came from the first of March on
    early = subscribed(office, "时段乙", on(5, 9), begins_on=date(2026, 3, 1))
    assert shown(office, early, on(9, 9)) == [f"列入失信被执行人名单 {case}" for case in "前末后"]


def test_an_end_loses_nothing_that_came_before_it(office: Office, listing: Any) -> None:
    number = subscribed(office, "结束甲", on(1, 9))
    [mine] = [one for one in Subscriptions(office.store).all() if one.subscriber == number]
    listing(on(2, 9), "前")
    ended = end_subscription(office.store, mine.number, by="样本主任", why="调岗", at=on(2, 10))
    assert (
        end_subscription(office.store, mine.number, by="另一人", why="再次", at=on(3, 9)) == ended
    )
    listing(on(3, 9), "后")
    assert shown(office, number, on(4, 9)) == ["列入失信被执行人名单 前"]


def test_two_subscriptions_of_one_person_tell_once(office: Office, listing: Any) -> None:
    number = subscribed(office, "两项甲", on(1, 9), rules=["adverse_record"], digest_at="09:00")
    assert number == subscribed(office, "两项甲", on(1, 9), sector={"industries": ["C"]})
    other = subscribed(office, "两项乙", on(1, 9), sector={"industries": ["A"]})
    listing(on(2, 10), "一")
    found = read(office, number, on(2, 11))
    # the one that waits for its digest keeps the other one from nothing
    [item] = found.items
    assert len(item.subscriptions) == 2 and found.held == 0
    assert marked(office, number, on(2, 11)) == 1
    assert read(office, number, on(3, 10)).total == read(office, other, on(3, 10)).total == 0


def test_the_same_subscription_is_one_while_it_runs(office: Office) -> None:
    first, again = (
        subscribe(office.store, "重复甲", Wanted(), reason="监测", by="样本主任", at=on(day, 9))
        for day in (1, 2)
    )
    assert first == again
    end_subscription(office.store, first.number, by="样本主任", why="调整", at=on(3, 9))
    third = subscribe(office.store, "重复甲", Wanted(), reason="监测", by="样本主任", at=on(4, 9))
    assert third.number != first.number and third.subscriber == first.subscriber


@pytest.mark.parametrize(
    ("given", "code"),
    [({"name": ""}, "user_missing"), ({"by": " "}, "user_missing"), ({"reason": ""}, "reason_missing"),
     ({"ends_on": date(2026, 2, 1)}, "days_reversed")],
)  # fmt: skip
def test_somebody_answers_for_a_subscription(
    office: Office, given: dict[str, Any], code: str
) -> None:
    said: dict[str, Any] = {"name": "责任甲", "reason": "监测", "by": "样本主任", **given}
    with pytest.raises(InputError) as error:
        subscribe(office.store, said.pop("name"), Wanted(), at=on(1, 9), **said)
    assert error.value.cause_code == code
    with pytest.raises(NotFoundError):
        Subscriptions(office.store).number("没有的人")
    with pytest.raises(NotFoundError):
        end_subscription(office.store, 999_999, by="样本主任", why="误设")


def test_what_was_repaired_before_it_was_read_leaves_no_trace(office: Office) -> None:
    a = firm(office, "org:a001")
    office.world.commit(FIRST)
    number = subscribed(office, "修复甲", on(1, 9), quiet_from="22:00", quiet_to="07:00")
    entry, _ = listed(office, a, "一")
    office.world.commit(on(1, 23), "courts")
    assert read(office, number, on(1, 23, 30)).held == 1
    office.world.close("ListEntry", entry)
    listed(office, a, "一", removed_on=date(2026, 3, 2))
    office.world.commit(on(2, 3), "courts")
    found = read(office, number, on(2, 9))
    assert (found.items, found.total, found.held, found.last_read) == ((), 0, 0, None)


def test_what_an_objection_froze_comes_when_it_is_upheld_and_once(office: Office) -> None:
    """It came long before what was read last: a mark on the log alone would have lost it."""
    a, b = firm(office, "org:a001"), firm(office, "org:b001")
    office.world.commit(FIRST)
    number = subscribed(office, "异议甲", on(1, 9))
    entry, _ = listed(office, a, "一")
    office.world.commit(on(2, 9), "courts")
    office.world.close("ListEntry", entry)
    frozen, _ = listed(office, a, "一", record_state="disputed")
    office.world.commit(on(3, 9), "courts")
    listed(office, b, "二")
    office.world.commit(on(4, 9), "courts")
    assert shown(office, number, on(4, 10)) == ["列入失信被执行人名单 二"]
    assert marked(office, number, on(4, 10)) == 1
    office.world.close("ListEntry", frozen)
    upheld, _ = listed(office, a, "一")
    office.world.commit(on(5, 9), "courts")
    assert shown(office, number, on(5, 10)) == ["列入失信被执行人名单 一"]
    assert marked(office, number, on(5, 10)) == 1
    # frozen and upheld once more: it was told
    office.world.close("ListEntry", upheld)
    frozen, _ = listed(office, a, "一", record_state="disputed")
    office.world.commit(on(6, 9), "courts")
    office.world.close("ListEntry", frozen)
    listed(office, a, "一")
    office.world.commit(on(7, 9), "courts")
    assert shown(office, number, on(7, 10)) == []


def test_who_is_whom_repeats_nothing(office: Office) -> None:
    """Read of a key that is then judged to be another's, and parted from it again."""
    a, b = firm(office, "org:a001"), firm(office, "org:b001")
    office.world.commit(FIRST)
    number = subscribed(office, "合并甲", on(1, 9))
    listed(office, a, "一")
    office.world.commit(on(2, 9), "courts")
    [before] = read(office, number, on(2, 10)).items
    assert before.warning.id == identity(
        "adverse_record", a[0], None, "list:judgment_defaulter:一:a001"
    )
    marked(office, number, on(2, 10))
    same = office.world.tie("SAME_AS", a, b, judged_by="样本")
    office.world.commit(on(3, 9), "judged")
    [joined] = office.warnings()
    assert joined.subject == b[0] and before.warning.id in joined.also
    assert read(office, number, on(3, 10)).total == 0
    listed(office, b, "二")
    office.world.commit(on(4, 9), "courts")
    assert marked(office, number, on(4, 10)) == 1
    office.world.close("SAME_AS", same)
    office.world.commit(on(5, 9), "judged")
    assert len(office.warnings()) == 2 and read(office, number, on(5, 10)).total == 0


def test_what_was_read_is_kept_as_a_name_that_tells_nothing(office: Office, listing: Any) -> None:
    number = subscribed(office, "匿名甲", on(1, 9))
    listing(on(2, 9), "一")
    marked(office, number, on(2, 10))
    [kept] = Subscriptions(office.store).read(number)
    assert len(kept) == 64 and not {"a001", "一"} & {*kept}
    assert office.store is not None and datetime.now(UTC) > on(1, 9)
