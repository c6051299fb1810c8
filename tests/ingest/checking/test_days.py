"""Which day a text says: every shape that departments send, and none that is only like one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogue.field import FieldSpec
from ingest.checking.days import day
from ingest.checking.verdict import WrongError
from ingest.period import NO_END, through

PLAIN = FieldSpec(name="d", title="日期", type="date")
TERM = FieldSpec(name="d", title="有效期至", type="date", open_end=True)
SYSTEM = FieldSpec(name="d", title="日期", type="date", epoch_ms=True)
THE_DAY = date(2015, 5, 12)


def said(text: str, spec: FieldSpec = PLAIN) -> date | None:
    try:
        return day(text, spec)
    except WrongError as error:
        assert error.verdict.code == "not_a_date"
        return None


@pytest.mark.parametrize(
    "text",
    [
        "2015-05-12", "2015/5/12", "2015.05.12", "20150512", "2015年05月12日", "2015年5月12日",
        "2015 年 5 月 12 日", "2015年5月12号", "2015-05-12 00:00:00", "2015/5/12 0:00",
        "2015-05-12T00:00:00", "2015-05-12T00:00:00.000", "20150512000000", "42136",
        # an instant is a day in China
        "2015-05-12T00:00:00+08:00", "2015-05-11T16:00:00Z", "2015-05-11T16:00:00.000Z",
        "2015-05-12T15:59:59+0000",
    ],
)  # fmt: skip
def test_shapes(text: str) -> None:
    assert said(text) == THE_DAY


@pytest.mark.parametrize(
    "text",
    [
        "2015-13-01", "2015-02-29", "15-05-12", "2015-05", "2015年5月", "2015", "5/12/2015",
        "2015-05-12 25:00", "2015-05-12 abc", "2015-05-12 99", "20150512250000",
        "٣٣٣٣-٣-٣", "1431360000000", "长期", "去年", "2015-05-12~2016-05-12",
    ],
)  # fmt: skip
def test_no_days(text: str) -> None:
    assert said(text) is None


@pytest.mark.parametrize(
    "text", ["长期", "永久", "长期有效", "2099/12/31", "2999-12-31", "9999-12-31"]
)
def test_a_term_may_say_that_it_has_no_end(text: str) -> None:
    assert said(text, TERM) == NO_END
    assert through(pd.Series([said(text, TERM)], dtype=object)).tolist() == [None]
    assert said("2030-01-01", TERM) == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1431360000000", date(2015, 5, 12)),  # 2015-05-11T16:00Z, midnight in China
        ("1431446399999", date(2015, 5, 12)),
        ("1431446400000", date(2015, 5, 13)),
        ("536457600000", date(1987, 1, 1)),
        ("-28800000000", date(1969, 2, 2)),
        ("2015-05-12", date(2015, 5, 12)),
        ("20150512", date(2015, 5, 12)),
    ],
)
def test_milliseconds_where_the_system_writes_them(text: str, expected: date) -> None:
    assert said(text, SYSTEM) == expected


@given(st.datetimes(datetime(1970, 6, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))
def test_an_instant_is_the_same_day_in_every_spelling(moment: datetime) -> None:
    in_china = (moment + timedelta(hours=8)).date()
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert said(f"{milliseconds}", SYSTEM) == in_china
    assert said(moment.isoformat()) == said(f"{moment:%Y-%m-%d %H:%M:%S}Z") == in_china


@given(st.dates(date(1927, 5, 18), date(2098, 12, 31)))
def test_every_day_in_every_shape(that: date) -> None:
    serial = (that - date(1899, 12, 30)).days
    shapes = [f"{that}", f"{that:%Y%m%d}", f"{that.year}.{that.month}.{that.day}", f"{serial}",
              f"{that.year}年{that.month}月{that.day}日", f"{that}T00:00:00"]  # fmt: skip
    assert {said(text) for text in shapes if not (text == f"{serial}" and serial > 69_999)} == {
        that
    }
    assert {said(text, TERM) for text in shapes[:1]} == {that}


def test_what_is_declared_of_a_date_belongs_to_a_date() -> None:
    for said_of in ({"open_end": True}, {"epoch_ms": True}):
        with pytest.raises(ValueError, match="only a date"):
            FieldSpec(name="n", title="数", type="integer", **said_of)
