"""The board of one party: what fits, what is open with its one errand, what does not fit and why; each
paper asked for once."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from fastapi.responses import HTMLResponse
from outline import Outline

from api.decision_board import Board, board_of
from api.pages.decisions import _show
from api.pages.papers import Laid, grouped, read_form, usual
from api.security import local_asker
from queries.eligibility import Case, Decision, Verdict, decide, packaged
from queries.eligibility.decisions.decide import Strata
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.golden import read_cases, shipped_cases

DAY = date(2026, 11, 29)
FARMER, APPLE, STARTUP = "farmer_small_credit_loan", "apple_loan", "startup_guaranteed_loan"


def facts_of(product: str) -> dict[str, Fact]:
    """Of the golden case in which everything is met."""
    cases = read_cases(shipped_cases(product))
    return cases.facts(next(one for one in cases.cases if one.verdict is Verdict.MET))


def case(**change: Value) -> Case:
    facts = {**facts_of(FARMER), "party_kind": Fact("Person", "登记")}
    for name, value in change.items():
        facts[name] = Fact(None, reason="not_collected") if value is None else Fact(value, "手写")
    return Case("person:p", facts, {}, {}, Strata("Person", None, None, None), None,
                DAY, DAY, datetime(2026, 11, 20, tzinfo=UTC), 3, "0" * 64)  # fmt: skip


def one_of_each() -> tuple[Decision, ...]:
    """A farmer for whom one product is met, one lacks papers, and one is not for him."""
    held = case(rural_town=None, startup_qualified=None)
    return tuple(decide(held, packaged()[name]) for name in (FARMER, APPLE, STARTUP))


def board() -> Board:
    return board_of(one_of_each())


def test_a_subject_with_one_of_each_stands_in_three_columns() -> None:
    found = Counter(one.verdict for one in one_of_each())
    told = board()
    assert len(told.met) == found[Verdict.MET] >= 1
    assert len(told.open) == found[Verdict.UNKNOWN] >= 1
    assert len(told.cards) == 3
    met = told.met[0]
    assert met.id == FARMER and met.is_settled and met.fen and not met.errand and not met.reason
    still = told.open[0]
    assert still.errand and still.settles and not still.reason
    # unknown is not no: what is open has no reason against it, and is worth an errand
    assert set(still.settles) <= set(still.decision.settled_by)


def test_the_one_errand_settles_most_of_what_is_open() -> None:
    for card in board().open:
        wanted = set(card.decision.settled_by)
        most = max(len(wanted & set(step.obtains)) for step in card.decision.next_steps)
        assert len(card.settles) == most
        # the questions that it settles are counted, not said again
        assert "一次核实" not in card.errand


def test_the_one_reason_is_said_as_a_fact_with_what_asks_for_it() -> None:
    decision = decide(case(age=71, own_listing=True), packaged()[FARMER])
    [card] = board_of([decision]).failed
    # what a law asks for comes before the product's own line
    assert card.reason == "现为失信被执行人" and "法释" in card.basis
    assert card.others == 1 and card.fen is None
    alone = board_of([decide(case(age=71), packaged()[FARMER])]).failed[0]
    assert alone.reason.startswith("年龄") and alone.basis.startswith("产品规定")
    assert alone.others == 0


def test_each_paper_is_asked_for_once_and_under_its_product() -> None:
    report = ("any_loan", "own_overdue", "own_bad_loan", "owed_fen")
    few = case(**dict.fromkeys(report))
    held = [decide(few, packaged()[name]) for name in (FARMER, APPLE, "live_animal_mortgage")]
    groups = grouped(held)
    papers = [paper.name for group in groups for paper in group.papers]
    assert len(papers) == len(set(papers)) > 5
    asked = [spec.id for group in groups for paper in group.papers for spec in paper.facts]
    assert len(asked) == len(set(asked))
    # several ask for a credit report; the ear tags are those of one product
    [shared] = [paper for paper in groups[0].papers if paper.name == "征信报告"]
    assert set(report) <= {spec.id for spec in shared.facts} and groups[0].title == ""
    [tags] = [group for group in groups if "耳标清单" in [one.name for one in group.papers]]
    assert tags.title == packaged()["live_animal_mortgage"].title
    # an errand that several conditions need stands once among the next steps
    for one in held:
        texts = [step.text.partition("，一次核实")[0] for step in one.next_steps]
        assert texts.count("凭本人书面授权查询征信报告") <= 1, one.product.id


def test_papers_of_what_is_failed_anyway_come_last() -> None:
    failing = case(age=71, any_loan=None)
    held = [decide(failing, packaged()[name]) for name in (FARMER, "live_animal_mortgage")]
    assert {one.verdict for one in held} == {Verdict.NOT_MET, Verdict.UNKNOWN}
    marks = [group.is_failed for group in grouped(held)]
    assert marks == sorted(marks)


def test_the_number_of_a_consent_is_the_consent() -> None:
    told = read_form({"reference@书面授权书": "A7", "stated_on@书面授权书": "2026-11-02"})
    assert told.papers["consent"]["value"] == "是" and told.papers["consent"]["reference"] == "A7"
    assert read_form({"stated_on@书面授权书": "2026-11-02"}).papers == {}
    # the number of any other paper says nothing by itself
    assert read_form({"reference@征信报告": "R1"}).papers == {}


def test_what_a_paper_mostly_says_of_itself_is_there_to_be_corrected() -> None:
    found = usual([decide(case(consent=None, any_loan=None), packaged()[FARMER])], "张三")
    assert found["issuer@征信报告"] == "中国人民银行征信中心"
    assert (
        found["seen_by@书面授权书"] == "张三" and found["stated_on@书面授权书"] == DAY.isoformat()
    )
    # no number is guessed, nor the day of what was made out elsewhere
    assert not [name for name in found if name.startswith("reference@")]
    assert "stated_on@征信报告" not in found
    assert read_form(found).papers == {}


def shown(decisions: tuple[Decision, ...], **form: Any) -> HTMLResponse:
    """The page over decisions that were made by hand."""
    reader: Any = SimpleNamespace(
        division_names=dict, institution_names=dict, name=lambda key: "王一"
    )
    return _show(reader, "person:p", decisions, local_asker(), laid=Laid(form, {}))


def test_the_page_of_one_of_each_is_whole_and_asks_for_each_paper_once() -> None:
    text = bytes(shown(one_of_each()).body).decode()
    page = Outline(text)
    assert not page.wrong, page.wrong
    for card in board().cards:
        assert text.count(f'href="#{card.id}"') == 1 and text.count(f'id="{card.id}"') == 1
    for words in ("✓ 符合", "… 待补充", "✗ 不符合", "不超过", "最快"):
        assert words in page.text, words
    numbers = re.findall(r'name="reference@([^"]+)"', text)
    assert len(numbers) == len(set(numbers)) and numbers
    # the key is behind what is of the machine alone
    assert "person:p" not in Outline(text.split("<details")[0]).text


def test_what_fails_stands_on_the_page_with_what_would_turn_it() -> None:
    decision = decide(case(household_other_operating_loan=True), packaged()[FARMER])
    text = Outline(bytes(shown((decision,)).body).decode()).text
    assert "要改变什么" in text and "假设推演，不是事实，不作承诺" in text
    assert "若户内其他人的经营性贷款结清后再申请" in text
    assert "上一版本 2026.1" in text and "现行版本改了什么" in text
    nothing = decide(case(age=71), packaged()[FARMER])
    assert "没有现在能办的事" in Outline(bytes(shown((nothing,)).body).decode()).text
