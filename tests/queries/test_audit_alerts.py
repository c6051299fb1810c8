"""Alerts of the audit on histories written by hand, and each of them once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.calendar import as_published
from graph.errors import InputError, NotFoundError
from graph.operations import AuditNote, OperationsStore, Trail
from graph.operations.audit import AlertBook, RaisedAlert
from graph.settings import Settings
from queries.audit import Look, alerts_of, load_alert_rules, raise_alerts

#: Monday, 10:00 in China.
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
RULES = load_alert_rules()
TEN, DAY = RULES.many


def look(number: int, minutes: float, *marks: str, **more: Any) -> Look:
    told = {"who": "user:7", "reader": "样本甲", "role": "loan_officer"} | more
    return Look(number, AT + timedelta(minutes=minutes), subjects=frozenset(marks), **told)


def raised(*looks: Look, relatives: Any = None, listed: Any = None) -> list[RaisedAlert]:
    return alerts_of(looks, RULES, as_published(), relatives=relatives or {}, listed=listed or {})


def many(count: int, minutes: float, start: int = 0, **more: Any) -> list[Look]:
    """So many looks at one each, evenly over the minutes."""
    return [look(start + n, n * minutes / count, f"m{start + n}", **more) for n in range(count)]


def test_too_many_in_some_minutes_is_said_once_a_day() -> None:
    assert raised(*many(TEN.limit, 9)) == []
    [one] = raised(*many(TEN.limit + 20, 9))
    assert (one.rule, one.count, one.first, one.last) == (TEN.code, TEN.limit + 1, 0, TEN.limit)
    assert one.said == "样本甲在10分钟内查阅了61个主体，超过60个。"
    # the same ones again and again are few
    assert raised(*(look(n, n / 100, f"m{n % 5}") for n in range(500))) == []
    # and the same number over an hour is usual
    assert raised(*many(TEN.limit + 20, 60)) == []


def test_what_is_told_as_a_number_counts_and_a_role_has_its_own_limit() -> None:
    [one] = raised(look(1, 0, more=TEN.limit + 1))
    assert one.count == TEN.limit + 1
    assert raised(*many(100, 9, role="credit_office")) == []
    assert len(raised(*many(201, 9, role="credit_office"))) == 1


def test_two_readers_do_not_add_up() -> None:
    half = many(TEN.limit, 9), many(TEN.limit, 9, 1_000, who="user:8")
    assert raised(*sorted((*half[0], *half[1]), key=lambda one: one.at)) == []


def test_what_was_looked_at_before_counts_along_and_raises_nothing() -> None:
    looks = many(TEN.limit + 1, 9)
    old = [Look(**{**vars(one), "is_new": False}) for one in looks]
    assert raised(*old) == []
    assert len(raised(*old[:-1], looks[-1])) == 1


@pytest.mark.parametrize(
    ("hours", "role", "off"),
    [
        (0, "loan_officer", False), (-3.1, "loan_officer", True), (-3, "loan_officer", False),
        (10.9, "loan_officer", False), (11, "loan_officer", True),
        (5 * 24, "loan_officer", True),  # Saturday
        # 2026-02-28, a Saturday that is worked in exchange for a day of the Spring Festival
        (-2 * 24, "loan_officer", False), (-7 * 24, "loan_officer", True),  # 2026-02-23, a holiday
        (11, "client", False), (365 * 24 * 4, "loan_officer", False),  # 2030 is not published: Friday
    ],
)  # fmt: skip
def test_outside_of_working_hours(hours: float, role: str, off: bool) -> None:
    found = raised(look(1, hours * 60, "m1", role=role), look(2, hours * 60 + 1, "m2", role=role))
    assert [one.rule for one in found] == ["off_hours"] * off


def test_own_family_and_the_list_are_said_for_each_of_them() -> None:
    looks = [look(1, 0, "wife", "m1"), look(2, 1, "wife"), look(3, 2, "mayor", who="user:8")]
    found = raised(*looks, relatives={"user:7": {"wife": "配偶"}}, listed={"mayor": "公众人物"})
    assert [(one.rule, one.who, one.subject, one.last) for one in found] == [
        ("own_relative", "user:7", "wife", 1),
        ("watch_list", "user:8", "mayor", 3),
    ]
    assert "配偶" in found[0].said
    # to somebody else she is nobody of theirs
    assert raised(look(1, 0, "wife", who="user:8"), relatives={"user:7": {"wife": "配偶"}}) == []
    # the next day it is said again
    again = raised(*looks, look(4, 1_440, "wife"), relatives={"user:7": {"wife": "配偶"}})
    assert [one.last for one in again] == [1, 4]


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 4)), max_size=30),
    st.integers(1, 29),
)
def test_however_a_history_is_cut_the_same_is_raised(steps: list[tuple[int, int]], at: int) -> None:
    """What is raised of a whole is what is raised of its parts, one after the other."""
    minutes, looks = 0, []
    for number, (later, mark) in enumerate(steps):
        minutes += later * 30
        looks.append(look(number, minutes, f"m{mark}", more=later * 20))
    given_ = {"relatives": {"user:7": {"m1": "配偶"}}, "listed": {"m2": "名单"}}
    whole = {one.name for one in raised(*looks, **given_)}
    old = [Look(**{**vars(one), "is_new": False}) for one in looks[:at]]
    parts = [*raised(*looks[:at], **given_), *raised(*old, *looks[at:], **given_)]
    assert {one.name for one in parts} == whole


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


MAN, WIFE, MAYOR = (f"person:{letter * 32}" for letter in "abc")


def entered(store: OperationsStore, minutes: float, *subjects: str, who: str = "user:7") -> None:
    Trail(store).append([
        AuditNote(at=AT + timedelta(minutes=minutes), who=who, name="样本甲", role="loan_officer",
                  act="ask", way="GET /v1/parties/{key}", subjects=frozenset(subjects)),
    ])  # fmt: skip


class Family:
    """A reader of a graph in which the man has a wife."""

    def conflicts(self, key: str) -> dict[str, str]:
        if key != MAN:
            raise NotFoundError("没有", "none")
        return {WIFE: "配偶", MAN: "本人"}


def test_alerts_are_raised_from_the_chain_once(store: OperationsStore) -> None:
    book, family, calendar = AlertBook(store), Family(), as_published()
    book.watch("reader", MAN, who="user:7", why="本行员工", by="样本审计", at=AT)
    book.watch("listed", MAYOR, why="公众人物", by="样本审计", at=AT)
    entered(store, 0, WIFE)
    entered(store, 1, MAYOR, who="user:8")
    for new in (2, 0):
        assert raise_alerts(store, family, calendar, at=AT) == new  # type: ignore[arg-type]
    entered(store, 2, WIFE)
    entered(store, 3, *(f"person:{number:032x}" for number in range(201)))
    assert raise_alerts(store, family, calendar, at=AT) == 1  # type: ignore[arg-type]
    total, alerts = book.alerts()
    assert (total, [one.rule for one in alerts]) == (
        3,
        ["many_in_minutes", "watch_list", "own_relative"],
    )
    assert alerts[0].count == 202
    assert not any(MAN in str(vars(one)) or MAYOR in str(vars(one)) for one in alerts)


def test_an_alert_is_looked_into_once(store: OperationsStore) -> None:
    book = AlertBook(store)
    book.watch("listed", MAYOR, why="公众人物", by="样本审计", at=AT)
    entered(store, 0, MAYOR)
    raise_alerts(store, SimpleNamespace(), as_published(), at=AT)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        book.look_into(1, by="样本审计", finding=" ", at=AT)
    with pytest.raises(NotFoundError):
        book.look_into(2, by="样本审计", finding="系正常受理", at=AT)
    seen = book.look_into(1, by="样本审计", finding="系正常受理", at=AT)
    assert book.look_into(1, by="别人甲", finding="另一个", at=AT) == seen
    assert book.alerts(is_open=True)[0] == 0
    assert book.alerts(is_open=False)[0] == 1


def test_what_is_watched_ends_and_is_not_entered_twice(store: OperationsStore) -> None:
    book = AlertBook(store)
    one = book.watch("listed", MAYOR, why="公众人物", by="样本审计", at=AT)
    assert book.watch("listed", MAYOR, why="另一个", by="样本审计", at=AT) == one
    for wrong in ({"kind": "reader"}, {"kind": "listed", "who": "user:7"}):
        with pytest.raises(InputError):
            book.watch(**{"subject": MAN, "why": "理由", "by": "样本审计", "at": AT, **wrong})  # type: ignore[arg-type]
    book.end_watch(one.number, by="样本审计", at=AT)
    assert book.watches() == []
    entered(store, 0, MAYOR)
    assert raise_alerts(store, SimpleNamespace(), as_published(), at=AT) == 0  # type: ignore[arg-type]
