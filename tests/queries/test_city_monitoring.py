"""City-monitoring indicators: the file adds up, each figure stands once, and unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError
from world import World

from graph.calendar import WorkingCalendar
from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore, RepairCases, store_for
from graph.settings import Settings
from queries.city_monitoring import (
    CityEdition,
    Told,
    city_edition,
    city_table,
    mark_indicator,
    unmark_indicator,
)
from queries.code_errors import code_errors
from queries.indicators import rates_of
from queries.indicators.gathering import book_of
from queries.indicators.months import month_number
from queries.lending import Period
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR
from queries.working_days import calendar_in_force

pytestmark = pytest.mark.each_store

DAY = date(2026, 5, 4)
KNOWN = datetime(2026, 5, 4, 4, tzinfo=UTC)
FIRM, OTHER = ("org:91610305MA9T00018F", "Enterprise"), ("org:91610305MA9T00026A", "Enterprise")
HAND = "serious_events"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with store_for(Settings(data=tmp_path / "data"), None) as opened:
        yield opened


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(FactLog(tmp_path / "log"))
    for key, name, state in ((FIRM[0], "甲果业有限公司", "active"), (OTHER[0], "乙果业有限公司", "active"),
                             ("org:gone", "丙有限公司", "cancelled"), ("org:named", "丁有限公司", None)):  # fmt: skip
        made.node("Enterprise", key, name=name, registration_state=state)
    made.node("Person", "person:1", name="李白")
    # an honour that stands, one that is over, one of somebody who is not in being, one of a man
    for number, party, until in (("荣1", FIRM, date(2026, 12, 31)), ("荣2", OTHER, date(2026, 1, 1)),
                                 ("荣3", ("org:gone", "Enterprise"), date(2026, 12, 31)),
                                 ("荣4", ("person:1", "Person"), date(2026, 12, 31))):  # fmt: skip
        made.node("Honour", number, document_no=number, list_kind="tax_a", title="A级纳税人",
                  awarded_on=date(2025, 1, 1), valid_to_on=until)  # fmt: skip
        if until > DAY:
            made.tie("HONOURED_BY", party, (number, "Honour"))
    made.commit(KNOWN - timedelta(days=1))
    return made


def told(world: World, store: OperationsStore, period: str = "2026-04") -> Told:
    stores: Any = SimpleNamespace(log=world.log, runs=Runs())
    reader = Reader(
        stores, Moment.of(world.log.batches(), as_of=DAY, known_at=KNOWN), ADMINISTRATOR
    )
    calendar: WorkingCalendar = calendar_in_force(store)
    book = book_of(reader, calendar, [])
    assert book is not None
    month = month_number("2026-04")
    rates = rates_of(book, reader.basis, month, month)
    span = Period.of(period.replace("-Q", "Q"), DAY)
    return Told(reader, store, rates, code_errors(reader, [], frozenset()), period, span)


def test_the_edition_adds_up_and_says_what_it_does_not_know() -> None:
    book = city_edition()
    assert {code: level.points for code, level in book.levels.items()} == {
        "foundation": 20, "business": 21, "supervision": 43, "rights": 16,
    }  # fmt: skip
    assert (len(book.indicators), book.third_level) == (21, 40)
    text = book.model_dump(by_alias=True)
    for changed in (
        {"levels": {**text["levels"], "rights": {"title": "权益保护", "points": 15}}},
        {"indicators": [*text["indicators"], {"id": "x", "title": "x", "group": "nowhere"}]},
        {"indicators": text["indicators"][:-1]},  # a figure that stands with no indicator
        {"third_level": 20},
    ):
        with pytest.raises(ValidationError):
            CityEdition.model_validate({**text, **changed})


def test_of_an_empty_office_nothing_is_said(tmp_path: Path, store: OperationsStore) -> None:
    empty = World(FactLog(tmp_path / "log"))
    empty.node("Person", "person:1", name="李白")
    empty.commit(KNOWN - timedelta(days=1))
    found = city_table(told(empty, store))
    shares = [one for row in found.rows for one in row.figures if one.unit == "ratio"]
    assert shares and {(one.value, one.denominator) for one in shares} == {(None, 0)}
    assert {row.how for row in found.rows} == {"computed", "no_data", "unknown"}
    # a share of nothing is neither nought nor whole, and its word has a code beside it
    figures = [one for row in found.rows for one in row.figures]
    assert all((one.state == "not_applicable") == (one.value is None) for one in figures)
    assert {one.state_label for one in figures} == {"已计算", "不适用（没有可计的对象）"}
    # a count of nothing is 0; a share of nothing is none, and no mark is not "not done"
    assert {row.id for row in found.rows if row.how == "computed"} == {
        "other_scenes", "publicity", "graded_supervision",
    }  # fmt: skip
    assert sum(found.counts.values()) == 21 and found.unnamed == 19


def test_who_is_honoured_of_those_in_being(world: World, store: OperationsStore) -> None:
    figure = told(world, store).figures()["honoured"]
    assert (figure.numerator, figure.denominator, figure.value) == (1, 2, 0.5)
    assert figure.rows == "/lists" and figure.says


def test_a_mark_has_evidence_author_and_time_and_the_last_one_counts(
    world: World, store: OperationsStore
) -> None:
    def row(period: str = "2026-04") -> Any:
        return next(x for x in city_table(told(world, store, period)).rows if x.id == HAND)

    assert (row().how, row().mark) == ("unknown", None)
    mark_indicator(store, HAND, "2026-04", "not_done", evidence="检查记录1号", by="张三")
    second = mark_indicator(store, HAND, "2026-04", "counted", value=0, evidence="台账", by="李四")
    assert (row().how, row().mark.mark, row().mark.value, row().mark.by) == (
        "by_hand", "counted", 0, "李四",
    )  # fmt: skip
    assert row("2026-03").how == "unknown"  # of another period nobody said anything
    unmark_indicator(store, second.number, by="李四", because="填错")
    assert (row().mark.mark, row().mark.evidence) == ("not_done", "检查记录1号")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"indicator": "double_publicity"}, "indicator_computed"),
        ({"indicator": "nothing"}, "indicator_unknown"),
        ({"mark": "good"}, "mark_wrong"),
        ({"mark": "counted"}, "mark_wrong"),
        ({"value": 3.0}, "mark_wrong"),
        ({"evidence": " "}, "evidence_missing"),
        ({"by": ""}, "user_missing"),
    ],
)
def test_what_is_no_mark(store: OperationsStore, given: dict[str, Any], code: str) -> None:
    stated: dict[str, Any] = {
        "indicator": HAND, "mark": "done", "evidence": "文件", "by": "张三", **given,
    }  # fmt: skip
    indicator, mark = stated.pop("indicator"), stated.pop("mark")
    with pytest.raises((InputError, NotFoundError)) as refused:
        mark_indicator(store, indicator, "2026-04", mark, **stated)
    assert refused.value.cause_code == code


def test_repairs_in_time_and_objections_settled(world: World, store: OperationsStore) -> None:
    book = RepairCases(store)

    def case(kind: Any, record: str, *acts: tuple[str, str, str]) -> None:
        (_, by, at), *rest = acts
        made = book.open(kind, "Penalty", record, by=by, at=_at(at), content={"regime": "order_36"})
        for act, by, at in rest:
            book.act(made.number, act, by=by, at=_at(at), reason="因", content={})

    in_time = (("apply", "张三", "2026-04-01"), ("accept", "张三", "2026-04-02"),
               ("propose", "张三", "2026-04-03"), ("approve", "李四", "2026-04-08"))  # fmt: skip
    case("repair", "p1", *in_time)
    # accepted late; answered late; still open; of another month
    case("repair", "p2", ("apply", "张三", "2026-04-01"), ("accept", "张三", "2026-04-10"),
         ("decline", "张三", "2026-04-13"))  # fmt: skip
    case("repair", "p3", ("apply", "张三", "2026-03-02"), ("accept", "张三", "2026-03-03"),
         ("decline", "张三", "2026-04-28"))  # fmt: skip
    case("repair", "p4", ("apply", "张三", "2026-04-01"))
    case("repair", "p5", ("apply", "张三", "2026-03-02"), ("refuse", "张三", "2026-03-03"))
    case("objection", "p6", ("file", "张三", "2026-04-01"), ("dismiss", "张三", "2026-04-02"))
    case("objection", "p7", ("file", "张三", "2026-04-20"))
    case("objection", "p8", ("file", "张三", "2026-03-20"))
    found = told(world, store).figures()
    assert (found["repairs_in_time"].numerator, found["repairs_in_time"].denominator) == (1, 3)
    assert (found["objections_settled"].numerator, found["objections_settled"].denominator) == (
        1,
        2,
    )
    quarter = told(world, store, "2026-Q1").figures()
    assert (quarter["repairs_in_time"].numerator, quarter["repairs_in_time"].denominator) == (1, 1)


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)
