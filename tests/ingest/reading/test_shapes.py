"""Shapes of files that clerks send: what is around the rows, in how many sheets, parted by what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from trial_files import GOOD, HEAD, LINE, SOURCE, book, cells, refusal, sheet, written

from graph.errors import InputError
from ingest.catalogue.source import Source, load_source
from ingest.reading import gathering
from ingest.reading.table import Table, read_table

LOANS = load_source("loan")
LOAN_HEAD = (
    "金融机构编码", "金融机构名称", "借据号", "借款人名称", "借款人证件号码", "借款金额（万元）", "发放日期",
    "到期日期", "贷款余额（万元）", "五级分类", "数据日期",
)  # fmt: skip


def loan(number: str, **changed: str) -> list[str]:
    said = dict(
        zip(
            LOAN_HEAD,
            ("C1402610305001", "样例农商行", number, "样例甲", "610322197501151019", "5", "2025-06-01",
             "2027-06-01", "3.2", "正常", "2026-03-31"),
            strict=True,
        )
    )  # fmt: skip
    return list((said | changed).values())


def told(read: Table) -> list[str]:
    return [each.code for each in read.notes]


def texts(*rows: list[str], separator: str = ",") -> str:
    return "".join(separator.join(row) + "\n" for row in rows)


def numbers(read: Table) -> list[str]:
    return read.frame["loan_no"].tolist()


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_separators(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = [list(LOAN_HEAD), loan("1", 借款人名称="甲；乙"), loan("2")]
    for name in ("贷款.txt", "贷款.csv", "贷款.xls", "贷款.tsv"):
        path = written(tmp_path, texts(*rows, separator=separator).encode(encoding), name)
        read = read_table(path, LOANS)
        assert (numbers(read), told(read)) == (["1", "2"], [])


def test_a_separator_inside_a_quoted_cell_is_none(tmp_path: Path) -> None:
    named = '"一,二,三,四,五,六,七,八,九,十,十一,十二,十三"'
    path = written(tmp_path, texts(list(LOAN_HEAD), loan("1", 借款人名称=named), separator=";"))
    assert read_table(path, LOANS).frame["borrower_name"].tolist() == [named.strip('"')]


TITLE = ["凤翔区贷款统计表"]
UNIT = ["填报单位：样例农商行", "", "", "日期：2026年3月31日", "", "单位：万元"]
TOTAL = ["合计", "", "", "", "", "10", "", "", "6.4", "", ""]
SIGNED = ["填表人：张某　审核人：李某", *[""] * 10]


@pytest.mark.parametrize(
    ("above", "below", "codes"),
    [
        ([], [], []),
        ([TITLE], [], ["title_lines"]),
        ([TITLE, UNIT], [TOTAL, SIGNED], ["title_lines", "total_row", "note_row"]),
        ([[""] * 11, TITLE, [""] * 11], [[""] * 11, TOTAL], ["title_lines", "total_row"]),
        ([["填表说明：1、每笔借据一行。"], ["2、金额以万元填报。"]], [], ["title_lines"]),
        ([], [["小 计", *TOTAL[1:]], ["", "本页合计：", *TOTAL[2:]], ["", "", "总计", "2", *TOTAL[4:]]],
         ["total_row"]),
        ([], [["注：本表由支行填报", *[""] * 10], ["2、余额为月末数", *[""] * 10]], ["note_row"]),
        ([], [["备注：", "无", *[""] * 9], ["制表日期：2026-03-31", *[""] * 9]], ["note_row"]),
        ([], [["第1页,共3页".replace(",", " "), *[""] * 10]], ["note_row"]),
        ([], [["（以下空白）", *[""] * 10]], ["note_row"]),
        ([], [list(LOAN_HEAD)], ["repeated_heading"]),
    ],
)  # fmt: skip
def test_what_stands_around_the_rows_is_told_once_and_is_no_row(
    tmp_path: Path, above: list[list[str]], below: list[list[str]], codes: list[str]
) -> None:
    rows = [*above, list(LOAN_HEAD), loan("1"), loan("2"), *below]
    text = written(tmp_path, texts(*rows), "贷款.csv")
    filled = book(tmp_path, lambda made: sheet(made, [list(row) for row in rows]), "贷款.xlsx")
    for path in (text, filled):
        read = read_table(path, LOANS)
        notes = [code for code in told(read) if code != "rewritten"]
        assert (numbers(read), notes, read.rows_in) == (["1", "2"], codes, 2)
        assert read.refused == ()
        assert read.numbers.tolist() == [len(above) + 2, len(above) + 3]


@pytest.mark.parametrize(
    "row",
    [
        loan("合计"),  # a loan of this number, whole
        loan("1", 借款人名称=""),
        loan("", 借款人名称="注册会计师王某"),
        loan("1", 五级分类="", 数据日期=""),
    ],
)
def test_a_row_that_could_be_one_is_never_left_out(tmp_path: Path, row: list[str]) -> None:
    read = read_table(written(tmp_path, texts(list(LOAN_HEAD), loan("0"), row)), LOANS)
    assert (read.rows_in, told(read)) == (2, [])


def test_numbers_of_columns_below_the_heading(tmp_path: Path) -> None:
    for counted in ([str(n) for n in range(1, 12)], [f"({n})" for n in range(1, 12)]):
        read = read_table(written(tmp_path, texts(list(LOAN_HEAD), counted, loan("1"))), LOANS)
        assert (numbers(read), told(read)) == (["1"], ["column_numbers"])
    made = book(tmp_path, lambda b: sheet(b, [list(LOAN_HEAD), [*range(1, 12)], loan("1")]))
    assert told(read_table(made, LOANS)) == ["column_numbers"]


UPPER = ["金融机构", "", "借据号", "借款人", "", "借款金额（万元）", "发放日期", "到期日期", "贷款余额（万元）",
         "五级分类", "数据日期"]  # fmt: skip
LOWER = ["编码", "名称", "", "名称", "证件号码", "", "", "", "", "", ""]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (UPPER, LOWER),
        (["机构基本情况", *UPPER[1:]], ["金融机构编码", "金融机构名称", *LOWER[2:]]),
        ([*UPPER[:3], "借款人信息", *UPPER[4:]], LOWER),
        ([*UPPER[:5], "金额情况", "", "", "", *UPPER[9:]],
         [*LOWER[:5], "借款金额（万元）", "发放日期", "到期日期", "贷款余额（万元）", "", ""]),
    ],
)  # fmt: skip
def test_grouped_headings(tmp_path: Path, upper: list[str], lower: list[str]) -> None:
    read = read_table(written(tmp_path, texts(TITLE, upper, lower, loan("1"))), LOANS)
    assert (numbers(read), told(read)) == (["1"], ["title_lines", "heading_in_two_rows"])
    assert read.frame["borrower_name"].tolist() == ["样例甲"]
    assert read.frame["lender_name"].tolist() == ["样例农商行"]


def test_below_a_role_a_column_is_nobody_elses(tmp_path: Path) -> None:
    upper = [*UPPER[:3], "担保人", *UPPER[4:]]
    path = written(tmp_path, texts(upper, LOWER, loan("1")))
    with pytest.raises(InputError) as refused:
        read_table(path, LOANS)
    assert refused.value.cause_code in ("missing_column", "heading_in_two_rows")


def test_merged_headings_of_two_rows(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        into = sheet(made, [UPPER, LOWER, loan("1"), loan("2")])
        into.merge_range(0, 0, 0, 1, "金融机构")
        into.merge_range(0, 3, 0, 4, "借款人")
        for place in (2, *range(5, 11)):
            into.merge_range(0, place, 1, place, UPPER[place])

    read = read_table(book(tmp_path, fill), LOANS)
    assert (numbers(read), told(read)) == (["1", "2"], ["heading_in_two_rows"])


@pytest.mark.parametrize(("stated", "refused"), [("万元", False), ("元", True), ("千元", True)])
def test_a_unit_above_the_table(tmp_path: Path, stated: str, refused: bool) -> None:
    head = ["编号", "身份证号", "金额万元", "日期"]
    path = written(tmp_path, texts([f"单位：{stated}"], head, ["1", GOOD, "5", "2026-04-01"]))
    if refused:
        assert refusal(path).cause_code == "unit_differs"
    else:
        assert told(read_table(path, SOURCE)) == ["title_lines"]
    # a column that states its own unit is right whatever stands above
    path = written(tmp_path, texts([f"单位：{stated}"], HEAD, ["1", GOOD, "5", "2026-04-01"]))
    assert told(read_table(path, SOURCE)) == ["title_lines"]


def declared(completeness: str) -> Source:
    return SOURCE.model_copy(update={"completeness": completeness})


def row(number: int) -> list[object]:
    return [str(number), GOOD, "5", "2026-04-01"]


Fill = Callable[[xlsxwriter.Workbook], object]


def two(second: list[list[object]], name: str = "乙") -> Fill:
    def fill(made: xlsxwriter.Workbook) -> None:
        sheet(made, [HEAD, row(1), row(2)], "甲")
        sheet(made, second, name)

    return fill


@pytest.mark.parametrize("completeness", ["snapshot", "increment"])
def test_a_list_that_goes_on_in_another_sheet_is_read_whole(
    tmp_path: Path, completeness: str
) -> None:
    path = book(tmp_path, two([["续表"], HEAD, row(3), row(4)]))
    read = read_table(path, declared(completeness))
    assert read.frame["number"].tolist() == ["1", "2", "3", "4"]
    assert read.numbers.tolist() == [2, 3, 6, 7] and told(read) == ["sheets_joined"]
    assert "减去 3" in read.notes[0].message_zh


@pytest.mark.parametrize(
    ("second", "name", "is_half"),
    [
        ([row(3), row(4)], "乙", True),  # no heading
        (
            [[HEAD[1], HEAD[0], *HEAD[2:]], [GOOD, "3", "5", "2026-04-01"]],
            "乙",
            True,
        ),  # another order
        ([[HEAD[0], HEAD[1]], ["3", GOOD]], "乙", True),  # fewer columns
        ([["村", "户数"], ["", "30"]], "汇总", False),
        ([row(9)], "填表示例", False),
    ],
)
def test_half_a_list_is_never_a_list(
    tmp_path: Path, second: list[list[object]], name: str, is_half: bool
) -> None:
    path = book(tmp_path, two(second, name))
    read = read_table(path, declared("increment"))
    assert read.frame["number"].tolist() == ["1", "2"] and told(read) == ["unread_sheet"]
    assert f"“{name}”" in read.notes[0].message_zh
    if not is_half:
        assert told(read_table(path, declared("snapshot"))) == ["unread_sheet"]
        return
    with pytest.raises(InputError) as refused:
        read_table(path, declared("snapshot"))
    assert refused.value.cause_code == "list_on_sheets" and f"“{name}”" in refused.value.message_zh


def test_a_cover_sheet_is_passed_over(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        sheet(made, [["别的"], HEAD], "隐藏").hide()
        sheet(made, [["凤翔区报送封面"], ["单位", "样例农商行"]], "封面").activate()
        sheet(made, [], "空")
        sheet(made, [HEAD, row(1)], "明细")
        sheet(made, [["列名"]], "填写说明")

    read = read_table(book(tmp_path, fill), SOURCE)
    assert read.frame["number"].tolist() == ["1"] and told(read) == ["sheet_chosen"]
    assert "“明细”" in read.notes[0].message_zh and "“封面”" in read.notes[0].message_zh


def test_without_a_heading_anywhere_the_first_sheet_is_told_of(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        sheet(made, [["封面"]], "封面")
        sheet(made, [["别的", "表"]], "明细")

    assert refusal(book(tmp_path, fill)).cause_code == "missing_column"


def test_what_is_hidden_is_read_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        into = sheet(made, [HEAD, *(row(n) for n in range(1, 9))])
        for hidden in (2, 5, 6, 7, 400):  # the last one is blank
            into.set_row(hidden, None, None, {"hidden": True})
        into.set_column(1, 2, None, None, {"hidden": True})
        into.set_column(9, 9, None, None, {"hidden": True})

    read = read_table(book(tmp_path, fill), SOURCE)
    assert len(read.frame) == 8 and told(read) == ["hidden_rows", "hidden_columns"]
    rows, columns = (each.message_zh for each in read.notes)
    assert "有 4 行" in rows and "第 3、6、7、8 行" in rows
    assert "身份证号、金额（万元）" in columns


@pytest.mark.parametrize("rows_in_a_slice", [2, 20_000])
def test_a_merged_cell_says_what_it_says_in_each_of_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_in_a_slice: int
) -> None:
    from ingest.reading import sheet_parts

    monkeypatch.setattr(sheet_parts, "_SLICE_ROWS", rows_in_a_slice)
    monkeypatch.setattr(gathering, "_CHUNK", 2)

    def fill(made: xlsxwriter.Workbook) -> None:
        into = sheet(made, [HEAD, *([str(n), "", "", ""] for n in range(1, 7))])
        into.merge_range(1, 1, 3, 1, GOOD)
        into.merge_range(1, 2, 2, 2, 5)
        into.merge_range(3, 2, 3, 3, "7")  # sideways: its first column alone
        into.merge_range(5, 3, 8, 3, "2026-04-01")  # beyond the last row

    read = read_table(book(tmp_path, fill), SOURCE)
    assert [each[2:] for each in cells(read)] == [
        [GOOD, "\x00number:5", None],
        [GOOD, "\x00number:5", None],
        [GOOD, "7", None],
        [None, None, None],
        [None, None, "2026-04-01"],
        [None, None, "2026-04-01"],
    ]
    (note,) = read.notes
    assert note.code == "merged_cells" and "身份证号、金额（万元）、日期" in note.message_zh
    assert "共填 4 格，最先在第 3 行" in note.message_zh


@pytest.mark.parametrize("from_1904", [False, True])
def test_days_are_counted_from_the_year_that_the_workbook_says(
    tmp_path: Path, from_1904: bool
) -> None:
    path = tmp_path / "日.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": from_1904}) as made:
        shift = 1_462 if from_1904 else 0
        days: list[object] = [46_113 - shift, 46_113.75 - shift, str(46_113 - shift), "2026-04-01"]
        sheet(made, [HEAD, *([f"{n}", "", "", day] for n, day in enumerate(days))])
    from ingest.checking.gate import check

    gated = check(read_table(path, SOURCE), identity_key="11" * 32, known=lambda _: ())
    assert {str(day) for day in gated.rows["day"]} == {"2026-04-01"}


def page(*rows: str, around: str = "{}", head: str = '<meta charset="utf-8">') -> str:
    table = "<table border=1>" + "".join(f"<tr>{each}</tr>" for each in rows) + "</table>"
    return f"<html><head>{head}</head><body>{around.format(table)}</body></html>"


def cells_of(values: list[str], tag: str = "td") -> str:
    return "".join(f"<{tag}>{value}</{tag}>" for value in values)


PAGE_HEAD = cells_of(HEAD, "th")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (page(PAGE_HEAD, cells_of(["1", GOOD, "5", "2026-04-01"])), ["1"]),
        (page(PAGE_HEAD, cells_of(["1<br>", f" <b>{GOOD}</b>&nbsp;", "5", ""])), ["1"]),
        # cells without an end, a frame around the table, other tables beside it
        (page("<td>".join(["", *HEAD]), "<td>1<td><td>5<td>"), ["1"]),
        (page(PAGE_HEAD, cells_of(["1", "", "", ""]), around="<table><tr><td>{}</td></tr></table>"), ["1"]),
        (page(PAGE_HEAD, cells_of(["1", "", "", ""]), around="<table><tr><td>标题</td></tr></table>{}"), ["1"]),
        (page(PAGE_HEAD, f"<td>1</td><td rowspan=2>{GOOD}</td><td>5</td><td></td>", cells_of(["2", "6", ""])),
         ["1", "2"]),
        (page(f"<td colspan=4>{TITLE[0]}</td>", PAGE_HEAD, cells_of(["1", "", "", ""])), ["1"]),
        (page(PAGE_HEAD, cells_of(["1", "", "", ""]), head="<style>td{{}}</style>"), ["1"]),
        ("<table>" + page(PAGE_HEAD, cells_of(["1", "", "", ""])).partition("<table border=1>")[2], ["1"]),
    ],
)  # fmt: skip
def test_a_web_page_under_the_name_of_a_workbook(
    tmp_path: Path, content: str, expected: list[str]
) -> None:
    for name in ("页.xls", "页.xlsx", "页.csv"):
        read = read_table(written(tmp_path, content, name), SOURCE)
        assert read.frame["number"].tolist() == expected
        if len(expected) > 1:
            assert read.frame["person"].tolist() == [GOOD, GOOD]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_a_web_page(tmp_path: Path, encoding: str) -> None:
    stated = "gb2312" if encoding == "gb18030" else "utf-8"
    text = page(PAGE_HEAD, cells_of(["㙍1", "", "", ""]), head=f'<meta charset="{stated}">')
    read = read_table(written(tmp_path, text.encode(encoding), "页.xls"), SOURCE)
    assert read.frame["number"].tolist() == ["㙍1"]


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        ("<html><body>请登录</body></html>", "web_page", "重新登录"),
        (page(cells_of(["别的"])), "missing_column", "编号"),
        ("<html><td " + "x" * (2 << 20), "file_broken", "网页"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related\n", "web_archive", "另存为"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
         "xml_workbook", "另存为"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named(tmp_path: Path, content: str, code: str, says: str) -> None:
    error = refusal(written(tmp_path, content, "页.xls"))
    assert error.cause_code == code and says in error.message_zh


def test_nobody_is_told_to_edit_a_declaration(tmp_path: Path) -> None:
    read = read_table(written(tmp_path, LINE.strip() + ",宗教,备用\n1,,,,,\n"), SOURCE)
    assert told(read) == ["forbidden_column", "unknown_column"]
    folder = Path(__file__).parents[3] / "ingest"
    for path in (folder / "plan.py", *(folder / "reading").glob("*.py")):
        assert "source.yaml" not in path.read_text(encoding="utf-8"), path.name
