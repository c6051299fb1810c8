"""Rows that contradict themselves are refused or doubted, by checks that their source declares."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ingest
from graph.log import FactLog
from graph.settings import Settings
from ingest.catalogue.field import PARTY_TYPES, FieldSpec
from ingest.catalogue.source import TableSpec, load_source, source_names
from ingest.checking.gate import check
from ingest.checking.said_amounts import amounts_said
from ingest.reading.table import read_table

KEY = "11" * 32
WU, QIAN, ZHOU = "610322198808081064", "61032219800229102X", "610322196812311054"
FIRM = "91610305MA6XT0014H"

Found = list[tuple[str, str, str]]


def found(tmp_path: Path, source: str, table: str, **said: str) -> Found:
    """What is found in one row of a table, in which the required fields are filled in."""
    # what a row refers to is not the matter here
    declared = load_source(source).tables[table]
    free = tuple(field.model_copy(update={"reference": None}) for field in declared.fields)
    spec = declared.model_copy(update={"fields": free})
    row = {field.title: said.get(field.name, "") for field in spec.fields}
    assert said.keys() <= {field.name for field in spec.fields}
    path = tmp_path / f"{spec.files[0].strip('*')}.csv"
    quoted = ('"' + '","'.join(cells) + '"\n' for cells in (row, row.values()))
    path.write_text("".join(quoted), encoding="utf-8")
    read = read_table(path, load_source(source).model_copy(update={"tables": {table: spec}}))
    gated = check(read, identity_key=KEY, known=lambda _: ())
    return [(item.column or "", item.code, item.severity) for item in gated.findings]


LOAN = {
    "lender_code": "C1402610305001", "lender_name": "样本农村商业银行", "loan_no": "L1",
    "borrower_name": "吴样六", "borrower": WU, "principal_fen": "10", "granted_on": "2025-03-01",
    "due_on": "2027-03-01", "balance_fen": "8", "loan_class": "正常", "overdue_days": "0",
    "stated_on": "2026-03-31",
}  # fmt: skip
GUARANTEE = {
    "lender_code": "C1402610305001", "contract_no": "G1", "guarantor_name": "钱样二",
    "guarantor": QIAN, "borrower_name": "吴样六", "borrower": WU, "loan_key": "loan:C:L29",
    "amount_fen": "10", "signed_on": "2025-03-01", "expires_on": "2029-12-31",
}  # fmt: skip
HOLDING = {"firm": FIRM, "holder_name": "周样五", "holder": ZHOU, "share_ratio": "60"}
PENALTY = {
    "subject_name": "凤翔样甲（集团）有限公司", "subject_kind": "法人及非法人组织",
    "subject_code": FIRM, "document_no": "样市监罚〔2026〕31号", "violation_kind": "无证经营",
    "violation": "样", "legal_ground": "样法第一条", "penalty_kinds": "罚款",
    "content": "罚款2000元", "fine_fen": "0.2", "decided_on": "2026-03-02",
    "published_until": "2027-03-02", "authority": "样区市场监督管理局",
    "authority_body": "11610305016000005N",
}  # fmt: skip
LISTED = {
    "subject_name": "样", "subject": FIRM, "authority": "样法院", "legal_ground": "样1号",
    "case_no": "样2号", "conduct": "样", "listed_on": "2025-03-01",
}  # fmt: skip
HOUSE = {"household_no": "1", "debt_no": "1", "amount_fen": "100", "balance_fen": "50",
         "borrowed_on": "2025-01-01", "collected_on": "2026-01-01"}  # fmt: skip
MEMBER = {"household_no": "1", "householder_name": "张样例", "role": "户主", "member_name": "张样例",
          "member": WU, "village": "610305100201", "collected_on": "2026-03-15"}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "table", "base", "said", "wanted"),
    [
        ("loan", "loan", LOAN, {}, []),
        ("loan", "loan", LOAN, {"due_on": "2024-03-01"}, [
            ("到期日期", "not_before", "error"), ("五级分类", "matured_is_no_pass", "warning")]),
        ("loan", "loan", LOAN, {"settled_on": "2026-01-01"},
         [("贷款余额（万元）", "settled_owes_nothing", "warning")]),
        ("loan", "loan", LOAN, {"stated_on": "2062-03-31"}, [
            ("数据日期", "not_future", "error"), ("五级分类", "matured_is_no_pass", "warning")]),
        ("loan", "loan", LOAN, {"granted_on": "2062-06-01", "due_on": "2067-06-01"}, [
            ("发放日期", "not_future", "error"), ("数据日期", "not_before", "error")]),
        ("loan", "loan", LOAN, {"granted_on": "1025-06-01"}, [("发放日期", "too_early", "error")]),
        ("loan", "loan", LOAN, {"overdue_days": "120"},
         [("五级分类", "class_fits_overdue", "warning")]),
        ("loan", "loan", LOAN, {"overdue_days": "7"}, []),
        ("loan", "loan", LOAN, {"overdue_days": "8"},
         [("五级分类", "class_fits_overdue", "warning")]),
        ("loan", "loan", LOAN, {"overdue_days": "90", "loan_class": "关注"}, []),
        ("loan", "loan", LOAN, {"overdue_days": "91", "loan_class": "关注"},
         [("五级分类", "class_fits_overdue", "warning")]),
        ("loan", "loan", LOAN, {"overdue_days": "400", "loan_class": "可疑"},
         [("五级分类", "class_fits_overdue", "warning")]),
        ("loan", "loan", LOAN, {"overdue_days": "400", "loan_class": "损失"}, []),
        # a bank may be stricter than the days ask
        ("loan", "loan", LOAN, {"overdue_days": "0", "loan_class": "次级"}, []),
        ("loan", "loan", LOAN, {"balance_fen": "10.01"},
         [("贷款余额（万元）", "not_more", "error")]),
        ("loan", "loan", LOAN, {"balance_fen": "0"},
         [("贷款余额（万元）", "zero_is_settled", "warning")]),
        ("loan", "loan", LOAN, {"balance_fen": "0", "settled_on": "2026-02-01"}, []),
        ("loan", "loan", LOAN, {"balance_fen": "0", "settled_on": "2025-02-01"},
         [("结清日期", "not_before", "error")]),
        ("loan", "loan", LOAN, {"balance_fen": "0", "settled_on": "2026-04-01"},
         [("数据日期", "not_before", "warning")]),
        ("loan", "loan", LOAN, {"due_on": "2026-03-01"},
         [("五级分类", "matured_is_no_pass", "warning")]),
        # on its last day a loan is not overdue
        ("loan", "loan", LOAN, {"due_on": "2026-03-31"}, []),
        ("loan", "loan", LOAN, {"due_on": "2026-03-01", "loan_class": "关注"}, []),
        ("loan_repayment", "loan_repayment",
         {"loan_key": "loan:C:L", "repayment_codes": "N" * 24}, {"stated_on": "2062-03-31"},
         [("数据日期", "not_future", "error")]),
        ("guarantee", "guarantee", GUARANTEE, {}, []),
        ("guarantee", "guarantee", GUARANTEE, {"guarantor": WU},
         [("担保人证件号码", "differ", "error")]),
        ("guarantee", "guarantee", GUARANTEE, {"expires_on": "2025-02-28"},
         [("到期日期", "not_before", "error")]),
        ("guarantee", "guarantee", GUARANTEE, {"signed_on": "2029-01-01"},
         [("签订日期", "not_future", "error")]),
        ("enterprise_shareholder", "enterprise_shareholder", HOLDING,
         {"held_from": "2021-01-01", "held_to": "2020-06-30"},
         [("退出日期", "not_before", "error")]),
        ("enterprise_shareholder", "enterprise_shareholder", HOLDING, {"held_from": "2045-12-31"},
         [("出资日期", "not_future", "warning")]),
        ("enterprise_shareholder", "enterprise_shareholder", HOLDING, {"holder": FIRM},
         [("股东证件号码", "differ", "warning")]),
        ("administrative_decision", "penalty", PENALTY, {}, []),
        ("administrative_decision", "penalty", PENALTY, {"fine_fen": "2000"},
         [("罚款金额（万元）", "fine_not_in_yuan", "error")]),
        ("administrative_decision", "penalty", PENALTY, {"fine_fen": "0.3"},
         [("罚款金额（万元）", "fine_as_said", "warning")]),
        ("administrative_decision", "penalty", PENALTY,
         {"content": "罚款人民币贰仟元整", "fine_fen": "2000"},
         [("罚款金额（万元）", "fine_not_in_yuan", "error")]),
        ("administrative_decision", "penalty", PENALTY,
         {"content": "没收违法所得300元，并处罚款2000元", "confiscated_fen": "300"},
         [("没收金额（万元）", "confiscation_not_in_yuan", "error")]),
        ("administrative_decision", "penalty", PENALTY,
         {"content": "没收违法所得300元，并处罚款2000元", "confiscated_fen": "0.03"}, []),
        # where the words say no amount, nothing is held against the column
        ("administrative_decision", "penalty", PENALTY, {"content": "按决定书执行"}, []),
        ("administrative_decision", "penalty", PENALTY, {"published_until": "2026-03-01"},
         [("公示截止期", "not_before", "error")]),
        ("administrative_decision", "penalty", PENALTY, {"authority_body": "00000000000000000X"},
         [("处罚机关统一社会信用代码", "not_filler", "warning")]),
        ("administrative_decision", "penalty", PENALTY, {"authority_body": FIRM},
         [("处罚机关统一社会信用代码", "public_body_code", "error")]),
        ("judgment_defaulter", "judgment_defaulter", LISTED, {}, []),
        ("judgment_defaulter", "judgment_defaulter", LISTED, {"removed_on": "2025-02-01"},
         [("移出日期", "not_before", "error")]),
        ("judgment_defaulter", "judgment_defaulter", LISTED, {"filed_on": "2025-03-02"},
         [("发布日期", "not_before", "error")]),
        ("farmer_household", "debt", HOUSE, {"balance_fen": "101"},
         [("未还金额（元）", "not_more", "warning")]),
        ("farmer_household", "debt", HOUSE, {"borrowed_on": "2026-01-02"},
         [("采集日期", "not_before", "error")]),
        ("farmer_household", "farmer_household", MEMBER, {"member_name": "张样丣"},
         [("姓名", "agree", "warning")]),
        ("farmer_household", "farmer_household", MEMBER, {"role": "长子", "member_name": "张样万"}, []),
        ("enterprise", "enterprise", {
            "subject": FIRM, "subject_name": "样", "established_on": "2015-01-01",
            "representative_name": "周样五", "representative": ZHOU},
         {"registration_state": "开业", "ended_on": "2020-01-01"},
         [("注销或吊销日期", "empty", "warning")]),
        ("social_insurance", "social_insurance", {
            "payer_name": "样", "payer": FIRM, "person_count": "3", "due_fen": "1", "paid_fen": "1"},
         {"period_ends_on": "2062-03-31"}, [("所属期止", "not_future_month", "error")]),
    ],
)  # fmt: skip
def test_each_contradiction_is_told(
    tmp_path: Path, source: str, table: str, base: dict[str, str], said: dict[str, str],
    wanted: Found,
) -> None:  # fmt: skip
    assert found(tmp_path, source, table, **{**base, **said}) == wanted


def test_what_refuses_a_row_is_told_before_what_is_doubtful(tmp_path: Path) -> None:
    """A data date before the settlement is doubtful; before the grant it refuses the row."""
    dates = {"granted_on": "2026-02-01", "settled_on": "2026-02-02", "stated_on": "2026-01-31"}
    told = found(tmp_path, "loan", "loan", **{**LOAN, **dates, "balance_fen": "0"})
    assert told == [("数据日期", "not_before", "error")]


def test_a_period_may_end_with_the_month_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = {"payer_name": "样", "payer": FIRM, "person_count": "3", "due_fen": "1", "paid_fen": "1"}
    monkeypatch.setattr("ingest.checking.rules.today", lambda: date(2026, 2, 10))
    for end, wanted in (("2026-02-28", []), ("2026-03-01", ["not_future_month"])):
        said = found(tmp_path, "social_insurance", "social_insurance", **base, period_ends_on=end)
        assert [code for _, code, _ in said] == wanted


def test_a_state_of_the_future_that_was_taken_before_does_not_win(tmp_path: Path) -> None:
    """A data date of 2062 from before there was a check: today is what later files say of today."""
    settings = Settings(data=tmp_path / "data")
    log = FactLog(settings.log_dir)
    head = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
            "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
    row = f"C1402610305001,样本行,J1,吴样六,{WU},10,2025-01-05,2027-01-05,%s,%s,%s\n"

    def take(name: str, *said: str) -> ingest.BatchReport:
        path = tmp_path / name
        path.write_text(head + row % said, encoding="utf-8")
        return ingest.ingest("loan", [path], settings=settings, into_graph=False).batches[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.checking.rules.today", lambda: date(2100, 1, 1))
        patch.setattr("ingest.checking.row_rules.today", lambda: date(2100, 1, 1))
        assert take("旧.csv", "9", "损失", "2062-03-31").quarantined == 0
    assert take("新.csv", "7", "正常", "2026-03-31").quarantined == 0
    [state] = log.read("LoanState", as_of=date(2026, 11, 1)).to_pylist()
    assert (state["loan_class"], state["balance_fen"]) == ("pass", 7_000_000)
    # and it is refused when it comes again
    assert take("再.csv", "9", "损失", "2062-04-30").quarantined == 1


# ------------------------------------------------------------------------ amounts in words


@pytest.mark.parametrize(
    ("text", "word", "fen"),
    [
        ("罚款2000元", "罚款", (200_000,)),
        ("处以罚款人民币 2,000.50 元", "罚款", (200_050,)),
        ("罚款2万元", "罚款", (2_000_000,)),
        ("罚款1.5万元；没收违法所得300元", "罚款", (1_500_000,)),
        ("罚款1.5万元；没收违法所得300元", "没收", (30_000,)),
        ("罚款贰仟元整", "罚款", (200_000,)),
        ("罚款人民币壹万贰仟叁佰元整", "罚款", (1_230_000,)),
        ("罚款十五元", "罚款", (1_500,)),
        ("处2000元罚款", "罚款", (200_000,)),
        ("罚款按每日百分之三加处", "罚款", ()),
        ("警告", "罚款", ()),
        ("罚款2000", "罚款", ()),
    ],
)
def test_amounts_in_the_words_of_a_decision(text: str, word: str, fen: tuple[int, ...]) -> None:
    assert amounts_said(text, word) == fen


_CHEQUE = "零壹贰叁肆伍陆柒捌玖"


def in_words(number: int) -> str:
    """An independent way to write a number below ten thousand: place by place."""
    places = zip(f"{number:04}", "仟佰拾 ", strict=True)
    said = "".join(
        _CHEQUE[int(digit)] + unit.strip() if digit != "0" else "零" for digit, unit in places
    )
    return said.strip("零")


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_numerals_are_read_as_they_are_written(thousands: int, ones: int) -> None:
    assert amounts_said(f"罚款{in_words(ones)}元整", "罚款") == (ones * 100,)
    both = f"罚款{in_words(thousands)}万{in_words(ones)}元整"
    assert amounts_said(both, "罚款") == ((thousands * 10_000 + ones) * 100,)


# ------------------------------------------------------------------------ every source

TABLES = [
    (name, table, spec)
    for name in source_names()
    if name != "finbench"  # a public benchmark: invented, and never corrected by anybody
    for table, spec in load_source(name).tables.items()
]

#: How a field is called that tells when something is over, and the field that tells its begin.
ENDS = {
    "due_on", "settled_on", "expires_on", "ends_on", "ended_on", "closed_on", "removed_on",
    "released_on", "left_on", "published_until", "accepted_on", "debt_to_on",
    "holds_to", "held_to", "reported_on", "paid_on",
}  # fmt: skip

#: Ends of which the row tells no begin.
NO_BEGIN = {
    ("agricultural_subsidy", "agricultural_subsidy", "paid_on"),
    ("farmer_household", "farmer_household", "left_on"),
    # the round in which it was put right has no day of its own in the province's answer
    ("code_error_list", "result", "settled_on"),
    # the contract and its days stand in another table
    ("arrears", "arrears_payment", "paid_on"),
}

#: Dates that may lie ahead, and why.
AHEAD = {
    # a term may be agreed, or a land contract renewed, before it begins
    "starts_on", "begins_on@measure_report", "granted_on@land_right", "debt_from_on", "holds_from", "represents_from",
    "next_inspection_on@credit_grade", "granted_on@platform_financing",
    # and ends when it ends
    "due_on", "expires_on", "ends_on", "published_until", "debt_to_on", "holds_to", "valid_to_on",
}  # fmt: skip

#: Pairs of parties that may be one and the same, and why.
SAME_PARTY = {
    # who files for himself, and who represents the firm: persons, and often the same one
    frozenset({"representative", "agent"}),
    # a code and a person's number, of which a row has one
    frozenset({"subject_code", "natural_person"}),
    # a public body may be punished, also by a body of its own
    frozenset({"subject_code", "authority_body"}),
    # a person's number is no organisation's code
    frozenset({"natural_person", "authority_body"}),
    frozenset({"subject", "representative"}),
    frozenset({"subject", "agent"}),
    frozenset({"subject", "operator"}),
    frozenset({"operator", "licence"}),
    frozenset({"firm", "person"}),
}


def checks(spec: TableSpec, rule: str) -> list[tuple[str, ...]]:
    return [check.fields for check in spec.checks if check.rule == rule]


def fields(kind: str) -> Iterator[tuple[str, str, TableSpec, FieldSpec]]:
    for name, table, spec in TABLES:
        for field in spec.fields:
            if field.type == kind:
                yield name, table, spec, field


def test_every_end_is_held_against_its_begin() -> None:
    missing = {
        (name, table, field.name)
        for name, table, spec, field in fields("date")
        if field.name in ENDS and not any(f[0] == field.name for f in checks(spec, "not_before"))
    }
    assert missing == NO_BEGIN


def test_every_act_of_the_past_is_not_in_the_future() -> None:
    rules = {"not_future", "not_future_month"}
    missing = {
        (name, table, field.name)
        for name, table, spec, field in fields("date")
        if field.check not in rules
        and (field.name,) not in checks(spec, "not_future")
        and not {field.name, f"{field.name}@{name}"} & AHEAD
    }
    assert missing == set(), "declare check: not_future, or say in AHEAD why it may lie ahead"


def test_every_year_of_figures_is_not_in_the_future() -> None:
    missing = {
        (name, table, field.name)
        for name, table, _, field in fields("integer")
        if field.name.endswith("year") and field.check != "not_future_year"
    }
    assert missing == set()


def test_no_two_parties_of_a_row_are_one() -> None:
    missing = set()
    for name, table, spec in TABLES:
        of_parties = PARTY_TYPES | {"uscc_or_filler"}
        parties = [field.name for field in spec.fields if field.type in of_parties]
        held = {frozenset(each) for each in checks(spec, "differ")}
        for place, one in enumerate(parties):
            for other in parties[place + 1 :]:
                pair = frozenset({one, other})
                if pair not in held | SAME_PARTY:
                    missing.add((name, table, one, other))
    assert missing == set()


def test_every_party_has_a_name_beside_it_or_none_in_the_row() -> None:
    """So that a number with another's name is seen (`ingest.comparing.other_names`)."""
    nameless = {
        (name, table, field.name)
        for name, table, spec in TABLES
        for field in spec.fields
        if field.type in PARTY_TYPES | {"uscc_or_filler"}
        and field.name_field not in {each.name for each in spec.fields}
    }
    assert nameless == {
        # these rows say no name of the firm or of the cooperative
        ("cooperative_member", "cooperative_member", "cooperative"),
        ("enterprise_annual_report", "annual_report", "firm"),
        ("enterprise_annual_report", "external_guarantee", "firm"),
        ("enterprise_change", "registration_change", "firm"),
        ("enterprise_change", "former_code", "firm"),
        ("enterprise_change", "former_code", "former"),
        ("enterprise_executive", "enterprise_executive", "firm"),
        ("enterprise_shareholder", "enterprise_shareholder", "firm"),
        ("village_collective", "collective_account", "subject"),
    }


def test_no_balance_is_above_its_amount() -> None:
    for name, table, spec in TABLES:
        names = {field.name for field in spec.fields}
        for whole in {"principal_fen", "amount_fen"} & names:
            if "balance_fen" in names:
                assert ("balance_fen", whole) in checks(spec, "not_more"), (name, table)


def test_a_warning_says_what_to_look_at() -> None:
    """A check that only warns, and a check with words of its own, speak to the clerk."""
    for name, table, spec in TABLES:
        for check_ in spec.checks:
            assert check_.message is None or check_.message.endswith("。"), (name, table)
