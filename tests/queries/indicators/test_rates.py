"""Rates of departments: a world by hand, a second count on paper, and what is never inferred."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_rates import Told, counted, same_number

from graph.calendar import as_published
from graph.errors import InputError
from queries.basis import Basis
from queries.indicators import (
    MEASURES,
    Book,
    RefusedDocument,
    attention,
    build_book,
    rates_history,
    rates_of,
    rows_of,
)
from queries.indicators.document_number import folded, folded_each
from queries.indicators.months import month_number, quarter_months

DAY = date(2026, 4, 30)
BASIS = Basis(DAY, datetime(2026, 4, 30, tzinfo=UTC), 1)
MARKET, FARMS = "org:11610305MB9T000114", "org:11610305MB9T0002XU"
NAMES = {MARKET: "样例市场监督管理局", FARMS: "样例农业农村局"}
MARCH, APRIL = month_number("2026-03"), month_number("2026-04")


def ledger_of(told: list[Told]) -> pa.Table:
    rows = [
        {"id": f"ledger:{n}", "body": each.body, "act_class": each.act_class,
         "document_no": each.number, "decided_on": each.decided_on, "excluded_reason": each.excluded}
        for n, each in enumerate(told) if each.kind == "ledger" and each.decided_on <= DAY
    ]  # fmt: skip
    names = ("id", "body", "act_class", "document_no", "excluded_reason")
    return pa.Table.from_pylist(
        rows, pa.schema([*((name, pa.string()) for name in names), ("decided_on", pa.date32())])
    )


def filed_of(told: list[Told]) -> pa.Table:
    rows = [
        {"document": f"record:{n}", "body": None if each.body.startswith("name:") else each.body,
         "authority": NAMES.get(each.body, each.body.removeprefix("name:")),
         "act_class": each.act_class, "document_no": each.number, "decided_on": each.decided_on,
         "reported_on": each.reported_on, "first_known_on": each.known_on,
         "is_registered": each.registered, "is_ended": each.ended}
        for n, each in enumerate(told) if each.kind == "filed"
    ]  # fmt: skip
    texts = ("document", "body", "authority", "act_class", "document_no")
    days = ("decided_on", "reported_on", "first_known_on")
    return pa.Table.from_pylist(rows, pa.schema([
        *((name, pa.string()) for name in texts), *((name, pa.date32()) for name in days),
        ("is_registered", pa.bool_()), ("is_ended", pa.bool_()),
    ]))  # fmt: skip


def refused_of(told: list[Told]) -> list[RefusedDocument]:
    return [
        RefusedDocument(f"batch:{n}", each.act_class, each.body, None, each.number, each.decided_on,
                        each.reported_on or DAY)
        for n, each in enumerate(told) if each.kind == "refused"
    ]  # fmt: skip


def book_of(told: list[Told], **more: Any) -> Book:
    return build_book(
        ledger_of(told), filed_of(told), [*refused_of(told), *more.pop("refused", [])],
        as_of=more.pop("as_of", DAY), calendar=as_published(), names=NAMES, **more,
    )  # fmt: skip


def line(book: Book, body: str, act_class: str, first: int = MARCH, last: int = MARCH) -> Any:
    told = rates_of(book, BASIS, first, last)
    [found] = [x for x in told.lines if (x.department, x.act_class) == (body, act_class)]
    return found


#: 2 March + 7 working days is 11 March.
WORLD = [
    Told("ledger", MARKET, "penalty", "样罚〔2026〕1号", date(2026, 3, 2)),
    Told("ledger", MARKET, "penalty", "样罚〔2026〕2号", date(2026, 3, 2)),
    Told("ledger", MARKET, "penalty", "样罚〔2026〕3号", date(2026, 3, 2)),
    Told("ledger", MARKET, "penalty", "样罚〔2026〕4号", date(2026, 3, 2), excluded="simple_procedure"),
    Told("ledger", MARKET, "penalty", "样罚〔2026〕5号", date(2026, 3, 2)),
    Told("ledger", MARKET, "penalty", "样罚〔2026〕6号", date(2026, 3, 2)),
    # in time on its last day, written with other brackets
    Told("filed", MARKET, "penalty", "样罚[2026] 1号", date(2026, 3, 2), reported_on=date(2026, 3, 11)),
    # a day late, and about two subjects
    Told("filed", MARKET, "penalty", "样罚〔2026〕2号", date(2026, 3, 2), reported_on=date(2026, 3, 12)),
    Told("filed", MARKET, "penalty", "样罚〔2026〕2号", date(2026, 3, 2), reported_on=date(2026, 3, 12),
         registered=False),
    Told("refused", MARKET, "penalty", "样罚〔2026〕3号", date(2026, 3, 2), reported_on=date(2026, 3, 9)),
    # no day stated: the file that brought it came in time
    Told("filed", MARKET, "penalty", "样罚〔2026〕6号", date(2026, 3, 2), known_on=date(2026, 3, 10)),
    # in no ledger
    Told("filed", MARKET, "penalty", "样罚〔2026〕9号", date(2026, 3, 2), known_on=date(2026, 4, 20)),
]  # fmt: skip


def test_a_month_by_hand() -> None:
    found = line(book_of(WORLD), MARKET, "penalty")
    assert dict(found.counts) == {
        "produced": 6, "excluded": 1, "due": 5, "reported": 4, "unreported": 1, "supplied": 5,
        "refused": 1, "passed": 4, "entered": 3, "unlinked": 1, "on_time": 3, "late": 1, "timed": 4,
        "undated": 1, "outside": 1, "excluded_but_filed": 0,
    }  # fmt: skip
    rates = {
        name: getattr(found, name) for name in ("reporting", "compliance", "timeliness", "entry")
    }
    assert {name: (rate.numerator, rate.denominator) for name, rate in rates.items()} == {
        "reporting": (4, 5), "compliance": (4, 5), "timeliness": (3, 4), "entry": (3, 5),
    }  # fmt: skip
    assert found.reporting.value == 0.8 and found.status == "counted"


def test_every_number_leads_to_its_rows() -> None:
    book = book_of(WORLD)
    found = line(book, MARKET, "penalty")
    for measure in MEASURES:
        told = rows_of(book, BASIS, measure, MARCH, MARCH, department=MARKET, act_class="penalty")
        assert told.total == len(told.rows) == found.counts[measure], measure
    [unreported] = rows_of(book, BASIS, "unreported", MARCH, MARCH).rows
    assert (unreported.document_no, unreported.ledger, unreported.document) == (
        "样罚〔2026〕5号", "ledger:4", None)  # fmt: skip
    [late] = rows_of(book, BASIS, "late", MARCH, MARCH).rows
    assert (late.due_on, late.arrived_on) == (date(2026, 3, 11), date(2026, 3, 12))
    [refused] = rows_of(book, BASIS, "refused", MARCH, MARCH).rows
    assert refused.refused_row == "batch:9" and refused.state == "refused"


def test_what_has_ended_is_counted_and_named_nowhere() -> None:
    """A penalty that was repaired came late all the same; nobody is told which one it was."""
    late = "样罚〔2026〕2号"
    world = [replace(each, ended=each.kind == "filed" and each.number == late) for each in WORLD]
    book = book_of(world)
    assert line(book, MARKET, "penalty").counts == line(book_of(WORLD), MARKET, "penalty").counts
    [found] = rows_of(book, BASIS, "late", MARCH, MARCH).rows
    assert found.ended and found.document_no is None and found.due_on == date(2026, 3, 11)
    assert str(found.ledger).startswith("ended:") and str(found.document).startswith("ended:")
    every = [rows_of(book, BASIS, measure, MARCH, MARCH) for measure in MEASURES]
    assert late not in repr(every) and "ledger:1'" not in repr(every)


def test_nothing_to_report_is_no_hundred_percent() -> None:
    powers = {(MARKET, "permit"), (FARMS, "penalty"), (FARMS, "other")}
    stated = {(FARMS, "penalty", MARCH): 0, (MARKET, "permit", APRIL): 3}
    book = book_of([], powers=powers, stated=stated, as_of=date(2026, 5, 20))
    quiet = line(book, FARMS, "penalty")
    assert (quiet.status, quiet.status_label, quiet.reporting.value) == (
        "no_obligation",
        "无应报",
        None,
    )
    silent = line(book, MARKET, "permit")
    assert (silent.status, silent.missing, silent.reporting.value) == (
        "ledger_missing",
        ("2026-03",),
        None,
    )
    # three decisions are stated, and not one of them stands in a ledger
    april = line(book, MARKET, "permit", APRIL, APRIL)
    assert (april.status, april.stated) == ("ledger_missing", 3)
    assert not [x for x in rates_of(book, BASIS, MARCH, MARCH).lines if x.act_class == "other"]


@pytest.mark.parametrize(("day", "status"), [
    (date(2026, 5, 10), "awaited"), (date(2026, 5, 11), "ledger_missing"),
])  # fmt: skip
def test_a_ledger_is_missing_the_day_after_it_should_be_there(day: date, status: str) -> None:
    book = book_of([], powers={(MARKET, "permit")}, as_of=day)
    assert line(book, MARKET, "permit", APRIL, APRIL).status == status


def test_what_nobody_reported_is_first_near_its_day_then_past_it() -> None:
    told = [
        Told("ledger", FARMS, "permit", f"样农许{day}号", date(2026, 3, day))
        for day in (2, 3, 4, 5, 6)
    ]
    # due on the 11th, 12th, 13th, 16th and 17th
    book = book_of(told, as_of=date(2026, 3, 12))
    near = attention(book, BASIS, "near")
    assert [row.due_on for row in near.rows] == [date(2026, 3, day) for day in (12, 13, 16)]
    assert [row.due_on for row in attention(book, BASIS, "overdue").rows] == [date(2026, 3, 11)]
    assert attention(book, BASIS, "near", limit=1, offset=1).rows == near.rows[1:2]


def test_the_months_by_hand() -> None:
    """February had one decision, reported in time; of January no ledger came."""
    told = [
        *WORLD,
        Told("ledger", FARMS, "permit", "样农许1号", date(2026, 2, 3)),
        Told("filed", FARMS, "permit", "样农许1号", date(2026, 2, 3), reported_on=date(2026, 2, 4)),
    ]
    powers = {(FARMS, "permit")}
    found = rates_history(book_of(told, powers=powers), BASIS, MARCH)
    assert found.months[0] == "2025-03" and found.months[-3:] == ("2026-01", "2026-02", "2026-03")
    assert found.produced[-3:] == (0, 1, 6) and not any(found.produced[:-3])
    by_code = {item.code: item for item in found.rates}
    assert [item.label for item in found.rates] == ["上报率", "合规率", "及时率", "入库率"]
    assert [rate.value for rate in by_code["reporting"].rates[-3:]] == [None, 1.0, 0.8]
    assert [rate.value for rate in by_code["timeliness"].rates[-3:]] == [None, 1.0, 0.75]
    assert "2026-01" in found.missing and "2026-02" not in found.missing
    assert found.departments == ((FARMS, NAMES[FARMS]), (MARKET, NAMES[MARKET]))
    one = rates_history(book_of(told, powers=powers), BASIS, MARCH, department=MARKET)
    assert one.department_name == NAMES[MARKET] and one.produced[-3:] == (0, 0, 6)
    assert one.missing == ()
    nobody = rates_history(book_of(told), BASIS, MARCH, department="org:nobody")
    assert set(nobody.produced) == {0} and nobody.department_name == "org:nobody"


def test_each_month_is_the_table_of_that_month() -> None:
    book = book_of(WORLD, powers={(FARMS, "permit")})
    for department in (None, MARKET, FARMS):
        found = rates_history(book, BASIS, APRIL, department=department)
        for place, month in enumerate(found.months):
            lines = [
                line
                for line in rates_of(book, BASIS, month_number(month), month_number(month)).lines
                if department in (None, line.department)
            ]
            assert found.produced[place] == sum(line.counts["produced"] for line in lines)
            for item in found.rates:
                told = [getattr(line, item.code) for line in lines]
                assert item.rates[place].numerator == sum(one.numerator for one in told)
                assert item.rates[place].denominator == sum(one.denominator for one in told)


def test_a_row_that_cannot_be_read_counts_as_a_row() -> None:
    rows = [
        RefusedDocument("b:2", "penalty", MARKET, None, None, date(2026, 3, 2), date(2026, 3, 9)),
        RefusedDocument("b:3", "penalty", None, "样例市场监督管理局", None, date(2026, 3, 2), date(2026, 3, 9)),
        RefusedDocument("b:4", "penalty", None, None, "样罚1号", None, date(2026, 3, 9)),
    ]  # fmt: skip
    book = book_of([], refused=rows)
    told = rates_of(book, BASIS, MARCH, MARCH)
    assert told.unplaced == 1
    found = line(book, MARKET, "penalty")
    assert (found.counts["refused"], found.counts["outside"], found.counts["due"]) == (2, 2, 0)
    assert (found.status, found.compliance.value, found.reporting.value) == (
        "outside_only",
        0.0,
        None,
    )


def test_what_an_inspector_found_is_counted_and_nothing_else_makes_one() -> None:
    book = book_of(WORLD)
    assert all(each.concealed == 0 for each in rates_of(book, BASIS, MARCH, MARCH).lines)
    told = rates_of(book, BASIS, MARCH, MARCH, concealed={(FARMS, "permit", MARCH): 1})
    [found] = [each for each in told.lines if each.department == FARMS]
    assert found.concealed == 1 and told.totals[-1].concealed == 1


def test_an_authority_without_a_code_is_known_by_its_full_name_alone() -> None:
    told = [
        Told("filed", "name:样例农业农村局", "permit", "1号", date(2026, 3, 2), reported_on=date(2026, 3, 3)),
        Told("filed", "name:另一个局", "permit", "1号", date(2026, 3, 2), reported_on=date(2026, 3, 3)),
    ]  # fmt: skip
    found = {each.department: each for each in rates_of(book_of(told), BASIS, MARCH, MARCH).lines}
    assert set(found) == {FARMS, "name:另一个局"}
    assert found["name:另一个局"].department_name == "另一个局"


def test_a_day_of_no_known_year_is_said_and_not_guessed() -> None:
    told = [
        Told("filed", MARKET, "permit", "1号", date(2026, 12, 28), reported_on=date(2027, 1, 4))
    ]
    book = build_book(ledger_of([]), filed_of(told), [], as_of=date(2027, 2, 1),
                      calendar=as_published(), names=NAMES)  # fmt: skip
    december = month_number("2026-12")
    told_of = rates_of(book, BASIS, december, december)
    assert "2018 至 2026 年" in told_of.notices[0]
    assert told_of.lines[0].counts["undated"] == 1 and told_of.lines[0].timeliness.value is None


def test_months_and_quarters_are_read_or_refused() -> None:
    assert quarter_months("2026-Q1") == (month_number("2026-01"), month_number("2026-03"))
    assert quarter_months("2026-03") is None
    for wrong in ("2026-13", "2026-3", "二〇二六年三月", "0000-01"):
        with pytest.raises(InputError):
            month_number(wrong)
    with pytest.raises(InputError):
        rows_of(book_of([]), BASIS, "guessed", MARCH, MARCH)


_NUMBERS = (
    "样罚〔2026〕1号",
    "样罚[2026]1号",
    "样罚（2026）2 号",
    "样罚〔2026〕2号",
    "jy3",
    "\uff2a\uff393",  # full width
)


@given(st.sampled_from(_NUMBERS))
def test_numbers_are_folded_alike_one_by_one_and_all_at_once(number: str) -> None:
    assert folded(number) == same_number(number) == folded_each(pa.array([number]))[0].as_py()


@st.composite
def worlds(draw: Any) -> list[Told]:
    days = st.dates(date(2026, 3, 1), date(2026, 4, 20))
    maybe = st.none() | st.dates(date(2026, 3, 1), date(2026, 5, 8))
    told = draw(st.lists(st.tuples(
        st.sampled_from(("ledger", "filed", "refused")), st.sampled_from((MARKET, FARMS)),
        st.sampled_from(("permit", "penalty")), st.sampled_from(_NUMBERS),
        st.sampled_from((None, None, "secret")), maybe, maybe, st.booleans(),
    ), max_size=14))  # fmt: skip
    # a decision was made on one day, whoever tells of it
    decided = {same_number(number): draw(days) for number in _NUMBERS}
    return [
        Told(kind, body, act_class, number, decided[same_number(number)],
             excluded if kind == "ledger" else None,
             # a refused row came on some day
             reported or (DAY if kind == "refused" else None), known, registered)
        for kind, body, act_class, number, excluded, reported, known, registered in told
    ]  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(worlds())
def test_the_arrays_count_as_one_does_on_paper(told: list[Told]) -> None:
    book = book_of(told)
    found = {}
    for month in (MARCH, APRIL):
        for each in rates_of(book, BASIS, month, month).lines:
            counts = {name: count for name, count in each.counts.items() if count}
            found[each.department, each.act_class, f"2026-{month % 12 + 1:02d}"] = counts
            for measure in MEASURES:
                rows = rows_of(book, BASIS, measure, month, month, department=each.department,
                               act_class=each.act_class)  # fmt: skip
                assert rows.total == each.counts[measure]
    assert found == counted(told, DAY)
