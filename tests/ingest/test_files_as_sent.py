"""Whole files as departments send them, from the file to the log and the error workbook.

Each is the smallest that shows one thing; persons and firms are invented.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter

import ingest
from graph.log import FactLog
from graph.settings import Settings
from ingest.catalogue.source import load_source, source_names
from ingest.checking.gate import Gated, check
from ingest.correction.quarantine import Quarantine
from ingest.correction.workbook import export_refused
from ingest.reading.table import read_table

HEAD = (
    "金融机构编码", "金融机构名称", "借据号", "借款人名称", "借款人证件号码", "借款金额（万元）", "发放日期",
    "到期日期", "用途", "担保方式", "年利率（%）", "贷款余额（万元）", "五级分类", "逾期天数", "欠息（元）",
    "结清日期", "数据日期",
)  # fmt: skip
ROW = dict(
    zip(
        HEAD,
        ("C1402610305001", "样例农商行", "1", "样例甲", "610322197501151019", "5", "2025-06-01",
         "2027-06-01", "种植", "信用", "4.35", "3.2", "正常", "0", "", "", "2026-03-31"),
        strict=True,
    )
)  # fmt: skip


def written(tmp_path: Path, rows: list[dict[str, str]], name: str = "贷款.csv") -> Path:
    heads = list(dict.fromkeys([*HEAD, *(title for row in rows for title in row)]))
    lines = [heads] + [
        [(ROW | {"借据号": str(n)} | row).get(title, "") for title in heads]
        for n, row in enumerate(rows)
    ]
    path = tmp_path / name
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    path.write_text("\n".join(quoted) + "\n", encoding="utf-8")
    return path


def passed(path: Path, source: str = "loan") -> Gated:
    table = read_table(path, load_source(source))
    gated = check(table, identity_key="11" * 32, known=lambda _: {"division:610305100201"})
    assert table.rows_in == len(gated.rows) + len(gated.quarantined)
    return gated


def errors(gated: Gated) -> list[tuple[int | None, str | None, str]]:
    return [(f.row, f.column, f.code) for f in gated.findings if f.severity == "error"]


def test_text_that_is_wrapped_for_excel_is_its_content(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        [
            {"借据号": '="2025000000000001"'},
            {"借款人证件号码": '="610322197501151019"', "借据号": '="A""1"'},
            {"借据号": '=" 7 "', "发放日期": '="2025-06-01"', "借款金额（万元）": '="5"'},
        ],
    )
    gated = passed(path)
    assert errors(gated) == []
    assert gated.rows["loan_no"].tolist() == ["2025000000000001", 'A"1', "7"]
    assert gated.rows["borrower_masked"].nunique() == 1


@pytest.mark.parametrize(
    "title", ["币种", "币别", "贷款币种", "Currency", "货币代码", "currency_code"]
)
def test_an_amount_in_another_currency_is_no_yuan(tmp_path: Path, title: str) -> None:
    said = [
        "人民币",
        "CNY",
        "cny",
        "156",
        "元",
        "人民币（元）",
        "",
        "-",
        "USD",
        "840",
        "港币",
        "HKD",
    ]
    gated = passed(written(tmp_path, [{title: each} for each in said]))
    assert errors(gated) == [(row, title, "unknown_code") for row in (10, 11, 12, 13)]
    assert "人民币" in gated.findings[0].message_zh
    assert not [f for f in gated.findings if f.code == "unknown_column"]


@pytest.mark.parametrize("name", source_names())
def test_a_currency_is_looked_at_in_every_source_with_amounts(tmp_path: Path, name: str) -> None:
    source = load_source(name)
    for table, spec in source.tables.items():
        if not any(item.type == "money" for item in spec.fields):
            continue
        # the names of all columns, and nothing but a currency in the row
        heads = [*(item.title for item in spec.fields), "注册资本币种"]
        path = tmp_path / f"{table}.csv"
        text = spec.separator.join(heads) + "\n" + spec.separator * (len(heads) - 1) + "美元\n"
        path.write_text(text, encoding="utf-8")
        gated = check(read_table(path, source), identity_key="11" * 32, known=lambda _: ())
        assert (2, "注册资本币种", "unknown_code") in errors(gated), table


def test_a_row_in_another_currency_goes_out_with_it_and_is_refused_again(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    path = written(tmp_path, [{"币种": "USD"}, {"币种": "人民币"}])
    (report,) = ingest.ingest("loan", [path], settings=settings, into_graph=False).batches
    assert (report.accepted, report.quarantined) == (1, 1)

    def sent_back(text: str | None) -> ingest.BatchReport:
        log, kept = FactLog(settings.log_dir), Quarantine(settings.quarantine_dir)
        [book] = export_refused(log, kept, load_source("loan"), tmp_path / f"{text}")
        with python_calamine.CalamineWorkbook.from_path(str(book)) as read:
            rows = read.get_sheet_by_index(0).to_python()
        place = rows[0].index("币种")
        assert rows[1][place] == "USD" and "人民币" in rows[1][place + 1]
        if text:
            rows[1][place] = text
            with xlsxwriter.Workbook(book) as made:
                for at, row in enumerate(rows):
                    made.worksheets() or made.add_worksheet()
                    made.worksheets()[0].write_row(at, 0, row)
        return ingest.ingest("loan", [book], settings=settings, into_graph=False).batches[0]

    assert sent_back(None).quarantined == 1
    assert sent_back("人民币").accepted == 1


HOUSEHOLD = [
    "户号",
    "户主姓名",
    "与户主关系",
    "姓名",
    "公民身份号码",
    "村编码",
    "联系电话",
    "采集日期",
]


def test_a_phone_or_a_place_that_was_typed_as_a_number_is_read(tmp_path: Path) -> None:
    path = tmp_path / "农户.xlsx"
    rows: list[tuple[object, object, str]] = [
        (610305100201, 19900000001, ""),
        ("610305100201", 7210000, ""),
        (610305100201.0, 1990000000112345678, "phone"),  # sixteen digits and more are lost
        ("610305100201", 199000.5, "phone"),
        (1_2345_6789_0123_4567, "19900000001", "row"),
    ]
    with xlsxwriter.Workbook(path) as made:
        into = made.add_worksheet()
        into.write_row(0, 0, HOUSEHOLD)
        for at, (village, phone, _) in enumerate(rows, start=1):
            person = f"6103221975011510{['19', '27', '35', '43', '51'][at - 1]}"
            from graph.identifiers import resident_id

            person = resident_id.complete(person[:17])
            into.write_row(
                at, 0, ["H1", "张三", "其他", "张三", person, village, phone, "2026-03-15"]
            )
    gated = passed(path, "farmer_household")
    told = {f.row: (f.column, f.severity) for f in gated.findings if f.code == "numeric_identifier"}
    assert told == {
        4: ("联系电话", "warning"),
        5: ("联系电话", "warning"),
        6: ("村编码", "error"),
    }
    assert gated.rows["phone_masked"].notna().tolist() == [True, True, False, False]
    assert set(gated.rows["village_key"]) == {"division:610305100201"}


@pytest.mark.parametrize(
    ("column", "text", "costs_row"),
    [
        ("结清日期", "去年", True),  # without it the loan would look open
        ("逾期天数", "很久", True),
        ("年利率（%）", "40", False),
        ("年利率（%）", "面议", False),
        ("担保方式", "口头", False),
        ("数据日期", "去年", True),
        ("借款人证件号码", "无", True),
    ],
)
def test_what_a_faulty_cell_of_a_loan_costs(
    tmp_path: Path, column: str, text: str, costs_row: bool
) -> None:
    gated = passed(written(tmp_path, [{column: text}]))
    assert bool(gated.quarantined) is costs_row
    assert [f.severity for f in gated.findings if f.column == column][:1] == [
        "error" if costs_row else "warning"
    ]


def test_every_day_on_which_something_is_over_costs_its_row() -> None:
    """An end that is left out would keep alive what is over; a beginning may be unknown."""
    lenient = {
        (name, item.name)
        for name in source_names()
        for table in load_source(name).tables.values()
        for item in table.fields
        if item.type == "date" and not table.costs_row(item)
    }
    assert {field for _, field in lenient} <= {
        "reported_on", "paid_on", "represents_from", "published_on", "holds_from", "held_from",
        "birthday", "accepted_on", "filed_on", "founded_on", "market_published_on",
    }  # fmt: skip


def test_warnings_reach_the_command(tmp_path: Path) -> None:
    path = written(tmp_path, [{"年利率（%）": "面议"}, {"年利率（%）": "面议", "逾期天数": "-"}])
    command = [
        str(Path(sys.executable).parent / "xinnong"),
        "ingest",
        "loan",
        str(path),
        "--dry-run",
    ]
    told = subprocess.run(
        command, check=True, capture_output=True, encoding="utf-8",
        env={"XINNONG_DATA": str(tmp_path / "data"), "PATH": "", "COLUMNS": "200", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert "按空处理" in told.stderr and "“逾期天数”1 格" in told.stderr
    assert "年利率（%）" in told.stdout and "2、3" in told.stdout and "提示" in told.stdout
    said = json.loads(
        subprocess.run([*command, "--json"], check=True, capture_output=True, encoding="utf-8",
                       env={"XINNONG_DATA": str(tmp_path / "data"), "PATH": ""}).stdout
    )  # fmt: skip
    codes = [each["code"] for each in said["batches"][0]["findings"]]
    assert codes == ["empty_words", "not_a_number", "not_a_number"]
