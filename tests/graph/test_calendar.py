"""Working days: the vectors of the reference, what the office enters, and years that nobody entered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.calendar import NamedDay, as_published
from graph.errors import InputError
from graph.operations import CalendarEdits, OperationsStore
from graph.settings import Settings
from queries.lawful import clock_for, due_on
from queries.working_days import calendar_in_force, calendar_year, change_days, open_year

pytestmark = pytest.mark.each_store

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
#: 2027 as a notice may have it: thirteen days and the days worked in exchange.
OFF = [f"2027-{day}" for day in (
    "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09", "09-15",
    "10-01", "10-02", "10-03",
)]  # fmt: skip
YEAR_2027 = {date.fromisoformat(day): "holiday" for day in OFF} | {date(2027, 2, 14): "working"}


@pytest.mark.parametrize(("start", "n", "due"), [
    (f"{start}", n, due)
    for start, row in {
        "2023-09-27": ("2023-10-08", "2023-10-10", "2023-10-12", "2023-10-17", "2023-10-31"),
        "2024-02-07": ("2024-02-18", "2024-02-20", "2024-02-22", "2024-02-27", "2024-03-12"),
        "2026-02-12": ("2026-02-24", "2026-02-26", "2026-02-28", "2026-03-04", "2026-03-18"),
        "2026-04-29": ("2026-05-07", "2026-05-09", "2026-05-12", "2026-05-15", "2026-05-29"),
    }.items()
    for n, due in zip((3, 5, 7, 10, 20), row, strict=True)
])  # fmt: skip
def test_vectors_of_the_reference(start: str, n: int, due: str) -> None:
    calendar = as_published()
    assert calendar.after(date.fromisoformat(start), n) == date.fromisoformat(due)
    assert str(calendar.after_each(np.array([start], "datetime64[D]"), n)[0]) == due


@settings(max_examples=examples(60), deadline=None)
@given(st.dates(date(2017, 12, 1), date(2027, 1, 31)), st.integers(1, 40))
def test_many_at_once_are_as_one_by_one(day: date, n: int) -> None:
    calendar = as_published()
    told = calendar.after_each(np.array([day, "NaT"], "datetime64[D]"), n)
    try:
        expected = str(calendar.after(day, n))
    except InputError as error:
        assert error.cause_code == "calendar_unknown_year"
        expected = "NaT"
    assert [str(each) for each in told] == [expected, "NaT"]


@pytest.fixture
def store(tmp_path: Path):
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def test_an_unknown_year_says_what_to_do(store: OperationsStore) -> None:
    with pytest.raises(InputError, match="2027") as raised:
        calendar_in_force(store).after(date(2026, 12, 30), 7)
    assert raised.value.cause_code == "calendar_unknown_year"
    assert "open-year 2027" in raised.value.message_zh


def test_a_year_is_entered_whole_and_counts_at_once(store: OperationsStore) -> None:
    made = open_year(store, 2027, YEAR_2027, by="王主任", reason="国办发明电〔2026〕9号")
    calendar = calendar_in_force(store)
    # 31 December, then 4 to 8 January, then the 11th
    assert calendar.after(date(2026, 12, 30), 7) == date(2027, 1, 11)
    assert calendar.is_working(date(2027, 2, 14)) and not calendar.is_working(date(2027, 2, 8))
    assert (made.opens, made.user) == (2027, "王主任")
    assert calendar_year(store, 2027).edits == (made,)
    assert calendar.version != as_published().version


@pytest.mark.parametrize(("year", "days", "code"), [
    (2026, YEAR_2027, "calendar_year_there"),
    (2027, {date(2027, 1, 1): "holiday"}, "calendar_year_not_whole"),
    (2027, {**YEAR_2027, date(2028, 1, 1): "holiday"}, "calendar_year_not_whole"),
    (2028, {day.replace(year=2028): kind for day, kind in YEAR_2027.items()}, "calendar_gap"),
])  # fmt: skip
def test_half_a_year_is_refused(store: OperationsStore, year: int, days: dict, code: str) -> None:
    with pytest.raises(InputError) as raised:
        open_year(store, year, days, by="王主任", reason="通知")
    assert raised.value.cause_code == code
    assert CalendarEdits(store).all() == []


def test_a_changed_day_counts_and_every_act_is_kept(store: OperationsStore) -> None:
    monday = date(2026, 11, 30)
    change_days(store, {monday: "holiday"}, by="王主任", reason="临时放假")
    assert calendar_in_force(store).after(date(2026, 11, 27), 1) == date(2026, 12, 1)
    change_days(store, {monday: "ordinary"}, by="李科长", reason="取消放假")
    assert calendar_in_force(store).after(date(2026, 11, 27), 1) == monday
    assert calendar_in_force(store).version == as_published().version
    assert [(edit.user, edit.days) for edit in calendar_year(store, 2026).edits] == [
        ("李科长", (NamedDay(monday, "ordinary"),)),
        ("王主任", (NamedDay(monday, "holiday"),)),
    ]


@pytest.mark.parametrize(("given_", "code"), [
    ({"by": "", "reason": "通知"}, "user_missing"),
    ({"by": "王主任", "reason": " "}, "reason_missing"),
])  # fmt: skip
def test_nobody_changes_a_day_without_name_and_ground(
    store: OperationsStore, given_: dict[str, str], code: str
) -> None:
    with pytest.raises(InputError) as raised:
        change_days(store, {date(2026, 11, 30): "holiday"}, **given_)
    assert raised.value.cause_code == code
    with pytest.raises(InputError):
        change_days(store, {date(2031, 11, 30): "holiday"}, by="王主任", reason="通知")


@pytest.mark.parametrize(("channel", "authority", "code", "days"), [
    ("credit_platform", "凤翔区农业农村局", "credit_platform_7", 7),
    ("credit_platform", None, "credit_platform_7", 7),
    ("credit_platform", "凤翔区应急管理局", "work_safety_7", 7),
    ("credit_platform", "凤翔区市场监督管理局", "credit_platform_7", 7),
    ("market_supervision", "凤翔区市场监督管理局", "market_supervision_20", 20),
    ("withdrawal", "凤翔区市场监督管理局", "withdrawal_3", 3),
])  # fmt: skip
def test_a_clock_follows_channel_and_authority(
    channel: str, authority: str | None, code: str, days: int
) -> None:
    clock = clock_for(channel, authority, date(2026, 5, 1))  # type: ignore[arg-type]
    assert (clock.code, clock.working_days) == (code, days)


def test_no_clock_is_guessed() -> None:
    for authority, day in (
        ("凤翔区农业农村局", date(2026, 5, 1)),
        ("凤翔区市场监督管理局", date(2020, 1, 1)),
    ):
        with pytest.raises(InputError) as raised:
            clock_for("market_supervision", authority, day)
        assert raised.value.cause_code == "no_clock"


def test_annulled_on_a_friday_is_withdrawn_by_wednesday() -> None:
    friday = date(2026, 6, 5)
    assert friday.weekday() == 4
    due = due_on(friday, clock_for("withdrawal", None, friday), as_published())
    assert due == friday + timedelta(days=5)
