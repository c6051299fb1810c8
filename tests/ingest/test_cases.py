"""Every small input that once failed gives what stands beside it as right.

The inputs lie beside the checkout, what they should give in `tests/worlds/collected.py`.  What needs
the graph is in `test_cases_asked`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from clear_numbers import found_in, texts_under
from collected import CASES, FILES, MATURED, Office, assert_as_written
from typer.testing import CliRunner

from api.command_line import app
from graph.names.writing import plain

# ------------------------------------------------------------------------- every folder and file


def test_every_case_is_expected_here(shared_cases: Path) -> None:
    folders = {path.name for path in shared_cases.iterdir() if path.is_dir()}
    assert folders == {*CASES, "files"}
    for name, expected in CASES.items():
        inside = {path.name for path in (shared_cases / name).iterdir()} - {"expected.md"}
        assert inside == {each.file for each in expected}, name
    assert {path.name for path in (shared_cases / "files").iterdir()} == set(FILES)


@pytest.mark.parametrize("name", [name for name, expected in CASES.items() if expected])
def test_what_becomes_of_the_rows_of_a_case(name: str, case: Callable[[str], Office]) -> None:
    for report, expected in zip(case(name[:2]).reports, CASES[name], strict=True):
        assert_as_written(report, expected)


@pytest.mark.parametrize("name", FILES)
def test_what_becomes_of_the_rows_of_a_file(name: str, file: Callable[[str], Office]) -> None:
    [*_, report] = file(name.split("贷款")[0].split("农户")[0].split("企业")[0]).reports
    assert_as_written(report, FILES[name])


# --------------------------------------------------------------------- what is kept of each case


def test_01_an_id_that_is_also_a_code_is_a_person(case: Callable[[str], Office]) -> None:
    office = case("01")
    assert office.told("Person", "name") == ["南充样女", "汉中样男"]
    assert office.told("Person", "resident_id_masked") == [
        "51132119891221****", "61232719580509****",
    ]  # fmt: skip
    assert {row["from_label"] for row in office.rows("BORROWED")} == {"Person"}
    assert all(row["from_key"].startswith("person:") for row in office.rows("BORROWED"))
    assert office.rows("GovernmentBody") == []
    numbers = ["511321198912212280", "612327195805095153"]
    assert found_in(numbers, texts_under(office.settings.data)) == []


def test_08_a_matured_loan_is_told(case: Callable[[str], Office]) -> None:
    office = case("08")
    report = office.reports[0]
    assert 7 in {each.row for each in report.findings if each.code == MATURED}
    assert office.told("Loan", "loan_no") == ["L28", "L29", "R02"]


def test_09_each_shape_is_named(case: Callable[[str], Office]) -> None:
    office = case("09")
    [report] = office.reports
    words = {each.row: each.message_zh for each in report.findings if each.severity == "error"}
    assert "逗号只能作千分位" in words[2] and "下划线" in words[3] and "科学计数" in words[4]


def test_10_wrapped_text_is_its_content(case: Callable[[str], Office]) -> None:
    office = case("10")
    assert office.told("Loan", "loan_no") == ["2025000000000001", "X06"]
    assert len({row["from_key"] for row in office.rows("BORROWED")}) == 1


def test_11_a_currency_that_is_none_of_ours_is_told(case: Callable[[str], Office]) -> None:
    office = case("11")
    [report] = office.reports
    assert "币种不是人民币" in next(
        each.message_zh for each in report.findings if each.code == "unknown_code"
    )
    assert office.rows("Loan") == []


def _owners(office: Office, key: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XINNONG_DATA", str(office.settings.data))
    done = CliRunner().invoke(app, ["structure", "owners", key])
    assert done.exit_code == 0, done.output
    return done.output


def test_13_amounts_give_ratios(
    case: Callable[[str], Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _owners(case("13"), "org:91610305MA6XT0022C", monkeypatch)
    [zhao], [qian] = (
        [line for line in told.splitlines() if name in line and "推算" in line]
        for name in ("赵样一", "钱样二")
    )
    assert "60.0000%" in zhao and "40.0000%" in qian
    assert "未知" not in told and "控制人：符合" in told
    assert "未登记出资比例，按认缴出资额占资本总额推算" in told


def test_15_spellings_of_one_id(case: Callable[[str], Office]) -> None:
    office = case("15")
    [report] = office.reports
    assert office.told("Person", "resident_id_masked") == [
        "61032219900510****", "61032219681231****",
    ]  # fmt: skip
    [refused] = [each for each in report.findings if each.severity == "error"]
    assert "Excel 已把号码变成科学计数，末位已丢失" in refused.message_zh
    assert "统一社会信用代码" not in refused.message_zh


def test_16_who_is_listed_under_a_masked_id_is_to_be_settled(case: Callable[[str], Office]) -> None:
    office = case("16")
    [report] = office.reports
    [person] = office.rows("Person")
    assert person["key"].startswith("provisional:") and person["name"] == "李样四"
    [finding] = report.findings
    assert "主体核对" in finding.message_zh and "信用代码" not in finding.message_zh


def test_19_a_tenth_too_many_is_rounding(
    case: Callable[[str], Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _owners(case("19"), "org:91610305MA6XT0129P", monkeypatch)
    assert "未知" not in told and "因四舍五入略超 100 %" in told
    shares = {name: line for line in told.splitlines()
              for name in ("赵样一", "钱样二", "李样四")
              if name in line and "—" not in line and "持股" not in line}  # fmt: skip
    # 33.4 and 33.3 of 100.1
    assert "33.3666%" in shares["赵样一"] and "33.3666%" in shares["钱样二"]
    assert "33.2667%" in shares["李样四"]


def test_20_tabs_and_semicolons(case: Callable[[str], Office]) -> None:
    office = case("20")
    loans = {row["loan_no"]: row["principal_fen"] for row in office.rows("Loan")}
    assert loans == {"X08": 10_000_000, "X09": 10_000_000}


def test_21_days_counted_from_1904(case: Callable[[str], Office]) -> None:
    [loan] = case("21").rows("Loan")
    assert (loan["granted_on"], loan["due_on"]) == (date(2025, 3, 1), date(2026, 3, 1))


def test_24_dots_of_a_name(case: Callable[[str], Office]) -> None:
    office = case("24")  # the householder is ·, the person ・: nothing is told of it
    names = [
        f"买买提{dot}艾力" for dot in ("·", "・", "•", ".", unicodedata.normalize("NFKC", "･"))
    ]
    assert len({plain(name) for name in names}) == 1
    # none at all, as well
    assert plain("买买提艾力") == plain("买买提·艾力")
    assert office.told("BELONGS_TO", "role") == ["householder"]


def test_25_who_is_a_government_body(case: Callable[[str], Office]) -> None:
    office = case("25")
    labels = {row["to_key"][4:6]: row["to_label"] for row in office.rows("LEGAL_REPRESENTATIVE_OF")}
    assert labels == {
        "31": "ProfessionalServiceBody", "52": "SocialOrganisation", "54": "SelfGoverningBody",
    }  # fmt: skip
    assert office.rows("GovernmentBody") == []


def test_26_decisions_as_platforms_publish_them(case: Callable[[str], Office]) -> None:
    office = case("26")
    found = {row["document_no"][-3:-1]: row for row in office.rows("Penalty")}
    assert {number: row["penalty_kinds"] for number, row in found.items()} == {
        "31": "罚款", "32": "罚款", "33": "罚款", "34": "罚款；警告", "35": "罚款",
    }  # fmt: skip
    # milliseconds: 2019-09-11 13:46 in China
    assert found["32"]["decided_on"] == date(2019, 9, 11)
    assert {row["from_key"] for row in office.rows("PENALISED_BY")} == {"org:91610305MA6XT0014H"}
    # the authority whose code is a row of noughts is known by its name alone
    assert len(office.rows("DECIDED_BY")) == 4
    assert {row["fine_fen"] for row in found.values()} == {200_000}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [(",0.2,", ",2000,", "fine_not_in_yuan"), ("2027-03-02", "2026-03-01", "not_before")],
)
def test_26_what_went_untold(
    shared_cases: Path, tmp_path: Path, old: str, new: str, code: str
) -> None:
    [path] = shared_cases.glob("26-*/行政处罚-c.csv")
    changed = tmp_path / path.name
    changed.write_text(path.read_text("utf-8-sig").replace(old, new), "utf-8")
    report = Office(tmp_path).take("administrative_decision", changed)
    assert (report.quarantined, [each.code for each in report.findings]) == (1, [code])


# ---------------------------------------------------------------------- what is kept of each file


def test_words_of_the_register_and_days_in_any_shape(file: Callable[[str], Office]) -> None:
    office = file("E02")
    assert office.told("Enterprise", "registration_state") == [
        "active", "active", "active", "revoked", "cancelled", "moved",
    ]  # fmt: skip
    assert set(office.told("Enterprise", "established_on")) == {date(2015, 5, 12)}


def test_relations_as_village_books_write_them(file: Callable[[str], Office]) -> None:
    office = file("F04")
    report = office.reports[-1]
    assert office.told("BELONGS_TO", "role") == [
        "spouse", "son", "daughter", "daughter_in_law", "son", None, None,
    ]  # fmt: skip
    # both ways to write 户主 are read; of two in one household neither is taken
    assert "“户主”" in next(
        each.message_zh for each in report.findings if each.code == "several_at_once"
    )


def test_titles_and_notes_are_said_once(file: Callable[[str], Office]) -> None:
    office = file("F01")
    words = [each.message_zh for each in office.reports[-1].findings if each.row is None]
    assert len(words) == 3
    assert [each for each in words if "第 2 行" in each and "标题" in each]
    assert [each for each in words if "第 5 行是合计" in each]
    assert [each for each in words if "第 6、7 行是填表人" in each]
    assert office.told("Person", "name") == ["张样一", "张样万"]


@pytest.mark.parametrize("begin", ["L02", "L03", "L11", "L14b", "L18", "L21"])
def test_loans_in_any_shape_of_file(begin: str, file: Callable[[str], Office]) -> None:
    office = file(begin)
    numbers = {"L14b": ["JJ000002", "JJ000003"], "L18": ["JJ000000"]}
    expected = numbers.get(begin, ["JJ000000", "JJ000001"])
    assert office.told("Loan", "loan_no") == expected
    assert set(office.told("Loan", "principal_fen")) == {5_000_000}
    assert set(office.told("LoanState", "balance_fen")) == {3_200_000}
    # L21: one borrower over two merged rows
    assert len(office.rows("Person")) == (1 if begin == "L21" else len(expected))


def test_what_was_chosen_and_filled_is_said(file: Callable[[str], Office]) -> None:
    [chosen] = file("L14b").reports[-1].findings
    assert "“明细”" in chosen.message_zh and "“Sheet1”" in chosen.message_zh
    [merged] = file("L21").reports[-1].findings
    assert "借款人名称、借款人证件号码" in merged.message_zh


def test_spellings_of_ids(file: Callable[[str], Office]) -> None:
    office = file("L06")
    report = office.reports[-1]
    assert office.told("Person", "resident_id_masked") == [
        f"6103221975{month:02}15****" for month in (1, 2, 3, 4, 5, 7, 8, 10, 11, 12)
    ]
    words = {each.row: each.message_zh for each in report.findings if each.severity == "error"}
    assert "科学计数" in words[7] and "隐去了中间几位的身份证号码" in words[10]


def test_amounts(file: Callable[[str], Office]) -> None:
    office = file("L07")
    wan = {row["loan_no"][-2:]: row["principal_fen"] / 1_000_000 for row in office.rows("Loan")}
    assert wan == {"00": 5, "01": 50_000, "02": 5.5, "03": 1_234.56, "05": 5, "10": 5_000, "13": 5}


def test_signs_of_nothing(file: Callable[[str], Office]) -> None:
    office = file("L07b")
    [said] = office.said("empty_words")
    assert "“逾期天数”10 格、“结清日期”10 格" in said.message_zh
    assert office.told("LoanState", "overdue_days") == [None] * 10 + [0, 0]
    assert set(office.told("LoanState", "settled_on")) == {None}
