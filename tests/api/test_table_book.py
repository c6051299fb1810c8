"""The tables of a page as a workbook: what is read, what is left out, and that nothing runs."""

from __future__ import annotations

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

import api.table_book
from api.table_book import PageTables, table_book

PAGE = """
<section><h1>走访名单</h1><p class="basis">截至 2026-03-15，<b>查看人</b> 李信贷</p>
<p>不是表格。</p>
<h2>甲村</h2><form><select><option>不在其内</option></select></form>
<table><caption>共 <b>2</b> 条</caption><thead><tr><th scope="col">姓名</th><th scope="col" class="number">金额</th>
<th scope="col" class="print">签名</th></tr></thead><tbody>
<tr><td><a href="/parties/person:1">许春英</a><br><span class="muted">45 岁</span></td><td class="number">1.00 万元</td><td class="print"></td></tr>
<tr><td>=HYPERLINK("x")<form><button>点</button></form></td><td class="number">-3</td><td class="print"></td></tr>
</tbody><tfoot><tr><th scope="row">合计</th><td></td></tr></tfoot></table>
<table><thead><tr><th scope="col">空表</th></tr></thead><tbody></tbody></table>
<h2>乙村 / 一组</h2><table><tbody><tr><th scope="rowgroup" rowspan="2">果园</th><td>一</td></tr><tr><td>二</td></tr>
<tr><td colspan="2">@没有</td></tr></tbody></table>
<h2>乙村 / 一组</h2><table><tbody><tr><td>第三</td><td class="drawn"><svg><text>图</text></svg></td></tr></tbody></table>
</section>"""


def test_what_is_read_of_a_page() -> None:
    page = PageTables(PAGE)
    assert page.title == "走访名单"
    assert page.basis == ["截至 2026-03-15，查看人 李信贷"]
    first, second, third = page.tables
    assert (first.title, first.head) == ("共 2 条", ["姓名", "金额"])
    assert first.rows == [
        ["许春英\n45 岁", "1.00 万元"], ['=HYPERLINK("x")', "-3"], ["合计", ""],
    ]  # fmt: skip
    assert second.title == "乙村 / 一组" and not second.head
    assert second.rows == [["果园", "一"], ["果园", "二"], ["@没有", ""]]
    assert third.rows == [["第三"]]


def test_a_page_has_tables_where_one_has_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = "<h2>贷款</h2><table><thead><tr><th>甲</th></tr></thead></table>" * 3
    for piece in (1, 7, 2_000):
        monkeypatch.setattr(api.table_book, "_PIECE", piece)
        for page in (PAGE, empty + PAGE, empty, "", "<p>无</p>"):
            assert PageTables.are_in(page) is bool(PageTables(page).tables)


def test_the_workbook_has_a_cover_and_runs_nothing() -> None:
    made = table_book(PageTables(PAGE), [("编号", "20260315-1"), ("用途", "=1+1")])
    book = CalamineWorkbook.from_filelike(BytesIO(made))
    assert book.sheet_names == ["说明", "共 2 条", "乙村   一组", "乙村   一组003"]
    cover = dict(map(tuple, book.get_sheet_by_name("说明").to_python()))
    assert cover["编号"] == "20260315-1" and cover["用途"] == "'=1+1"
    assert (
        cover["共 2 条"] == "共 2 条（3 行）" and cover["数据"] == "截至 2026-03-15，查看人 李信贷"
    )
    rows = book.get_sheet_by_name("共 2 条").to_python()
    # what a spreadsheet would run is only shown; a plain number stays
    assert rows[2] == ['\'=HYPERLINK("x")', "-3"]
    assert book.get_sheet_by_name("乙村   一组").to_python()[2][0] == "'@没有"
    assert b"<f>" not in made


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_begins_as_a_formula(start: str) -> None:
    html = f"<h1>表</h1><table><tr><td>{start}cmd|'/c calc'!A1</td></tr></table>"
    made = table_book(PageTables(html), [])
    told = CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_name("表").to_python()
    assert told == [[f"'{start}cmd|'/c calc'!A1"]]


def test_names_of_sheets_are_never_alike_nor_too_long() -> None:
    one = f"<h2>{'长' * 60}</h2><table><tr><td>一</td></tr></table>"
    page = PageTables(one * 12)
    names = CalamineWorkbook.from_filelike(BytesIO(table_book(page, []))).sheet_names
    assert len({name.lower() for name in names}) == 13 and max(map(len, names)) <= 31
