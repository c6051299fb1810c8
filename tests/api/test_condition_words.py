"""Conditions as officers read them: a failed one is a fact, a missing one a question and an errand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product as every
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from world import World

from api.condition_words import failed, hint_said, lacking, unknown
from api.pages.rendering import page
from bench.scope.memory_log import MemoryLog
from queries.eligibility import decide
from queries.eligibility.decisions.decide import Case, Decision, Strata
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.fact import NOT_COLLECTED, Fact, LinkedHint
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import records_from_log
from queries.eligibility.rules.condition import Leaf
from queries.eligibility.rules.failing import failing_words
from queries.eligibility.rules.missing import distinguishable
from queries.eligibility.rules.product import packaged
from queries.eligibility.rules.runner import check
from queries.eligibility.verdict import Verdict

DAY, KNOWN = date(2026, 11, 28), datetime(2026, 11, 20, tzinfo=UTC)
BANK = ("institution:b", "FinancialInstitution")
FACTS = catalogue().facts


def case(**facts: Fact) -> Case:
    known = {"party_kind": Fact("Person", "graph"), **facts}
    return Case("person:p", known, {}, {}, Strata("Person", None, None, None), None,
                DAY, DAY, KNOWN, 3, "0" * 64)  # fmt: skip


def decided(name: str = "farmer_small_credit_loan", **facts: Fact) -> Decision:
    return decide(case(**facts), packaged()[name])


def shown(decision: Decision, template: str = "conditions.html") -> str:
    text = bytes(
        page(template, decision=decision, decisions=[decision], FACTS=FACTS, places={},
             disagreements=lambda _: ()).body
    ).decode()  # fmt: skip
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("name", "fact", "words", "never"),
    [
        ("own_listing", True, "现为失信被执行人", "未满足"),
        ("own_overdue", True, "现有逾期", "未满足"),
        ("own_bad_loan", True, "现有次级、可疑或损失类贷款", "未满足"),
        ("age", 71, "年龄（周岁）：71", "未满足"),
        ("purpose_lawful", False, "用途不合法，或不用于生产经营", "未满足"),
    ],
)
def test_a_failed_condition_is_said_as_the_fact(
    name: str, fact: Any, words: str, never: str
) -> None:
    decision = decided(**{name: Fact(fact, "judgment_defaulter", DAY)})
    said = [failed(item) for item in decision.conditions if name in item.condition.facts]
    assert words in "；".join(said)
    told = shown(decision)
    assert f'<b class="wrap">{words}</b>' in told and never not in told
    # what is asked for stands beside it, marked as what is asked for
    wording = next(i.condition.wording for i in decision.conditions if name in i.condition.facts)
    assert f"要求：{wording}" in told


def test_what_is_met_or_open_fails_nothing() -> None:
    decision = decided(own_listing=Fact(False, "judgment_defaulter", DAY))
    assert decision.verdict is Verdict.UNKNOWN
    assert {failed(item) for item in decision.conditions} == {""}


def test_one_of_several_ways_tells_why_none_is_open() -> None:
    shared = next(c for v in packaged()["land_right_mortgage"].versions for c in v.conditions
                  if c.id == "tax_clear")  # fmt: skip
    told = check(
        shared, {"party_kind": Fact("Enterprise", "graph"), "tax_arrears": Fact(True, "tax")}
    )
    # that it is a firm is no fault of it
    assert failed(told) == "现有欠税，或被认定为非正常户"
    person = check(shared, {"party_kind": Fact("Person", "graph")})
    assert failed(person) == ""


def test_too_little_left_names_what_was_set_off() -> None:
    decision = decided(
        annual_income_fen=Fact(1_000_000, "收入证明"),
        annual_expense_fen=Fact(5_000_000, "支出说明"),
    )
    said = [failed(i) for i in decision.conditions if i.verdict is Verdict.NOT_MET]
    assert any("家庭年总收入、家庭年总支出相抵后不足" in one for one in said), said


def test_every_flag_that_can_fail_a_condition_has_its_words() -> None:
    """No product, of any version, falls back on 是 or 否."""
    lacking_words, seen = set(), 0
    for item in (c for p in packaged().values() for v in p.versions for c in v.conditions):
        leaves: dict[str, list[Leaf]] = {}
        for leaf in item.test.leaves():
            leaves.setdefault(leaf.fact, []).append(leaf)
        ways = [
            [(name, value) for value in distinguishable(tests)] for name, tests in leaves.items()
        ]
        for chosen in every(*ways):
            facts = {name: Fact(value, "手写") for name, value in chosen}
            said = failed(check(item, facts))
            assert bool(said) == (item.test.verdict(facts) is Verdict.NOT_MET)
            assert not set("未满足") <= set(said), said
            for name, value in chosen:
                if f"{FACTS[name].term}：{'是' if value else '否'}" in said:
                    lacking_words.add((name, value))
            seen += bool(said)
    assert not lacking_words and seen > 100


def test_the_words_are_of_flags_that_exist() -> None:
    for name, words in failing_words().items():
        assert FACTS[name].type == "flag" and words, name
        assert all(len(said) > 3 for said in words.values()), name


def test_what_is_missing_is_asked_and_never_charged() -> None:
    """No term that reads as a charge stands alone beside a dash."""
    told = shown(decided())
    assert "有无次级、可疑、损失类贷款" in told and "当前有无逾期" in told
    assert "本人（本单位）有次级" not in told and "本人（本单位）当前有逾期" not in told
    assert "：—" not in told
    least = "；".join(decided().missing)
    assert not {"本人（本单位）有次级", "本人（本单位）当前有逾期"} & set(least.split("；"))


def test_every_question_reads_as_one() -> None:
    for spec in FACTS.values():
        if spec.type == "flag":
            assert any(word in spec.question for word in ("有无", "是否", "是不是")), spec.id
            # two verbs in a row are no question: 是否家庭农场已…, 是否流转取得的，…
            assert not spec.question.startswith(("是否家庭", "是否流转", "是否同户", "是否近")), (
                spec.id
            )


def test_a_report_too_old_is_named_with_its_day() -> None:
    """以前是否贷过款尚未核实，须凭本人书面授权查征信（2026-04-01 的报告已过期）."""
    log = MemoryLog()
    world = World(log)
    world.node("Person", "person:p")
    world.tie("HAS_CREDIT_REPORT", ("person:p", "Person"), ("report:r", "CreditReport"))
    for day in (date(2026, 1, 9), date(2026, 4, 1)):
        report = f"report:{day}"
        world.tie("HAS_CREDIT_REPORT", ("person:p", "Person"), (report, "CreditReport"))
        world.node("CreditReport", report, report_on=day, purpose="own_query", has_loan_record=False,
                   report_no=f"R{day}", valid_from=day)  # fmt: skip
    world.commit(KNOWN)
    records = records_from_log(log, DAY, KNOWN)
    held = gather(records, pa.array(["person:p"]), facts=["any_loan"]).facts(0)["any_loan"]
    assert (held.value, held.reason, held.stated_on) == (None, "stale", date(2026, 4, 1))
    assert lacking(FACTS["any_loan"], held) == (
        "以前是否贷过款（任何机构，含已结清），尚未核实，须凭本人书面授权查询征信报告（2026-04-01 的征信报告已过期）"
    )
    told = shown(decided(any_loan=held), "first_loan.html")
    assert "2026-04-01 的征信报告已过期" in told and "还缺" not in told


def test_a_list_too_old_is_named_with_its_day() -> None:
    log = MemoryLog()
    world = World(log)
    world.node("Person", "person:p")
    world.commit(KNOWN)
    records = records_from_log(log, DAY, KNOWN)
    records.sources = {"judgment_defaulter": date(2026, 2, 1)}
    held = gather(records, pa.array(["person:p"]), facts=["own_listing"]).facts(0)["own_listing"]
    assert unknown(FACTS["own_listing"], held) == (
        "当前是否被列为失信被执行人，尚未核实（“失信被执行人”的数据只到 2026-02-01，已过期）"
    )


def test_an_errand_is_the_one_that_brings_the_fact() -> None:
    """Not every missing fact is in the credit report."""
    told = lacking(FACTS["own_institution_loan"], NOT_COLLECTED)
    assert "须在本机构信贷系统查询" in told and "征信" not in told


def test_whoever_stands_for_nobody_is_told_so() -> None:
    log = MemoryLog()
    world = World(log)
    for key in ("person:p", "person:q", "person:r"):
        world.node("Person", key)
    world.tie("GUARANTEES", ("person:q", "Person"), ("person:r", "Person"))
    world.commit(KNOWN)
    found = gather(records_from_log(log, DAY, KNOWN), pa.array(["person:p", "person:q"]))
    nobody, somebody = (found.hints(n)["guarantees_bad_loan"] for n in range(2))
    assert hint_said(nobody) == "在已接入机构未为他人担保，不适用"
    # whoever stands for somebody is not told that it does not apply
    assert hint_said(somebody) == "尚未核实"
    assert [hint_said(LinkedHint(holds)) for holds in (True, False)] == ["有", "没有"]
    decision = SimpleNamespace(**{**vars(decided()), "hints": {"guarantees_bad_loan": nobody},
                                  "missing": (), "notice": "提示"})  # fmt: skip
    told = shown(decision)  # type: ignore[arg-type]
    assert "所担保的人有无不良贷款：在已接入机构未为他人担保，不适用" in told and "：—" not in told
