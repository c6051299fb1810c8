"""Each rule over hand-written worlds: what raises a warning, once, and what only looks like it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from monitored import Office, firm, listed

from graph.information import InformationClass
from queries.monitoring import NOTICE, Sector, SectorWarning
from queries.scope import Scope

JANUARY = date(2026, 1, 15)


def told(warnings: list[SectorWarning], rule: str) -> list[tuple[str, datetime]]:
    """Of whom, and since when it was known."""
    return [(one.subject, one.came_at) for one in warnings if one.rule == rule]


def test_a_new_record_warns_once_and_names_what_it_stands_on(office: Office) -> None:
    a, b = firm(office, "org:a001"), firm(office, "org:b001")
    office.batch()
    listed(office, a, "1号")
    first = office.batch("courts")
    [one] = office.warnings()
    assert (one.rule, one.subject, one.came_at, one.batch) == (
        "adverse_record", a[0], first, "courts-20260204",
    )  # fmt: skip
    assert (one.before, one.after, one.label, one.industry) == (
        None, "列入失信被执行人名单 1号", "Enterprise", "1371",
    )  # fmt: skip
    [shown] = one.evidence
    assert (shown.kind, shown.source, shown.batch) == ("ListEntry", "courts", "courts-20260204")
    assert one.notice == NOTICE and one.position == 2 and one.ground
    # nothing else changes: it is the same one, whoever asks and when
    office.world.node("Enterprise", b[0], name="样本乙有限公司", industry="1371")
    office.batch("other")
    assert office.warnings() == office.warnings() == [one]


def test_a_record_that_is_told_again_is_the_same_warning(office: Office) -> None:
    a = firm(office, "org:a001")
    office.batch()
    entry, tie = listed(office, a, "1号")
    first = office.batch("courts")
    before = office.warnings()
    # another source tells it, and the first corrects a word: the fact is another, the event is not
    listed(office, a, "1号")
    office.batch("credit_list")
    office.world.close("ListEntry", entry)
    office.world.close("SUBJECT_OF", tie)
    listed(office, a, "1号", performance="部分未履行")
    office.batch("courts")
    [one] = office.warnings()
    assert (one.id, one.came_at) == (before[0].id, first)
    assert one.evidence != before[0].evidence


@pytest.mark.parametrize(
    "ended",
    [{"removed_on": date(2026, 3, 1)}, {"record_state": "annulled"}, {"record_state": "disputed"},
     {"published_until": date(2026, 6, 30)}, {"certainty": 0.8}],
    ids=["removed", "annulled", "disputed", "expired", "resembling"],
)  # fmt: skip
def test_what_may_not_be_used_warns_of_nothing(office: Office, ended: dict[str, Any]) -> None:
    a, b = firm(office, "org:a001"), firm(office, "org:b001")
    office.world.tie("HOLDS_SHARES_IN", a, b, share_ratio=0.6)
    office.batch()
    listed(office, a, "1号", **ended)
    office.batch("courts")
    assert office.warnings() == []


def test_a_repair_takes_the_warning_back_and_what_is_upheld_returns_as_the_same(
    office: Office,
) -> None:
    a = firm(office, "org:a001")
    office.batch()
    entry, _ = listed(office, a, "1号")
    first = office.batch("courts")
    [before] = office.warnings()
    office.world.close("ListEntry", entry)
    disputed, _ = listed(office, a, "1号", record_state="disputed")
    office.batch("courts")
    assert office.warnings() == []
    office.world.close("ListEntry", disputed)
    listed(office, a, "1号")
    office.batch("courts")
    [after] = office.warnings()
    assert (after.id, after.came_at) == (before.id, first)


def test_penalties_and_arrears_warn_and_what_was_paid_does_not(office: Office) -> None:
    a, b, c = (firm(office, f"org:{name}001") for name in "abc")
    for key in ("org:a001:vat", "org:b001:vat"):
        owed = f"tax_arrears:{key}"
        office.world.node("TaxArrears", owed, tax_kind="vat", balance_fen=900, valid_from=JANUARY,
                          valid_to=date(2026, 4, 1) if "b001" in key else None)  # fmt: skip
        office.world.tie("OWES", (key[:8], "Enterprise"), (owed, "TaxArrears"))
    penalty = "penalty:x:样罚1号:c001"
    office.world.node("Penalty", penalty, document_no="样罚1号", penalty_kinds="罚款", decided_on=JANUARY,
                      authority="样本区应急管理局")  # fmt: skip
    office.world.tie("PENALISED_BY", c, (penalty, "Penalty"))
    first = office.batch()
    # what b paid, it owes no more; what it owes after that is another matter
    office.world.node("TaxArrears", "tax_arrears:org:b001:vat", tax_kind="vat", balance_fen=0,
                      valid_from=date(2026, 4, 1))  # fmt: skip
    office.batch("tax")
    assert told(office.warnings(), "adverse_record") == [(c[0], first), (a[0], first)]
    again = date(2026, 7, 1)
    office.world.node(
        "TaxArrears", "tax_arrears:org:b001:vat", tax_kind="vat", balance_fen=70, valid_from=again
    )
    third = office.batch("bureau")
    assert told(office.warnings(), "adverse_record")[-1] == (b[0], third)
    assert {one.after for one in office.warnings()} == {"欠税：增值税", "行政处罚 样罚1号"}


def test_a_tie_to_a_dishonest_subject_warns_and_a_resemblance_never_does(office: Office) -> None:
    bad, near, alike, far = (
        firm(office, f"org:{name}001") for name in ("bad", "near", "like", "far")
    )
    office.world.tie("HOLDS_SHARES_IN", near, bad, share_ratio=0.4)
    office.world.tie("HOLDS_SHARES_IN", alike, bad, share_ratio=0.4, certainty=0.9)
    office.world.tie("HOLDS_SHARES_IN", far, near, share_ratio=0.4)
    office.world.tie("GUARANTEES", far, bad, discriminator="guarantee:x:1", amount_fen=100,
                     valid_to=date(2026, 2, 1))  # fmt: skip
    office.batch()
    listed(office, bad, "1号")
    second = office.batch("courts")
    warnings = office.warnings()
    assert told(warnings, "dishonest_tie") == [(near[0], second)]
    [one] = [w for w in warnings if w.rule == "dishonest_tie"]
    assert (one.other, one.after) == (bad[0], "持股的单位列入失信被执行人名单")
    assert [e.kind for e in one.evidence] == ["HOLDS_SHARES_IN", "ListEntry"]
    # a tie that comes later is an event of its own day
    office.world.tie("GUARANTEES", far, bad, discriminator="guarantee:x:2", amount_fen=100)
    third = office.batch("bank")
    assert told(office.warnings(), "dishonest_tie") == [(near[0], second), (far[0], third)]


def test_abnormal_operation_makes_nobody_dishonest(office: Office) -> None:
    bad, near = firm(office, "org:a001"), firm(office, "org:b001")
    office.world.tie("HOLDS_SHARES_IN", near, bad, share_ratio=0.4)
    listed(office, bad, "1号", list_kind="abnormal_operation", conduct="unreachable")
    office.batch()
    assert told(office.warnings(), "dishonest_tie") == []


def rated(office: Office, end: tuple[str, str], year: int, grade: str, **more: Any) -> str:
    office.world.tie(
        "RATED_AS", end, (f"tax_rating:{end[0]}", "TaxRating"), valid_from=date(year + 1, 4, 1)
    )
    return office.world.node(
        "TaxRating", f"tax_rating:{end[0]}", year=year, grade=grade, valid_from=date(year + 1, 4, 1), **more
    )  # fmt: skip


def test_a_grade_that_changes_warns_with_both_and_the_first_known_is_no_change(
    office: Office,
) -> None:
    a, b, c = (firm(office, f"org:{name}001") for name in "abc")
    old = rated(office, a, 2023, "A")
    rated(office, b, 2023, "A")
    # two years that come together are the grade that stands, and no change that we saw
    rated(office, c, 2022, "A")
    rated(office, c, 2023, "D")
    office.batch()
    assert told(office.warnings(), "grade_change") == []
    office.world.close("TaxRating", old)
    rated(office, a, 2023, "A", valid_to=date(2025, 4, 1))
    rated(office, a, 2024, "C")
    rated(office, b, 2024, "A")
    second = office.batch("tax")
    [one] = office.warnings()
    assert (one.subject, one.came_at, one.before, one.after) == (
        a[0], second, "纳税信用级别 A 级", "纳税信用级别 C 级",
    )  # fmt: skip
    # an older year that comes late tells of no change
    rated(office, b, 2021, "D")
    office.batch("tax")
    assert office.warnings() == [one]


def graded(
    office: Office, end: tuple[str, str], kind: str, key: str, on: date, **said: Any
) -> None:
    tie = {"CreditGrade": "GRADED_AS", "SupervisionGrade": "SUPERVISED_AS"}[kind]
    office.world.tie(tie, end, (key, kind), valid_from=on)
    office.world.node(kind, key, valid_from=on, decided_on=on, **said)


def test_another_scheme_edition_or_authority_is_no_change_of_this_grade(office: Office) -> None:
    a = firm(office, "org:a001")
    old, new = date(2025, 6, 1), date(2026, 2, 1)
    graded(office, a, "CreditGrade", "grade:public", old, scheme="public_credit", edition="former", grade="A",
           authority="甲")  # fmt: skip
    graded(office, a, "CreditGrade", "grade:green", old, scheme="environment", edition="sector", grade="green",
           authority="乙")  # fmt: skip
    office.batch()
    graded(office, a, "CreditGrade", "grade:public", new, scheme="public_credit", edition="2026", grade="good",
           authority="甲")  # fmt: skip
    graded(
        office,
        a,
        "CreditGrade",
        "grade:food",
        new,
        scheme="food",
        edition="sector",
        grade="C",
        authority="丙",
    )
    office.batch("other")
    assert office.warnings() == []
    graded(office, a, "CreditGrade", "grade:green", new, scheme="environment", edition="sector", grade="red",
           authority="乙")  # fmt: skip
    office.batch("environment")
    [one] = office.warnings()
    assert (one.before, one.after) == (
        "环境信用评价、行业或地方版、信用评价等级 绿", "环境信用评价、行业或地方版、信用评价等级 红",
    )  # fmt: skip


def test_a_grade_of_supervision_that_only_drifted_by_a_score_raises_nothing(office: Office) -> None:
    a, b = firm(office, "org:a001"), firm(office, "org:b001")
    for end in (a, b):
        graded(office, end, "SupervisionGrade", f"supervision:{end[0]}", date(2025, 6, 1), sector="market",
               authority="甲", grade="A", ground="initial")  # fmt: skip
    office.batch()
    for end, ground in ((a, "score"), (b, "inspection")):
        graded(office, end, "SupervisionGrade", f"supervision:{end[0]}", date(2026, 2, 1), sector="market",
               authority="甲", grade="C", ground=ground)  # fmt: skip
    office.batch("market")
    assert [one.subject for one in office.warnings()] == [b[0]]


def test_a_loan_past_its_day_warns_once_somebody_says_so_after_that_day(office: Office) -> None:
    ends = [firm(office, f"org:{name}001") for name in ("due", "paid", "none", "more", "zero")]
    due_on = date(2026, 3, 1)
    for end in ends:
        loan = f"loan:{end[0]}"
        office.world.tie("BORROWED", end, (loan, "Loan"))
        office.world.node("Loan", loan, due_on=date(2026, 9, 1) if "more" in loan else due_on)
        office.world.node("LoanState", loan, "Loan", balance_fen=500, valid_from=date(2026, 2, 1))
    office.batch()
    # a state of before the day says nothing of it
    assert office.warnings() == []
    for end, said in zip(
        ends,
        ({"balance_fen": 500}, {"balance_fen": 500, "settled_on": date(2026, 3, 2)}, None,
         {"balance_fen": 500}, {"balance_fen": 0}),
        strict=True,
    ):  # fmt: skip
        if said:
            office.world.node(
                "LoanState", f"loan:{end[0]}", "Loan", valid_from=date(2026, 3, 31), **said
            )
    second = office.batch("bank")
    [one] = office.warnings()
    assert (one.subject, one.rule, one.came_at) == (ends[0][0], "matured_loan", second)
    assert (one.before, one.after) == ("2026-03-01 到期", "2026-03-31 尚有余额 5.00 元")
    # the next month says it again, and then it is paid
    office.world.node(
        "LoanState", f"loan:{ends[0][0]}", "Loan", balance_fen=300, valid_from=date(2026, 4, 30)
    )
    office.batch("bank")
    assert [(w.id, w.came_at) for w in office.warnings()] == [(one.id, second)]
    office.world.node("LoanState", f"loan:{ends[0][0]}", "Loan", balance_fen=0, valid_from=date(2026, 5, 31),
                      settled_on=date(2026, 5, 20))  # fmt: skip
    office.batch("bank")
    assert office.warnings() == []


def test_the_contract_that_passes_a_limit_warns_and_those_before_it_do_not(office: Office) -> None:
    giver, *takers = (firm(office, f"org:{n:04d}") for n in range(8))
    for n, end in enumerate(takers[:5]):
        office.world.tie("GUARANTEES", giver, end, discriminator=f"guarantee:x:{n}", amount_fen=100)
    office.batch()
    assert office.warnings() == []
    office.world.tie("GUARANTEES", giver, takers[5], discriminator="guarantee:x:5", amount_fen=100)
    # another contract for the same client is no other client
    office.world.tie("GUARANTEES", giver, takers[0], discriminator="guarantee:x:9", amount_fen=100)
    second = office.batch("bank")
    [one] = office.warnings()
    assert (one.rule, one.subject, one.other, one.came_at) == (
        "guarantee_limit", giver[0], takers[5][0], second,
    )  # fmt: skip
    assert (one.before, one.after) == (
        "为 5 户企业担保", "为 6 户企业担保，限 5 户（企业担保客户数）",
    )  # fmt: skip
    assert [e.kind for e in one.evidence] == ["GUARANTEES"]


def test_net_assets_that_fall_take_guarantees_beyond_them(office: Office) -> None:
    giver, one, other = (firm(office, f"org:{n:04d}") for n in range(3))
    report = office.world.node(
        "AnnualReport", giver[0], "Enterprise", year=2024, net_assets_fen=1_000
    )
    office.world.tie("GUARANTEES", giver, one, discriminator="guarantee:x:1", amount_fen=600)
    office.world.tie("GUARANTEES", giver, other, discriminator="guarantee:x:2", amount_fen=300)
    office.batch()
    assert office.warnings() == []
    office.world.close("AnnualReport", report)
    again = office.world.node("AnnualReport", giver[0], "Enterprise", year=2025, net_assets_fen=800)
    second = office.batch("report")
    [found] = office.warnings()
    assert (found.other, found.came_at) == (other[0], second)
    # they fall once more: what was beyond them is no other event, and did not come only now
    office.world.close("AnnualReport", again)
    office.world.node("AnnualReport", giver[0], "Enterprise", year=2026, net_assets_fen=700)
    office.batch("report")
    assert [(w.id, w.came_at) for w in office.warnings()] == [(found.id, second)]


def test_a_withdrawn_batch_has_warned_of_nothing(office: Office) -> None:
    a = firm(office, "org:a001")
    office.batch()
    entry, tie = listed(office, a, "1号")
    office.batch("courts")
    [before] = office.warnings()
    office.world.close("ListEntry", entry)
    office.world.close("SUBJECT_OF", tie)
    office.batch("undoing", notes={"withdraws": "courts-20260204"})
    assert office.warnings() == []
    listed(office, a, "1号")
    again = office.batch("courts")
    [after] = office.warnings()
    # the file that is sent again warns of the same, which came when it came
    assert (after.id, after.came_at) == (before.id, again)


def test_a_sector_is_industry_class_and_area(office: Office) -> None:
    for key, industry, village in (
        ("org:a001", "1371", "610305100201"), ("org:b001", "C1392", "610305101202"),
        ("org:c001", "0514", "610305100201"),
    ):  # fmt: skip
        listed(office, firm(office, key, industry, village), f"{key}号")
    office.world.node("Person", "person:1", name="样某")
    listed(office, ("person:1", "Person"), "人号")
    office.batch()
    register = office.register()

    def of(**said: Any) -> set[str]:
        return {*register.of(Sector(**said))["subject"].to_pylist()}

    assert len(of()) == 4
    assert of(industries=("C",)) == of(industries=("13",)) == {"org:a001", "org:b001"}
    assert of(industries=("1371", "A")) == {"org:a001", "org:c001"}
    assert of(classes=("Person",)) == {"person:1"}
    assert of(areas=("610305100",)) == {"org:a001", "org:c001"}
    assert of(areas=("610305",), industries=("C13",), classes=("Enterprise",)) == {
        "org:a001",
        "org:b001",
    }
    for wrong in ({"industries": ("制造",)}, {"classes": ("Firm",)}, {"areas": ("61030",)}):
        with pytest.raises(ValueError, match=r"行业|主体|区划"):
            Sector(**wrong)


def test_a_scope_withholds_warnings_with_what_they_stand_on(office: Office) -> None:
    a, b = firm(office, "org:a001"), firm(office, "org:b001", village="610305101202")
    for end in (a, b):
        rated(office, end, 2023, "A")
    office.batch()
    for end in (a, b):
        rated(office, end, 2024, "D")
    listed(office, b, "1号")
    office.batch("tax")

    def of(scope: Scope) -> set[tuple[str, str]]:
        return {(one.subject, one.rule) for one in office.warnings(scope=scope)}

    public = {("org:b001", "adverse_record")}
    assert of(Scope("公众", open_classes=frozenset())) == public
    near = Scope("凤鸣镇", divisions=("610305100",), open_classes=frozenset({InformationClass.TAX}))
    assert of(near) == public | {("org:a001", "grade_change")}
