"""Next steps: nothing unlawful, nothing silly, and one errand for all that one document settles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError
from graph.operations import OperationsStore
from graph.settings import Settings
from queries.eligibility import packaged
from queries.eligibility.decisions.steps import NextStep, next_steps
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.barred import BarredStep, barred_for, load_barred, objections
from queries.eligibility.rules.golden import read_cases, shipped_cases
from queries.eligibility.rules.missing import distinguishable
from queries.eligibility.rules.product import Product, Version
from queries.eligibility.rules.publish import propose
from queries.eligibility.rules.runner import Checked, evaluate
from queries.eligibility.verdict import Verdict

PRODUCTS = list(packaged().values())
ROOM = Path(__file__).parents[3] / "queries" / "eligibility"


def offered(
    product: Product, facts: dict[str, Fact], checked: tuple[Checked, ...] | None = None
) -> tuple[NextStep, ...]:
    version = product.versions[-1]
    checked = evaluate(version, facts) if checked is None else checked
    return next_steps(checked, catalogue(), barred_for(version))


def base(product: Product) -> dict[str, Fact]:
    """Facts of a golden case in which every condition is met, with its golden base."""
    cases = read_cases(shipped_cases(product.id))
    return cases.facts(next(case for case in cases.cases if case.verdict is Verdict.MET))


def texts(product: str, **change: Value) -> list[str]:
    chosen = packaged()[product]
    facts = {**base(chosen), **{n: Fact(v) for n, v in change.items() if v is not None}}
    for name, value in change.items():
        if value is None:
            del facts[name]
    return [step.text for step in offered(chosen, facts)]


def every_way(version: Version, facts: dict[str, Fact]) -> Iterator[tuple[str, Value]]:
    """Each fact of each condition, with every value that its limits tell apart, and unknown."""
    leaves: dict[str, list[Any]] = {}
    for item in version.conditions:
        for leaf in item.test.leaves():
            leaves.setdefault(leaf.fact, []).append(leaf)
    for name, tests in leaves.items():
        for value in (*distinguishable(tests), None):
            yield name, value


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda item: item.id)
def test_no_way_of_failing_is_answered_with_what_is_barred(product: Product) -> None:
    version = product.versions[-1]
    met = base(product)
    for name, value in every_way(version, met):
        facts = {n: f for n, f in met.items() if n != name}
        if value is not None:
            facts[name] = Fact(value)
        checked = evaluate(version, facts)
        steps = offered(product, facts, checked)
        open_ = [item for item in checked if item.verdict is not Verdict.MET]
        assert bool(steps) == bool(open_), (name, value)
        said = [bar.instead.text for bar in load_barred() if bar.instead]
        for step in steps:
            bars = [
                bar.id for bar in load_barred() if bar.holds_for(facts) and bar.means(step.text)
            ]
            assert step.text in said or not bars, (name, value, step.text)
        # one thing is said once, whatever it serves
        assert len({step.text for step in steps}) == len(steps)


@pytest.mark.parametrize("state", ["revoked", "cancelled"])
@pytest.mark.parametrize("product", ["cooperative_loan", "agri_enterprise_credit_loan"])
def test_a_dissolved_firm_is_not_founded_anew(product: str, state: str) -> None:
    # whatever else it fails, or lacks, the way is the liquidation
    (step,) = texts(product, registration_state=state, abnormal_operation=True, own_overdue=None)
    assert "清算" in step
    moved = texts(product, registration_state="moved")
    assert moved and not re.search("设立|恢复登记|清算", "".join(moved))


def test_nobody_borrows_for_a_young_cooperative() -> None:
    (step,) = texts("cooperative_loan", years_established=0)
    assert step == "成立满一年后再申请"


def test_no_orchard_on_basic_farmland() -> None:
    told = texts("apple_loan", orchard_mu=1.0)
    assert any("已建成的果园" in text and "不占用永久基本农田" in text for text in told)


def test_nobody_renews_with_himself() -> None:
    assert all(
        "流转取得的" in text
        for text in texts("land_right_mortgage", household_contract=False, leased_right_years=1)
        if "续签" in text
    )


def test_a_student_loan_need_not_be_settled() -> None:
    for product, change in (
        ("farmer_small_credit_loan", {"household_other_operating_loan": True}),
        ("startup_guaranteed_loan", {"open_loan_counted": True}),
        (
            "startup_guaranteed_loan",
            {"marital_status": "married", "spouse_open_loan_counted": True},
        ),
    ):
        told = [text for text in texts(product, **change) if "结清" in text]
        assert told and all("助学" in text and "不必结清" in text for text in told)


@pytest.mark.parametrize(
    "text",
    [
        "到登记机关办理恢复登记或重新设立登记", "另行设立一家公司后申请",
        "成立满一年后再申请；此前可由成员以个人名义申请", "由社员代为贷款",
        "合法流转土地扩大果园后再申请", "新建养殖场后再申请",
        "与承包方续签流转合同，延长年限", "延长承包经营权年限",
        "结清其他贷款后再申请", "户内已有的贷款结清后再申请",
        "离婚后再申请", "分户后由本人申请", "解除担保后再申请", "由他人代持",
    ],
)  # fmt: skip
def test_what_may_not_be_proposed_is_not_published(text: str, tmp_path: Path) -> None:
    name = "apple_loan"
    file = (ROOM / "rules" / "products" / f"{name}.yaml").read_text(encoding="utf-8")
    head, version = file.split("  - version:", 1)
    # the next version is the last, and only it is looked at: what holds is what it was
    later = re.sub(r'"2026\.\d+"', '"2099.1"', version.split("  - version:")[-1], count=1)
    later = re.sub(r"effective_from: \S+", "effective_from: 2099-01-01", later, count=1)
    later = re.sub(r"text: [^,]+, days: 30", f"text: {text}, days: 30", later, count=1)
    assert text in later
    cases = re.sub(r'version: "[^"]+"', 'version: "2099.1"', shipped_cases(name), count=1)
    with OperationsStore(Settings(data=tmp_path)) as store, pytest.raises(InputError) as caught:
        propose(store, name, f"{head}  - version:{version}  - version:{later}", cases, by="甲",
                at=datetime(2026, 3, 1, tzinfo=UTC), day=date(2026, 3, 1))  # fmt: skip
    assert caught.value.cause_code == "step_barred"
    assert text in caught.value.message_zh


@pytest.mark.parametrize(
    "text",
    [
        "归还不良贷款，取得结清证明后再申请", "还清逾期本息后即可再申请", "依法吸收成员并办理成员备案",
        "办理营业执照", "由户内其他符合年龄的成员申请", "续签联保协议",
    ],
)  # fmt: skip
def test_what_is_right_is_not_barred(text: str) -> None:
    assert not [bar.id for bar in load_barred() if bar.when is None and bar.means(text)]


def test_every_bar_says_its_ground_and_every_product_keeps_to_them() -> None:
    assert all(re.search("法|条例|办法|〔", bar.why) for bar in load_barred())
    assert [line for one in PRODUCTS for line in objections(one, one.versions[-1:])] == []
    for faulty in ({}, {"when": None}, {"says": "设立", "instead": {"text": "清算", "days": 0}}):
        with pytest.raises(ValueError):
            BarredStep.model_validate({"id": "x", "why": "法", **faulty})


def test_one_errand_is_said_once() -> None:
    told = texts("apple_loan", own_bad_loan=None, own_overdue=None, bad_repayment=None)
    (report,) = [text for text in told if "征信报告" in text]
    assert report.startswith("凭本人书面授权查询征信报告，一次核实：")
    for question in ("有无次级、可疑、损失类贷款", "当前有无逾期", "连续三个月"):
        assert question in report
    # alone it says what it always said
    assert texts("apple_loan", own_overdue=None) == ["凭本人书面授权查询征信报告"]
    (statement,) = texts("live_animal_mortgage", farm_purpose=None)
    assert statement == "填写贷款用途声明，附购销合同或生产计划"
    # the spouse's report is another errand than one's own
    both = texts("startup_guaranteed_loan", own_overdue=None, marital_status="married",
                 spouse_open_loan_counted=None)  # fmt: skip
    assert len([text for text in both if "征信报告" in text]) == 2


def test_a_charge_is_asked_not_said() -> None:
    """A fact that would be held against somebody is worded as a question while it is unknown."""
    for name, spec in catalogue().own.items():
        if spec.type == "flag" and re.search("有|被|列入|逾期", spec.term):
            assert re.search("有无|是否", spec.question), name
