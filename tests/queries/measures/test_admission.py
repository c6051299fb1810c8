"""Each clause of an admission, by hand: what holds, what fails first, and what is still open."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from queries.eligibility.verdict import Verdict
from queries.measures import Application, Subject, Trigger, admit, load_measures
from queries.measures.catalogue import article_numbers

DAY = date(2026, 6, 1)
SHARED = Path(__file__).parents[4] / "shared" / "data" / "public_records" / "measures.csv"
#: 公司法 第178条: somebody listed as a judgment defaulter is no director.
PERSON = Subject("person:1", "Person", "self")
LISTED = Trigger(
    kind="ListEntry", key="list:1", what="judgment_defaulter", number="（2026）样执1号",
    authority="样本区人民法院", decided_on=date(2026, 1, 15), ends_on=date(2028, 1, 14),
    parties=frozenset({"person:1"}), usable=True,
)  # fmt: skip
SAID = Application(
    authority="凤翔区市场监督管理局", officer="样本甲", begins_on=date(2026, 2, 1),
    told_on=date(2026, 1, 28), remedy="六十日内申请复议",
)  # fmt: skip
BIDDER = Subject("org:1", "Enterprise", "self")
FINED = Trigger(
    kind="Penalty", key="penalty:1", what="罚款", number="1号", authority="凤翔区水利局",
    decided_on=date(2026, 1, 31), parties=frozenset({"org:1"}), usable=True,
)  # fmt: skip
BANNED = Application(
    authority="凤翔区水利局", officer="样本甲", begins_on=date(2026, 2, 1), ends_on=date(2027, 6, 30),
    told_on=date(2026, 1, 31), remedy="六十日内申请复议",
)  # fmt: skip


def line(name: str):  # type: ignore[no-untyped-def]
    return load_measures().by_id[name]


def test_a_lawful_one_holds_in_all_seven_clauses() -> None:
    found = admit(line("office_defaulter"), PERSON, LISTED, DAY, SAID)
    assert (found.verdict, found.failing) == (Verdict.MET, None)
    assert [item.number for item in found.clauses] == [1, 2, 3, 4, 5, 6, 7]
    assert all(item.basis and item.reason for item in found.clauses)


@pytest.mark.parametrize(
    ("subject", "record", "said", "number", "fault"),
    [
        (replace(PERSON, label="Enterprise"), LISTED, SAID, 2, "wrong_subject"),
        (replace(PERSON, key="person:2"), LISTED, SAID, 2, "wrong_subject"),
        *[
            (replace(PERSON, role=role), LISTED, SAID, 2, "wrong_role")
            for role in ("spouse", "child", "parent", "relative", "staff", "minor_shareholder",
                         "affiliate", "guarantor", "controller")
        ],
        (PERSON, replace(LISTED, usable=False), SAID, 3, "record_ended"),
        (PERSON, replace(LISTED, what="abnormal_operation"), SAID, 3, "wrong_record"),
        (PERSON, replace(LISTED, authority="凤翔区财政局"), SAID, 3, "wrong_decider"),
        (PERSON, LISTED, replace(SAID, ends_on=date(2028, 1, 15)), 4, "beyond_term"),
        (PERSON, LISTED, replace(SAID, is_lifelong=True), 4, "beyond_term"),
        (PERSON, LISTED, replace(SAID, authority="凤翔区民政局"), 6, "wrong_authority"),
        (PERSON, LISTED, replace(SAID, told_on=None), 6, "not_told"),
        (PERSON, LISTED, replace(SAID, told_on=date(2026, 2, 2)), 6, "told_late"),
        (PERSON, LISTED, replace(SAID, remedy="  "), 6, "no_remedy"),
        (PERSON, LISTED, replace(SAID, begins_on=date(2026, 1, 28), told_on=date(2026, 1, 14)), 0, ""),
        (PERSON, LISTED, replace(SAID, begins_on=date(2026, 1, 14), told_on=date(2026, 1, 14)), 7,
         "before_decision"),
    ],
)  # fmt: skip
def test_the_first_clause_that_fails_is_named(
    subject: Subject, record: Trigger, said: Application, number: int, fault: str
) -> None:
    found = admit(line("office_defaulter"), subject, record, DAY, said)
    if not number:
        assert found.verdict is Verdict.MET
        return
    assert found.verdict is Verdict.NOT_MET and found.failing is not None
    assert (found.failing.number, found.failing.fault) == (number, fault)
    assert found.failing.remedy


@pytest.mark.parametrize(
    ("ends", "verdict", "fault"),
    [
        (date(2027, 1, 30), Verdict.NOT_MET, "below_term"),
        (date(2027, 1, 31), Verdict.MET, ""),
        (date(2028, 1, 31), Verdict.MET, ""),
        (date(2028, 2, 1), Verdict.NOT_MET, "beyond_term"),
    ],
)
def test_the_least_and_the_most_month_are_within(ends: date, verdict: Verdict, fault: str) -> None:
    found = admit(line("bidding_collusion"), BIDDER, FINED, DAY, replace(BANNED, ends_on=ends))
    assert found.verdict is verdict
    assert (found.failing.fault if found.failing else "") == fault


def test_a_fixed_term_needs_an_end() -> None:
    found = admit(line("bidding_collusion"), BIDDER, FINED, DAY, replace(BANNED, ends_on=None))
    assert [item.code for item in found.clauses if item.verdict is Verdict.UNKNOWN] == ["term"]
    assert found.failing is not None and found.failing.fault == "no_end"
    # a measure that should have ended by itself long ago needs nobody to say when
    late = admit(
        line("bidding_collusion"), BIDDER, FINED, date(2028, 2, 1), replace(BANNED, ends_on=None)
    )
    assert late.failing is not None and late.failing.fault == "beyond_term"


def test_who_answers_in_person_needs_a_finding() -> None:
    unit = replace(LISTED, parties=frozenset({"org:1"}))
    said = replace(SAID, authority="样本区人民法院")
    head = Subject("person:1", "Person", "legal_representative", holds_office=True)
    refused = admit(line("consumption_unit"), head, unit, DAY, said)
    assert refused.failing is not None and refused.failing.fault == "no_responsibility"
    found = replace(head, responsibility="（2026）样执限1号")
    assert admit(line("consumption_unit"), found, unit, DAY, said).verdict is Verdict.MET
    no_more = replace(found, holds_office=False)
    assert admit(line("consumption_unit"), no_more, unit, DAY, said).failing.fault == "wrong_role"  # type: ignore[union-attr]
    # the register cannot tell: the finding stands
    unknown = replace(found, holds_office=None)
    assert admit(line("consumption_unit"), unknown, unit, DAY, said).verdict is Verdict.MET


def test_the_lender_decides() -> None:
    said = replace(SAID, authority="样本农商银行", ends_on=date(2027, 1, 14))
    debtor = replace(LISTED, parties=frozenset({"org:1"}))
    assert admit(line("finance_prudent"), BIDDER, debtor, DAY, said).verdict is Verdict.MET
    ordered = admit(line("finance_prudent"), BIDDER, debtor, DAY, replace(said, informs_only=False))
    assert ordered.failing is not None and (ordered.failing.number, ordered.failing.fault) == (
        5, "lender_ordered",
    )  # fmt: skip


@pytest.mark.parametrize("one", [m for m in load_measures().measures if not m.may_be_applied])
def test_an_unsure_basis_is_never_applied(one) -> None:  # type: ignore[no-untyped-def]
    found = admit(one, PERSON, LISTED, DAY, SAID)
    assert found.failing is not None and found.failing.fault == "basis_unsure"


def test_no_line_is_no_measure() -> None:
    found = admit(None, PERSON, LISTED, DAY, SAID)
    assert found.verdict is Verdict.NOT_MET and found.failing is not None
    assert (found.failing.number, found.failing.fault) == (1, "no_clause")


def test_what_nobody_said_is_open_and_no_admission() -> None:
    found = admit(line("office_defaulter"), PERSON, Trigger(), DAY)
    assert found.verdict is not Verdict.MET
    assert found.clauses[2].verdict is Verdict.UNKNOWN


def test_a_law_counts_from_its_day() -> None:
    found = admit(line("office_defaulter"), PERSON, LISTED, date(2024, 6, 30), SAID)
    assert found.failing is not None and found.failing.fault == "not_in_force"


def test_the_catalogue_covers_every_area_and_the_country() -> None:
    book = load_measures()
    assert len(book.areas) == 15 and {m.area for m in book.measures} == {*book.areas}
    assert min(sum(m.area == area for m in book.measures) for area in book.areas) >= 3
    assert sum(m.rural for m in book.measures) >= 9
    assert all(m.article or m.level == "normative" for m in book.measures)


@pytest.mark.skipif(not SHARED.exists(), reason="the reference table is not beside the project")
def test_every_line_of_the_reference_is_there_with_its_sureness() -> None:
    book = load_measures()
    with SHARED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(book.measures)
    for row, one in zip(rows, book.measures, strict=True):
        assert book.areas[one.area] == row["area"]
        assert one.group == int(row["group"])
        assert one.may_be_applied == ("unsure" not in row["sure"]), one.id
        for bound, months in (
            ("term_min_months", one.term.least),
            ("term_max_months", one.term.most),
        ):
            if row[bound].isdigit() and one.term.kind == "fixed":
                assert months == int(row[bound]), one.id


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第四十八条", {48}), ("48", {48}), ("118、122", {118, 122}), ("第一百七十八条第一款第五项", {178}),
        ("第十五条", {15}), ("第二百六十六条", {266}), ("第3条", {3}), ("区会议纪要", set()), (None, set()),
    ],
)  # fmt: skip
def test_articles_are_read_as_they_are_written(text: str | None, numbers: set[int]) -> None:
    assert article_numbers(text) == numbers


def test_a_clause_of_another_area_is_none() -> None:
    book = load_measures()
    assert [m.id for m in book.cited("bidding", "《保障农民工工资支付条例》", "第四十八条")] == [
        "bidding_wage_arrears"
    ]
    assert book.cited("schooling", "《保障农民工工资支付条例》", "第四十八条") == ()
    assert book.cited("bidding", "招标投标法", "第二条") == ()
    assert book.cited("bidding", None, None) == ()
